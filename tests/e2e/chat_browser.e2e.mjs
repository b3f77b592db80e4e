// The chat as people use it: pages in a browser, talking through the server.
// (The browser is driven with playwright-core, see browser.mjs.)

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { Visitor } from './browser.mjs';
import {
  Guest, browser, complaintsOf, enter, joining, openChat, server, startChat, startChatAgain, withVisitors,
} from './chat_pages.mjs';

const POLICY = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
  "connect-src 'self' ws: wss:", "base-uri 'none'", "form-action 'none'"];

// Every test has rooms of its own, so that none sees another's history.
openChat();

test('the files of the page are served with the content security policy', async () => {
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  const entries = await readdir(new URL('../../examples/chat/page/', import.meta.url), { recursive: true });
  const files = entries.filter((name) => name.includes('.'));
  for (const path of ['/', ...files.map((file) => `/${file}`)]) {
    const type = types[path === '/' ? 'html' : path.split('.').at(-1)];
    const response = await fetch(server.http + path);
    await response.arrayBuffer();
    assert.equal(response.status, 200, path);
    assert.ok(response.headers.get('content-type').startsWith(type), `${path}: ${response.headers.get('content-type')}`);
    if (path === '/') {
      const policy = response.headers.get('content-security-policy') ?? '';
      assert.deepEqual(policy.split(';').map((part) => part.trim()).filter(Boolean).sort(), [...POLICY].sort());
    }
  }
});

test('the policy is in force: an inline script does not run', async () => {
  const visitor = await Visitor.arrive(browser);
  try {
    await visitor.page.goto(`${server.http}/`);
    await visitor.see('join-form');
    assert.deepEqual(visitor.complaints, []);
    const ran = await visitor.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.body.append(script);
      return window.intruder === true;
    });
    assert.equal(ran, false);
    assert.ok(visitor.complaints.some((line) => line.includes('Content Security Policy')), String(visitor.complaints));
  } finally {
    await visitor.leave();
  }
});

test('a first visit asks for a name, a second one remembers it', () => withVisitors([joining('ada', 'first')], async (ada) => {
  assert.equal(new URL(ada.page.url()).hash, '#first');
  await ada.see('you-nick', { text: 'ada' });
  await ada.see('empty-state');
  await ada.page.goto(`${server.http}/?room=second`);
  await ada.isConnected();
  assert.equal(await ada.find('join-form').isVisible(), false);
  await ada.see('room-title', { text: /^second$/ });
  assert.equal(new URL(ada.page.url()).hash, '#second');
}));

test('two people talk', () => withVisitors([joining('ada', 'talk'), joining('bob', 'talk')], async (ada, bob) => {
  await ada.see('system-line', { text: 'bob joined' });
  await ada.say('hello bob');
  await bob.seeMessage('hello bob', { from: 'ada', own: false });
  await ada.seeMessage('hello bob', { from: 'ada', own: true });
  await bob.say('hello ada');
  await ada.seeMessage('hello ada', { from: 'bob', own: false });
  assert.equal(await ada.find('composer-text').inputValue(), '');

  for (const page of [ada, bob]) {
    await page.see('member-count', { text: /^2$/ });
    assert.deepEqual((await page.find('member').evaluateAll((members) => members.map((member) => member.dataset.nick))).sort(), ['ada', 'bob']);
    assert.deepEqual(await page.texts('message-text'), ['hello bob', 'hello ada']);
  }
  await ada.see('member', { rest: '[data-nick="ada"][data-own="true"]', text: 'you' });
}));

test('Shift+Enter starts a new line, Enter sends', () => withVisitors([joining('ada', 'lines')], async (ada) => {
  const box = ada.find('composer-text');
  await box.pressSequentially('one');
  await box.press('Shift+Enter');
  await box.pressSequentially('two');
  await box.press('Enter');
  await ada.see('message');
  assert.deepEqual(await ada.texts('message-text'), ['one\ntwo']);
  await ada.say('and one more');
  await ada.see('message', { rest: '[data-continued]', text: 'and one more' });
}));

test('markup is shown as it was typed', () => withVisitors([joining('ada', 'markup'), joining('<i>bob</i>', 'markup')], async (ada, bob) => {
  const lines = ['<img src=x onerror="window.intruder=true">', '<script>window.intruder=true</script>', '&lt;b&gt; javascript:alert(1) "\'`'];
  for (const [n, line] of lines.entries()) {
    await bob.say(line);
    await ada.find('message').nth(n).waitFor();
  }
  for (const page of [ada, bob]) {
    assert.deepEqual(await page.texts('message-text'), lines);
    assert.equal(await page.find('message').locator('img, script, a, i, b').count(), 0);
    assert.equal(await page.page.evaluate(() => window.intruder), undefined);
  }
  await ada.see('member', { text: '<i>bob</i>' });
  await ada.see('system-line', { text: '<i>bob</i> joined' });
}));

test('only plain web addresses become links', () => withVisitors([joining('ada', 'links')], async (ada) => {
  await ada.say('see https://example.org/a?b=c#d, not javascript:alert(1) or https://user:pw@example.org/');
  await ada.see('message');
  const links = await ada.find('message-text').locator('a').evaluateAll((found) => found.map((link) => [link.href, link.textContent, link.rel]));
  assert.deepEqual(links, [['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d', 'noopener noreferrer nofollow ugc']]);
}));

test('who leaves is gone from the list', () => withVisitors([joining('ada', 'leaving')], async (ada) => {
  const carol = await Guest.join('carol', 'leaving');
  await ada.see('system-line', { text: 'carol joined' });
  await ada.see('member', { rest: '[data-nick="carol"]' });
  carol.leave();
  await ada.goneIs('member', '[data-nick="carol"]');
  await ada.see('system-line', { text: 'carol left' });
  await ada.see('member-count', { text: /^1$/ });

  const dave = await Guest.join('dave', 'leaving');
  await ada.see('member', { rest: '[data-nick="dave"]' });
  dave.drop();
  await ada.goneIs('member', '[data-nick="dave"]');
  await ada.see('system-line', { text: 'dave left' });
}));

test('who reloads the page has not left', () => withVisitors([joining('ada', 'reloads'), joining('bob', 'reloads')], async (ada, bob) => {
  await bob.page.reload();
  await bob.isConnected();
  await ada.see('member', { rest: '[data-nick="bob"]' });
  await bob.say('back again');
  await ada.seeMessage('back again');
  const dave = await Guest.join('dave', 'reloads');
  dave.leave();
  await ada.see('system-line', { text: 'dave left' }); // by now bob would have been said to have left
  assert.equal(await ada.find('system-line').filter({ hasText: 'bob left' }).count(), 0);
  assert.equal(await ada.find('system-line').filter({ hasText: 'bob joined' }).count(), 1);
}));

test('a reload shows the history, with a divider', () => withVisitors([joining('ada', 'history'), joining('bob', 'history')], async (ada, bob) => {
  await ada.say('remember this');
  await bob.seeMessage('remember this');
  await bob.say('I will');
  await ada.seeMessage('I will');
  await ada.page.reload();
  await ada.isConnected();
  await ada.seeMessage('remember this', { own: true });
  await ada.seeMessage('I will', { from: 'bob', own: false });
  await ada.see('history-divider');
  assert.deepEqual(await ada.texts('message-text'), ['remember this', 'I will']);
}));

test('rooms are listed with their members, and one click away', () => withVisitors([joining('ada', 'rooms a')], async (ada) => {
  const carol = await Guest.join('carol', 'rooms b');
  try {
    await ada.see('room', { rest: '[data-room="rooms a"][data-members="1"][aria-current]' });
    await ada.see('room', { rest: '[data-room="rooms b"][data-members="1"]' });
    await ada.say('only for room a');
    await ada.seeMessage('only for room a');
    await ada.find('composer-text').fill('a draft for a');

    await ada.find('room', '[data-room="rooms b"]').click();
    await ada.see('member', { rest: '[data-nick="carol"]' });
    await ada.see('room', { rest: '[data-room="rooms b"][data-members="2"][aria-current]' });
    assert.equal(new URL(ada.page.url()).hash, '#rooms%20b');
    assert.equal(await ada.find('message').count(), 0);
    await carol.say('welcome to b');
    await ada.seeMessage('welcome to b', { from: 'carol' });

    await ada.find('room-new-input').fill('  Rooms   C ');
    await ada.find('room-new-input').press('Enter');
    await ada.see('room-title', { text: /^rooms c$/ });
    await ada.isConnected();
    await ada.see('room', { rest: '[data-room="rooms b"][data-members="1"]' });

    for (const room of [/^rooms b$/, /^rooms a$/]) {
      await ada.page.goBack();
      await ada.see('room-title', { text: room });
      await ada.isConnected();
    }
    assert.equal(await ada.find('composer-text').inputValue(), 'a draft for a');
  } finally {
    carol.drop();
  }
}));

test('a message that is too long is counted and cannot be sent', () => withVisitors([joining('ada', 'length')], async (ada) => {
  const box = ada.find('composer-text');
  await box.fill('x'.repeat(1700));
  assert.equal(await ada.find('counter').isVisible(), false);
  await box.fill('x'.repeat(1990));
  await ada.see('counter', { text: '10 left' });
  await box.fill('x'.repeat(2003));
  await ada.see('counter', { text: '3 over' });
  assert.equal(await ada.find('send-button').isDisabled(), true);
  await box.press('Enter');
  assert.equal((await box.inputValue()).length, 2003);
  await box.fill('é'.repeat(2000));
  await ada.find('send-button').click();
  await ada.see('message', { text: 'é'.repeat(2000) });
}));

test('a reader who scrolled up is not pulled down', () => withVisitors([joining('ada', 'scroll')], async (ada) => {
  const carol = await Guest.join('carol', 'scroll');
  try {
    await ada.see('member', { rest: '[data-nick="carol"]' });
    await ada.say(Array.from({ length: 80 }, (_, n) => `line ${n}`).join('\n'));
    await ada.seeMessage('line 79');
    await ada.find('message-list').hover();
    await ada.page.mouse.wheel(0, -600);
    await ada.page.waitForFunction(() => {
      const log = document.querySelector('[data-testid="message-list"]');
      return log.scrollHeight - log.scrollTop - log.clientHeight > 200;
    });
    await carol.say('psst');
    await ada.see('new-messages', { text: '1 new message' });
    await ada.find('new-messages').click();
    await ada.find('new-messages').waitFor({ state: 'hidden' });
    await ada.page.waitForFunction(() => {
      const log = document.querySelector('[data-testid="message-list"]');
      return log.scrollHeight - log.scrollTop - log.clientHeight < 2;
    });
  } finally {
    carol.drop();
  }
}));

test('on a phone nothing scrolls sideways, and the drawer opens', () => withVisitors([
  joining('a rather long nickname!!', 'a room with a name as long as can be', { viewport: { width: 360, height: 740 }, touch: true }),
], async (ada) => {
  await ada.say(`${'unbroken'.repeat(60)} https://example.org/${'path/'.repeat(40)}`);
  await ada.see('message');
  const sideways = () => ada.page.evaluate(() => {
    const log = document.querySelector('[data-testid="message-list"]');
    return [document.documentElement.scrollWidth - window.innerWidth, log.scrollWidth - log.clientWidth];
  });
  assert.deepEqual(await sideways(), [0, 0]);
  assert.equal(await ada.find('member-list').isVisible(), false);
  await ada.find('drawer-button').tap();
  await ada.see('member', { text: 'you' });
  assert.deepEqual(await sideways(), [0, 0]);
  await ada.page.keyboard.press('Escape');
  await ada.find('member-list').waitFor({ state: 'hidden' });
}));

test('the join screen fits a phone', async () => {
  const visitor = await Visitor.arrive(browser, { viewport: { width: 360, height: 640 }, touch: true });
  try {
    await visitor.page.goto(`${server.http}/`);
    await visitor.see('join-button');
    assert.equal(await visitor.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await visitor.leave();
  }
});

test('the server goes and comes back', async () => {
  let mortal = await startChat();
  const { port } = mortal;
  const people = [];
  try {
    const ada = await enter('ada', { room: 'storm', at: mortal });
    people.push(ada);
    // Bob's page always draws the longest delay, so that he has to ask for a reconnect.
    const bob = await enter('bob', { room: 'storm', at: mortal, script: () => { Math.random = () => 0.999; } });
    people.push(bob);
    await ada.say('before the storm');
    await bob.seeMessage('before the storm');
    for (const person of people) assert.deepEqual(complaintsOf(person), []);

    await ada.find('composer-text').fill('half a thought');
    await mortal.stop();
    for (const person of people) {
      await person.see('status', { rest: ':is([data-state="waiting"], [data-state="connecting"])[data-code="1012"]' });
      await person.see('status-why', { text: '1012 service restart' });
      await person.see('status-when', { text: /Reconnecting/ });
    }
    assert.equal(await ada.find('send-button').isDisabled(), true);
    await ada.find('composer-text').press('Enter');
    assert.equal(await ada.find('composer-text').inputValue(), 'half a thought');

    await bob.see('status-when', { text: /in [3-5] s/ });
    mortal = await startChatAgain(port);
    assert.equal(mortal.port, port);
    await bob.find('reconnect-now').click();
    await bob.isConnected();
    await ada.isConnected();
    await ada.see('member-count', { text: /^2$/ });
    await bob.see('member-count', { text: /^2$/ });

    await ada.find('send-button').click();
    await bob.seeMessage('half a thought', { from: 'ada', own: false });
    await bob.say('after the storm');
    await ada.seeMessage('after the storm', { from: 'bob', own: false });
    assert.deepEqual(await ada.texts('message-text'), ['before the storm', 'half a thought', 'after the storm']);

    for (const person of people) assert.deepEqual(complaintsOf(person), []);
  } finally {
    for (const person of people) await person.leave();
    await mortal.stop();
  }
});
