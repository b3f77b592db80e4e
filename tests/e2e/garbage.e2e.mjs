// What a server gets from the open internet. All the while one well-behaved
// connection is open and has to keep being served.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { RawSocket, frame, handshake } from './raw_socket.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

const ECHO_LIMIT = 8_000_000;

let server;
let healthy;
let rounds = 0;

before(async () => {
  server = await startServer(binary('WEBSOCK_ECHO'));
  healthy = await Client.open(`${server.ws}/`);
});
after(async () => {
  healthy?.drop();
  await server?.stop();
});
afterEach(async () => {
  rounds += 1;
  healthy.socket.send(`still here ${rounds}`);
  assert.equal((await healthy.next('the echo of the healthy connection')).text, `still here ${rounds}`);
});

async function withRaw(use, to = server) {
  const raw = await RawSocket.connect(to);
  try {
    await use(raw);
  } finally {
    raw.drop();
  }
}

const refuses = (request, status, check = () => {}) => withRaw(async (raw) => {
  raw.send(request);
  const response = await raw.readResponse();
  assert.equal(response.status, status, response.statusLine);
  check(response);
  await raw.readToEnd();
});

const failsWith = (code, ...frames) => withRaw(async (raw) => {
  raw.send(handshake());
  assert.equal((await raw.readResponse()).status, 101);
  raw.send(Buffer.concat(frames));
  const { opcode, payload } = await raw.readFrame();
  assert.equal(opcode, 8, 'a close frame');
  assert.equal(payload.readUInt16BE(0), code);
  raw.send(frame(0x88, payload.subarray(0, 2)));
  await raw.readToEnd();
});

test('the handshake used here is a good one', () => withRaw(async (raw) => {
  raw.send(handshake());
  const { status, headers } = await raw.readResponse();
  assert.equal(status, 101);
  assert.equal(headers.get('sec-websocket-accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  raw.send(frame(0x81, 'hi'));
  assert.deepEqual(await raw.readFrame(), { opcode: 1, payload: Buffer.from('hi') });
}));

test('garbage bytes: 400', () => refuses(Buffer.from('\x00\xff\xfe\x16\x03\x01 garbage \x80\x81\r\n\r\n', 'latin1'), 400));
test('plain GET of the echo route: 426', () => refuses(handshake({ Upgrade: null, Connection: null, 'Sec-WebSocket-Key': null, 'Sec-WebSocket-Version': null }), 426));
test('a wrong version: 426, and which one is right', () => refuses(handshake({ 'Sec-WebSocket-Version': '8' }), 426, ({ headers }) => {
  assert.equal(headers.get('sec-websocket-version'), '13');
}));
test('POST with an upgrade: 405', () => refuses(handshake({ 'Content-Length': '0' }, { method: 'POST' }), 405));
test('a key of the wrong length: 400', () => refuses(handshake({ 'Sec-WebSocket-Key': 'c2hvcnQ=' }), 400));
test('a key that is not base64: 400', () => refuses(handshake({ 'Sec-WebSocket-Key': '!!!!not base64 at all!!!!' }), 400));
test('no key: 400', () => refuses(handshake({ 'Sec-WebSocket-Key': null }), 400));
test('a route that does not exist: 404', () => refuses(handshake({}, { target: '/nowhere' }), 404));

test('half a handshake and silence: closed after the timeout', async () => {
  const hasty = await startServer(binary('WEBSOCK_ECHO'), ['--handshake-timeout-ms', '300']);
  try {
    await withRaw(async (raw) => {
      raw.send('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: webso');
      assert.match(await raw.readToEnd(), /^(HTTP\/1\.1 408 |$)/);
    }, hasty);
    await withRaw(async (raw) => { assert.match(await raw.readToEnd(), /^(HTTP\/1\.1 408 |$)/); }, hasty);
    const client = await Client.open(`${hasty.ws}/`);
    client.socket.send('in time');
    assert.equal((await client.next()).text, 'in time');
    assert.equal((await client.close(1000)).code, 1000);
  } finally {
    await hasty.stop();
  }
});

test('a handshake that is cut off by the client', () => withRaw(async (raw) => { raw.send('GET / HTT'); }));
test('a connection that says nothing at all', () => withRaw(async () => {}));
test('a message that is cut off by the client', () => withRaw(async (raw) => {
  raw.send(handshake());
  await raw.readResponse();
  raw.send(frame(0x81, 'never finished').subarray(0, 9));
}));

test('an unmasked frame: 1002', () => failsWith(1002, frame(0x81, 'bare', { masked: false })));
for (const [name, bit] of [['RSV1', 0x40], ['RSV2', 0x20], ['RSV3', 0x10]]) {
  test(`reserved bit ${name}: 1002`, () => failsWith(1002, frame(0x81 | bit, 'x')));
}
test('a reserved opcode: 1002', () => failsWith(1002, frame(0x83, 'x')));
test('a continuation of nothing: 1002', () => failsWith(1002, frame(0x80, 'x')));
test('a new message inside an unfinished one: 1002', () => failsWith(1002, frame(0x01, 'a'), frame(0x81, 'b')));
test('a fragmented ping: 1002', () => failsWith(1002, frame(0x09, 'x')));
test('a ping longer than 125 bytes: 1002', () => failsWith(1002, frame(0x89, Buffer.alloc(126))));
test('a close payload of one byte: 1002', () => failsWith(1002, frame(0x88, Buffer.from([3]))));
test('a close code that must not be sent: 1002', () => failsWith(1002, frame(0x88, Buffer.from([0x03, 0xed]))));
test('text that is not UTF-8: 1007', () => failsWith(1007, frame(0x81, Buffer.from([0x68, 0x69, 0xc3, 0x28]))));
test('a surrogate in UTF-8: 1007', () => failsWith(1007, frame(0x81, Buffer.from([0xed, 0xa0, 0x80]))));
test('text that ends inside a character: 1007', () => failsWith(1007, frame(0x81, Buffer.from([0xe2, 0x82]))));

test('a message over the limit: 1009 from its header alone', () => {
  const header = Buffer.alloc(14);
  header[0] = 0x82;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(ECHO_LIMIT + 1), 2);
  return failsWith(1009, header);
});
