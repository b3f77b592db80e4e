// Channels of the chat that crash, and servers that are restarted, as the people see it in a browser.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  Guest, complaintsOf, enter, joining, openChat, startChat, startChatAgain, withVisitors,
} from './chat_pages.mjs';
import { Wire } from './chat_wire.mjs';

openChat('--shards', '2', '--crashable');

const nicks = (person) => person.find('member').evaluateAll((members) => members.map((member) => member.dataset.nick).sort());

// A connection that is lost would be seen, however short: the page says so.
async function watchStatus({ page }) {
  await page.evaluate(() => {
    window.lost = 0;
    const status = document.querySelector('[data-testid="status"]');
    new MutationObserver(() => { if (status.dataset.state !== 'open') window.lost += 1; }).observe(status, { attributes: true });
  });
}

test('a channel that crashes comes back, and nobody notices', () => (
  withVisitors([joining('ada', 'restart'), joining('bob', 'restart')], async (ada, bob) => {
    const people = [ada, bob];
    const bystander = await Guest.join('carol', 'elsewhere');
    try {
      for (const person of people) await watchStatus(person);
      await ada.say('before the crash');
      await bob.seeMessage('before the crash');
      await bob.find('processes-switch').click();
      await ada.find('processes-switch').click();
      const pids = () => ada.find('process').allTextContents();
      await ada.find('process').nth(1).waitFor();
      const before = await pids();
      assert.ok(before.every((pid) => /\d/.test(pid)), String(before));
      await bob.say('/crash');
      await ada.seeMessage('/crash', { from: 'bob' });
      await ada.page.waitForFunction((old) => {
        const now = [...document.querySelectorAll('[data-testid="process"]')].map(({ textContent }) => textContent);
        return now.length === 2 && now.filter((pid) => !old.includes(pid)).length === 1;
      }, before); // another process serves bob
      await ada.say('after the crash');
      await bob.seeMessage('after the crash', { from: 'ada', own: false });
      await bob.say('still here');
      await ada.seeMessage('still here', { from: 'bob', own: false });
      for (const person of people) {
        assert.deepEqual(await person.texts('message-text'), ['before the crash', '/crash', 'after the crash', 'still here']);
        assert.deepEqual(await nicks(person), ['ada', 'bob']);
        assert.equal(await person.find('system-line').filter({ hasText: /left|missing/ }).count(), 0);
        assert.equal(await person.find('reconnect-divider').count(), 0);
        assert.equal(await person.find('notice').isVisible(), false);
        assert.equal(await person.page.evaluate(() => window.lost), 0);
      }
      await bystander.say('what was that?');
    } finally {
      bystander.leave();
    }
  })));

test('a channel may crash more than once, and who comes later meets the others', () => (
  withVisitors([joining('ada', 'again'), joining('bob', 'again')], async (ada, bob) => {
    for (const person of [ada, bob]) await watchStatus(person);
    await ada.find('processes-switch').click();
    for (let crash = 1; crash <= 3; crash += 1) {
      await ada.find('process').nth(1).waitFor();
      const before = await ada.find('process').allTextContents();
      await ada.say('/crash');
      await ada.page.waitForFunction(([old, count]) => {
        const now = [...document.querySelectorAll('[data-testid="process"]')].map(({ textContent }) => textContent);
        const said = document.querySelectorAll('[data-testid="message"]').length;
        return said === count && now.length === 2 && now.some((pid) => !old.includes(pid));
      }, [before, crash]);
    }
    const carol = await Guest.join('carol', 'again');
    try {
      await carol.sees('ada', 'bob', 'carol');
      await bob.see('system-line', { text: 'carol joined' });
      await bob.see('room', { rest: '[data-room="again"][data-members="3"]' });
      await carol.say('hello');
      for (const person of [ada, bob]) {
        await person.seeMessage('hello', { from: 'carol' });
        assert.equal(await person.page.evaluate(() => window.lost), 0);
      }
    } finally {
      carol.leave();
    }
  })));

test('without --crashable the line /crash is a line', async () => {
  const sturdy = await startChat();
  let guest;
  try {
    guest = await Guest.join('ada', 'lobby', { at: sturdy });
    assert.deepEqual(guest.lines, []);
    await guest.say('/crash');
    await guest.say('and?');
    await guest.hears('and?');
    assert.equal(guest.channel.failures, 0);
  } finally {
    guest?.leave();
    await sturdy.stop();
  }
});

test('with a store, what was said before and after a restart is there, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chat-store-'));
  const options = ['--store', join(folder, 'chat.db')];
  let mortal = await startChat(...options);
  const wire = await Wire.to(mortal);
  const people = [];
  const guests = [];
  try {
    const ada = await enter('ada', { room: 'kept', at: wire });
    people.push(ada);
    guests.push(await Guest.join('bob', 'kept', { at: mortal }));
    await ada.say('one');
    await guests[0].hears('one');
    await guests[0].say('two');
    await ada.seeMessage('two');
    wire.cut(); // she is away during all of it
    await guests[0].say('three');
    guests[0].leave();
    await mortal.kill();
    mortal = await startChatAgain(mortal.port, ...options);
    guests.push(await Guest.join('bob', 'kept', { at: mortal }));
    assert.deepEqual(guests[1].texts(), ['one', 'two', 'three']);
    await guests[1].say('four');
    wire.mend();
    await ada.isConnected();
    await ada.seeMessage('four');
    assert.deepEqual(await ada.texts('message-text'), ['one', 'two', 'three', 'four']);
    assert.equal(await ada.find('system-line').filter({ hasText: 'missing' }).count(), 0);
    await ada.see('you-nick', { text: /^ada$/ }); // her token is still good
    await ada.say('five');
    await guests[1].hears('five');
    assert.deepEqual(guests[1].texts(), ['one', 'two', 'three', 'four', 'five']);
    assert.deepEqual(complaintsOf(ada), []);
  } finally {
    for (const guest of guests) guest.leave();
    for (const person of people) await person.leave();
    await wire.remove();
    await mortal.stop();
    rmSync(folder, { recursive: true });
  }
});
