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

const shown = new Set(); // the ids of the messages on the page, oldest first
let last = null; // the newest row: { kind, name, at }
let newestId; // of the last message; undefined if there is none
let pinned = true; // whether the reader is at the bottom
let unseen = 0;

const dayOf = (at) => new Date(at).toDateString();

export const lastMessageId = () => newestId;

// ---- the rows ----

export function clearMessages() {
  rows.replaceChildren();
  shown.clear();
  last = null;
  newestId = undefined;
  pinned = true;
  empty.hidden = true;
  seenAll();
}

// Returns false if the message is already on the page.
export function addMessage(message, { own, fresh }) {
  if (shown.has(message.id)) return false;
  shown.add(message.id);
  newestId = message.id;
  empty.hidden = true;
  addRow(messageRow(message, { own, fresh, continued: continuesLast(message) }), {
    kind: 'message',
    name: message.name,
    at: message.at,
  });
  return true;
}

export function addSystem(kind, at, ...parts) {
  addRow(systemRow(kind, at, parts), { kind: 'system', at });
}

// Adds what was said before one came.
export function addHistory(history, isOwn) {
  addAll(history, isOwn);
  if (history.length > 0) addDivider('You joined here', 'history-divider');
  empty.hidden = shown.size > 0;
}

// Adds what was said while one was away; more is missing unless it continues what is shown.
export function addMissed(history, isOwn, continues) {
  addDivider('Reconnected', 'reconnect-divider');
  catchUp(history, isOwn, continues);
}

// The same for a reader who has noticed nothing.
export function catchUp(history, isOwn, continues) {
  const missed = history.filter(({ id }) => !shown.has(id));
  if (missed.length > 0 && missed.length === history.length && !continues && shown.size > 0) {
    addSystem('gap', missed[0].at, 'Some messages from before may be missing');
  }
  addAll(missed, isOwn);
}

function addAll(messages, isOwn) {
  log.setAttribute('aria-busy', 'true');
  for (const message of messages) addMessage(message, { own: isOwn(message), fresh: false });
  log.removeAttribute('aria-busy');
}

function addDivider(words, testid) {
  rows.append(dividerRow(words, testid));
  last = { kind: 'divider', at: last?.at ?? Date.now() };
}

function continuesLast({ name, at }) {
  return last?.kind === 'message' && last.name === name && at - last.at < GROUP_WITHIN;
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
  for (const id of shown) {
    if (shown.size <= MOST_ROWS_WHILE_READING) return;
    shown.delete(id);
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
