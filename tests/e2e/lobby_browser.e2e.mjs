// The lobby as people use it: a connection that waits for a database which is fast, slow, gone or crashing.
// (The browser is driven with playwright-core, see browser.mjs.)

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Visitor, startBrowser } from './browser.mjs';
import { deadline } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client, refusedStatus } from './ws_client.mjs';

// Long enough to press a few buttons meanwhile.
const PATIENCE = deadline(4_000);

let browser;
let server;
before(async () => {
  server = await startServer(binary('WEBSOCK_LOBBY'), ['--patience', String(PATIENCE)]);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// The database is one for all: each test begins with one that is up and fast.
async function withVisitor(use, options) {
  const visitor = await Visitor.arrive(browser, options);
  try {
    await visitor.page.goto(`${server.http}/`);
    await isIn(visitor, 'idle');
    await turn(visitor, 'fast');
    await use(visitor);
    assert.deepEqual(visitor.complaints, []);
  } finally {
    await visitor.leave();
  }
}

const isIn = (visitor, state) => visitor.see('card', { rest: `[data-state="${state}"]` });
const isOver = (visitor) => visitor.find('failed-reason').waitFor({ timeout: PATIENCE + deadline(15_000) });
const databaseIs = (visitor, state) => visitor.see('database', { rest: `[data-state="${state}"]` });
const heard = (visitor, text) => visitor.find('log').getByText(text, { exact: false }).first().waitFor();
const databaseNow = (visitor) => visitor.find('database-now').textContent();

async function turn(visitor, state) {
  await visitor.find(`database-${state}`).check();
  await databaseIs(visitor, state);
}

async function comeIn(visitor, name) {
  await visitor.find('name-input').fill(name);
  await visitor.find('join-button').click();
}

test('the files of the page are served with a content security policy', async () => {
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  const files = await readdir(new URL('../../examples/lobby/page/', import.meta.url));
  for (const path of ['/', ...files.map((file) => `/${file}`)]) {
    const response = await fetch(server.http + path);
    await response.arrayBuffer();
    assert.equal(response.status, 200, path);
    assert.ok(response.headers.get('content-type').startsWith(types[path === '/' ? 'html' : path.split('.').at(-1)]), path);
    assert.match(response.headers.get('content-security-policy'), /default-src 'none'/);
  }
});

test('who comes in is found in a database that is fast', () => withVisitor(async (ada) => {
  await ada.find('join-button').click();
  await ada.see('name-error', { text: 'Please enter a name' });
  await comeIn(ada, 'ada');
  await isIn(ada, 'joined');
  await ada.see('joined-name', { text: /^ada$/ });
  await ada.see('joined-text', { text: 'not seen you before' });
  await ada.find('again-button').click();
  await comeIn(ada, 'ada');
  await ada.see('joined-text', { text: 'visit 2' });
}));

test('a slow one is given up when the time is over, and may be asked again', () => withVisitor(async (ada) => {
  await turn(ada, 'slow');
  const began = Date.now();
  await comeIn(ada, 'bob');
  await isIn(ada, 'waiting');
  await isOver(ada);
  assert.ok(Date.now() - began >= PATIENCE - 100);
  await ada.see('failed-title', { text: 'Too slow' });
  await ada.see('failed-reason', { text: /^timeout$/ });
  await turn(ada, 'fast');
  await ada.find('retry-button').click();
  await isIn(ada, 'joined');
}));

test('a connection that waits takes nothing else, and hears it afterwards', () => withVisitor(async (ada) => {
  await turn(ada, 'slow');
  await comeIn(ada, 'carol');
  for (let knock = 0; knock < 3; knock += 1) await ada.find('knock-button').click();
  await ada.see('knocks', { text: '3 knocks wait' });
  assert.equal(await ada.find('log').getByText('was heard').count(), 0);
  await isOver(ada);
  await heard(ada, 'knock 3 was heard');
  const lines = await ada.find('log').locator('li').allTextContents(); // the newest first
  const at = (text) => lines.findIndex((line) => line.includes(text));
  assert.ok(at('not let in') > at('knock 1 was heard'), String(lines));
  assert.ok(at('knock 1 was heard') > at('knock 3 was heard'), String(lines));
}));

test('an exit signal ends the wait at once', () => withVisitor(async (ada) => {
  await turn(ada, 'slow');
  const began = Date.now();
  await comeIn(ada, 'dan');
  await isIn(ada, 'waiting');
  await ada.find('end-button').click();
  await isIn(ada, 'ended');
  await ada.see('ended-text', { text: '1001 going away, in the middle of its wait' });
  assert.ok(Date.now() - began < PATIENCE - 100, 'before the database is given up');
  await ada.find('reconnect-button').click();
  await isIn(ada, 'idle');
}));

test('a database that is gone is noticed without a wait', () => withVisitor(async (ada) => {
  await turn(ada, 'down');
  assert.equal(await ada.find('crash-button').isDisabled(), true);
  await comeIn(ada, 'eve');
  await ada.see('failed-title', { text: 'Nobody there' });
  await ada.see('failed-reason', { text: /^noproc$/ });
  await turn(ada, 'fast');
  await ada.find('retry-button').click();
  await isIn(ada, 'joined');
}));

test('a crash while it is asked is heard of, and its successor answers', () => withVisitor(async (ada) => {
  await turn(ada, 'slow');
  const before = await databaseNow(ada);
  await comeIn(ada, 'finn');
  await isIn(ada, 'waiting');
  await ada.find('crash-button').click();
  await ada.see('failed-title', { text: 'It crashed' });
  await ada.see('failed-reason', { text: /^killed$/ });
  await databaseIs(ada, 'fast'); // anew, from the beginning
  assert.notEqual(await databaseNow(ada), before);
  await ada.find('retry-button').click();
  await ada.see('joined-text', { text: 'not seen you before' });
}));

test('it may crash often: that ends neither the server nor a connection', () => withVisitor(async (ada) => {
  const pid = await ada.find('who').textContent();
  for (let crash = 0; crash < 6; crash += 1) {
    const before = await databaseNow(ada);
    await ada.find('crash-button').click();
    await ada.page.waitForFunction((old) => {
      const now = document.querySelector('[data-testid="database-now"]').textContent;
      return now !== old && now.startsWith('fast');
    }, before);
  }
  await comeIn(ada, 'gil');
  await isIn(ada, 'joined');
  assert.equal(await ada.find('who').textContent(), pid);
}));

test('it is usable on a phone, by keyboard and in the dark', () => withVisitor(async (ada) => {
  await ada.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const [wanted, there] = await ada.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wanted <= there, 'nothing is wider than the screen');
  await ada.find('name-input').fill('hana');
  await ada.find('name-input').press('Enter');
  await isIn(ada, 'joined');
  assert.equal(await ada.page.evaluate(() => document.activeElement.id), 'joined-title');
}, { viewport: { width: 360, height: 740 }, touch: true }));

test('what is no request is refused', async () => {
  assert.equal(await refusedStatus(`${server.ws}/lobby/short`), 400);
  const key = 'a'.repeat(32);
  const first = await Client.open(`${server.ws}/lobby/${key}`);
  const second = await Client.open(`${server.ws}/lobby/${key}`);
  try {
    await first.nextJson('hello');
    assert.equal((await second.closed).code, 1008);
    first.say({ type: 'join', name: '' });
    assert.equal((await first.closed).code, 1008);
  } finally {
    first.drop();
    second.drop();
  }
});
