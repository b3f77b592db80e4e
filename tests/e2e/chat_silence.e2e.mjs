// The chat when nobody answers: pages in a browser, whose server stands still or whose network is gone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guest, complaintsOf, enter, openChat, server, startChat, startChatAgain } from './chat_pages.mjs';
import { Wire } from './chat_wire.mjs';
import { deadline } from './deadlines.mjs';

openChat();

const texts = (visitor) => visitor.texts('message-text');

// The longest that a page may take to notice.
const NOTICED = 10_000;

const isLost = (visitor) => visitor.find('status', ':is([data-state="waiting"], [data-state="connecting"])')
  .waitFor({ timeout: deadline(NOTICED) });

test('a line that is sent while the server is silent stays in sight, and arrives once', async () => {
  let mortal = await startChat();
  const { port } = mortal;
  let ada;
  try {
    ada = await enter('ada', { room: 'silence', at: mortal, script: () => { Math.random = () => 0.999; } });
    await ada.say('before');
    await ada.seeMessage('before');
    assert.equal(await ada.find('pending-message').count(), 0);

    mortal.signal('SIGSTOP'); // the kernel goes on acknowledging
    await ada.say('into the silence');
    await ada.see('pending-message', { text: 'into the silence' });
    await isLost(ada);
    await ada.see('status-why', { text: 'answer' });
    await ada.see('pending-message', { text: 'into the silence' });

    // It was in the kernel all the time: the server hears it when it wakes, and again from the page.
    mortal.signal('SIGCONT');
    await ada.isConnected();
    await ada.seeMessage('into the silence', { own: true });
    await ada.goneIs('pending-message');
    assert.deepEqual(await texts(ada), ['before', 'into the silence']);

    mortal.signal('SIGSTOP');
    await ada.say('never heard');
    await ada.see('pending-message', { text: 'never heard' });
    await mortal.kill();
    await ada.see('pending-message', { text: 'never heard' });
    mortal = await startChatAgain(port);
    await ada.isConnected();
    await ada.goneIs('pending-message');
    assert.deepEqual(await texts(ada), ['before', 'into the silence', 'never heard']);
    const bob = await Guest.join('bob', 'silence', { at: mortal });
    assert.deepEqual(bob.texts(), ['never heard']); // the restarted server has no memory of the rest
    bob.leave();
    assert.deepEqual(complaintsOf(ada), []);
  } finally {
    await ada?.leave();
    await mortal.stop();
  }
});

test('a server that falls silent while nobody says anything is noticed within 10 s', async () => {
  const mortal = await startChat();
  const ada = await enter('ada', { room: 'quiet', at: mortal });
  try {
    mortal.signal('SIGSTOP');
    await isLost(ada);
    await ada.see('status-why', { text: 'answer' });
    mortal.signal('SIGCONT');
    await ada.isConnected();
  } finally {
    await ada.leave();
    await mortal.stop();
  }
});

test('a network that swallows everything is noticed within 10 s, and what was missed comes once', async () => {
  const wire = await Wire.to(server);
  const ada = await enter('ada', { room: 'swallowed', at: wire, from: server });
  const bob = await Guest.join('bob', 'swallowed');
  try {
    await bob.say('one');
    await ada.seeMessage('one');
    wire.block();
    for (const line of ['two', 'three', 'four']) await bob.say(line);
    await ada.say('mine');
    await isLost(ada);
    await ada.see('pending-message', { text: 'mine' });
    wire.mend();
    await ada.isConnected();
    await ada.goneIs('pending-message');
    await bob.hears('mine');
    await ada.seeMessage('mine', { own: true });
    assert.deepEqual(await texts(ada), ['one', 'two', 'three', 'four', 'mine']);
    assert.deepEqual(bob.texts(), ['one', 'two', 'three', 'four', 'mine']);
    await ada.see('reconnect-divider');
    assert.equal(await ada.find('system-line').filter({ hasText: 'missing' }).count(), 0);
  } finally {
    bob.leave();
    await ada.leave();
    await wire.remove();
  }
});

test('a page that is looked at never waits longer than 5 s, and not at all when the network is back', async () => {
  const wire = await Wire.to(server);
  const ada = await enter('ada', { room: 'patience', at: wire, from: server, script: () => { Math.random = () => 0.999; } });
  try {
    await ada.page.evaluate(() => {
      window.waits = [];
      const when = document.querySelector('[data-testid="status-when"]');
      new MutationObserver(() => window.waits.push(Number(/in (\d+) s/.exec(when.textContent)?.[1] ?? 0)))
        .observe(when, { childList: true, characterData: true, subtree: true });
    });
    wire.cut();
    await ada.see('status-when', { text: /in 4 s/ });
    await ada.see('status-when', { text: /in [12] s/ });
    await ada.see('status-when', { text: /in 5 s/ }); // 250, 500, 1000, 2000, 4000 and then always 5000 ms
    wire.mend();
    await ada.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await ada.find('status', '[data-state="open"]').waitFor({ timeout: deadline(3_000) });
    assert.ok(Math.max(...await ada.page.evaluate(() => window.waits)) <= 5);
  } finally {
    await ada.leave();
    await wire.remove();
  }
});

test('a line of a room that one has left comes back with the room', async () => {
  const mortal = await startChat();
  let ada;
  try {
    ada = await enter('ada', { room: 'here', at: mortal });
    mortal.signal('SIGSTOP');
    await ada.say('said and gone');
    await ada.see('pending-message', { text: 'said and gone' });
    await ada.page.evaluate(() => { window.location.hash = '#there'; });
    await ada.see('room-title', { text: /^there$/ });
    await ada.goneIs('pending-message');
    mortal.signal('SIGCONT');
    await ada.isConnected();
    await ada.page.goBack();
    await ada.see('room-title', { text: /^here$/ });
    await ada.isConnected();
    await ada.seeMessage('said and gone');
    await ada.goneIs('pending-message');
    assert.deepEqual(await texts(ada), ['said and gone']);
    assert.equal(await ada.find('composer-text').inputValue(), '');
  } finally {
    await ada?.leave();
    await mortal.stop();
  }
});

test('without a network the page says so, and what was said arrives when it is back', async () => {
  const wire = await Wire.to(server);
  const ada = await enter('ada', { room: 'offline', at: wire, from: server });
  try {
    wire.block();
    await ada.context.setOffline(true);
    await ada.say('into the void');
    await ada.see('pending-message', { text: 'into the void' });
    await ada.find('status').filter({ hasText: 'Offline' }).waitFor({ timeout: deadline(NOTICED) });
    await ada.see('status-why', { text: 'offline' });
    await ada.see('pending-message', { text: 'into the void' });
    await ada.find('composer-text').fill('half a thought');
    await ada.find('composer-text').press('Enter');
    assert.equal(await ada.find('composer-text').inputValue(), 'half a thought');
    wire.mend();
    await ada.context.setOffline(false);
    await ada.isConnected();
    await ada.goneIs('pending-message');
    await ada.seeMessage('into the void', { own: true });
    assert.deepEqual(await texts(ada), ['into the void']);
    assert.equal(await ada.find('composer-text').inputValue(), 'half a thought');
  } finally {
    await ada.leave();
    await wire.remove();
  }
});

test('the number of rooms is limited, and the page says so', async () => {
  const small = await startChat('--max-rooms', '2');
  const guests = [];
  let ada;
  try {
    for (const room of ['a', 'b', 'a']) guests.push(await Guest.join(`wim ${guests.length}`, room, { at: small }));
    await assert.rejects(Guest.join('wim', 'c', { at: small }), ({ response }) => typeof response?.reason === 'string');
    ada = await enter('ada', { room: 'a', at: small });
    await ada.page.evaluate(() => { window.location.hash = '#c'; });
    await ada.see('status-detail', { text: 'room' });
    assert.equal(await ada.find('send-button').isDisabled(), true);
    await ada.page.goBack();
    await ada.isConnected();
    assert.equal(await ada.find('status-detail').isVisible(), false);
  } finally {
    await ada?.leave();
    for (const guest of guests) guest.leave();
    await small.stop();
  }
});
