// A topic that the client has joined: it joins again by itself after a crash or a lost connection, and
// gets what it has missed where the topic keeps a history.

import { Listeners } from './listeners.js';

// Times are in milliseconds.
const DEFAULTS = {
  joinWithin: 10_000,
  answerWithin: 10_000,
  rejoin: [500, 1_000, 2_000, 5_000], // after a crash or a refusal; about, the last one for all further ones
  steadyAfter: 5_000, // a join that ends sooner is as bad as none
  mostUnsent: 100,
};

// Why a join or a push failed. `status` is what the server said ('error' mostly; then `response` is
// its answer), or 'timeout', 'lost' (with the connection or the channel: the server may have handled
// it), 'closed' (by `leave`, or by the server), 'full' (too many wait for the join).
export class ChannelError extends Error {
  constructor(status, response = {}) {
    super(typeof response?.reason === 'string' ? `${status}: ${response.reason}` : status);
    this.status = status;
    this.response = response;
  }
}

// A promise that nobody has to look at.
function outcome() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  parts.promise.catch(() => {});
  return parts;
}

const isPosition = (value) => typeof value?.epoch === 'string' && Number.isInteger(value.offset);

// state: closed -> joining -> joined -> leaving -> closed; waiting for the connection or the time to
// join again.
export class Channel {
  state = 'closed';
  failures = 0; // joins that failed or crashed soon, since a steady one
  #topic;
  #params;
  #options;
  #wire;
  #events = new Listeners();
  #changes = new Listeners();
  #pushes = new Set(); // without an answer
  #first = null; // the outcome of the first join
  #left = null; // the outcome of `leave`
  #joinRef = null;
  #leaveRef = null;
  #position = null; // in the topic's history
  #timer = 0;
  #joinedAt = 0;

  // A socket makes it.
  constructor(topic, params, options, wire) {
    this.#topic = topic;
    this.#params = params;
    this.#options = { ...DEFAULTS, ...options };
    this.#wire = wire;
  }

  get topic() { return this.#topic; }

  // Calls `listener` with the payload of each such message. Returns a function that ends it.
  on(event, listener) {
    return this.#events.on(event, listener);
  }

  // After each join, with the server's answer; before the messages that follow it.
  onJoined(listener) {
    return this.#changes.on('joined', listener);
  }

  // After a join that failed, with a ChannelError; it is tried again unless `leave` is called.
  onRefused(listener) {
    return this.#changes.on('refused', listener);
  }

  onState(listener) {
    return this.#changes.on('state', listener);
  }

  // The outcome of the first attempt that gets an answer: the server's, or a ChannelError.
  join() {
    if (this.state === 'leaving') return this.#left.promise.then(() => this.join());
    if (this.state !== 'closed') return this.#first.promise;
    this.failures = 0;
    this.#first = outcome();
    this.#wire.attach(this);
    this.#enter('waiting');
    if (this.#wire.isOpen()) this.#join();
    return this.#first.promise;
  }

  // The server's answer, or a ChannelError. Waits for the join.
  push(event, payload = {}, { within = this.#options.answerWithin } = {}) {
    const push = { event, payload, ref: null, ...outcome() };
    if (this.state === 'closed' || this.state === 'leaving') {
      push.reject(new ChannelError('closed'));
    } else if (this.state !== 'joined' && this.#unsent().length >= this.#options.mostUnsent) {
      push.reject(new ChannelError('full'));
    } else {
      push.timer = this.#after(within, () => this.#fail(push, new ChannelError('timeout')));
      this.#pushes.add(push);
      if (this.state === 'joined') this.#send(push);
    }
    return push.promise;
  }

  // A push that has no answer, and whose time is now: false if the channel isn't joined.
  cast(event, payload = {}) {
    return this.state === 'joined' && this.#wire.send(this.#message(this.#wire.nextRef(), event, payload));
  }

  // Resolves when the channel is closed. What was pushed before may still be answered until then.
  leave() {
    if (this.state === 'closed') return Promise.resolve();
    if (this.state === 'leaving') return this.#left.promise;
    const isKnown = this.state === 'joined' || this.state === 'joining';
    const { promise } = this.#left = outcome();
    this.#stopTimer();
    this.#enter('leaving');
    this.#leaveRef = this.#wire.nextRef();
    if (isKnown && this.#wire.send(this.#message(this.#leaveRef, 'phx_leave'))) {
      this.#timer = this.#after(this.#options.answerWithin, () => this.#close());
    } else {
      this.#close();
    }
    return promise;
  }

  // ---- what the socket says ----

  opened() {
    if (this.state === 'waiting') this.#join();
  }

  lost() {
    if (this.state === 'leaving') this.#close();
    else this.#interrupt();
  }

  receive({ joinRef, ref, event, payload }) {
    const isStale = joinRef !== null && joinRef !== this.#joinRef;
    if (isStale || this.state === 'closed') return;
    if (event === 'phx_reply') this.#replied(ref, payload);
    else if (event === 'phx_close' && joinRef !== null) this.#close();
    else if (event === 'phx_error' && joinRef !== null) this.#crashed();
    else if (this.state !== 'leaving' && this.#isNew(payload)) this.#events.tell(event, payload);
  }

  // ---- joining ----

  #join() {
    this.#stopTimer();
    this.#joinRef = this.#wire.nextRef();
    this.#enter('joining');
    const params = typeof this.#params === 'function' ? this.#params() : this.#params;
    const recover = this.#position ? { recover: this.#position } : {};
    this.#timer = this.#after(this.#options.joinWithin, () => this.#refused(new ChannelError('timeout')));
    this.#wire.send(this.#message(this.#joinRef, 'phx_join', { ...params, ...recover }));
  }

  #joined(answer) {
    this.#stopTimer();
    this.#joinedAt = this.#options.timers.now();
    if (answer?.recovered !== true) this.#position = isPosition(answer?.recover) ? answer.recover : null;
    this.#enter('joined');
    this.#first.resolve(answer);
    this.#changes.tell('joined', answer);
    for (const push of this.#unsent()) this.#send(push);
  }

  #refused(error) {
    this.#waitToJoin();
    this.#first.reject(error);
    this.#changes.tell('refused', error);
  }

  #crashed() {
    if (this.state === 'leaving') {
      this.#close();
      return;
    }
    const isSteady = this.state === 'joined'
      && this.#options.timers.now() - this.#joinedAt >= this.#options.steadyAfter;
    if (isSteady) this.failures = 0;
    this.#waitToJoin();
  }

  // Many channels may have crashed at once: each waits between half and all of the time.
  #waitToJoin() {
    const { rejoin, random } = this.#options;
    const delay = rejoin[Math.min(this.failures, rejoin.length - 1)];
    this.failures += 1;
    this.#interrupt();
    this.#timer = this.#after(delay * (1 + random()) / 2, () => { if (this.#wire.isOpen()) this.#join(); });
  }

  #interrupt() {
    this.#stopTimer();
    this.#joinRef = null;
    for (const push of [...this.#pushes]) if (push.ref !== null) this.#fail(push, new ChannelError('lost'));
    this.#enter('waiting');
  }

  #close() {
    this.#stopTimer();
    this.#joinRef = null;
    this.#position = null;
    this.#wire.detach(this);
    for (const push of [...this.#pushes]) this.#fail(push, new ChannelError('closed'));
    this.#enter('closed');
    this.#first.reject(new ChannelError('closed'));
    this.#left?.resolve();
    this.#left = null;
  }

  #enter(state) {
    if (this.state === state) return;
    this.state = state;
    this.#changes.tell('state', state);
  }

  // ---- messages ----

  // What was on its way when the channel joined again comes twice: as it was sent, and as missed.
  #isNew(payload) {
    const position = payload?.recover;
    if (!isPosition(position)) return true;
    const known = this.#position;
    if (known?.epoch === position.epoch && position.offset <= known.offset) return false;
    this.#position = position;
    return true;
  }

  #replied(ref, { status, response } = {}) {
    if (ref === this.#joinRef) {
      if (this.state !== 'joining') return;
      if (status === 'ok') this.#joined(response);
      else this.#refused(new ChannelError(status, response));
    } else if (ref === this.#leaveRef) {
      this.#close();
    } else {
      const push = [...this.#pushes].find((each) => each.ref === ref);
      if (push) this.#settle(push, status, response);
    }
  }

  #settle(push, status, response) {
    if (status !== 'ok') {
      this.#fail(push, new ChannelError(status, response));
      return;
    }
    this.#forget(push);
    push.resolve(response);
  }

  #fail(push, error) {
    this.#forget(push);
    push.reject(error);
  }

  #forget(push) {
    this.#options.timers.clearTimeout(push.timer);
    this.#pushes.delete(push);
  }

  #unsent() {
    return [...this.#pushes].filter(({ ref }) => ref === null);
  }

  #send(push) {
    push.ref = this.#wire.nextRef();
    try {
      this.#wire.send(this.#message(push.ref, push.event, push.payload));
    } catch (error) {
      this.#fail(push, error); // it can't be encoded
    }
  }

  #message(ref, event, payload = {}) {
    return { joinRef: this.#joinRef, ref, topic: this.#topic, event, payload };
  }

  #after(time, action) {
    return this.#options.timers.setTimeout(action, time);
  }

  #stopTimer() {
    this.#options.timers.clearTimeout(this.#timer);
  }
}
