// People in the chat: who is typing, two tabs of one person, what is unread, lines that fail.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Visitor } from './browser.mjs';
import { Guest, joining, openChat, server, withVisitors } from './chat_pages.mjs';

openChat();

// The same browser profile: another tab of the same person.
async function anotherTab(visitor, room) {
  const tab = new Visitor();
  tab.context = visitor.context;
  tab.page = await visitor.context.newPage();
  await tab.page.goto(`${server.http}/#${encodeURIComponent(room)}`);
  await tab.isConnected();
  return tab;
}

test('one sees who is typing, for a while', () => withVisitors([joining('ada', 'typing'), joining('bob', 'typing')], async (ada, bob) => {
  const box = ada.find('composer-text');
  await box.pressSequentially('h');
  await bob.see('typing', { text: /^ada is typing/ });
  assert.equal(await ada.find('typing').isVisible(), false);
  const carol = await Guest.join('carol', 'typing');
  try {
    carol.channel.cast('typing');
    await bob.see('typing', { text: 'ada and carol are typing' });
    await ada.see('typing', { text: /^carol is typing/ });
    await box.pressSequentially('ello');
    await box.press('Enter');
    await bob.seeMessage('hello');
    await bob.see('typing', { text: /^carol is typing/ }); // ada has stopped
    carol.drop();
    await bob.find('typing').waitFor({ state: 'hidden' });
    // Who stops without a line is forgotten as well.
    await box.pressSequentially('never mind', { delay: 200 });
    await bob.see('typing', { text: /^ada is typing/ });
    await box.fill('');
    await bob.find('typing').waitFor({ state: 'hidden' });
  } finally {
    carol.leave();
  }
}));

test('two tabs are one person', () => withVisitors([joining('ada', 'tabs'), joining('bob', 'tabs')], async (ada, bob) => {
  await bob.see('member', { rest: '[data-nick="ada"]' });
  const tab = await anotherTab(ada, 'tabs');
  await bob.find('processes-switch').click();
  await bob.find('process').nth(2).waitFor(); // one for each tab
  await bob.see('member-count', { text: /^2$/ });
  assert.equal(await bob.find('member', '[data-nick="ada"]').count(), 1);
  assert.equal(await tab.find('member', '[data-own="true"]').count(), 1);
  assert.equal(await bob.find('system-line').filter({ hasText: 'ada' }).count(), 0);

  await tab.say('from the second tab');
  await ada.seeMessage('from the second tab', { own: true });
  await tab.find('composer-text').pressSequentially('on and on', { delay: 200 });
  await bob.see('typing', { text: 'ada is typing' });
  assert.equal(await ada.find('typing').isVisible(), false);

  await tab.page.close();
  await bob.find('process').nth(2).waitFor({ state: 'detached' });
  await bob.see('member', { rest: '[data-nick="ada"]' });
  const dora = await Guest.join('dora', 'tabs');
  dora.leave();
  await bob.see('system-line', { text: 'dora left' }); // by now ada would have been said to have left
  assert.equal(await bob.find('system-line').filter({ hasText: 'ada' }).count(), 0);
}));

test('processes are shown on request only', () => withVisitors([joining('ada', 'processes')], async (ada) => {
  await ada.see('member', { rest: '[data-nick="ada"]' });
  assert.equal(await ada.find('process').count(), 0);
  assert.equal(await ada.find('processes-switch').getAttribute('aria-checked'), 'false');
  await ada.find('processes-switch').click();
  await ada.see('process', { text: /\d+\.\d+/ });
  await ada.page.reload();
  await ada.see('process', { text: /\d+\.\d+/ });
  await ada.find('processes-switch').click();
  assert.equal(await ada.find('process').count(), 0);
}));

test('what is said in other rooms is counted until one reads it, in every tab', () => withVisitors([joining('ada', 'here')], async (ada) => {
  const carol = await Guest.join('carol', 'over there');
  try {
    await ada.see('room', { rest: '[data-room="over there"]' });
    assert.equal(await ada.find('unread').count(), 0);
    for (const line of ['one', 'two', 'three']) await carol.say(line);
    await ada.see('room', { rest: '[data-room="over there"][data-unread="3"]', text: '3 unread' });
    const tab = await anotherTab(ada, 'here');
    await tab.see('room', { rest: '[data-room="over there"][data-unread="3"]' });

    await ada.find('room', '[data-room="over there"]').click();
    await ada.seeMessage('three');
    await ada.goneIs('unread');
    await tab.goneIs('unread');
    await ada.find('room', '[data-room="here"]').click();
    await ada.see('room-title', { text: /^here$/ });
    await carol.say('four');
    await ada.see('room', { rest: '[data-room="over there"][data-unread="1"]' });
    await ada.page.reload();
    await ada.see('room', { rest: '[data-room="over there"][data-unread="1"]' });
  } finally {
    carol.leave();
  }
}));

test('a line that is not taken says why, and goes out again under the same id', () => (
  withVisitors([joining('ada', 'failing'), joining('bob', 'failing')], async (ada, bob) => {
    // More at once than anybody may say.
    await ada.find('composer-text').evaluate((box) => {
      for (let n = 1; n <= 12; n += 1) {
        box.value = `line ${n}`;
        box.form.requestSubmit();
      }
    });
    const failed = ada.find('failed-message').first();
    await failed.waitFor();
    await ada.goneIs('pending-message');
    assert.match(await failed.textContent(), /Not sent: .+/);
    const id = await failed.getAttribute('data-id');
    const text = await failed.locator('.bubble').textContent();
    assert.equal(await bob.find('message', `[data-id="${id}"]`).count(), 0);

    await failed.getByTestId('edit-button').waitFor();
    while (await bob.find('message', `[data-id="${id}"]`).count() === 0) { // until one may speak again
      await ada.find('failed-message', `[data-id="${id}"]`).getByTestId('retry-button').click();
      await ada.page.waitForFunction((line) => !document.querySelector(`.pending[data-id="${line}"]`), id);
      if (await ada.find('failed-message', `[data-id="${id}"]`).count() === 0) break;
    }
    await bob.see('message', { rest: `[data-id="${id}"]`, text });
    await ada.see('message', { rest: `[data-id="${id}"]`, text });
    await ada.goneIs('failed-message', `[data-id="${id}"]`);

    // The others stay, over a reload as well, until they are sent or taken back.
    const rest = await ada.find('failed-message').count();
    assert.ok(rest > 0);
    await ada.page.reload();
    await ada.isConnected();
    assert.equal(await ada.find('failed-message').count(), rest);
    const last = ada.find('failed-message').last();
    const words = await last.locator('.bubble').textContent();
    await last.getByTestId('edit-button').click();
    assert.equal(await ada.find('composer-text').inputValue(), words);
    assert.equal(await ada.find('failed-message').count(), rest - 1);
    const said = await bob.texts('message-text');
    assert.equal(new Set(said).size, said.length);
  })));

test('a draft survives a reload', () => withVisitors([joining('ada', 'drafts')], async (ada) => {
  await ada.find('composer-text').fill('half a thought');
  await ada.page.reload();
  await ada.isConnected();
  assert.equal(await ada.find('composer-text').inputValue(), 'half a thought');
  await ada.find('send-button').click();
  await ada.seeMessage('half a thought', { own: true });
  await ada.see('sent-note', { text: 'Sent' });
  await ada.page.reload();
  await ada.isConnected();
  assert.equal(await ada.find('composer-text').inputValue(), '');
}));
