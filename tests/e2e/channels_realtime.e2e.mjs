// Supabase's client, as npm has it, against our channels. It speaks Phoenix's protocol of version 1;
// what it puts into version 2 is for its own server alone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { RealtimeClient } from '@supabase/realtime-js';
import WebSocket from 'ws';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_REALTIME')); });
after(async () => { await server?.stop(); });

const patience = 10_000;
const briefly = { timeout: 500 }; // for what gets no reply

async function withClient(use, options = {}) {
  const client = new RealtimeClient(`${server.ws}/realtime/v1`, {
    transport: WebSocket, vsn: '1.0.0', params: { apikey: 'none' }, ...options,
  });
  try {
    return await use(client);
  } finally {
    await within(patience, 'its channels are gone', Promise.all(client.getChannels().map((each) => each.unsubscribe())));
    await disconnect(client);
  }
}

// What the client then leaves running, a timer of ten seconds, holds up nobody.
function disconnect(client) {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (...how) => setTimeout(...how).unref();
  try {
    return within(patience, 'it disconnects', client.disconnect());
  } finally {
    globalThis.setTimeout = setTimeout;
  }
}

const subscribed = (channel) => within(patience, `${channel.topic} is joined`, new Promise((resolve, reject) => {
  channel.subscribe((status, error) => {
    if (status === 'SUBSCRIBED') resolve();
    else if (status !== 'CLOSED') reject(error ?? new Error(status));
  });
}));

const next = (channel, type, filter) => within(patience, `${type} ${filter.event}`, new Promise((resolve) => {
  channel.on(type, filter, resolve);
}));

test('join, broadcast, acknowledgement, leave', () => withClient((ada) => withClient(async (bob) => {
  const here = ada.channel('lobby', { config: { broadcast: { ack: true } } });
  const there = bob.channel('lobby', { config: { broadcast: { self: true } } });
  const [mine, theirs] = [next(here, 'broadcast', { event: 'shout' }), next(there, 'broadcast', { event: 'shout' })];
  here.on('broadcast', { event: 'whisper' }, () => assert.fail('not to oneself'));
  const whisper = next(there, 'broadcast', { event: 'whisper' });
  await Promise.all([subscribed(here), subscribed(there)]);

  assert.equal(await here.send({ type: 'broadcast', event: 'whisper', payload: { text: 'hällo' } }), 'ok');
  assert.deepEqual((await whisper).payload, { text: 'hällo' });
  assert.equal(await there.send({ type: 'broadcast', event: 'shout', payload: { n: [1, null] } }, briefly), 'ok');
  for (const each of [mine, theirs]) assert.deepEqual((await each).payload, { n: [1, null] });
  assert.equal(await within(patience, 'it leaves', there.unsubscribe()), 'ok');
})));

test('presence: track, update, untrack, and who vanishes', () => withClient((ada) => withClient(async (bob) => {
  const here = ada.channel('hall', { config: { presence: { key: 'ada' } } });
  const heard = [];
  let look = () => {};
  const note = (what) => { heard.push(what); look(); };
  here.on('presence', { event: 'join' }, ({ key, newPresences }) => note(`${key} joins ${newPresences[0].status}`));
  here.on('presence', { event: 'leave' }, ({ key, leftPresences }) => note(`${key} leaves ${leftPresences[0].status}`));
  const until = (what) => within(patience, what, new Promise((resolve) => {
    look = () => { if (heard.includes(what)) resolve(); };
    look();
  }));
  await subscribed(here);
  assert.equal(await here.track({ status: 'online' }), 'ok');
  await until('ada joins online');

  const there = bob.channel('hall', { config: { presence: { key: 'bob', enabled: true } } });
  await subscribed(there);
  assert.equal(await there.track({ status: 'online' }), 'ok');
  await until('bob joins online');
  assert.deepEqual(Object.keys(here.presenceState()).sort(), ['ada', 'bob']);
  assert.equal(await there.track({ status: 'away' }), 'ok');
  await until('bob joins away');
  await until('bob leaves online');
  assert.equal(await here.untrack(), 'ok');
  await until('ada leaves online');
  await disconnect(bob);
  await until('bob leaves away');
  assert.deepEqual(here.presenceState(), {});
})));

test('heartbeats are answered', () => withClient(async (client) => {
  const heard = new Promise((resolve) => { client.onHeartbeat((status) => { if (status === 'ok') resolve(); }); });
  await subscribed(client.channel('lobby'));
  await client.sendHeartbeat();
  await within(patience, 'a heartbeat', heard);
}));

test('a channel that crashes is joined again by the client itself', () => withClient(async (client) => {
  const channel = client.channel('lobby');
  let joins = 0;
  const again = within(patience, 'it joins again', new Promise((resolve) => {
    channel.subscribe((status) => {
      joins += status === 'SUBSCRIBED' ? 1 : 0;
      if (joins === 1 && status === 'SUBSCRIBED') channel.send({ type: 'no_such_event' }, briefly);
      if (joins === 2) resolve();
    });
  }));
  await again;
}, { reconnectAfterMs: () => 50 }));

test('what version 2 has of its own ends the connection, and the rest works', async () => {
  const sockets = [];
  class Watched extends WebSocket {
    constructor(...how) { super(...how); sockets.push(this); }
  }
  const client = new RealtimeClient(`${server.ws}/realtime/v1`, { transport: Watched, params: { apikey: 'none' } });
  try {
    const channel = client.channel('lobby', { config: { presence: { key: 'ada', enabled: true } } });
    await subscribed(channel);
    assert.equal(await channel.track({ status: 'online' }), 'ok');
    const closed = once(sockets[0], 'close');
    channel.send({ type: 'broadcast', event: 'shout', payload: {} }, briefly);
    assert.equal((await within(patience, 'the connection ends', closed))[0], 1011);
  } finally {
    await disconnect(client);
  }
});
