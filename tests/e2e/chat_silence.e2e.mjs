// The chat when nobody answers, and where its limits are: pages in a browser, and clients.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './browser.mjs';
import { address, browser, openChat, server } from './chat_pages.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client, refusedStatus } from './ws_client.mjs';

openChat();

// The kernel may need a moment to take the port from a process that was killed.
async function startAgain(port) {
  for (let attempts = 50; ; attempts -= 1) {
    try {
      return await startServer(binary('WEBSOCK_CHAT'), ['--port', String(port)]);
    } catch (error) {
      if (attempts === 0 || !String(error).includes('already in use')) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }
}

test('a line that is sent while the server is silent stays in sight, and arrives or comes back', async () => {
  let mortal = await startServer(binary('WEBSOCK_CHAT'));
  const { port } = mortal;
  let ada;
  try {
    ada = await Visitor.join(browser, mortal.http, 'ada', { room: 'silence', script: () => { Math.random = () => 0.999; } });
    await ada.say('before');
    await ada.seeMessage('before');
    assert.equal(await ada.find('pending-message').count(), 0);

    mortal.signal('SIGSTOP'); // the kernel goes on acknowledging
    await ada.say('into the silence');
    await ada.see('pending-message', { text: 'into the silence' });
    await ada.see('status', { rest: ':is([data-state="waiting"], [data-state="connecting"])' });
    await ada.see('status-why', { text: 'answer' });
    await ada.see('pending-message', { text: 'into the silence' });

    // It was in the kernel all the time: the server hears it when it wakes.
    mortal.signal('SIGCONT');
    await ada.isConnected();
    await ada.seeMessage('into the silence', { own: true });
    await ada.goneIs('pending-message');
    assert.deepEqual(await ada.texts('message-text'), ['before', 'into the silence']);

    mortal.signal('SIGSTOP');
    await ada.say('never heard');
    await ada.see('pending-message', { text: 'never heard' });
    await mortal.kill();
    await ada.see('pending-message', { text: 'never heard' });
    mortal = await startAgain(port);
    await ada.isConnected();
    await ada.goneIs('pending-message');
    assert.equal(await ada.find('composer-text').inputValue(), 'never heard');
    await ada.see('notice', { text: 'not delivered' });
  } finally {
    await ada?.leave();
    await mortal.stop();
  }
});

test('a line of a room that one has left comes back with the room', async () => {
  const mortal = await startServer(binary('WEBSOCK_CHAT'));
  let ada;
  try {
    ada = await Visitor.join(browser, mortal.http, 'ada', { room: 'here' });
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
    assert.equal(await ada.find('composer-text').inputValue(), '');
  } finally {
    await ada?.leave();
    await mortal.stop();
  }
});

test('without a network the page says so, and keeps what was said for when it is back', async () => {
  const ada = await Visitor.join(browser, server.http, 'ada', { room: 'offline' });
  try {
    await ada.context.setOffline(true);
    await ada.say('into the void');
    await ada.see('pending-message', { text: 'into the void' });
    await ada.see('status', { text: 'Offline' });
    await ada.see('status-why', { text: 'offline' });
    await ada.see('pending-message', { text: 'into the void' });
    await ada.context.setOffline(false);
    await ada.isConnected();
    await ada.goneIs('pending-message');
    // Either the browser had let it out, or it is in the box again.
    await ada.page.waitForFunction(() => {
      const said = [...document.querySelectorAll('[data-testid="message-text"]')].map((each) => each.textContent);
      const box = document.querySelector('[data-testid="composer-text"]').value;
      return said.includes('into the void') !== (box === 'into the void');
    });
  } finally {
    await ada.leave();
  }
});

test('names that differ by what nobody sees are one, and none of it is no name', async () => {
  const ada = await Visitor.join(browser, server.http, 'a\u200bda\u2060 \u00a0b', { room: 'unseen' });
  await ada.see('you-nick', { text: /^ada b$/ });
  await ada.see('member', { rest: '[data-nick="ada b"]' });
  const wire = await Client.open(address('unseen', '\ufeffada\u3000b\u{e0020}'));
  try {
    assert.equal((await wire.nextJson('welcome')).you.nick, 'ada b');
    wire.say({ type: 'rename', nick: '\u200b\u2800\u3164' });
    assert.ok((await wire.nextJson('refused')).why);
  } finally {
    wire.drop();
  }
  for (const nick of ['\u200b', ' \u2060 ', '\u3164\u115f', '\ufe0f']) {
    assert.equal(await refusedStatus(address('unseen', nick)), 400);
  }
  await ada.leave();
});

test('the number of rooms is limited', async () => {
  const small = await startServer(binary('WEBSOCK_CHAT'), ['--max-rooms', '2']);
  const open = [];
  try {
    for (const room of ['a', 'b', 'a']) {
      open.push(await Client.open(address(room, 'wim', small)));
      await open.at(-1).nextJson('welcome');
    }
    const third = await Client.open(address('c', 'wim', small));
    open.push(third);
    assert.equal((await third.closed).code, 1008);
  } finally {
    for (const client of open) client.drop();
    await small.stop();
  }
});
