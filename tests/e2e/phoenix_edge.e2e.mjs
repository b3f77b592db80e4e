// The edge of an application of Phoenix: what its users, at the official client and at the page, and
// the application, a node of Erlang that behaves as one, see of each other.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Socket } from 'phoenix';
import WebSocket from 'ws';
import { Visitor, startBrowser } from './browser.mjs';
import { within } from './deadlines.mjs';
import { Erlang, hasLibrary, startEpmd, whyNoErlang } from './erlang.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';

const skip = !process.env.WEBSOCK_PHOENIX_EDGE ? 'websock::phoenix is not built'
  : whyNoErlang() || (hasLibrary('crypto') ? false : 'crypto is not installed (apt-get install erlang-crypto)');
if (skip) console.log(`skipped: ${skip}`);

const SECRET = 'a secret_key_base of the application, which has 64 octets or more';
const POOL = 2;
const patience = 10_000;
const file = fileURLToPath(new URL('./phoenix_app.erl', import.meta.url));

let folder;
let epmd;
let endEpmd;
let app;
let edge;
let browser;

// The PubSub is there before the node is: pg looks for no hidden node, such as the edge, when it starts
// later, and has not heard of it then.
async function startApplication() {
  app = new Erlang(file, epmd, folder, []);
  assert.equal(await app.evaluate(`phoenix_app:start(${POOL})`), 'ok');
  assert.match(await app.evaluate("net_kernel:start(['app@127.0.0.1', longnames])"), /^\{ok,/);
  await app.evaluate('erlang:set_cookie(node(), secret)');
  assert.equal(await app.evaluate(`phoenix_app:await(${POOL}, 'edge@127.0.0.1')`), 'ok');
}

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'websock-edge-'));
  writeFileSync(join(folder, 'cookie'), 'secret\n', { mode: 0o600 });
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  epmd = await freePort();
  endEpmd = await startEpmd(epmd);
  [edge, browser] = await Promise.all([
    startServer(binary('WEBSOCK_PHOENIX_EDGE'), ['--shards', '2', '--cookie-file', join(folder, 'cookie'),
      '--epmd-port', String(epmd), '--join', 'app@127.0.0.1', '--pool-size', String(POOL),
      '--secret-file', join(folder, 'secret')]),
    startBrowser()]);
  await startApplication();
});
after(async () => {
  await browser?.close();
  await edge?.stop();
  await app?.kill();
  await endEpmd?.();
  if (folder) rmSync(folder, { recursive: true });
});

// What the application signs; `ago` and `age` in seconds.
async function token(data, { secret = SECRET, ago = 0, age = '86400' } = {}) {
  const text = await app.evaluate(`phoenix_app:token(<<"${secret}">>, ${data}, ${ago}, ${age})`);
  return /^<<"(.*)">>$/.exec(text)[1];
}
const broadcast = (nth, topic, event, payload) => app.evaluate(`phoenix_app:broadcast(${nth}, <<"${topic}">>, <<"${event}">>, ${payload})`);
const heard = (limit = patience) => app.evaluate(`phoenix_app:heard(${limit})`);
const nobodyHeard = async () => assert.equal(await heard(0), 'nothing');

function outcome(push) {
  return within(patience, 'a reply', new Promise((resolve) => {
    for (const status of ['ok', 'error', 'timeout']) push.receive(status, (response) => resolve([status, response]));
  }));
}

async function until(what, is) {
  await within(patience, what, (async () => {
    while (!is()) await new Promise((resolve) => { setTimeout(resolve, 10); });
  })());
}

// Somebody at the official client, in a room: `lines` and `terms` are what arrives.
async function withClient(data, topic, use) {
  const socket = new Socket(`${edge.ws}/socket`, { transport: WebSocket, params: { token: await token(data) } });
  const client = { socket, lines: [], terms: [], closes: [], room: socket.channel(topic, {}) };
  client.room.on('new_msg', (line) => client.lines.push(line));
  client.room.on('term', ({ text }) => client.terms.push(text));
  socket.onClose(({ code }) => client.closes.push(code));
  socket.connect();
  try {
    client.answer = await outcome(client.room.join());
    return await use(client);
  } finally {
    await within(patience, 'the socket closes', new Promise((resolve) => { socket.disconnect(resolve); }));
  }
}

// 101, or how a socket with this token is refused.
function statusFor(text) {
  const socket = new WebSocket(`${edge.ws}/socket/websocket?vsn=2.0.0&token=${encodeURIComponent(text)}`);
  return within(patience, 'an answer', new Promise((resolve) => {
    socket.on('open', () => { socket.terminate(); resolve(101); });
    socket.on('unexpected-response', (_, response) => { response.resume(); resolve(response.statusCode); });
  }));
}

test('tokens of the application are accepted; wrong and expired ones are not', { skip }, async () => {
  for (const data of ['<<"ada">>', '7', '#{id => 7, name => <<"Ada">>}']) assert.equal(await statusFor(await token(data)), 101);
  assert.equal(await statusFor(await token('7', { ago: 100, age: 'infinity' })), 101);
  assert.equal(await statusFor(await token('7', { ago: 61, age: 60 })), 403);
  assert.equal(await statusFor(await token('7', { secret: 'a secret of somebody else' })), 403);
  assert.equal(await statusFor(await token('{no, user}')), 403);
  assert.equal(await statusFor(''), 403);
  const reason = async (body) => (await (await fetch(`${edge.http}/login`, { method: 'POST', body })).json()).reason;
  assert.equal(await reason(await token('7', { ago: 61, age: 60 })), 'expired');
  assert.equal(await reason('SFMyNTY.none.none'), 'invalid');
  assert.equal(await reason(''), 'missing');
});

test('what the application broadcasts reaches each client once, by each worker', { skip }, () => withClient('<<"ada">>', 'room:1', (ada) => withClient('8', 'room:1', async (bob) => {
  assert.deepEqual(ada.answer, ['ok', { topic: 'room:1', name: 'ada' }]);
  await broadcast(1, 'room:1', 'new_msg', '#{name => <<"iex">>, body => <<"h", 228/utf8, "llo">>}');
  await broadcast(2, 'room:1', 'new_msg', '#{<<"body">> => [1, nil, true]}');
  await app.evaluate('phoenix_app:publish(1, <<"room:1">>, {now, 7})');
  for (const { lines, terms } of [ada, bob]) {
    await until('both lines and the term', () => lines.length >= 2 && terms.length >= 1);
    assert.deepEqual(lines.map(({ body }) => JSON.stringify(body)).sort(), ['"hällo"', '[1,null,true]']);
    assert.deepEqual(terms, ['{now,7}']);
  }
  await nobodyHeard(); // it does not come back
})));

test('what a client says reaches the application once', { skip }, () => withClient('<<"ada">>', 'room:2', (ada) => withClient('8', 'room:2', async (bob) => {
  assert.deepEqual(await outcome(ada.room.push('new_msg', { body: 'first' })), ['ok', {}]);
  assert.equal(await heard(), '{<<"room:2">>,<<"new_msg">>,#{<<"body">> => <<"first">>,<<"id">> => <<"ada">>,<<"name">> => <<"ada">>,<<"via">> => <<"edge@127.0.0.1">>}}');
  assert.deepEqual(await outcome(bob.room.push('new_msg', { body: 'second' })), ['ok', {}]);
  assert.match(await heard(), /<<"second">>/);
  assert.deepEqual(await outcome(bob.room.push('new_msg', { body: '' })), ['error', { reason: 'a line has a body' }]);
  await nobodyHeard();
  for (const { lines } of [ada, bob]) {
    await until('both lines', () => lines.length >= 2);
    assert.deepEqual(lines.map(({ name, body }) => `${name}: ${body}`), ['ada: first', '8: second']);
  }
})));

test('the application closes the sockets of a user, and of nobody else', { skip }, () => withClient('<<"ada">>', 'room:3', (ada) => withClient('8', 'room:3', async (bob) => {
  await broadcast(2, 'users:ada', 'disconnect', '#{}');
  await until('the socket closes', () => ada.closes.length > 0);
  assert.deepEqual(ada.closes, [1001]);
  assert.deepEqual(bob.closes, []);
  assert.deepEqual(await outcome(bob.room.push('new_msg', { body: 'still here' })), ['ok', {}]);
  assert.match(await heard(), /still here/);
})));

test('the page: tokens, lines of both sides, disconnect, sign out', { skip }, async () => {
  const ada = await Visitor.arrive(browser);
  await ada.page.goto(edge.http);
  for (const [options, why] of [[{ secret: 'a secret of somebody else' }, /has not signed/], [{ ago: 61, age: 60 }, /has expired/]]) {
    await ada.find('token').fill(await token('7', options));
    await ada.find('connect').click();
    await ada.see('token-error', { text: why });
  }
  await ada.find('token').fill(await token('#{id => 7, name => <<"Ada">>}'));
  await ada.find('connect').click();
  await ada.isConnected();
  await ada.see('your-name', { text: 'Ada' });
  await ada.see('node', { text: 'app@127.0.0.1' });
  await ada.find('room').fill('page');
  await ada.find('join').click();
  await ada.see('room-name', { text: 'room:page' });

  await ada.find('body').fill('from the page');
  await ada.find('send').click(); // once it is joined
  assert.match(await heard(), /^\{<<"room:page">>,<<"new_msg">>,#\{<<"body">> => <<"from the page">>/);
  await broadcast(1, 'room:page', 'new_msg', '#{name => <<"iex">>, body => <<"<b>from</b> Elixir">>}');
  await ada.see('line', { rest: '[data-from="application"]', text: '<b>from</b> Elixir' });
  assert.deepEqual(await ada.texts('text'), ['from the page', '<b>from</b> Elixir']);

  await broadcast(1, 'users:7', 'disconnect', '#{}');
  await ada.see('lost', { text: 'has closed this connection' });
  await ada.find('lost').waitFor({ state: 'hidden' });
  await ada.find('sign-out').click();
  await ada.see('login');
  assert.deepEqual(ada.complaints.filter((line) => !/403/.test(line)), []);
  await ada.leave();
});

test('the application is killed and started again: the edge goes on, and lines cross again', { skip }, async () => {
  const ada = await Visitor.arrive(browser);
  await ada.page.goto(`${edge.http}/#token=${await token('7')}`);
  await ada.isConnected();
  assert.equal(new URL(ada.page.url()).hash, '');
  await withClient('<<"bob">>', 'room:1', async (bob) => {
    await app.kill();
    await ada.see('no-node');
    assert.deepEqual(await outcome(bob.room.push('new_msg', { body: 'alone' })), ['ok', {}]);
    await ada.see('line', { rest: '[data-from="page"]', text: 'alone' });
    await startApplication();
    await ada.see('node', { text: 'app@127.0.0.1' });
    for (const nth of [1, 2]) await broadcast(nth, 'room:1', 'new_msg', `#{body => <<"again ${nth}">>}`);
    await ada.see('line', { rest: '[data-from="application"]', text: 'again 1' });
    await ada.see('line', { rest: '[data-from="application"]', text: 'again 2' });
    await nobodyHeard(); // what was said meanwhile does not arrive
    assert.deepEqual(await outcome(bob.room.push('new_msg', { body: 'welcome back' })), ['ok', {}]);
    assert.match(await heard(), /welcome back/);
    assert.deepEqual(bob.lines.map(({ body }) => body).sort(), ['again 1', 'again 2', 'alone', 'welcome back']);
  });
  await ada.leave();
});
