// The chat page's client of channels against scripted sockets, on a clock that the test moves: its
// time limits, and what a server rarely does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelError, Presence } from '../../examples/chat/page/channels.js';
import { decode, encode } from '../../examples/chat/page/channels/frames.js';
import { Script } from './chat_channels_script.mjs';

test('frames: text, and the three kinds of octets', () => {
  const octets = (frame) => [...new Uint8Array(frame)];
  const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part))).buffer;
  const push = { joinRef: '1', ref: '2', topic: 't', event: 'e', payload: { a: 1 } };
  assert.equal(encode(push), '["1","2","t","e",{"a":1}]');
  assert.deepEqual(decode(encode(push)), push);
  assert.deepEqual(octets(encode({ ...push, payload: new Uint8Array([7]) })), octets(bytes([0, 1, 1, 1, 1], '12te', [7])));
  assert.throws(() => encode({ ...push, topic: 't'.repeat(256), payload: new Uint8Array(1) }), RangeError);
  const read = (frame) => {
    const message = decode(frame);
    const { response, ...rest } = message.payload.status ? message.payload : { response: message.payload };
    return { ...message, payload: { ...rest, octets: octets(response) } };
  };
  assert.deepEqual(read(bytes([0, 1, 1, 1], '1te', [9])), { joinRef: '1', ref: null, topic: 't', event: 'e', payload: { octets: [9] } });
  assert.deepEqual(read(bytes([1, 1, 1, 1, 2], '12tok', [9])), { joinRef: '1', ref: '2', topic: 't', event: 'phx_reply', payload: { status: 'ok', octets: [9] } });
  assert.deepEqual(read(bytes([2, 1, 1], 'te', [9, 8])), { joinRef: null, ref: null, topic: 't', event: 'e', payload: { octets: [9, 8] } });
  for (const frame of ['', '{}', '[]', '[1,2,3,4]', '[null,null,"t","e"]', '[null,null,5,"e",{}]', '[null,null,"t",null,{}]', bytes([]), bytes([3, 1, 1], 'te'),
    bytes([2, 1]), bytes([2, 1, 9], 'te'), bytes([1, 1, 1, 1], '1t')]) {
    assert.equal(decode(frame), null, String(frame));
  }
});

test('a heartbeat goes out in time, also while the server speaks, and one without an answer ends the connection', () => {
  const { socket, clock, line, sent } = new Script({ heartbeat: 1_000, answerWithin: 400 });
  const room = socket.channel('room:a');
  socket.connect();
  line().open();
  room.join();
  line().answer();
  clock.pass(400);
  for (let beat = 1; beat <= 3; beat += 1) {
    clock.pass(599);
    line().say([null, null, 'room:a', 'news', {}]);
    assert.equal(sent('heartbeat').length, beat - 1);
    clock.pass(1);
    assert.equal(sent('heartbeat').length, beat);
    const { ref } = sent('heartbeat').at(-1);
    assert.deepEqual(sent('heartbeat').at(-1), { joinRef: null, ref, topic: 'phoenix', event: 'heartbeat', payload: {} });
    clock.pass(399);
    line().say([null, null, 'room:a', 'news', {}]); // a sign of life as good as an answer
    clock.pass(1);
    assert.equal(socket.state, 'open');
  }
  clock.pass(600);
  clock.pass(399);
  assert.equal(socket.state, 'open');
  clock.pass(1);
  assert.equal(socket.state, 'waiting');
  assert.deepEqual(socket.lost, { code: 1006, reason: '', reached: true, silent: true });
  assert.equal(line().closed, true);
});

test('it waits at random up to a limit that doubles, and not at all when told to hurry', () => {
  let most = 5_000;
  const { socket, clock, line, lines } = new Script({ reconnect: { first: 250, most: () => most }, random: () => 0.9999 });
  socket.connect();
  const waits = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    line().end(1006);
    waits.push(Math.ceil(socket.dueAt - clock.now()));
    clock.pass(waits.at(-1));
    assert.equal(lines.length, attempt + 2);
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
  most = 30_000;
  line().end(1006);
  assert.ok(socket.dueAt - clock.now() > 20_000);
  socket.hurry();
  assert.equal(socket.state, 'connecting');
  line().open();
  socket.hurry();
  assert.equal(line().heard.at(-1).event, 'heartbeat');
  // One that ends at once is no better than none.
  line().end(1012);
  assert.ok(socket.dueAt - clock.now() > 20_000);
  socket.hurry();
  line().open();
  clock.pass(5_000);
  line().end(1012);
  assert.equal(Math.ceil(socket.dueAt - clock.now()), 250);
  assert.deepEqual({ ...socket.lost }, { code: 1012, reason: '', reached: true, silent: false });
  socket.disconnect();
  clock.pass(60_000);
  assert.equal(socket.state, 'closed');
});

test('each attempt may be at another address, with other parameters, and has an end', async () => {
  const { socket, clock, line, lines } = new Script({
    params: async (tries) => ({ token: `t ${tries}` }), openWithin: 3_000, random: () => 0.5,
  }, (tries) => `https://node${tries}.example/deep/socket/?a=b`);
  socket.connect();
  await clock.settled();
  assert.equal(line().url, 'wss://node0.example/deep/socket/websocket?a=b&token=t+0&vsn=2.0.0');
  clock.pass(3_000);
  assert.equal(socket.state, 'waiting');
  assert.equal(line().closed, true);
  clock.pass(125);
  await clock.settled();
  assert.equal(line().url, 'wss://node1.example/deep/socket/websocket?a=b&token=t+1&vsn=2.0.0');
  lines[0].open(); // too late
  assert.equal(socket.state, 'connecting');
  line().open();
  line().end(1001);
  clock.pass(500);
  await clock.settled();
  assert.match(line().url, /node0/);
});

test('parameters that can’t be had are an attempt that failed', async () => {
  let fails = true;
  const { socket, clock, line } = new Script({ params: async () => { if (fails) throw new Error('no token'); return {}; }, random: () => 0 });
  socket.connect();
  await clock.settled();
  assert.equal(socket.state, 'waiting');
  assert.match(socket.lost.reason, /no token/);
  fails = false;
  clock.pass(1);
  await clock.settled();
  line().open();
  assert.equal(socket.state, 'open');
});

test('replies and ends of an earlier join are ignored', async () => {
  const { socket, clock, line } = new Script({ random: () => 0 });
  const room = socket.channel('room:a', {}, { rejoin: [1_000] });
  const heard = [];
  room.on('news', ({ n }) => heard.push(n));
  socket.connect();
  line().open();
  room.join();
  const first = line().heard.at(-1);
  assert.equal(first.joinRef, first.ref);
  line().answer();
  line().say([first.joinRef, null, 'room:a', 'news', { n: 1 }]);
  line().say([first.joinRef, first.joinRef, 'room:a', 'phx_error', { reason: 'channel_crash' }]);
  assert.equal(room.state, 'waiting');
  clock.pass(499);
  assert.equal(line().heard.length, 1);
  clock.pass(1);
  const second = line().heard.at(-1);
  assert.equal(second.event, 'phx_join');
  assert.notEqual(second.joinRef, first.joinRef);
  line().say([first.joinRef, first.joinRef, 'room:a', 'phx_reply', { status: 'error', response: {} }]);
  line().say([first.joinRef, first.joinRef, 'room:a', 'phx_close', {}]);
  line().say([first.joinRef, null, 'room:a', 'news', { n: 2 }]);
  assert.equal(room.state, 'joining');
  line().answer();
  assert.equal(room.state, 'joined');
  line().say([first.joinRef, first.joinRef, 'room:a', 'phx_close', {}]);
  line().say([null, null, 'room:a', 'phx_close', {}]); // a broadcast of that name
  line().say([null, null, 'room:b', 'news', { n: 3 }]);
  line().say([null, null, 'room:a', 'news', { n: 4 }]);
  assert.equal(room.state, 'joined');
  assert.deepEqual(heard, [1, 4]);
  line().say([second.joinRef, second.joinRef, 'room:a', 'phx_close', {}]);
  assert.equal(room.state, 'closed');
  line().say([null, null, 'room:a', 'news', { n: 5 }]);
  assert.deepEqual(heard, [1, 4]);
});

test('it joins again ever later, until a join lasts', () => {
  const { socket, clock, line } = new Script({ random: () => 0.999 });
  const room = socket.channel('room:a', {}, { rejoin: [100, 200, 400] });
  socket.connect();
  line().open();
  room.join();
  const crash = () => {
    line().answer();
    const { joinRef } = line().heard.at(-1);
    line().say([joinRef, joinRef, 'room:a', 'phx_error', {}]);
    const count = line().heard.length;
    let waited = 0;
    for (; line().heard.length === count; waited += 50) clock.pass(50);
    return waited;
  };
  assert.deepEqual([crash(), crash(), crash(), crash()], [100, 200, 400, 400]);
  line().answer();
  clock.pass(5_000);
  const { joinRef } = line().heard.at(-1);
  line().say([joinRef, joinRef, 'room:a', 'phx_error', {}]);
  assert.equal(room.failures, 1);
});

test('a join and a push have their time', async () => {
  const { socket, clock, line } = new Script();
  const room = socket.channel('room:a', {}, { joinWithin: 1_000, answerWithin: 700, mostUnsent: 2 });
  socket.connect();
  line().open();
  const refusals = [];
  room.onRefused(({ status }) => refusals.push(status));
  const join = assert.rejects(room.join(), { status: 'timeout' });
  const early = assert.rejects(room.push('a'), { status: 'timeout' });
  room.push('b', {}, { within: 60_000 });
  await assert.rejects(room.push('c'), { status: 'full' });
  clock.pass(700);
  await early;
  clock.pass(300);
  await join;
  assert.deepEqual(refusals, ['timeout']);
  clock.pass(500);
  line().answer();
  assert.deepEqual(line().heard.map(({ event }) => event), ['phx_join', 'phx_join', 'b']);
  const late = room.push('d');
  clock.pass(700);
  await assert.rejects(late, (error) => error instanceof ChannelError && error.status === 'timeout');
  line().answer({ too: 'late' });
});

test('missed messages are asked for, and what comes twice is heard once', () => {
  const { socket, clock, line } = new Script({ random: () => 0 });
  let since = 'a';
  const room = socket.channel('room:a', () => ({ since }), { rejoin: [0] });
  const heard = [];
  room.on('line', ({ n }) => heard.push(n));
  const say = (n, epoch = 'e') => line().say([null, null, 'room:a', 'line', { n, recover: { epoch, offset: n } }]);
  socket.connect();
  line().open();
  room.join();
  assert.deepEqual(line().heard.at(-1).payload, { since: 'a' });
  line().answer({ recovered: false, recover: { epoch: 'e', offset: 3 } });
  say(4);
  say(5);
  const { joinRef } = line().heard.at(-1);
  line().say([joinRef, joinRef, 'room:a', 'phx_error', {}]);
  say(6); // was on its way
  since = 'b';
  clock.pass(1);
  assert.deepEqual(line().heard.at(-1).payload, { since: 'b', recover: { epoch: 'e', offset: 6 } });
  say(7);
  line().answer({ recovered: true, recover: { epoch: 'e', offset: 6 } });
  say(7);
  say(8);
  assert.deepEqual(heard, [4, 5, 6, 7, 8]);

  // The history has begun anew.
  line().end(1006);
  clock.pass(1);
  line().open();
  assert.deepEqual(line().heard.at(-1).payload.recover, { epoch: 'e', offset: 8 });
  line().answer({ recovered: false, recover: { epoch: 'f', offset: 0 } });
  say(1, 'f');
  line().say([null, null, 'room:a', 'line', { n: 100 }]);
  line().say([null, null, 'room:a', 'line', { n: 101, recover: 'something else' }]);
  assert.deepEqual(heard, [4, 5, 6, 7, 8, 1, 100, 101]);

  // Nor is it asked for where there is none, or by who has left.
  line().end(1006);
  clock.pass(1);
  line().open();
  line().answer({});
  line().end(1006);
  clock.pass(1);
  line().open();
  assert.equal(line().heard.at(-1).payload.recover, undefined);
});

test('what was pushed before a leave may be answered until it is done', async () => {
  const { socket, line } = new Script();
  const room = socket.channel('room:a');
  socket.connect();
  line().open();
  room.join();
  line().answer();
  const said = room.push('line');
  const [push] = line().heard.slice(-1);
  const unsaid = assert.rejects(room.push('line'), { status: 'closed' });
  const left = room.leave();
  line().say([push.joinRef, push.ref, 'room:a', 'phx_reply', { status: 'ok', response: { n: 1 } }]);
  assert.deepEqual(await said, { n: 1 });
  // Somebody else may have joined the topic meanwhile.
  const again = socket.channel('room:a');
  again.join();
  line().answer();
  const leave = line().heard.find(({ event }) => event === 'phx_leave');
  line().say([leave.joinRef, leave.ref, 'room:a', 'phx_reply', { status: 'ok', response: {} }]);
  await left;
  await unsaid;
  assert.equal(room.state, 'closed');
  assert.equal(again.state, 'joined');
});

test('presence: diffs before the state, a state after a loss, an update in one diff', () => {
  const { socket, clock, line } = new Script({ random: () => 0 });
  const room = socket.channel('room:a');
  const presence = new Presence(room);
  const told = [];
  let syncs = 0;
  presence.on('join', (key, before, news) => told.push(`+${key}${before ? '*' : ''} ${news.metas.map(({ phx_ref: ref }) => ref)}`));
  presence.on('leave', (key, rest, gone) => told.push(`-${key}${rest ? '*' : ''} ${gone.metas.map(({ phx_ref: ref }) => ref)}`));
  presence.on('sync', () => { syncs += 1; });
  const list = (people) => Object.fromEntries(Object.entries(people).map(([key, refs]) => [key, { metas: refs.map((ref) => ({ phx_ref: ref })) }]));
  const state = (people) => line().say([line().joinRef, null, 'room:a', 'presence_state', list(people)]);
  const diff = (joins, leaves) => line().say([null, null, 'room:a', 'presence_diff', { joins: list(joins), leaves: list(leaves) }]);
  const take = () => told.splice(0);
  const now = () => [...presence.people].map(([key, { metas }]) => `${key} ${metas.map(({ phx_ref: ref }) => ref)}`);
  socket.connect();
  line().open();
  room.join();
  line().answer();
  diff({ bob: ['b1'] }, {});
  assert.equal(syncs, 0);
  state({ ada: ['a1'], bob: ['b1'] });
  assert.equal(syncs, 1);
  assert.deepEqual(take(), ['+ada a1', '+bob b1']);
  diff({ bob: ['b2'] }, {});
  diff({ bob: ['b3'] }, { bob: ['b2'] });
  assert.deepEqual(take(), ['+bob* b2', '+bob* b3', '-bob* b2']);
  diff({}, { bob: ['b1'] });
  diff({}, { bob: ['b1'], carol: ['c1'] });
  assert.deepEqual(take(), ['-bob* b1']);
  assert.deepEqual(now(), ['ada a1', 'bob b3']);
  line().say([null, null, 'room:a', 'presence_diff', null]);
  line().say([null, null, 'room:a', 'presence_diff', { joins: { dora: 5 } }]);

  line().end(1006);
  clock.pass(1);
  line().open();
  line().answer();
  diff({ dora: ['d1'] }, { ada: ['a1'] });
  assert.deepEqual(now(), ['ada a1', 'bob b3']); // as last known
  state({ ada: ['a1', 'a2'], carol: ['c1'] });
  assert.deepEqual(take(), ['+ada* a2', '+carol c1', '-bob b3', '+dora d1', '-ada* a1']);
  assert.deepEqual(now(), ['ada a2', 'carol c1', 'dora d1']);
});
