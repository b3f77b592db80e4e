// A WebSocket client that is awaited: messages queue up until they are asked for.

import { once } from 'node:events';
import WebSocket from 'ws';
import { within } from './deadlines.mjs';

export class Client {
  #queue = [];
  #takers = [];

  constructor(url, options) {
    this.socket = new WebSocket(url, options);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data, isBinary) => {
      const message = { data, isBinary, text: isBinary ? null : data.toString('utf8') };
      const taker = this.#takers.shift();
      if (taker) taker(message);
      else this.#queue.push(message);
    });
  }

  static async open(url, options) {
    const client = new Client(url, options);
    await within(10_000, `open ${url}`, once(client.socket, 'open'));
    return client;
  }

  next(what = 'the next message') {
    const queued = this.#queue.shift();
    if (queued) return Promise.resolve(queued);
    return within(10_000, what, Promise.race([
      new Promise((resolve) => { this.#takers.push(resolve); }),
      this.closed.then((end) => { throw new Error(`closed (${end.code} ${end.reason}) while waiting for ${what}`); }),
    ]));
  }

  async nextJson(type) {
    for (;;) {
      const frame = JSON.parse((await this.next(`a ${type} frame`)).text);
      if (frame.type === type) return frame;
    }
  }

  say(frame) { this.socket.send(JSON.stringify(frame)); }

  async close(code, reason) {
    this.socket.close(code, reason);
    return within(10_000, 'the closing handshake', this.closed);
  }

  drop() { this.socket.terminate(); }
}

// The HTTP status with which the server refuses a handshake.
export async function refusedStatus(url, options) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const refused = once(socket, 'unexpected-response').then(([request, response]) => {
    request.destroy();
    return response.statusCode;
  });
  const opened = new Promise((resolve) => { socket.once('open', () => resolve('opened')); });
  try {
    return await within(10_000, `an answer for ${url}`, Promise.race([refused, opened]));
  } finally {
    socket.terminate();
  }
}
