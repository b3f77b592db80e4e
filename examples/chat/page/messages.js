// The message list: grouping by speaker, missed messages, and staying at the bottom.

import { byId, plural } from './dom.js';
import { dayRow, dividerRow, messageRow, systemRow } from './message_rows.js';

const MOST_ROWS = 500;
const MOST_ROWS_WHILE_READING = 2 * MOST_ROWS;
const ROWS_DROPPED_AT_ONCE = 50;
const GROUP_WITHIN = 5 * 60_000;
const NEAR_BOTTOM = 48;

const log = byId('log');
const rows = byId('rows');
const empty = byId('empty');
const pill = byId('pill');

const shown = new Set(); // the keys of the messages on the page, oldest first
let last = null; // the newest row: { kind, id, nick, at }
let lastSeq = 0;
let pinned = true; // whether the reader is at the bottom
let unseen = 0;

const keyOf = (message) => `${message.seq}|${message.at}|${message.id}`;
const dayOf = (at) => new Date(at).toDateString();

// ---- the rows ----

export function clearMessages() {
  rows.replaceChildren();
  shown.clear();
  last = null;
  lastSeq = 0;
  pinned = true;
  empty.hidden = true;
  seenAll();
}

// Returns false if the message is already on the page.
export function addMessage(message, { own, fresh }) {
  const key = keyOf(message);
  if (shown.has(key)) return false;
  shown.add(key);
  lastSeq = message.seq;
  empty.hidden = true;
  addRow(messageRow(message, { own, fresh, continued: continuesLast(message) }), {
    kind: 'message',
    id: message.id,
    nick: message.nick,
    at: message.at,
  });
  return true;
}

export function addSystem(kind, at, ...parts) {
  addRow(systemRow(kind, at, parts), { kind: 'system', at });
}

// The room has restarted and numbers its messages from one again.
export function addRestart(at) {
  addSystem('restarted', at, 'The room was restarted.');
  lastSeq = 0;
}

// Adds a room's history, before any new messages. Returns what was not on the page yet. A reader
// who stayed in the room sees no "you are back".
export function addHistory(history, { isOwn, stayed }) {
  const again = rows.childElementCount > 0;
  const missed = history.filter((message) => !shown.has(keyOf(message)));
  log.setAttribute('aria-busy', 'true');
  if (again && lastSeq > 0 && missed[0]?.seq > lastSeq + 1) {
    addSystem('gap', missed[0].at, 'Some messages from before may be missing');
  }
  for (const message of missed) addMessage(message, { own: isOwn(message), fresh: false });
  if (again && !stayed) addDivider('You are back', 'reconnect-divider');
  else if (!again && history.length) addDivider('You joined here', 'history-divider');
  log.removeAttribute('aria-busy');
  empty.hidden = shown.size > 0;
  return missed;
}

function addDivider(words, testid) {
  rows.append(dividerRow(words, testid));
  last = { kind: 'divider', at: last?.at ?? Date.now() };
}

function continuesLast({ id, nick, at }) {
  return last?.kind === 'message' && last.id === id && last.nick === nick && at - last.at < GROUP_WITHIN;
}

function addRow(row, about) {
  const today = dayOf(Date.now());
  const day = dayOf(about.at);
  if (day !== (last ? dayOf(last.at) : today)) {
    rows.append(dayRow(about.at, day === today));
    delete row.dataset.continued;
  }
  last = about;
  rows.append(row);
  dropOldest();
}

// While someone reads further up, keeps what they see in place, within reason.
function dropOldest() {
  forgetOldest();
  const most = pinned ? MOST_ROWS : MOST_ROWS_WHILE_READING;
  if (rows.childElementCount <= most) return;
  const height = log.scrollHeight;
  while (rows.childElementCount > most - ROWS_DROPPED_AT_ONCE) rows.firstElementChild.remove();
  delete rows.firstElementChild.dataset.continued;
  if (!pinned) log.scrollTop -= height - log.scrollHeight;
}

function forgetOldest() {
  for (const key of shown) {
    if (shown.size <= MOST_ROWS_WHILE_READING) return;
    shown.delete(key);
  }
}

// ---- the bottom ----

export function scrollDown() {
  log.scrollTop = log.scrollHeight;
  pinned = true;
  seenAll();
}

// Call after adding rows: scrolls down, unless the reader is further up.
export function followRows() {
  if (pinned) scrollDown();
}

// The same after someone else's message, which the pill counts.
export function followMessage() {
  if (pinned) {
    scrollDown();
    return;
  }
  unseen += 1;
  byId('pill-text').textContent = plural(unseen, 'new message', 'new messages');
  pill.hidden = false;
}

function seenAll() {
  unseen = 0;
  pill.hidden = true;
}

// Only scrolling up leaves the bottom; a log that grows or shrinks does not.
let lastTop = 0;
log.addEventListener('scroll', () => {
  const { scrollTop, scrollHeight, clientHeight } = log;
  if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM) {
    pinned = true;
    seenAll();
  } else if (scrollTop < lastTop) {
    pinned = false;
  }
  lastTop = scrollTop;
}, { passive: true });
new ResizeObserver(followRows).observe(log);
