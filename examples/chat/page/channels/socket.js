// A connection to a server that connects again by itself, notices when the server has fallen silent,
// and carries channels.

import { Channel } from './channel.js';
import { decode, encode } from './frames.js';
import { Listeners } from './listeners.js';

// Times are in milliseconds. What may be a function is asked each time.
const DEFAULTS = {
  params: {}, // of the URL; or a function of the number of attempts, as for the address; it may be async
  heartbeat: 15_000, // or a function
  answerWithin: 5_000, // else the connection counts as lost
  openWithin: 8_000,
  steadyAfter: 5_000, // a connection that ends sooner is as bad as none
  reconnect: { first: 250, most: 5_000 }, // a random time up to a limit that doubles; `most` may be a function
  WebSocket: globalThis.WebSocket,
  timers: { setTimeout: (...all) => setTimeout(...all), clearTimeout: (id) => clearTimeout(id), now: () => Date.now() },
  random: () => Math.random(),
};
const DOUBLINGS = 16;
const OPEN = 1;

const valueOf = (setting, ...details) => (typeof setting === 'function' ? setting(...details) : setting);

// state: closed -> connecting -> open -> waiting -> connecting ...
export class Socket {
  state = 'closed';
  lost = null; // why the last connection ended: { code, reason, reached, silent }; null once one is open again
  dueAt = 0; // when it connects again, while it waits
  #address;
  #options;
  #listeners = new Listeners();
  #channels = new Set();
  #webSocket = null;
  #attempt = null; // what of an earlier attempt comes late is ignored
  #timer = 0; // the end of waiting, or of patience with an attempt
  #beat = 0;
  #watch = 0; // set while an answer is due
  #failures = 0; // since a connection was steady
  #tries = 0; // since a connection was open
  #openedAt = 0;
  #lastRef = 0;

  // `address` is that of the socket on the server, without "/websocket"; or a function of the number
  // of attempts since a connection was open, so that each can be at another server.
  constructor(address, options = {}) {
    this.#address = address;
    this.#options = { ...DEFAULTS, ...options };
  }

  // Calls `listener` whenever `state` has changed. Returns a function that ends it.
  onState(listener) {
    return this.#listeners.on('state', listener);
  }

  connect() {
    if (this.state !== 'closed') return;
    this.#failures = 0;
    this.#connect();
  }

  // Until `connect`.
  disconnect() {
    this.#abandon();
    this.lost = null;
    this.#enter('closed');
  }

  // Connects now, whatever the state is.
  reconnect() {
    this.#connect();
  }

  // Something suggests that the network has changed: connects now if it waits, and asks the server
  // for a sign of life if it seems to be connected.
  hurry() {
    if (this.state === 'waiting') this.#connect();
    else this.check();
  }

  check() {
    if (this.state !== 'open' || this.#watch) return;
    this.#ask();
  }

  // `params` may be a function, which is asked at each join.
  channel(topic, params = {}, options = {}) {
    const { timers, random } = this.#options;
    return new Channel(topic, params, { timers, random, ...options }, {
      isOpen: () => this.state === 'open',
      nextRef: () => this.#nextRef(),
      send: (message) => this.#send(message),
      attach: (channel) => this.#channels.add(channel),
      detach: (channel) => this.#channels.delete(channel),
    });
  }

  // ---- one connection ----

  #connect() {
    this.#abandon();
    const attempt = {};
    this.#attempt = attempt;
    this.#timer = this.#options.timers.setTimeout(() => this.#ended({ code: 1006 }), this.#options.openWithin);
    this.#enter('connecting');
    if (this.#attempt !== attempt) return; // a listener had another idea
    const whileCurrent = (action) => (detail) => { if (this.#attempt === attempt) action(detail); };
    const params = valueOf(this.#options.params, this.#tries);
    if (typeof params?.then !== 'function') this.#open(params, whileCurrent);
    else {
      params.then(whileCurrent((given) => this.#open(given, whileCurrent)))
        .catch(whileCurrent((error) => this.#ended({ code: 1006, reason: String(error) })));
    }
  }

  #open(params, whileCurrent) {
    const url = new URL(valueOf(this.#address, this.#tries), globalThis.location?.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.pathname = `${url.pathname.replace(/\/$/, '')}/websocket`;
    for (const [name, value] of Object.entries({ ...params, vsn: '2.0.0' })) url.searchParams.set(name, value);
    this.#tries += 1;
    const webSocket = new this.#options.WebSocket(url.href);
    webSocket.binaryType = 'arraybuffer';
    this.#webSocket = webSocket;
    webSocket.onopen = whileCurrent(() => this.#opened());
    webSocket.onmessage = whileCurrent(({ data }) => this.#heard(data));
    webSocket.onerror = () => {}; // its end follows
    webSocket.onclose = whileCurrent((event) => this.#ended(event));
  }

  #opened() {
    this.#options.timers.clearTimeout(this.#timer);
    this.#tries = 0;
    this.#openedAt = this.#options.timers.now();
    this.lost = null;
    this.#planBeat();
    this.#enter('open');
    for (const channel of [...this.#channels]) channel.opened();
  }

  #heard(frame) {
    this.#options.timers.clearTimeout(this.#watch);
    this.#watch = 0;
    const message = decode(frame);
    if (!message) return;
    for (const channel of [...this.#channels]) {
      if (channel.topic === message.topic) channel.receive(message);
    }
  }

  #ended({ code, reason = '', silent = false }) {
    const reached = this.state === 'open';
    this.#abandon();
    // A server that is gone is no news, and no reason to forget how it went.
    if (reached || code !== 1006 || this.lost === null) this.lost = { code, reason, reached, silent };
    if (reached && this.#options.timers.now() - this.#openedAt >= this.#options.steadyAfter) this.#failures = 0;
    this.#wait();
  }

  #wait() {
    const { first, most } = { ...DEFAULTS.reconnect, ...this.#options.reconnect };
    const delay = this.#options.random() * Math.min(valueOf(most), first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, DOUBLINGS);
    this.dueAt = this.#options.timers.now() + delay;
    this.#timer = this.#options.timers.setTimeout(() => this.#connect(), delay);
    this.#enter('waiting');
  }

  #abandon() {
    for (const timer of [this.#timer, this.#beat, this.#watch]) this.#options.timers.clearTimeout(timer);
    this.#watch = 0;
    this.#attempt = null;
    this.#webSocket?.close(1000);
    this.#webSocket = null;
  }

  #enter(state) {
    const wasOpen = this.state === 'open';
    this.state = state;
    if (wasOpen && state !== 'open') for (const channel of [...this.#channels]) channel.lost();
    this.#listeners.tell('state', this);
  }

  // ---- signs of life ----

  // Also while the server speaks: it wants to hear something as well.
  #planBeat() {
    this.#options.timers.clearTimeout(this.#beat);
    this.#beat = this.#options.timers.setTimeout(() => this.#ask(), valueOf(this.#options.heartbeat));
  }

  #ask() {
    this.#send({ joinRef: null, ref: this.#nextRef(), topic: 'phoenix', event: 'heartbeat', payload: {} });
    this.#planBeat();
    this.#watch ||= this.#options.timers.setTimeout(
      () => this.#ended({ code: 1006, silent: true }),
      this.#options.answerWithin,
    );
  }

  #send(message) {
    if (this.#webSocket?.readyState !== OPEN) return false;
    this.#webSocket.send(encode(message));
    return true;
  }

  #nextRef() {
    this.#lastRef += 1;
    return String(this.#lastRef);
  }
}
