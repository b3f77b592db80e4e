// Names in the chat: who may have one, changing it, and what the server takes of whom.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './browser.mjs';
import { Guest, askForName, browser, joining, openChat, server, withVisitors } from './chat_pages.mjs';

openChat();

test('a name that will not do is refused before anything is sent', async () => {
  const visitor = await Visitor.arrive(browser);
  try {
    await visitor.page.goto(`${server.http}/`);
    assert.equal(await visitor.find('room-input').inputValue(), 'lobby');
    await visitor.find('join-button').click();
    await visitor.see('nick-error', { text: 'Please enter a name' });
    await visitor.find('nick-input').fill('n'.repeat(31));
    await visitor.find('room-input').fill('what/ever');
    await visitor.find('join-button').click();
    await visitor.see('nick-error', { text: 'at most 30' });
    await visitor.see('room-error', { text: 'letters' });
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await visitor.leave();
  }
});

test('a name that somebody has is asked for again', () => withVisitors([joining('ada', 'taken')], async () => {
  const visitor = await Visitor.arrive(browser);
  try {
    await visitor.page.goto(`${server.http}/#taken`);
    await visitor.find('nick-input').fill('ada');
    await visitor.find('join-button').click();
    await visitor.see('nick-error', { text: 'taken' });
    await visitor.find('nick-input').fill('another ada');
    await visitor.find('join-button').click();
    await visitor.isConnected();
    await visitor.see('you-nick', { text: /^another ada$/ });
  } finally {
    await visitor.leave();
  }
}));

test('a name that was lost is asked for again', async () => {
  const visitor = await Visitor.arrive(browser);
  try {
    await askForName('eve');
    await visitor.page.addInitScript(() => {
      window.localStorage.setItem('websock-chat.you', JSON.stringify({ name: 'eve', token: 'forged' }));
    });
    await visitor.page.goto(`${server.http}/#lost`);
    await visitor.see('nick-error', { text: 'taken' });
    assert.equal(await visitor.find('nick-input').inputValue(), 'eve');
  } finally {
    await visitor.leave();
  }
});

test('a new name is seen by everyone', () => withVisitors([joining('ada', 'renames'), joining('bob', 'renames')], async (ada, bob) => {
  await ada.find('rename-button').click();
  await ada.find('rename-input').fill('countess');
  await ada.find('rename-save').click();
  await bob.see('system-line', { text: 'countess joined' });
  await bob.see('system-line', { text: 'ada left' });
  await ada.see('system-line', { text: 'You are now countess' });
  await bob.see('member', { rest: '[data-nick="countess"]' });
  await bob.goneIs('member', '[data-nick="ada"]');
  await ada.see('you-nick', { text: /^countess$/ });
  await ada.isConnected();
  assert.equal(await ada.find('reconnect-divider').count(), 0);
  await ada.find('rename-button').click();
  await ada.find('rename-input').fill('bob');
  await ada.find('rename-save').click();
  await ada.find('rename-form').filter({ hasText: 'taken' }).waitFor();
  await ada.find('rename-input').press('Escape');
  await ada.say('it is still me');
  await bob.seeMessage('it is still me', { from: 'countess', own: false });
  await ada.page.reload();
  await ada.see('you-nick', { text: /^countess$/ });
  await ada.isConnected();
}));

test('names are one if they differ by what nobody sees, and none of it is no name', async () => {
  const { status, name, token } = await askForName('a\u200bda\u2060 \u00a0lace');
  assert.deepEqual([status, name], [200, 'ada lace']);
  assert.equal((await askForName('\ufeffada\u3000lace\u{e0020}')).status, 409);
  assert.deepEqual(await askForName('ada lace', { token }), { status: 200, name, token });
  for (const nick of ['', '\u200b', ' \u2060 ', '\u3164\u115f', '\ufe0f', '\u200b\u2800\u3164', 'n'.repeat(31)]) {
    const refused = await askForName(nick);
    assert.equal(refused.status, 422, nick);
    assert.ok(refused.reason);
  }
  const visitor = await Visitor.arrive(browser);
  try {
    await visitor.page.goto(`${server.http}/#unseen`);
    await visitor.find('nick-input').fill('c\u200barl\u2060 \u00a0b');
    await visitor.find('join-button').click();
    await visitor.see('you-nick', { text: /^carl b$/ });
    await visitor.see('member', { rest: '[data-nick="carl b"]' });
  } finally {
    await visitor.leave();
  }
});

test('the wire: what the server does not take, and what it takes once', async () => {
  const wim = await Guest.join('wim', 'wire');
  try {
    assert.deepEqual(wim.lines, []);
    assert.equal(wim.welcome.name, 'wim');
    assert.deepEqual(wim.names(), ['wim']);
    for (const text of ['x'.repeat(2001), '  ', '']) {
      await assert.rejects(wim.say(text), ({ status, response }) => status === 'error' && response.reason && response.retry === false);
    }
    const id = crypto.randomUUID();
    const said = await wim.say('fine', id);
    assert.ok(Number.isInteger(said.number) && Math.abs(said.at - Date.now()) < 60_000);
    assert.deepEqual(await wim.say('fine', id), said);
    assert.equal((await wim.say('next')).number, said.number + 1);
    await wim.hears('next');
    assert.deepEqual(wim.lines.map(({ name, text }) => [name, text]), [['wim', 'fine'], ['wim', 'next']]);
    assert.equal(wim.lines[0].id, id);
  } finally {
    wim.leave();
  }
  for (const room of ['r'.repeat(41), 'UPPER', 'a.b', '']) {
    await assert.rejects(Guest.join('wim', room), { status: 'error' }, room);
  }
});
