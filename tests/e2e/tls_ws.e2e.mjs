import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { makeCertificate } from './certificate.mjs';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

let certificate;
let server;
before(async () => {
  certificate = makeCertificate();
  server = await startServer(binary('WEBSOCK_ECHO'), certificate.arguments);
});
after(async () => {
  await server?.stop();
  certificate?.remove();
});

async function echoes(client, data) {
  client.socket.send(data);
  assert.ok(Buffer.from(data).equals((await client.next()).data));
}

test('messages of all sizes come back over TLS 1.2 and 1.3', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const client = await Client.open(`${server.ws}/`, { ca: certificate.ca, minVersion: version, maxVersion: version });
    assert.equal(client.socket._socket.getProtocol(), version);
    for (const size of [0, 1, 125, 126, 16_383, 16_384, 65_536, 3_000_000]) await echoes(client, Buffer.alloc(size, size % 251));
    assert.equal((await client.close(1000)).code, 1000);
  }
});

test('100 connections at once, each with its own answers', async () => {
  const clients = await Promise.all(Array.from({ length: 100 }, () => Client.open(`${server.ws}/`, { ca: certificate.ca })));
  try {
    await Promise.all(clients.map((client, n) => echoes(client, `client ${n}`)));
  } finally {
    for (const client of clients) client.drop();
  }
});

test('a client that does not trust the certificate does not connect', async () => {
  const client = new Client(`${server.ws}/`);
  const [error] = await within(10_000, 'an error', once(client.socket, 'error'));
  assert.match(error.message, /self.signed/);
});

test('a client that knows HTTP/2 only is refused', async () => {
  const socket = tls.connect({ port: server.port, host: server.host, ca: certificate.ca, ALPNProtocols: ['h2'] });
  const [error] = await within(10_000, 'an error', once(socket, 'error'));
  assert.match(error.message, /no application protocol/i);
});

test('plain HTTP on the port of TLS ends, and nobody else notices', async () => {
  const socket = net.connect(server.port, server.host);
  socket.on('error', () => {});
  socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.resume();
  await within(10_000, 'the end', once(socket, 'close'));
  const client = await Client.open(`${server.ws}/`, { ca: certificate.ca });
  await echoes(client, 'still here');
  client.drop();
});

test('openssl s_client says that the handshake is fine', () => {
  const printed = execFileSync('openssl', ['s_client', '-connect', `${server.host}:${server.port}`, '-CAfile', certificate.arguments[1],
    '-alpn', 'http/1.1', '-verify_return_error'], { input: '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'], timeout: 10_000 });
  assert.match(printed, /ALPN protocol: http\/1\.1/);
  assert.match(printed, /Verify return code: 0 \(ok\)/);
});

test('a PROXY 2 header, then TLS, then WebSocket', async () => {
  const proxied = await startServer(binary('WEBSOCK_ECHO'), ['--proxy-protocol', ...certificate.arguments]);
  const header = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c6336402c82201bb', 'hex');
  try {
    for (const cut of [header.length, 5, 16]) {
      const raw = net.connect({ port: proxied.port, host: proxied.host, noDelay: true });
      await within(10_000, 'connect', once(raw, 'connect'));
      raw.write(header.subarray(0, cut));
      if (cut < header.length) {
        await new Promise(setImmediate);
        raw.write(header.subarray(cut));
      }
      const client = await Client.open(`${proxied.ws}/`, {
        createConnection: () => tls.connect({ socket: raw, host: proxied.host, ca: certificate.ca }),
      });
      await echoes(client, Buffer.alloc(200_000, 7));
      assert.equal((await client.close(1000)).code, 1000);
    }
    const without = new Client(`${proxied.ws}/`, { ca: certificate.ca });
    await within(10_000, 'an error', once(without.socket, 'error'));
  } finally {
    await proxied.stop();
  }
});

test('a Unix socket, with TLS on it', async () => {
  const file = path.join(certificate.folder, 'echo.sock');
  const child = spawn(binary('WEBSOCK_ECHO'), ['--unix', file, ...certificate.arguments], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await within(10_000, 'the address', once(child.stdout, 'data'));
    assert.match(line.toString(), /wss\+unix:\/\/%2F.*echo\.sock\//);
    const client = await Client.open('wss://127.0.0.1/', {
      createConnection: () => tls.connect({ path: file, host: '127.0.0.1', ca: certificate.ca }),
    });
    await echoes(client, 'through a file');
    assert.equal((await client.close(1000)).code, 1000);
    child.kill('SIGTERM');
    const [code] = await within(10_000, 'the end', once(child, 'exit'));
    assert.equal(code, 0);
    assert.equal(existsSync(file), false);
  } finally {
    child.kill('SIGKILL');
  }
});
