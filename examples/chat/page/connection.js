// The connection: a socket that reconnects automatically, and the reason for a loss in words.

const ANSWER_WITHIN = 10_000;
const ASK_AFTER = 15_000; // silence before a ping
const SILENT_AFTER = 5_000; // how long an answer may take before the connection counts as lost
const STEADY_AFTER = 5_000;
const BACKOFF = { first: 500, most: 15_000, doublings: 16 };

const CLOSE_CODES = {
  1000: ['normal close', 'the server ended the conversation.'],
  1001: ['going away', 'the server is shutting down.'],
  1002: ['protocol error', 'the server did not understand this page.'],
  1003: ['unsupported data', 'this chat takes text only.'],
  1005: ['no code given', 'the server closed the connection.'],
  1006: ['no goodbye', 'the network or the server went away.'],
  1007: ['invalid text', 'the server received text it could not read.'],
  1008: ['policy', 'the server does not want to go on with this connection.'],
  1009: ['too big', 'a message was larger than the server accepts.'],
  1011: ['server error', 'something went wrong on the server.'],
  1012: ['service restart', 'the room is restarting.'],
  1013: ['try again later', 'the server is busy.'],
};
// After these codes, retrying would not help: the reader decides when to try again.
const FINAL_CODES = new Set([1000, 1008]);

// state: connecting -> open -> waiting -> connecting ..., or closed.
// `lost` says why the last connection ended; it stays until the next welcome.
export class Connection {
  state = 'closed';
  lost = null;
  dueAt = 0;
  #address;
  #onState;
  #onText;
  #socket = null;
  #timer = 0;
  #watch = 0; // timer for silence
  #isAsking = false; // a ping is out, and nothing has arrived since
  #failures = 0;
  #tries = 0; // since the last welcome
  #openedAt = 0;

  constructor({ address, onState, onText }) {
    this.#address = address;
    this.#onState = onState;
    this.#onText = onText;
  }

  start() {
    this.lost = null;
    this.#failures = 0;
    this.#connect();
  }

  retryNow() {
    this.#connect();
  }

  retryIfWaiting() {
    if (this.state === 'waiting') this.#connect();
  }

  send(frame) {
    if (this.state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    this.check();
    return true;
  }

  // The network may be gone without the socket noticing. A ping is always answered, after
  // everything that was sent before it.
  check() {
    if (this.#isAsking || this.state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({ type: 'ping' }));
    this.#expectAnswer();
  }

  // The room has let us in: only now does the connection count as open.
  welcomed() {
    clearTimeout(this.#timer);
    this.lost = null;
    this.#tries = 0;
    this.#openedAt = performance.now();
    this.#enter('open');
    this.#heard();
  }

  #heard() {
    if (this.state !== 'open') return;
    clearTimeout(this.#watch);
    this.#isAsking = false;
    this.#watch = setTimeout(() => this.check(), ASK_AFTER);
  }

  #expectAnswer() {
    clearTimeout(this.#watch);
    this.#isAsking = true;
    this.#watch = setTimeout(() => {
      this.#abandon();
      this.#ended(1006, '', { silent: true });
    }, SILENT_AFTER);
  }

  #enter(state) {
    this.state = state;
    this.#onState();
  }

  #connect() {
    this.#abandon();
    const socket = new WebSocket(this.#address(this.#tries));
    this.#tries += 1;
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (socket !== this.#socket || typeof event.data !== 'string') return;
      this.#heard();
      this.#onText(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#ended(event.code, event.reason);
    };
    this.#timer = setTimeout(() => {
      this.#abandon();
      this.#ended(1006, '');
    }, ANSWER_WITHIN);
    this.#enter('connecting');
  }

  // Ignores anything the old socket still delivers.
  #abandon() {
    clearTimeout(this.#timer);
    this.#endWatch();
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close(1000);
  }

  #endWatch() {
    clearTimeout(this.#watch);
    this.#isAsking = false;
  }

  #ended(code, reason, { silent = false } = {}) {
    clearTimeout(this.#timer);
    this.#endWatch();
    this.#socket = null;
    const reached = this.state === 'open';
    if (reached || code !== 1006 || this.lost === null) this.lost = { code, reason, reached, silent };
    if (FINAL_CODES.has(code)) {
      this.#enter('closed');
      return;
    }
    // A server that lets us in and drops us at once is no better than one that is down.
    if (reached && performance.now() - this.#openedAt >= STEADY_AFTER) this.#failures = 0;
    this.#wait();
  }

  // A random delay up to a limit that doubles, so that a thousand pages do not reconnect at once.
  #wait() {
    const delay = Math.random() * Math.min(BACKOFF.most, BACKOFF.first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, BACKOFF.doublings);
    this.dueAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter('waiting');
  }
}

const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

export function explain({ code, reason, reached, silent }) {
  if (!navigator.onLine) return 'This device is offline.';
  if (silent) return 'The chat server doesn’t answer any more.';
  if (code === 1006 && !reached) return 'The chat server can’t be reached.';
  const [name, meaning] = CLOSE_CODES[code] ?? ['', 'the server closed the connection.'];
  const label = name ? `${code} ${name}` : String(code);
  const isNews = plain(reason) && !`${plain(label)} ${plain(meaning)}`.includes(plain(reason));
  const said = isNews ? ` It said “${reason}”.` : '';
  return `Connection closed (${label}) — ${meaning}${said}`;
}
