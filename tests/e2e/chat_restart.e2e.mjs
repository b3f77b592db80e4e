// Rooms of the chat that crash, as the people in them see it in a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './browser.mjs';
import { browser, openChat, server } from './chat_pages.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

openChat('--shards', '2', '--crashable');

const NOTE = 'The room was restarted.';
const nicks = (person) => person.find('member').evaluateAll((members) => members.map((member) => member.dataset.nick).sort());

async function withVisitors(names, room, use) {
  const people = [];
  try {
    for (const nick of names) people.push(await Visitor.join(browser, server.http, nick, { room }));
    // A connection that is lost would be seen, however short: the page says so.
    for (const { page } of people) {
      await page.evaluate(() => {
        window.lost = 0;
        const status = document.querySelector('[data-testid="status"]');
        new MutationObserver(() => { if (status.dataset.state !== 'open') window.lost += 1; }).observe(status, { attributes: true });
      });
    }
    await use(...people);
    for (const person of people) assert.deepEqual(person.complaints, []);
  } finally {
    for (const person of people) await person.leave();
  }
}

test('a room that crashes comes back, and everybody is in it', () => withVisitors(['ada', 'bob'], 'restart', async (ada, bob) => {
  const people = [ada, bob];
  const bystander = await Client.open(`${server.ws}/chat/elsewhere?nick=carol`);
  try {
    await bystander.nextJson('welcome');
    await ada.say('before the crash');
    await bob.seeMessage('before the crash');
    const ids = await ada.find('member').evaluateAll((members) => members.map((member) => member.dataset.id).sort());
    await bob.say('/crash');
    for (const person of people) {
      await person.see('system-line', { rest: '[data-kind="restarted"]', text: NOTE });
      await person.see('member', { rest: '[data-nick="ada"]' });
      await person.see('member', { rest: '[data-nick="bob"]' });
      await person.see('member-count', { text: /^2$/ });
    }
    await ada.say('after the crash');
    await bob.seeMessage('after the crash', { from: 'ada', own: false });
    await bob.say('still here');
    await ada.seeMessage('still here', { from: 'bob', own: false });
    for (const person of people) {
      assert.deepEqual(await person.texts('message-text'), ['before the crash', '/crash', 'after the crash', 'still here']);
      assert.deepEqual(await nicks(person), ['ada', 'bob']);
      assert.equal(await person.find('system-line').filter({ hasText: NOTE }).count(), 1);
      assert.equal(await person.find('system-line').filter({ hasText: /left|missing/ }).count(), 0);
      assert.equal(await person.find('reconnect-divider').count(), 0);
      assert.equal(await person.find('notice').isVisible(), false);
      assert.equal(await person.page.evaluate(() => window.lost), 0);
    }
    // The same connections: each is a process, and the list shows which.
    assert.deepEqual(await ada.find('member').evaluateAll((members) => members.map((member) => member.dataset.id).sort()), ids);

    bystander.say({ type: 'say', text: 'what was that?' });
    await bystander.nextJson('said');
  } finally {
    bystander.drop();
  }
}));

test('a room may crash more than once, and who comes later meets the others', () => withVisitors(['ada', 'bob'], 'again', async (ada, bob) => {
  for (let crash = 1; crash <= 3; crash += 1) {
    await ada.say('/crash');
    for (const person of [ada, bob]) await person.find('system-line').filter({ hasText: NOTE }).nth(crash - 1).waitFor();
  }
  const carol = await Client.open(`${server.ws}/chat/again?nick=carol`);
  try {
    const welcome = await carol.nextJson('welcome');
    assert.deepEqual(welcome.members.map(({ nick }) => nick).sort(), ['ada', 'bob', 'carol']);
    await bob.see('system-line', { text: 'carol joined' });
    await bob.see('room', { rest: '[data-room="again"][data-members="3"]' });
    carol.say({ type: 'say', text: 'hello' });
    for (const person of [ada, bob]) {
      await person.seeMessage('hello', { from: 'carol' });
      assert.equal(await person.page.evaluate(() => window.lost), 0);
    }
  } finally {
    carol.drop();
  }
}));

test('without --crashable the line /crash is a line', async () => {
  const sturdy = await startServer(binary('WEBSOCK_CHAT'));
  let client;
  try {
    client = await Client.open(`${sturdy.ws}/chat/lobby?nick=ada`);
    const { history } = await client.nextJson('welcome');
    assert.deepEqual(history, []);
    client.say({ type: 'say', text: '/crash' });
    client.say({ type: 'say', text: 'and?' });
    assert.equal((await client.nextJson('said')).text, '/crash');
    assert.equal((await client.nextJson('said')).seq, 2);
  } finally {
    client?.drop();
    await sturdy.stop();
  }
});
