// A socket of the chat page's client whose other end is the test, on a clock that the test moves.

import { Socket } from '../../examples/chat/page/channels.js';

class Clock {
  #now = 1_000_000;
  #timers = new Map();
  #lastId = 0;

  now = () => this.#now;

  setTimeout = (action, delay) => {
    this.#lastId += 1;
    this.#timers.set(this.#lastId, { action, at: this.#now + delay });
    return this.#lastId;
  };

  clearTimeout = (id) => { this.#timers.delete(id); };

  pass(time) {
    const end = this.#now + time;
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!timer || timer.at > end) break;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, timer.at);
      timer.action();
    }
    this.#now = Math.max(this.#now, end);
  }

  // Promises have had their turn.
  settled() { return new Promise((resolve) => { setImmediate(resolve); }); }
}

// The far end of one WebSocket.
class Line {
  readyState = 0;
  heard = [];
  closed = false;

  constructor(url) { this.url = url; }

  send(frame) {
    const [joinRef, ref, topic, event, payload] = JSON.parse(frame);
    this.heard.push({ joinRef, ref, topic, event, payload });
  }

  close() { this.closed = true; }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  say(fields) { this.onmessage({ data: JSON.stringify(fields) }); }

  get joinRef() { return this.heard.findLast(({ event }) => event === 'phx_join').joinRef; }

  // Replies to what was heard last.
  answer(response = {}, status = 'ok') {
    const { joinRef, ref, topic } = this.heard.at(-1);
    this.say([joinRef, ref, topic, 'phx_reply', { status, response }]);
  }

  end(code, reason = '') {
    this.readyState = 3;
    this.onclose({ code, reason });
  }
}

export class Script {
  clock = new Clock();
  lines = [];

  constructor(options = {}, address = 'wss://example.org/socket') {
    const { lines, clock } = this;
    this.socket = new Socket(address, {
      timers: clock,
      heartbeat: 1_000_000,
      WebSocket: function connect(url) {
        lines.push(new Line(url));
        return lines.at(-1);
      },
      ...options,
    });
  }

  line = () => this.lines.at(-1);
  sent = (event) => this.lines.flatMap(({ heard }) => heard).filter((message) => message.event === event);
}
