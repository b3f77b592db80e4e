// permessage-deflate with ws: every parameter, in both directions.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client, refusedStatus } from './ws_client.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_ECHO'), ['--compress']); });
after(async () => { await server?.stop(); });

const sizes = [0, 1, 63, 64, 125, 126, 1000, 16_384, 65_535, 65_536, 200_000, 1024 * 1024];

const words = (size) => {
  let text = '';
  for (let n = 0; text.length < size; n += 1) text += `{"id":${(n * 7919) % 10007},"who":"user ${n % 97}"},`;
  return text.slice(0, size);
};

const noise = (size) => {
  const bytes = Buffer.allocUnsafe(size);
  let seed = 1;
  for (let at = 0; at < size; at += 1) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    bytes[at] = seed >>> 24;
  }
  return bytes;
};

async function exchange(perMessageDeflate, check = () => {}) {
  const client = await Client.open(`${server.ws}/`, { perMessageDeflate });
  try {
    check(client);
    for (const size of sizes) {
      const text = words(size);
      client.socket.send(text);
      assert.ok((await client.next(`${size} characters`)).text === text, `${size} characters`);
      const bytes = noise(size);
      client.socket.send(bytes);
      const { data, isBinary } = await client.next(`${size} bytes`);
      assert.ok(isBinary && bytes.equals(data), `${size} bytes`);
    }
    assert.equal((await client.close(1000)).code, 1000);
  } finally {
    client.drop();
  }
}

test('what ws offers by itself', () => exchange(true, (client) => {
  assert.equal(client.socket.extensions, 'permessage-deflate');
}));

for (const serverNoContextTakeover of [undefined, true]) {
  for (const clientNoContextTakeover of [undefined, true]) {
    for (const bits of [undefined, 9, 12, 15]) {
      const options = {
        threshold: 0, serverNoContextTakeover, clientNoContextTakeover,
        serverMaxWindowBits: bits, clientMaxWindowBits: bits ?? true,
      };
      test(`with ${JSON.stringify(options)}`, () => exchange(options, (client) => {
        const [agreed] = Object.values(client.socket._extensions);
        assert.equal(agreed.params.server_no_context_takeover, serverNoContextTakeover);
        assert.equal(agreed.params.client_no_context_takeover, clientNoContextTakeover);
        assert.equal(agreed.params.server_max_window_bits, bits);
        assert.equal(agreed.params.client_max_window_bits, bits ?? 15);
      }));
    }
  }
}

test('a window of 2^8 for the client is fine, for the server it is declined', async () => {
  await exchange({ threshold: 0, clientMaxWindowBits: 8 });
  await exchange({ threshold: 0, serverMaxWindowBits: 8 }, (client) => {
    assert.equal(client.socket.extensions, '');
  });
});

test('a fragmented compressed message comes back whole, with a ping in between', async () => {
  const client = await Client.open(`${server.ws}/`, { perMessageDeflate: { threshold: 0 } });
  try {
    for (let round = 0; round < 3; round += 1) {
      const pong = once(client.socket, 'pong');
      client.socket.send(words(5000), { fin: false, compress: true });
      client.socket.ping('between');
      client.socket.send('', { fin: false });
      client.socket.send('\u{1f40c}', { fin: false });
      client.socket.send(words(3), { fin: true });
      await within(10_000, 'the pong', pong);
      assert.equal((await client.next()).text, `${words(5000)}\u{1f40c}${words(3)}`);
    }
  } finally {
    client.drop();
  }
});

test('compressed and plain messages alternate', async () => {
  const client = await Client.open(`${server.ws}/`, { perMessageDeflate: { threshold: 0 } });
  try {
    for (let round = 0; round < 20; round += 1) {
      const text = words(100 + round);
      client.socket.send(text, { compress: round % 3 !== 0 });
      assert.equal((await client.next()).text, text);
    }
  } finally {
    client.drop();
  }
});

test('what is no offer is passed over', async () => {
  for (const value of ['permessage-deflate; server_max_window_bits=7', 'x-webkit-deflate-frame', '";;,']) {
    const headers = { 'Sec-WebSocket-Extensions': value };
    assert.equal(await refusedStatus(`${server.ws}/`, { perMessageDeflate: false, headers }), 'opened');
  }
});

test('50 connections at once share the contexts of their shards', async () => {
  await Promise.all(Array.from({ length: 50 }, async (_, n) => {
    const client = await Client.open(`${server.ws}/`, {
      perMessageDeflate: { threshold: 0, serverNoContextTakeover: n % 2 === 0, clientNoContextTakeover: n % 3 === 0 },
    });
    try {
      for (let round = 0; round < 10; round += 1) {
        const text = `client ${n}: ${words(50 * round + n)}`;
        client.socket.send(text);
        assert.equal((await client.next()).text, text);
      }
    } finally {
      client.drop();
    }
  }));
});
