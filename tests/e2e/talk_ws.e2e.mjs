// The client against the server of ws: lines there and back, compressed or not, over TLS or not.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { within } from './deadlines.mjs';
import { binary } from './server_process.mjs';

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'websock-talk-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
});
after(() => { rmSync(folder, { recursive: true, force: true }); });

// The program, its lines, and what it printed.
class Talk {
  #printed = '';
  #complaints = '';

  constructor(...args) {
    this.child = spawn(binary('WEBSOCK_TALK'), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = once(this.child, 'exit').then(([status]) => status);
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.#printed += text; });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.#complaints += text; });
    this.child.stdin.on('error', () => {});
  }

  say(line) { this.child.stdin.write(`${line}\n`); }

  async line() {
    for (;;) {
      const end = this.#printed.indexOf('\n');
      if (end >= 0) {
        const line = this.#printed.slice(0, end);
        this.#printed = this.#printed.slice(end + 1);
        return line;
      }
      await within(10_000, `a line of talk\n${this.#complaints}`, once(this.child.stdout, 'data'));
    }
  }

  async end() {
    this.child.stdin.end();
    return within(10_000, 'talk ends', this.exited);
  }

  get complaints() { return this.#complaints; }

  drop() { this.child.kill('SIGKILL'); }
}

// An echo of ws; `use` gets its port and the server.
async function withEcho({ secure = false, ...options }, use) {
  const http = secure
    ? createSecureServer({ key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) })
    : createPlainServer();
  http.on('tlsClientError', () => {});
  const server = new WebSocketServer({ server: http, ...options });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  try {
    await use(http.address().port, server);
  } finally {
    for (const socket of server.clients) socket.terminate();
    server.close();
    http.close();
  }
}

async function exchange(talk) {
  const lines = ['hello', '', 'é ß Ω 漢字 👩‍🚀', 'x'.repeat(125), 'x'.repeat(126), 'abc'.repeat(30_000), 'hello'];
  for (const line of lines) {
    talk.say(line);
    assert.equal(await talk.line(), line);
  }
}

for (const perMessageDeflate of [
  false,
  true,
  { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 },
  { serverMaxWindowBits: 9, clientMaxWindowBits: 9, threshold: 0 },
]) {
  for (const secure of [false, true]) {
    test(`lines come back: ${secure ? 'wss' : 'ws'}, deflate ${JSON.stringify(perMessageDeflate)}`, () => withEcho({ secure, perMessageDeflate }, async (port, server) => {
      const connected = once(server, 'connection');
      const url = `${secure ? 'wss' : 'ws'}://localhost:${port}/path?x=1`;
      const talk = new Talk(url, '--compress', '--ca', join(folder, 'cert.pem'));
      try {
        const [socket, request] = await within(10_000, 'a connection', connected);
        const closed = once(socket, 'close');
        assert.equal(request.url, '/path?x=1');
        assert.equal(socket.extensions, perMessageDeflate ? 'permessage-deflate' : '');
        await exchange(talk);
        assert.equal(await talk.end(), 0, talk.complaints);
        assert.equal((await within(10_000, 'the close handshake', closed))[0], 1000);
      } finally {
        talk.drop();
      }
    }));
  }
}

test('the subprotocol and the headers arrive', () => withEcho({ handleProtocols: (offered) => [...offered][1] }, async (port, server) => {
  const connected = once(server, 'connection');
  const talk = new Talk(`ws://127.0.0.1:${port}/`, '--subprotocol', 'v2', 'v1', '--header', 'X-Token: t');
  try {
    const [socket, request] = await within(10_000, 'a connection', connected);
    assert.equal(socket.protocol, 'v1');
    assert.equal(request.headers['x-token'], 't');
    await exchange(talk);
  } finally {
    talk.drop();
  }
}));

test('the server closes, pings and sends binary', () => withEcho({}, async (port, server) => {
  const connected = once(server, 'connection');
  const talk = new Talk(`ws://127.0.0.1:${port}/`);
  try {
    const [socket] = await within(10_000, 'a connection', connected);
    const pong = once(socket, 'pong');
    socket.ping('are you there');
    assert.equal((await within(10_000, 'a pong', pong))[0].toString(), 'are you there');
    socket.send(Buffer.alloc(70_000));
    assert.equal(await talk.line(), '(70000 bytes)');
    socket.send('\x1b[2J\nanother line \u202e');
    assert.equal(await talk.line(), '\\x1b[2J\\x0aanother line \\u{202e}');
    const closed = once(socket, 'close');
    socket.close(4000, 'enough');
    assert.equal((await within(10_000, 'the close handshake', closed))[0], 4000);
    assert.equal(await within(10_000, 'talk ends', talk.exited), 0);
    assert.match(talk.complaints, /closed: \{remote, 4000/);
  } finally {
    talk.drop();
  }
}));

test('a certificate that is not trusted ends the client', () => withEcho({ secure: true }, async (port) => {
  const talk = new Talk(`wss://localhost:${port}/`);
  try {
    assert.equal(await within(10_000, 'talk ends', talk.exited), 1);
    assert.match(talk.complaints, /connect_failed: tls: /);
  } finally {
    talk.drop();
  }
}));

test('a refusal ends the client with its status', () => withEcho({ path: '/elsewhere' }, async (port) => {
  const talk = new Talk(`ws://127.0.0.1:${port}/`);
  try {
    assert.equal(await within(10_000, 'talk ends', talk.exited), 1);
    assert.match(talk.complaints, /connect_failed: refused: 400 /);
  } finally {
    talk.drop();
  }
}));
