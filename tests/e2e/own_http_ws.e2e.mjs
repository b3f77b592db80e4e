import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_OWN_HTTP')); });
after(async () => { await server?.stop(); });

test('the server\'s own pages and the WebSocket share a port', async () => {
  const page = await fetch(`${server.http}/`);
  assert.equal(page.status, 200);
  assert.equal(await page.text(), 'the echo is at /echo\n');
  assert.equal((await fetch(`${server.http}/nothing`)).status, 404);
  const client = await Client.open(`${server.ws}/echo`);
  try {
    for (const line of ['one', 'two', 'x'.repeat(100_000)]) {
      client.socket.send(line);
      assert.equal((await client.next()).text, line);
    }
    assert.equal((await client.close(1000)).code, 1000);
  } finally {
    client.drop();
  }
});

test('a refused handshake is answered by the server itself', async () => {
  const plain = await fetch(`${server.http}/echo`);
  assert.equal(plain.status, 426);
  assert.equal(plain.headers.get('sec-websocket-version'), '13');
  await assert.rejects(Client.open(`${server.ws}/echo`, { origin: 'https://evil.example' }), /403/);
  const client = await Client.open(`${server.ws}/echo`, { origin: server.http });
  client.drop();
});

test('SIGTERM closes adopted connections with 1001', async () => {
  const other = await startServer(binary('WEBSOCK_OWN_HTTP'));
  const client = await Client.open(`${other.ws}/echo`);
  try {
    await Promise.all([
      other.stop(),
      within(10_000, 'the close', client.closed).then(({ code }) => assert.equal(code, 1001)),
    ]);
  } finally {
    client.drop();
    await other.stop();
  }
});
