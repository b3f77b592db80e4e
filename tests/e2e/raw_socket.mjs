// A plain TCP connection for saying things a WebSocket client never would.

import net from 'node:net';
import { within } from './deadlines.mjs';

export class RawSocket {
  #received = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  static async connect(server) {
    const raw = new RawSocket();
    raw.socket = net.connect(server.port, server.host);
    raw.socket.on('data', (data) => {
      raw.#received = Buffer.concat([raw.#received, data]);
      raw.#wake();
    });
    // A reset counts as an end: the server may close with our bytes still unread.
    for (const event of ['end', 'close', 'error']) {
      raw.socket.on(event, () => {
        raw.#ended = true;
        raw.#wake();
      });
    }
    await within(5_000, 'connect', new Promise((resolve, reject) => {
      raw.socket.once('connect', resolve);
      raw.socket.once('error', reject);
    }));
    return raw;
  }

  send(bytes) { this.socket.write(bytes); }

  // Waits until `take` finds what it wants in the received bytes: it returns
  // { value, used }, or null to wait for more.
  async #read(what, take) {
    const found = async () => {
      for (;;) {
        const result = take(this.#received);
        if (result) {
          this.#received = this.#received.subarray(result.used);
          return result.value;
        }
        if (this.#ended) throw new Error(`the connection ended before ${what}; got ${JSON.stringify(this.#received.toString('latin1'))}`);
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    return within(10_000, what, found());
  }

  readResponse() {
    return this.#read('an HTTP response', (bytes) => {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const [statusLine, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const headers = new Map(lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }));
      return { value: { statusLine, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]), headers }, used: end + 4 };
    });
  }

  // Server frames in these tests are short and unmasked.
  readFrame() {
    return this.#read('a frame', (bytes) => {
      if (bytes.length < 2) return null;
      const size = bytes[1];
      if (size > 125) throw new Error(`unexpected frame header ${bytes.subarray(0, 2).toString('hex')}`);
      if (bytes.length < 2 + size) return null;
      return { value: { opcode: bytes[0] & 0x0f, payload: Buffer.from(bytes.subarray(2, 2 + size)) }, used: 2 + size };
    });
  }

  // What was received, unread, until the server ended the connection.
  async readToEnd(milliseconds = 10_000) {
    const end = async () => {
      while (!this.#ended) await new Promise((resolve) => { this.#wake = resolve; });
      return this.#received.toString('latin1');
    };
    return within(milliseconds, 'the server ends the connection', end());
  }

  drop() { this.socket.destroy(); }
}

export function handshake(changes = {}, { method = 'GET', target = '/' } = {}) {
  const headers = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...changes,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

// A client frame; `first` is the whole first byte, so that it can be wrong.
export function frame(first, payload = Buffer.alloc(0), { masked = true } = {}) {
  const bytes = Buffer.from(payload);
  if (bytes.length > 65_535) throw new Error('too long for this helper');
  const size = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff];
  if (!masked) return Buffer.concat([Buffer.from([first, ...size]), bytes]);
  const key = [0x37, 0xfa, 0x21, 0x3d];
  return Buffer.concat([Buffer.from([first, size[0] | 0x80, ...size.slice(1), ...key]), bytes.map((byte, at) => byte ^ key[at % 4])]);
}
