// The official client of Phoenix, polling because it has no WebSocket, against our channels.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LongPoll, Socket } from 'phoenix';
import WebSocket from 'ws';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_CHANNELS')); });
after(async () => { await server?.stop(); });

const patience = 20_000;

// A connected socket, closed when `use` is done.
async function withSocket(name, use, options = {}) {
  const socket = new Socket(`${server.ws}/socket`, { transport: LongPoll, params: { name }, ...options });
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

test('join, push, broadcast and leave', () => withSocket('Ada', (ada) => withSocket('Bob', async (bob) => {
  const [here, there] = [ada.channel('room:lobby', {}), bob.channel('room:lobby', {})];
  assert.deepEqual(await outcome(here.join()), ['ok', { topic: 'room:lobby', name: 'Ada' }]);
  assert.deepEqual(await outcome(there.join()), ['ok', { topic: 'room:lobby', name: 'Bob' }]);

  const heard = [next(here, 'new_msg'), next(there, 'new_msg')];
  assert.deepEqual(await outcome(here.push('new_msg', { body: 'hällo "you"\n' })), ['ok', {}]);
  for (const each of heard) assert.deepEqual(await each, { name: 'Ada', body: 'hällo "you"\n' });

  const closed = new Promise((resolve) => { here.onClose(resolve); });
  assert.equal((await outcome(here.leave()))[0], 'ok');
  await within(patience, 'the channel closes', closed);
})));

test('one client polls, the other one has a WebSocket', () => withSocket('Ada', (ada) => withSocket('Bob', async (bob) => {
  const [here, there] = [ada.channel('room:mixed', {}), bob.channel('room:mixed', {})];
  assert.equal((await outcome(here.join()))[0], 'ok');
  assert.equal((await outcome(there.join()))[0], 'ok');
  for (let turn = 0; turn < 5; turn += 1) {
    const heard = next(there, 'typing');
    here.push('typing', {});
    assert.deepEqual(await heard, { name: 'Ada' });
    const answered = next(here, 'typing');
    there.push('typing', {});
    assert.deepEqual(await answered, { name: 'Bob' });
  }
}, { transport: WebSocket })));

test('many pushes at once are replied to in order', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  const replies = await Promise.all(Array.from({ length: 250 }, (_, n) => outcome(channel.push('echo', { n }))));
  assert.deepEqual(replies, Array.from({ length: 250 }, (_, n) => ['ok', { n }]));
}));

test('a channel that crashes is joined again by the client itself', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  const crashed = new Promise((resolve) => { channel.onError(resolve); });
  channel.push('no_such_event', {});
  assert.deepEqual(await within(patience, 'phx_error', crashed), { reason: 'channel_crash' });
  const again = async () => (channel.state === 'joined' ? 'joined' : new Promise((resolve) => {
    setTimeout(() => resolve(again()), 20);
  }));
  assert.equal(await within(patience, 'it joins again', again()), 'joined');
  assert.deepEqual(await outcome(channel.push('echo', { a: 1 })), ['ok', { a: 1 }]);
}, { rejoinAfterMs: () => 50 }));

test('a disconnect by the id of a socket: the client connects and joins again', () => withSocket('Eve', async (socket) => {
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  const closed = new Promise((resolve) => { socket.onClose(resolve); });
  channel.push('sign_out', {});
  assert.equal((await within(patience, 'the socket closes', closed)).code, 3410);
  await within(patience, 'it opens again', new Promise((resolve) => { socket.onOpen(resolve); }));
}, { reconnectAfterMs: () => 50 }));

test('a client without a name may not connect', async () => {
  const socket = new Socket(`${server.ws}/socket`, { transport: LongPoll, reconnectAfterMs: () => 60_000 });
  const failed = new Promise((resolve) => { socket.onError(resolve); });
  socket.connect();
  assert.equal(await within(patience, 'a refusal', failed), 403);
  socket.disconnect();
});

test('a WebSocket that does not get through falls back to polling', async () => {
  class Blocked extends EventTarget {
    constructor() { super(); setTimeout(() => this.onerror?.(new Error('blocked')), 0); }
    close() { this.onclose?.({ code: 1006 }); }
    send() {}
  }
  const socket = new Socket(`${server.ws}/socket`, {
    transport: Blocked, longPollFallbackMs: 200, params: { name: 'Ada' }, sessionStorage: { getItem() { return null; }, setItem() {} },
  });
  const opened = new Promise((resolve) => { socket.onOpen(resolve); });
  socket.connect();
  await within(patience, 'the socket opens', opened);
  const channel = socket.channel('room:lobby', {});
  assert.equal((await outcome(channel.join()))[0], 'ok');
  await within(patience, 'the socket closes', new Promise((resolve) => { socket.disconnect(resolve); }));
});
