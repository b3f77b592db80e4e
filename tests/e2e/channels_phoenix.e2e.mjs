// The official client of Phoenix, as npm has it, against our channels.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Presence, Socket } from 'phoenix';
import WebSocket from 'ws';
import { within } from './deadlines.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_CHANNELS')); });
after(async () => { await server?.stop(); });

const patience = 10_000;
const briefly = 500; // for what gets no reply

// A connected socket, closed when `use` is done.
async function withSocket(name, use, options = {}) {
  const socket = new Socket(`${server.ws}/socket`, { transport: WebSocket, params: { name }, ...options });
  const opened = new Promise((resolve) => { socket.onOpen(resolve); });
  socket.connect();
  try {
    await within(patience, 'the socket opens', opened);
    return await use(socket);
  } finally {
    await within(patience, 'the socket closes', new Promise((resolve) => { socket.disconnect(resolve); }));
  }
}

// The outcome of a join or a push: [status, response].
function outcome(push) {
  return within(patience, 'a reply', new Promise((resolve) => {
    for (const status of ['ok', 'error', 'timeout']) push.receive(status, (response) => resolve([status, response]));
  }));
}

function next(channel, event) {
  return within(patience, event, new Promise((resolve) => {
    const number = channel.on(event, (payload) => { channel.off(event, number); resolve(payload); });
  }));
}

function rejoined(channel) {
  const again = async () => (channel.state === 'joined' ? 'joined' : new Promise((resolve) => {
    setTimeout(() => resolve(again()), 20);
  }));
  return within(patience, 'it joins again', again());
}

test('join, push, broadcast and leave', () => withSocket('Ada', (ada) => withSocket('Bob', async (bob) => {
  const [here, there] = [ada.channel('room:lobby', {}), bob.channel('room:lobby', {})];
  assert.deepEqual(await outcome(here.join()), ['ok', { topic: 'room:lobby', name: 'Ada' }]);
  assert.deepEqual(await outcome(there.join()), ['ok', { topic: 'room:lobby', name: 'Bob' }]);

  const heard = [next(here, 'new_msg'), next(there, 'new_msg')];
  assert.deepEqual(await outcome(here.push('new_msg', { body: 'hällo' })), ['ok', {}]);
  for (const each of heard) assert.deepEqual(await each, { name: 'Ada', body: 'hällo' });
  assert.deepEqual(await outcome(here.push('new_msg', { body: '' })), ['error', { reason: 'a line has a body' }]);

  const typing = next(there, 'typing');
  here.on('typing', () => assert.fail('not to oneself'));
  here.push('typing', {}, briefly);
  assert.deepEqual(await typing, { name: 'Ada' });

  const closed = new Promise((resolve) => { here.onClose(resolve); });
  assert.equal((await outcome(here.leave()))[0], 'ok');
  await within(patience, 'the channel closes', closed);
  assert.equal(here.state, 'closed');
})));

test('a push that nobody replies to runs into its time limit, and the next one does not', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  assert.equal((await outcome(channel.push('typing', {}, 100)))[0], 'timeout');
  assert.deepEqual(await outcome(channel.push('echo', { a: 1 })), ['ok', { a: 1 }]);
}));

test('a refused join says why, and is tried again', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:private', {});
  assert.deepEqual(await outcome(channel.join()), ['error', { reason: 'unauthorized' }]);
  channel.leave();
}));

test('a topic that nobody serves', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('nothing', {});
  assert.deepEqual(await outcome(channel.join()), ['error', { reason: 'unmatched topic' }]);
  channel.leave();
}));

test('octets there and back', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  await outcome(channel.join());
  const [status, response] = await outcome(channel.push('echo', new Uint8Array([0, 1, 254, 255]).buffer));
  assert.equal(status, 'ok');
  assert.deepEqual([...new Uint8Array(response)], [0, 1, 254, 255]);
}));

test('a channel that crashes is joined again by the client itself', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  const crashed = new Promise((resolve) => { channel.onError(resolve); });
  channel.push('no_such_event', {}, briefly);
  assert.deepEqual(await within(patience, 'phx_error', crashed), { reason: 'channel_crash' });
  await rejoined(channel);
  assert.deepEqual(await outcome(channel.push('echo', { a: 1 })), ['ok', { a: 1 }]);
}, { rejoinAfterMs: () => 50 }));

test('a second channel object takes over the topic', () => withSocket('Ada', async (socket) => {
  const first = socket.channel('room:lobby', {});
  assert.equal((await outcome(first.join()))[0], 'ok');
  const second = socket.channel('room:lobby', {});
  assert.equal((await outcome(second.join()))[0], 'ok');
  assert.deepEqual(await outcome(second.push('echo', { b: 2 })), ['ok', { b: 2 }]);
}));

test('presence knows who is there, over two tabs', () => withSocket('Ada', (ada) => withSocket('Bob', (bob) => (
  withSocket('Bob', async (tab) => {
    const here = ada.channel('room:hall', {});
    const presence = new Presence(here);
    const seen = () => presence.list((name, { metas }) => `${name}: ${metas.map(({ status }) => status)}`).sort();
    const until = (wanted) => within(patience, String(wanted), new Promise((resolve) => {
      const look = () => { if (seen().join() === wanted.join()) resolve(); };
      presence.onSync(look);
      look();
    }));
    here.join();
    await until(['Ada: online']);
    const tabs = [bob.channel('room:hall', {}), tab.channel('room:hall', {})];
    for (const each of tabs) assert.equal((await outcome(each.join()))[0], 'ok');
    await until(['Ada: online', 'Bob: online,online']);
    tabs[0].leave();
    await until(['Ada: online', 'Bob: online']);
    assert.deepEqual(await outcome(tabs[1].push('status', { status: 'away' })), ['ok', {}]);
    await until(['Ada: online', 'Bob: away']);
    tab.disconnect();
    await until(['Ada: online']);
  })))));

test('presence tells who joins and who leaves, each once', () => withSocket('Ada', (ada) => withSocket('Bob', async (bob) => {
  const here = ada.channel('room:door', {});
  const presence = new Presence(here);
  const heard = [];
  let look = () => {};
  presence.onJoin((name, before, now) => heard.push(`${name} joins${before ? ' again' : ''} ${now.metas[0].status}`));
  presence.onLeave((name, rest, { metas }) => heard.push(`${name} leaves ${metas[0].status}, ${rest.metas.length} left`));
  presence.onSync(() => look());
  const until = (what) => within(patience, what, new Promise((resolve) => {
    look = () => { if (heard.at(-1) === what) resolve(); };
    look();
  }));
  here.join();
  await until('Ada joins online');
  const there = bob.channel('room:door', {});
  assert.equal((await outcome(there.join()))[0], 'ok');
  await until('Bob joins online');
  assert.deepEqual(await outcome(there.push('status', { status: 'away' })), ['ok', {}]);
  await until('Bob leaves online, 1 left');
  there.leave();
  await until('Bob leaves away, 0 left');
  assert.deepEqual(heard, ['Ada joins online', 'Bob joins online', 'Bob joins again away', 'Bob leaves online, 1 left',
    'Bob leaves away, 0 left']);
})));

test('a server that is killed, and one that drains: the client connects and joins again', async () => {
  const port = String(await freePort());
  const start = () => startServer(binary('WEBSOCK_CHANNELS'), ['--port', port]);
  let mortal = await start();
  const socket = new Socket(`${mortal.ws}/socket`, { transport: WebSocket, params: { name: 'Ada' } });
  const closes = [];
  let joined = () => {};
  const joins = (what) => within(patience, what, new Promise((resolve) => { joined = resolve; }));
  try {
    socket.onClose(({ code }) => closes.push(code));
    socket.connect();
    const channel = socket.channel('room:lobby', {});
    const first = joins('it joins');
    channel.join().receive('ok', () => joined());
    await first;
    for (const [end, code] of [[() => mortal.kill(), 1006], [() => mortal.stop(), 1012]]) {
      const again = joins(`it joins after ${code}`);
      await end();
      mortal = await start();
      await again;
      assert.equal(closes.shift(), code);
      assert.deepEqual(await outcome(channel.push('echo', { code })), ['ok', { code }]);
      closes.length = 0; // those of attempts while nobody was there
    }
  } finally {
    await within(patience, 'the socket closes', new Promise((resolve) => { socket.disconnect(resolve); }));
    await mortal.stop();
  }
});

test('heartbeats are answered', () => withSocket('Ada', async (socket) => {
  for (let beat = 0; beat < 3; beat += 1) {
    await within(patience, 'a heartbeat', new Promise((resolve) => { socket.ping(resolve); }));
  }
}));

test('a disconnect by the id of a socket: the client connects and joins again', () => withSocket('Eve', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  const closed = new Promise((resolve) => { socket.onClose(resolve); });
  channel.push('sign_out', {}, briefly);
  assert.equal((await within(patience, 'the socket closes', closed)).code, 1001);
  await within(patience, 'it opens again', new Promise((resolve) => { socket.onOpen(resolve); }));
  await rejoined(channel);
}, { reconnectAfterMs: () => 50 }));

test('a client without a name may not connect', async () => {
  const socket = new Socket(`${server.ws}/socket`, { transport: WebSocket, reconnectAfterMs: () => 60_000 });
  const failed = new Promise((resolve) => { socket.onError(resolve); });
  socket.connect();
  await within(patience, 'a refusal', failed);
  socket.disconnect();
});
