// The chat page's client of channels, as others may use it, against a server of ours.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Presence, Socket } from '../../examples/chat/page/channels.js';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';

const patience = 10_000;

let server;
before(async () => { server = await startServer(binary('WEBSOCK_CHANNELS')); });
after(async () => { await server?.stop(); });

async function withSocket(name, use, options = {}) {
  const socket = new Socket(`${server.http}/socket`, { params: { name }, WebSocket, ...options });
  socket.connect();
  try {
    return await use(socket);
  } finally {
    socket.disconnect();
  }
}

const next = (channel, event) => within(patience, event, new Promise((resolve) => {
  const off = channel.on(event, (payload) => { off(); resolve(payload); });
}));

const answer = (promise) => within(patience, 'an answer', promise);

// Resolves once `is()` after one of the changes that `on` tells.
const until = (what, on, is) => within(patience, what, new Promise((resolve) => {
  const look = () => { if (is()) resolve(); };
  on(look);
  look();
}));

test('join, push, broadcast and leave', () => withSocket('Ada', (ada) => withSocket('Bob', async (bob) => {
  const [here, there] = [ada.channel('room:lobby'), bob.channel('room:lobby')];
  assert.deepEqual(await answer(here.join()), { topic: 'room:lobby', name: 'Ada' });
  assert.deepEqual(await answer(there.join()), { topic: 'room:lobby', name: 'Bob' });
  const heard = [next(here, 'new_msg'), next(there, 'new_msg')];
  assert.deepEqual(await answer(here.push('new_msg', { body: 'hällo' })), {});
  for (const each of heard) assert.deepEqual(await each, { name: 'Ada', body: 'hällo' });
  await assert.rejects(answer(here.push('new_msg', { body: '' })), { status: 'error', response: { reason: 'a line has a body' } });

  const typing = next(there, 'typing');
  assert.equal(here.cast('typing'), true);
  assert.deepEqual(await typing, { name: 'Ada' });

  await answer(here.leave());
  assert.equal(here.state, 'closed');
  await assert.rejects(here.push('new_msg', { body: 'too late' }), { status: 'closed' });
  assert.deepEqual(await answer(here.join()), { topic: 'room:lobby', name: 'Ada' });
})));

test('what is pushed before the join waits for it', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby');
  channel.join();
  const answers = [1, 2, 3].map((a) => channel.push('echo', { a }));
  assert.deepEqual(await answer(Promise.all(answers)), [{ a: 1 }, { a: 2 }, { a: 3 }]);
}));

test('a refused join says why', () => withSocket('Ada', async (socket) => {
  for (const [topic, reason] of [['room:private', 'unauthorized'], ['nothing', 'unmatched topic']]) {
    const channel = socket.channel(topic);
    await assert.rejects(answer(channel.join()), { status: 'error', response: { reason } });
    await answer(channel.leave());
  }
}));

test('octets there and back', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby');
  channel.join();
  const octets = await answer(channel.push('echo', new Uint8Array([0, 1, 254, 255])));
  assert.deepEqual([...new Uint8Array(octets)], [0, 1, 254, 255]);
}));

test('a channel that crashes joins again', () => withSocket('Ada', async (socket) => {
  const channel = socket.channel('room:lobby', {}, { rejoin: [50] });
  await answer(channel.join());
  const again = new Promise((resolve) => { channel.onJoined(resolve); });
  await assert.rejects(answer(channel.push('no_such_event')), { status: 'lost' });
  assert.equal(channel.failures, 1);
  await within(patience, 'it joins again', again);
  assert.deepEqual(await answer(channel.push('echo', { a: 1 })), { a: 1 });
}));

test('presence knows who is there, over two tabs', () => withSocket('Ada', (ada) => withSocket('Bob', (bob) => (
  withSocket('Bob', async (tab) => {
    const here = ada.channel('room:hall');
    const presence = new Presence(here);
    const told = [];
    presence.on('join', (name, before) => told.push(`${before ? 'again' : 'join'} ${name}`));
    presence.on('leave', (name, rest) => told.push(`${rest ? 'one' : 'all'} of ${name} left`));
    const seen = () => [...presence.people].map(([name, { metas }]) => `${name}: ${metas.map(({ status }) => status)}`).sort().join('; ');
    const sees = (wanted) => until(`${wanted}, not ${seen()}`, (look) => presence.on('sync', look), () => seen() === wanted);
    here.join();
    await sees('Ada: online');
    const tabs = [bob, tab].map((socket) => socket.channel('room:hall'));
    for (const each of tabs) await answer(each.join());
    await sees('Ada: online; Bob: online,online');
    tabs[0].leave();
    await sees('Ada: online; Bob: online');
    assert.deepEqual(await answer(tabs[1].push('status', { status: 'away' })), {});
    await sees('Ada: online; Bob: away');
    tab.disconnect();
    await sees('Ada: online');
    assert.deepEqual(told, ['join Ada', 'join Bob', 'again Bob', 'one of Bob left', 'again Bob', 'one of Bob left', 'all of Bob left']);
  })))));

test('the server goes and comes back', async () => {
  let mortal = await startServer(binary('WEBSOCK_CHANNELS'));
  const { port } = mortal;
  const socket = new Socket(`${mortal.http}/socket`, { params: { name: 'Ada' }, WebSocket, reconnect: { first: 20, most: 100 } });
  try {
    const channel = socket.channel('room:lobby');
    socket.connect();
    await answer(channel.join());
    const unanswered = assert.rejects(channel.push('typing'), { status: 'lost' });
    await mortal.stop();
    await within(patience, 'the loss is told', unanswered);
    assert.equal(socket.lost.reached, true);
    assert.equal(channel.state, 'waiting');
    const later = channel.push('echo', { a: 1 });
    mortal = await startServer(binary('WEBSOCK_CHANNELS'), ['--port', String(port)]);
    assert.deepEqual(await answer(later), { a: 1 });
    assert.equal(socket.lost, null);
  } finally {
    socket.disconnect();
    await mortal.stop();
  }
});

test('a server that stands still is noticed', async () => {
  const silent = await startServer(binary('WEBSOCK_CHANNELS'));
  const socket = new Socket(`${silent.http}/socket`, { params: { name: 'Ada' }, WebSocket, heartbeat: 20, answerWithin: 200 });
  try {
    socket.connect();
    await until('open', (look) => socket.onState(look), () => socket.state === 'open');
    silent.signal('SIGSTOP');
    await until('lost', (look) => socket.onState(look), () => socket.lost?.silent);
    silent.signal('SIGCONT');
    await until('open again', (look) => socket.onState(look), () => socket.state === 'open');
  } finally {
    socket.disconnect();
    await silent.stop();
  }
});
