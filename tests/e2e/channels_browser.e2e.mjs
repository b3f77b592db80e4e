// The official client of Phoenix in a browser, on pages that have it and nothing else, against our
// channels on another origin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { blockWebSockets } from './blocked_websockets.mjs';
import { startBrowser } from './browser.mjs';
import { deadline, within } from './deadlines.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';

const PAGE = '<!doctype html><meta charset="utf-8"><title>Phoenix</title><link rel="icon" href="data:,"><script src="/phoenix.js"></script>';

let site; // of the pages
let origin;
let server;
let browser;

before(async () => {
  const script = await readFile(new URL('./node_modules/phoenix/priv/static/phoenix.js', import.meta.url));
  site = createServer((request, response) => {
    const isScript = request.url === '/phoenix.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : PAGE);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://127.0.0.1:${site.address().port}`;
  [server, browser] = await Promise.all([start(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  site?.close();
});

const start = (...args) => startServer(binary('WEBSOCK_CHANNELS'), ['--origin', origin, '--shards', '2', ...args]);

// Opens a page that may use these functions, and runs `use` with it.
async function withPage(use) {
  const context = await browser.newContext();
  context.setDefaultTimeout(deadline(10_000));
  const errors = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.addInitScript(testFunctions);
    await page.goto(origin);
    await use(page, context);
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
  }
}

// What the tests ask of a page; the client itself is as it comes.
function testFunctions() {
  window.seen = []; // what has happened, in order
  window.connect = (url, name, options = {}) => {
    window.socket = new window.Phoenix.Socket(`${url}/socket`, { params: { name }, ...options });
    window.socket.onOpen(() => window.seen.push('open'));
    window.socket.onClose(({ code }) => window.seen.push(`close ${code}`));
    window.socket.connect();
  };
  // The outcome of a join or a push: [status, response].
  window.outcome = (push) => new Promise((resolve) => {
    for (const status of ['ok', 'error', 'timeout']) push.receive(status, (response) => resolve([status, response]));
  });
  window.join = async (topic) => {
    window.channel = window.socket.channel(topic, {});
    return window.outcome(window.channel.join().receive('ok', () => window.seen.push('joined')));
  };
  window.push = (event, payload, timeout) => window.outcome(window.channel.push(event, payload, timeout));
}

const joinRoom = (page, name, room, to = server.ws) => page.evaluate(async ([url, who, topic]) => {
  window.connect(url, who);
  return window.join(topic);
}, [to, name, room]);

const until = (page, what, argument) => page.waitForFunction(what, argument, { polling: 20 });
const seen = (page) => page.evaluate(() => window.seen);

test('join, push with each outcome, broadcast, leave', () => withPage(async (page) => {
  assert.deepEqual(await joinRoom(page, 'Ada', 'room:a'), ['ok', { topic: 'room:a', name: 'Ada' }]);
  await page.evaluate(() => {
    window.heard = [];
    window.channel.on('new_msg', (message) => window.heard.push(message));
    window.channel.onClose(() => window.seen.push('left'));
  });
  const push = (event, payload, timeout) => page.evaluate((args) => window.push(...args), [event, payload, timeout]);
  assert.deepEqual(await push('new_msg', { body: 'hällo' }), ['ok', {}]);
  assert.deepEqual(await push('new_msg', { body: '' }), ['error', { reason: 'a line has a body' }]);
  assert.equal((await push('typing', {}, 200))[0], 'timeout');
  assert.deepEqual(await page.evaluate(() => window.heard), [{ name: 'Ada', body: 'hällo' }]);
  assert.equal((await page.evaluate(() => window.outcome(window.channel.leave())))[0], 'ok');
  assert.deepEqual(await seen(page), ['open', 'joined', 'left']);
  assert.deepEqual(await page.evaluate(() => window.join('room:private').then((got) => { window.channel.leave(); return got; })),
    ['error', { reason: 'unauthorized' }]);
}));

test('a page of another origin may not connect', () => withPage(async (page) => {
  await page.goto(origin.replace('127.0.0.1', 'localhost'));
  const failed = await page.evaluate((url) => new Promise((resolve) => {
    const socket = new window.Phoenix.Socket(`${url}/socket`, { params: { name: 'Eve' }, reconnectAfterMs: () => 60_000 });
    socket.onOpen(() => resolve('open'));
    socket.onError(() => resolve('error'));
    socket.connect();
  }), server.ws);
  assert.equal(failed, 'error');
}));

test('a channel that crashes: the client joins again, a second later, and the others stay', () => withPage(async (page) => {
  await joinRoom(page, 'Ada', 'room:steady');
  await page.evaluate(async () => {
    const steady = window.channel;
    steady.onError(() => window.seen.push('not this one'));
    await window.join('room:b');
    window.channel.onError(() => { window.crashedAt = performance.now(); window.seen.push('crashed'); });
    window.channel.push('no_such_event', {});
  });
  await until(page, () => window.seen.filter((what) => what === 'joined').length === 3);
  const waited = await page.evaluate(() => performance.now() - window.crashedAt);
  assert.ok(waited > 900, `${waited} ms`);
  assert.deepEqual(await seen(page), ['open', 'joined', 'joined', 'crashed', 'joined']);
  assert.deepEqual(await page.evaluate(() => window.push('echo', { n: 1 })), ['ok', { n: 1 }]);
}));

test('octets there and back', () => withPage(async (page) => {
  await joinRoom(page, 'Ada', 'room:c');
  const [status, back] = await page.evaluate(async () => {
    const octets = new Uint8Array(256).map((_, place) => place);
    const [how, response] = await window.push('echo', octets.buffer);
    return [how, [...new Uint8Array(response)]];
  });
  assert.equal(status, 'ok');
  assert.deepEqual(back, Array.from({ length: 256 }, (_, place) => place));
}));

test('presence over two tabs: who joins, who leaves, who is there', () => withPage(async (page, context) => {
  await page.evaluate((url) => {
    window.connect(url, 'Ada');
    window.channel = window.socket.channel('room:hall', {});
    const presence = new window.Phoenix.Presence(window.channel);
    presence.onJoin((name, before, now) => window.seen.push(`${name} joins ${before ? 'again' : 'first'} ${now.metas[0].status}`));
    presence.onLeave((name, rest) => window.seen.push(`${name} leaves ${rest.metas.length === 0 ? 'last' : 'once'}`));
    presence.onSync(() => {
      window.here = presence.list((name, { metas }) => `${name} ${metas.map(({ status }) => status)}`).sort().join('; ');
    });
    window.channel.join();
  }, server.ws);
  const here = (wanted) => until(page, (who) => window.here === who, wanted);
  await here('Ada online');
  const tabs = [await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    await tab.addInitScript(testFunctions);
    await tab.goto(origin);
    assert.equal((await joinRoom(tab, 'Bob', 'room:hall'))[0], 'ok');
  }
  await here('Ada online; Bob online,online');
  assert.deepEqual(await tabs[0].evaluate(() => window.push('status', { status: 'away' })), ['ok', {}]);
  await until(page, () => window.here.includes('away'));
  await tabs[0].close();
  await here('Ada online; Bob online');
  await tabs[1].evaluate(() => window.channel.leave());
  await here('Ada online');
  assert.deepEqual((await seen(page)).filter((what) => what !== 'open'), [
    'Ada joins first online', 'Bob joins first online', 'Bob joins again online', 'Bob joins again away', 'Bob leaves once',
    'Bob leaves once', 'Bob leaves last']);
}));

test('no WebSocket gets through: the client polls, from another origin', () => withPage(async (page) => {
  const network = await blockWebSockets(server);
  try {
    await page.evaluate((url) => window.connect(url, 'Ada', { longPollFallbackMs: 2_000 }), `ws://127.0.0.1:${network.port}`);
    await until(page, () => window.seen.includes('open'));
    assert.equal(await page.evaluate(() => window.socket.transport === window.Phoenix.LongPoll), true);
    assert.equal(await page.evaluate(async () => (await window.join('room:d'))[0]), 'ok');
    assert.deepEqual(await page.evaluate(() => window.push('echo', { text: 'ä"\n' })), ['ok', { text: 'ä"\n' }]);
    assert.ok(network.refused() > 0);
    await page.evaluate(() => new Promise((resolve) => { window.socket.disconnect(resolve); }));
  } finally {
    network.close();
  }
}));

test('a server that is killed, and one that drains: the client connects and joins again', () => withPage(async (page) => {
  const port = String(await freePort());
  let mortal = await start('--port', port);
  try {
    await joinRoom(page, 'Ada', 'room:e', mortal.ws);
    await mortal.kill();
    await until(page, () => window.seen.includes('close 1006'));
    mortal = await start('--port', port);
    await until(page, () => window.seen.filter((what) => what === 'joined').length === 2);
    assert.deepEqual(await page.evaluate(() => window.push('echo', { n: 1 })), ['ok', { n: 1 }]);

    await page.evaluate(() => { window.seen = []; });
    await mortal.stop();
    await until(page, () => window.seen.includes('close 1012'));
    mortal = await start('--port', port);
    await until(page, () => window.seen.includes('joined'));
    assert.deepEqual(await page.evaluate(() => window.push('echo', { n: 2 })), ['ok', { n: 2 }]);
    assert.equal((await seen(page))[0], 'close 1012');
  } finally {
    await within(10_000, 'it ends', mortal.running ? mortal.stop() : Promise.resolve());
  }
}));
