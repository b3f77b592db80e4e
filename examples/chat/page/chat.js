// The chat page. Everything that comes from other people is put on the page as
// text nodes only; nothing is ever parsed as HTML.

const LIMIT = { nick: 24, room: 40, text: 2000, counterFrom: 1800, rows: 600 };
const BACKOFF = { first: 500, most: 15_000 };
const ANSWER_WITHIN = 10_000;
const GROUP_WITHIN = 5 * 60_000;
const HUES = 12;
const DEFAULT_ROOM = 'lobby';

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
// After these the server has made up its mind: the reader decides when to try again.
const FINAL_CODES = new Set([1000, 1008]);

const byId = (id) => document.getElementById(id);

// ---- names and texts ------------------------------------------------------

const codePoints = (text) => [...text].length;

// Control characters, lone surrogates and direction overrides have no place in a name.
function cleanNick(raw) {
  return raw.normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

function nickProblem(nick) {
  if (nick === '') return 'Please enter a name.';
  if (codePoints(nick) > LIMIT.nick) return `A name has at most ${LIMIT.nick} characters.`;
  return '';
}

function cleanRoom(raw) {
  return raw.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/^[#\s]+/u, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

function roomProblem(room) {
  if (room === '') return 'Please enter a room.';
  if (!/^[a-z0-9\-_ ]+$/.test(room)) return 'A room name uses the letters a–z, digits, spaces, - and _.';
  if (room.length > LIMIT.room) return `A room name has at most ${LIMIT.room} characters.`;
  return '';
}

const cleanText = (raw) => raw.replace(/\p{Cs}/gu, '\ufffd').replace(/\r\n?/g, '\n').replace(/^\n+|\s+$/g, '');

function firstGrapheme(word) {
  if (window.Intl?.Segmenter) {
    for (const part of new Intl.Segmenter().segment(word)) return part.segment;
  }
  return [...word][0] ?? '';
}

function initials(nick) {
  const words = nick.split(/[\s\-_.]+/u).filter(Boolean);
  return (words.length ? words : [nick]).slice(0, 2).map(firstGrapheme).join('').toLocaleUpperCase();
}

function hueOf(nick) {
  let hash = 2355;
  for (const char of nick.toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % HUES;
}

// ---- what is remembered -----------------------------------------------------

const memory = {
  read(store, key) {
    try { return JSON.parse(store().getItem(`websock-chat.${key}`)); } catch { return null; }
  },
  write(store, key, value) {
    try { store().setItem(`websock-chat.${key}`, JSON.stringify(value)); } catch { /* private mode */ }
  },
};
const lasting = () => window.localStorage;
const thisTab = () => window.sessionStorage;

// Each connection gets a new id, so the tab remembers the ones it had: after a
// reload or a reconnect the history still shows which lines were one's own.
const identities = {
  list: (memory.read(thisTab, 'mine') ?? []).filter((entry) => Array.isArray(entry)),
  add(id, nick) {
    if (this.has(id, nick)) return;
    this.list = [...this.list, [id, nick]].slice(-40);
    memory.write(thisTab, 'mine', this.list);
  },
  has(id, nick) { return this.list.some(([knownId, knownNick]) => knownId === id && knownNick === nick); },
};

// ---- the room in the address ------------------------------------------------

function roomFromAddress() {
  const query = new URLSearchParams(location.search).get('room');
  let hash = '';
  try { hash = decodeURIComponent(location.hash.slice(1)); } catch { /* not a room then */ }
  for (const candidate of [hash, query ?? '']) {
    const room = cleanRoom(candidate);
    if (!roomProblem(room)) return room;
  }
  return DEFAULT_ROOM;
}

const hashOf = (room) => `#${encodeURIComponent(room)}`;

function putRoomInAddress(room) {
  history.replaceState(null, '', location.pathname + hashOf(room));
}

function socketAddress(room, nick) {
  const url = new URL(`chat/${encodeURIComponent(room)}`, location.href.replace(/[?#].*$/, ''));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = `?nick=${encodeURIComponent(nick)}`;
  return url.href;
}

// ---- the connection -----------------------------------------------------------

// state: connecting -> open -> waiting -> connecting ..., or closed.
// `lost` says why the last conversation ended; it stays until the next welcome.
class Connection {
  state = 'closed';
  lost = null;
  dueAt = 0;
  #address;
  #socket = null;
  #failures = 0;
  #timer = 0;
  #onState;
  #onFrame;

  constructor({ address, onState, onFrame }) {
    this.#address = address;
    this.#onState = onState;
    this.#onFrame = onFrame;
  }

  start() {
    this.stop();
    this.lost = null;
    this.#failures = 0;
    this.#connect();
  }

  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close(1000);
  }

  retryNow() {
    if (this.state === 'waiting' || this.state === 'closed') this.#connect();
  }

  send(frame) {
    if (this.state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  // The server has let us in: only now the connection counts as open.
  welcomed() {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.lost = null;
    this.#enter('open');
  }

  #enter(state) {
    this.state = state;
    this.#onState();
  }

  #connect() {
    this.stop();
    const socket = new WebSocket(this.#address());
    this.#socket = socket;
    socket.onmessage = (event) => {
      if (socket !== this.#socket || typeof event.data !== 'string') return;
      let frame = null;
      try { frame = JSON.parse(event.data); } catch { return; }
      if (frame !== null && typeof frame === 'object') this.#onFrame(frame);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#ended(event.code, event.reason);
    };
    this.#timer = setTimeout(() => {
      this.stop();
      this.#ended(1006, '');
    }, ANSWER_WITHIN);
    this.#enter('connecting');
  }

  #ended(code, reason) {
    clearTimeout(this.#timer);
    this.#socket = null;
    const reached = this.state === 'open';
    if (reached || code !== 1006 || this.lost === null) this.lost = { code, reason, reached };
    if (FINAL_CODES.has(code)) {
      this.#enter('closed');
      return;
    }
    const delay = Math.random() * Math.min(BACKOFF.most, BACKOFF.first * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.dueAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#enter('waiting');
  }
}

function explain({ code, reason, reached }) {
  if (code === 1006 && !reached) return 'The chat server can’t be reached.';
  const [name, meaning] = CLOSE_CODES[code] ?? ['', 'the server closed the connection.'];
  const label = name ? `${code} ${name}` : String(code);
  const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  const known = `${plain(label)} ${plain(meaning)}`;
  const said = plain(reason) && !known.includes(plain(reason)) ? ` It said “${reason}”.` : '';
  return `Connection closed (${label}) — ${meaning}${said}`;
}

// ---- the page -------------------------------------------------------------------

const ui = {
  join: byId('join'), app: byId('app'), sidebar: byId('sidebar'), chat: byId('chat'), scrim: byId('scrim'),
  log: byId('log'), rows: byId('rows'), empty: byId('empty'), pill: byId('pill'),
  rooms: byId('rooms'), members: byId('members'), text: byId('text'), send: byId('send'),
  status: byId('status'), lost: byId('lost'), notice: byId('notice'), counter: byId('counter'),
};

const phone = window.matchMedia('(max-width: 47.5rem)');
const touch = window.matchMedia('(hover: none)');
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const dayName = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

const chat = {
  nick: '',
  room: DEFAULT_ROOM,
  you: null,
  members: new Map(),
  rooms: [],
  shown: new Set(),     // keys of the messages on the page
  lastSeq: 0,
  lastRow: null,        // { kind, id, nick, at } of the newest row
  pinned: true,         // the reader is at the bottom
  unseen: 0,
  unread: 0,            // while the tab is hidden
  pending: [],          // sent, not yet answered: { kind, text }
  drafts: new Map(),    // unsent text by room
};

const connection = new Connection({
  address: () => socketAddress(chat.room, chat.nick),
  onState: showConnection,
  onFrame: receive,
});

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') node.className = value;
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

function dressAvatar(node, nick) {
  node.textContent = nick ? initials(nick) : '';
  node.dataset.hue = hueOf(nick);
}

function avatar(nick) {
  const node = make('span', { class: 'avatar', 'aria-hidden': 'true' });
  dressAvatar(node, nick);
  return node;
}

function timeOf(at) {
  const date = new Date(at);
  return make('time', { datetime: date.toISOString(), title: moment.format(date) }, clock.format(date));
}

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

// ---- messages ---------------------------------------------------------------------

// Plain http(s) addresses become links; whatever else looks like one stays text.
function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+/giu)) {
    const shown = match[0].replace(/[.,;:!?)\]}…]+$/u, '');
    let url = null;
    try { url = new URL(shown); } catch { continue; }
    if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password) continue;
    parts.push(text.slice(end, match.index));
    parts.push(make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, shown));
    end = match.index + shown.length;
  }
  parts.push(text.slice(end));
  return parts;
}

const isOwn = (frame) => frame.id === chat.you?.id || identities.has(frame.id, frame.nick);
const keyOf = (frame) => `${frame.seq}|${frame.at}|${frame.id}`;

function addRow(row, about) {
  const { lastRow } = chat;
  const day = new Date(about.at).toDateString();
  const today = new Date().toDateString();
  if (day !== (lastRow ? new Date(lastRow.at).toDateString() : today)) {
    ui.rows.append(make('div', { class: 'divider', role: 'separator' }, make('span', {}, day === today ? 'Today' : dayName.format(about.at))));
    delete row.dataset.continued;
  }
  chat.lastRow = about;
  ui.rows.append(row);
  if (chat.pinned) {
    while (ui.rows.childElementCount > LIMIT.rows) ui.rows.firstElementChild.remove();
    delete ui.rows.firstElementChild.dataset.continued;
  }
}

function addMessage(frame, { fresh }) {
  const key = keyOf(frame);
  if (chat.shown.has(key)) return false;
  chat.shown.add(key);
  chat.lastSeq = Math.max(chat.lastSeq, Number(frame.seq) || 0);
  const { lastRow } = chat;
  const own = isOwn(frame);
  const continued = lastRow?.kind === 'message' && lastRow.id === frame.id && lastRow.nick === frame.nick
    && frame.at - lastRow.at < GROUP_WITHIN;

  const nick = make('bdi', { class: own ? 'nick visually-hidden' : 'nick' }, own ? 'You' : frame.nick);
  const byline = make('p', { class: 'byline' }, nick, timeOf(frame.at));
  const bubble = make('div', { class: 'bubble', dir: 'auto', 'data-testid': 'message-text', title: moment.format(frame.at) }, ...linked(frame.text));
  addRow(make('div', {
    class: fresh ? 'message fresh' : 'message',
    'data-testid': 'message',
    'data-nick': frame.nick,
    'data-own': String(own),
    'data-continued': continued,
  }, avatar(frame.nick), make('div', { class: 'content' }, byline, bubble)), { kind: 'message', id: frame.id, nick: frame.nick, at: frame.at });
  showEmpty();
  return true;
}

function addSystem(kind, at, ...parts) {
  const line = parts.map((part) => (typeof part === 'string' ? part : make('bdi', {}, part.nick)));
  addRow(make('p', { class: 'system fresh', 'data-testid': 'system-line', 'data-kind': kind }, ...line, ' ', timeOf(at)), { kind: 'system', at });
}

function addDivider(text, testid) {
  ui.rows.append(make('div', { class: 'divider joined', role: 'separator', 'data-testid': testid }, make('span', {}, text)));
  chat.lastRow = { kind: 'divider', at: chat.lastRow?.at ?? Date.now() };
}

function showEmpty() {
  ui.empty.hidden = chat.you === null || ui.rows.querySelector('.message') !== null;
}

function clearMessages() {
  ui.rows.replaceChildren();
  chat.shown.clear();
  chat.lastSeq = 0;
  chat.lastRow = null;
  chat.pinned = true;
  ui.empty.hidden = true;
  seenAll();
}

function scrollDown() {
  ui.log.scrollTop = ui.log.scrollHeight;
  chat.pinned = true;
  seenAll();
}

function seenAll() {
  chat.unseen = 0;
  ui.pill.hidden = true;
}

function settleScroll({ mine = false, counts = false }) {
  if (chat.pinned || mine) {
    scrollDown();
  } else if (counts) {
    chat.unseen += 1;
    byId('pill-text').textContent = plural(chat.unseen, 'new message', 'new messages');
    ui.pill.hidden = false;
  }
}

// ---- what the server says -------------------------------------------------------

const text = (value) => (typeof value === 'string' ? value : '');
const timestamp = (value) => (Number.isFinite(value) && Math.abs(value) < 8.64e15 ? value : Date.now());

function said(frame) {
  return { id: text(frame.id), nick: text(frame.nick), text: text(frame.text), at: timestamp(frame.at), seq: Number(frame.seq) || 0 };
}

function receive(frame) {
  const at = timestamp(frame.at);
  const id = text(frame.id);
  switch (frame.type) {
    case 'welcome': receiveWelcome(frame); break;
    case 'said': {
      const message = said(frame);
      if (!addMessage(message, { fresh: true })) break;
      const mine = id === chat.you?.id;
      if (mine) answered('say');
      settleScroll({ mine, counts: true });
      if (document.hidden && !mine) chat.unread += 1;
      showTitle();
      break;
    }
    case 'joined':
      if (id === chat.you?.id) break;
      chat.members.set(id, text(frame.nick));
      addSystem('joined', at, { nick: text(frame.nick) }, ' joined');
      settleScroll({});
      showMembers();
      break;
    case 'left':
      chat.members.delete(id);
      addSystem('left', at, { nick: text(frame.nick) }, ' left');
      settleScroll({});
      showMembers();
      break;
    case 'renamed': {
      const to = text(frame.to);
      chat.members.set(id, to);
      if (id === chat.you?.id) {
        answered('rename');
        becomeNick(to);
        identities.add(id, to);
        addSystem('renamed', at, 'You are now ', { nick: to });
      } else {
        addSystem('renamed', at, { nick: text(frame.from) }, ' is now ', { nick: to });
      }
      settleScroll({});
      showMembers();
      break;
    }
    case 'rooms':
      chat.rooms = (Array.isArray(frame.rooms) ? frame.rooms : [])
        .map((room) => ({ name: text(room?.name), members: Number(room?.members) || 0 }))
        .filter((room) => room.name);
      showRooms();
      break;
    case 'refused': refused(text(frame.why)); break;
    default: break;
  }
}

function receiveWelcome(frame) {
  const again = ui.rows.childElementCount > 0;
  const unanswered = chat.pending.filter((entry) => entry.kind === 'say').map((entry) => entry.text);
  chat.pending = [];
  chat.you = { id: text(frame.you?.id), nick: text(frame.you?.nick) || chat.nick };
  identities.add(chat.you.id, chat.you.nick);
  chat.members = new Map((Array.isArray(frame.members) ? frame.members : []).map((member) => [text(member?.id), text(member?.nick)]));
  chat.members.set(chat.you.id, chat.you.nick);
  becomeNick(chat.you.nick);

  const past = (Array.isArray(frame.history) ? frame.history : []).filter((entry) => entry?.type === 'said').map(said);
  ui.log.setAttribute('aria-busy', 'true');
  const missed = past.filter((message) => !chat.shown.has(keyOf(message)));
  if (again && missed.length && chat.lastSeq > 0 && missed[0].seq > chat.lastSeq + 1) {
    addSystem('gap', missed[0].at, 'Some messages from before may be missing');
  }
  for (const message of missed) addMessage(message, { fresh: false });
  if (again) addDivider('You are back', 'reconnect-divider');
  else if (past.length) addDivider('You joined here', 'history-divider');
  ui.log.removeAttribute('aria-busy');

  connection.welcomed();
  showMembers();
  showRooms();
  showEmpty();
  settleScroll({});

  const arrived = missed.filter(isOwn).map((message) => message.text);
  const lostTexts = unanswered.filter((entry) => !arrived.includes(entry));
  if (lostTexts.length) {
    ui.text.value = [...lostTexts, ui.text.value].filter(Boolean).join('\n');
    showNotice('Your last message was not delivered. It is back in the box below.');
    composed();
  }
}

function answered(kind) {
  const index = chat.pending.findIndex((entry) => entry.kind === kind);
  return index < 0 ? null : chat.pending.splice(index, 1)[0];
}

// The server answers in order, so a refusal is about the oldest open request.
function refused(why) {
  const entry = chat.pending.shift();
  showNotice(why ? `Not sent: ${why}` : 'The server did not accept that.');
  if (entry?.kind === 'say' && ui.text.value.trim() === '') {
    ui.text.value = entry.text;
    composed();
  }
}

// ---- what is shown around the messages ----------------------------------------------

function showTitle() {
  document.title = ui.app.hidden ? 'websock chat' : `${chat.unread ? `(${chat.unread}) ` : ''}#${chat.room} · websock chat`;
}

function showRoom() {
  byId('room-title').textContent = chat.room;
  byId('empty-room').textContent = chat.room;
  showTitle();
  showRooms();
}

function showRooms() {
  const rooms = chat.rooms.some((room) => room.name === chat.room) ? [...chat.rooms] : [...chat.rooms, { name: chat.room, members: chat.members.size }];
  const rank = (room) => (room.name === DEFAULT_ROOM ? 0 : 1);
  rooms.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  const focused = ui.rooms.contains(document.activeElement) ? document.activeElement.dataset.room : null;
  ui.rooms.replaceChildren(...rooms.map(({ name, members }) => make('li', {}, make('a', {
    class: 'room',
    href: hashOf(name),
    'data-testid': 'room',
    'data-room': name,
    'data-members': members,
    'aria-current': name === chat.room ? 'page' : null,
    title: `${name}: ${plural(members, 'person', 'people')}`,
  }, make('span', { class: 'hash', 'aria-hidden': 'true' }, '#'), make('span', { class: 'name' }, name),
  make('span', { class: 'count' }, String(members), make('span', { class: 'visually-hidden' }, members === 1 ? ' person' : ' people'))))));
  if (focused !== null) [...ui.rooms.querySelectorAll('.room')].find((link) => link.dataset.room === focused)?.focus();
}

function showMembers() {
  const people = [...chat.members].map(([id, nick]) => ({ id, nick, own: id === chat.you?.id }));
  people.sort((a, b) => b.own - a.own || a.nick.localeCompare(b.nick) || a.id.localeCompare(b.id));
  ui.members.replaceChildren(...people.map(({ id, nick, own }) => {
    const item = make('li', { class: 'member', 'data-testid': 'member', 'data-nick': nick, 'data-id': id, 'data-own': String(own) },
      avatar(nick), make('p', { class: 'who' }, make('bdi', { class: 'name', title: nick }, nick), ...(own ? [make('span', { class: 'self' }, 'you')] : [])),
      make('span', { class: 'actor', title: 'The actor that serves this connection' }, id));
    return item;
  }));
  byId('people-count').textContent = String(people.length);
  byId('room-sub').textContent = people.length === 1 ? 'Only you are here' : `${people.length} people here`;
}

function becomeNick(nick) {
  chat.nick = nick;
  if (chat.you) chat.you.nick = nick;
  memory.write(lasting, 'nick', nick);
  byId('you-nick').textContent = nick;
  dressAvatar(byId('you-avatar'), nick);
}

function showConnection() {
  const { state, lost } = connection;
  ui.status.dataset.state = state;
  ui.status.dataset.code = lost ? String(lost.code) : '';
  byId('status-word').textContent = {
    connecting: lost ? 'Reconnecting…' : 'Connecting…',
    open: 'Connected',
    waiting: 'Reconnecting…',
    closed: 'Not connected',
  }[state];
  if (state !== 'open' && !chat.members.size) byId('room-sub').textContent = 'Connecting…';
  if (state !== 'open') ui.sidebar.dataset.stale = '';
  else delete ui.sidebar.dataset.stale;

  ui.lost.hidden = state === 'open' || lost === null;
  ui.lost.dataset.state = state;
  if (lost) {
    const why = byId('lost-why');
    const words = explain(lost);
    if (why.textContent !== words) why.textContent = words;
  } else {
    byId('lost-why').textContent = '';
  }
  byId('reconnect-now').hidden = state !== 'waiting' && state !== 'closed';
  showCountdown();
  showComposer();
}

let countdown = 0;
function showCountdown() {
  clearInterval(countdown);
  const when = byId('lost-when');
  const show = () => {
    const seconds = Math.max(1, Math.ceil((connection.dueAt - Date.now()) / 1000));
    const words = { waiting: `Reconnecting in ${seconds} s`, connecting: 'Reconnecting…', closed: '', open: '' }[connection.state];
    if (when.textContent !== words) when.textContent = words;
  };
  show();
  if (connection.state === 'waiting') countdown = setInterval(show, 200);
}

let noticeTimer = 0;
function showNotice(words, tone = 'bad') {
  clearTimeout(noticeTimer);
  ui.notice.dataset.tone = tone;
  ui.notice.textContent = words;
  ui.notice.hidden = false;
  noticeTimer = setTimeout(() => { ui.notice.hidden = true; }, 7000);
}

// ---- the composer -------------------------------------------------------------------

function showComposer() {
  const length = codePoints(cleanText(ui.text.value));
  const over = length - LIMIT.text;
  ui.send.disabled = connection.state !== 'open' || length === 0 || over > 0;
  ui.counter.hidden = length < LIMIT.counterFrom;
  ui.counter.dataset.over = String(over > 0);
  ui.counter.textContent = over > 0 ? `${over} over the limit of ${LIMIT.text}` : `${-over} left`;
  ui.text.setAttribute('aria-invalid', String(over > 0));
}

function composed() {
  ui.text.style.height = 'auto';
  ui.text.style.height = `${ui.text.scrollHeight}px`;
  showComposer();
}

function say() {
  const words = cleanText(ui.text.value);
  if (words === '' || codePoints(words) > LIMIT.text) return;
  if (!connection.send({ type: 'say', text: words })) {
    showNotice('Not connected. Your message stays here until the connection is back.', 'calm');
    return;
  }
  chat.pending.push({ kind: 'say', text: words });
  ui.text.value = '';
  ui.notice.hidden = true;
  composed();
}

// ---- coming in, switching rooms, changing one's name ----------------------------------

function fieldProblem(input, problem) {
  byId(input.getAttribute('aria-describedby')).textContent = problem;
  if (problem) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  return problem !== '';
}

function showJoin() {
  ui.join.hidden = false;
  ui.app.hidden = true;
  byId('join-nick').value = chat.nick;
  byId('join-room').value = chat.room;
  dressAvatar(byId('join-avatar'), chat.nick);
  showTitle();
  byId('join-nick').focus();
}

function enter() {
  ui.join.hidden = true;
  ui.app.hidden = false;
  becomeNick(chat.nick);
  putRoomInAddress(chat.room);
  openRoom();
}

function openRoom() {
  chat.you = null;
  chat.members.clear();
  chat.pending = [];
  clearMessages();
  showMembers();
  ui.notice.hidden = true;
  ui.text.value = chat.drafts.get(chat.room) ?? '';
  ui.text.placeholder = `Message #${chat.room}`;
  showRoom();
  connection.start();
  composed();
  if (!touch.matches) ui.text.focus();
}

function switchRoom(room) {
  if (room === chat.room) return;
  if (ui.text.value) chat.drafts.set(chat.room, ui.text.value);
  else chat.drafts.delete(chat.room);
  chat.room = room;
  openRoom();
}

function showRename(open) {
  byId('rename-form').hidden = !open;
  byId('you-card').hidden = open;
  const input = byId('rename-nick');
  if (open) {
    input.value = chat.nick;
    fieldProblem(input, '');
    input.focus();
    input.select();
  } else {
    byId('rename-open').focus();
  }
}

function rename() {
  const input = byId('rename-nick');
  const nick = cleanNick(input.value);
  if (fieldProblem(input, nickProblem(nick))) return;
  showRename(false);
  if (nick === chat.nick) return;
  if (connection.send({ type: 'rename', nick })) {
    chat.pending.push({ kind: 'rename', text: nick });
  } else {
    becomeNick(nick);
    connection.retryNow();
  }
}

// ---- the drawer on a phone --------------------------------------------------------------

function showDrawer(open) {
  const shut = phone.matches && !open;
  const shown = phone.matches && open;
  ui.sidebar.toggleAttribute('data-open', shown);
  ui.sidebar.inert = shut;
  ui.chat.inert = shown;
  ui.scrim.hidden = !shown;
  byId('drawer-open').setAttribute('aria-expanded', String(shown));
}

function closeDrawer() {
  if (!ui.sidebar.hasAttribute('data-open')) return;
  showDrawer(false);
  byId('drawer-open').focus();
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    showNotice('Link copied.', 'calm');
  } catch {
    showNotice(`The link to this room: ${location.href}`, 'calm');
  }
}

// ---- wiring -----------------------------------------------------------------------------

function onSubmit(id, action) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    action();
  });
}

onSubmit('join-form', () => {
  const nickInput = byId('join-nick');
  const roomInput = byId('join-room');
  const nick = cleanNick(nickInput.value);
  const room = cleanRoom(roomInput.value || DEFAULT_ROOM);
  const badNick = fieldProblem(nickInput, nickProblem(nick));
  const badRoom = fieldProblem(roomInput, roomProblem(room));
  if (badNick) nickInput.focus();
  else if (badRoom) roomInput.focus();
  else {
    chat.nick = nick;
    chat.room = room;
    enter();
  }
});
byId('join-nick').addEventListener('input', (event) => {
  dressAvatar(byId('join-avatar'), cleanNick(event.target.value));
  fieldProblem(event.target, '');
});
byId('join-room').addEventListener('input', (event) => fieldProblem(event.target, ''));

onSubmit('room-form', () => {
  const input = byId('room-name');
  const room = cleanRoom(input.value);
  if (fieldProblem(input, roomProblem(room))) return;
  input.value = '';
  closeDrawer();
  location.hash = hashOf(room);
  ui.text.focus();
});
byId('room-name').addEventListener('input', (event) => fieldProblem(event.target, ''));
ui.rooms.addEventListener('click', (event) => { if (event.target.closest('.room')) closeDrawer(); });

onSubmit('composer', say);
ui.text.addEventListener('input', composed);
ui.text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  say();
});

onSubmit('rename-form', rename);
byId('rename-open').addEventListener('click', () => showRename(true));
byId('rename-cancel').addEventListener('click', () => showRename(false));
byId('rename-form').addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  showRename(false);
});

byId('drawer-open').addEventListener('click', () => {
  showDrawer(true);
  byId('drawer-close').focus();
});
byId('drawer-close').addEventListener('click', closeDrawer);
ui.scrim.addEventListener('click', closeDrawer);
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeDrawer(); });
phone.addEventListener('change', () => showDrawer(false));

byId('share').addEventListener('click', share);
byId('empty-share').addEventListener('click', share);
byId('reconnect-now').addEventListener('click', () => {
  connection.retryNow();
  ui.text.focus();
});

ui.pill.addEventListener('click', () => {
  scrollDown();
  ui.text.focus();
});
// Only a reader who scrolls up lets go of the bottom; a log that grows or shrinks does not.
let lastTop = 0;
ui.log.addEventListener('scroll', () => {
  const { scrollTop, scrollHeight, clientHeight } = ui.log;
  if (scrollHeight - scrollTop - clientHeight < 48) {
    chat.pinned = true;
    seenAll();
  } else if (scrollTop < lastTop) {
    chat.pinned = false;
  }
  lastTop = scrollTop;
}, { passive: true });
new ResizeObserver(() => { if (chat.pinned) scrollDown(); }).observe(ui.log);

window.addEventListener('hashchange', () => {
  const room = roomFromAddress();
  if (ui.app.hidden) {
    chat.room = room;
    byId('join-room').value = room;
  } else {
    switchRoom(room);
  }
});
window.addEventListener('online', () => { if (connection.state === 'waiting') connection.retryNow(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  chat.unread = 0;
  showTitle();
  if (connection.state === 'waiting') connection.retryNow();
});
window.addEventListener('pageshow', (event) => { if (event.persisted && connection.state === 'waiting') connection.retryNow(); });

chat.nick = cleanNick(text(memory.read(lasting, 'nick')));
chat.room = roomFromAddress();
showDrawer(false);
if (nickProblem(chat.nick)) showJoin();
else enter();
