import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_ECHO')); });
after(async () => { await server?.stop(); });

async function withClient(use, options) {
  const client = await Client.open(`${server.ws}/`, options);
  try {
    await use(client);
  } finally {
    client.drop();
  }
}

const pattern = (size) => {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return bytes;
};

test('text comes back as text', () => withClient(async (client) => {
  client.socket.send('hello');
  assert.deepEqual(await client.next(), { data: Buffer.from('hello'), isBinary: false, text: 'hello' });
}));

test('unicode text comes back unharmed', () => withClient(async (client) => {
  const text = 'é ß Ω ж 漢字 👩‍🚀 \u0000 \u{10ffff} \ufeff';
  client.socket.send(text);
  assert.equal((await client.next()).text, text);
}));

test('1 MiB of binary comes back unharmed', () => withClient(async (client) => {
  const bytes = pattern(1024 * 1024);
  client.socket.send(bytes);
  const { data, isBinary } = await client.next();
  assert.equal(isBinary, true);
  assert.ok(bytes.equals(data));
}));

test('lengths around the frame header boundaries', () => withClient(async (client) => {
  for (const size of [0, 1, 125, 126, 127, 65_535, 65_536, 65_537]) {
    const bytes = pattern(size);
    client.socket.send(bytes);
    assert.ok(bytes.equals((await client.next(`${size} bytes`)).data), `${size} bytes`);
  }
}));

test('empty text and empty binary', () => withClient(async (client) => {
  client.socket.send('');
  client.socket.send(Buffer.alloc(0));
  assert.deepEqual(await client.next(), { data: Buffer.alloc(0), isBinary: false, text: '' });
  assert.deepEqual(await client.next(), { data: Buffer.alloc(0), isBinary: true, text: null });
}));

test('100 pipelined messages come back in order', () => withClient(async (client) => {
  const lines = Array.from({ length: 100 }, (_, n) => `line ${n} ${'.'.repeat(n * 7)}`);
  for (const line of lines) client.socket.send(line);
  for (const line of lines) assert.equal((await client.next()).text, line);
}));

test('a fragmented message comes back whole, with a ping in between', () => withClient(async (client) => {
  const pong = once(client.socket, 'pong');
  client.socket.send('sna', { fin: false });
  client.socket.ping('between');
  client.socket.send('', { fin: false });
  client.socket.send('il \u{1f40c}', { fin: false });
  client.socket.send('!', { fin: true });
  assert.equal((await within(10_000, 'the pong', pong))[0].toString(), 'between');
  assert.equal((await client.next()).text, 'snail \u{1f40c}!');
}));

test('a character split between two fragments is valid text', () => withClient(async (client) => {
  const bytes = Buffer.from('a\u{1f40c}b');
  // ws takes the kind of the message from `binary: false`, not from the type of the data.
  client.socket.send(bytes.subarray(0, 3), { fin: false, binary: false });
  client.socket.send(bytes.subarray(3), { fin: true, binary: false });
  assert.equal((await client.next()).text, 'a\u{1f40c}b');
}));

test('a ping is answered with its payload', () => withClient(async (client) => {
  for (const payload of [Buffer.alloc(0), Buffer.from('are you there?'), pattern(125)]) {
    const pong = once(client.socket, 'pong');
    client.socket.ping(payload);
    assert.ok(payload.equals((await within(10_000, 'the pong', pong))[0]));
  }
}));

test('compression that is offered is declined without --compress', () => withClient(async (client) => {
  assert.equal(client.socket.extensions, '');
  client.socket.send('plain');
  assert.equal((await client.next()).text, 'plain');
}, { perMessageDeflate: true }));

test('the close code comes back', async () => {
  for (const code of [1000, 1001, 3001, 4999]) {
    const client = await Client.open(`${server.ws}/`);
    assert.equal((await client.close(code, 'bye')).code, code);
  }
});

test('a close without a code is answered with 1000', async () => {
  const client = await Client.open(`${server.ws}/`);
  assert.equal((await client.close()).code, 1000);
});

test('messages sent just before the close are still answered', async () => {
  const client = await Client.open(`${server.ws}/`);
  client.socket.send('last words');
  const closed = client.close(1000);
  assert.equal((await client.next()).text, 'last words');
  assert.equal((await closed).code, 1000);
});

test('200 connections at once, each with its own answers', async () => {
  const clients = await Promise.all(Array.from({ length: 200 }, () => Client.open(`${server.ws}/`)));
  try {
    await Promise.all(clients.map(async (client, n) => {
      for (let round = 0; round < 5; round += 1) {
        client.socket.send(`client ${n} round ${round}`);
        assert.equal((await client.next()).text, `client ${n} round ${round}`);
      }
      assert.equal((await client.close(1000)).code, 1000);
    }));
  } finally {
    for (const client of clients) client.drop();
  }
});

test('SIGTERM closes open connections with 1001', async () => {
  const other = await startServer(binary('WEBSOCK_ECHO'));
  const client = await Client.open(`${other.ws}/`);
  try {
    client.socket.send('ready');
    await client.next();
    await Promise.all([
      other.stop(),
      within(10_000, 'the close', client.closed).then(({ code }) => assert.equal(code, 1001)),
    ]);
  } finally {
    client.drop();
    await other.stop();
  }
});
