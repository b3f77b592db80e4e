// Lines on their way to the server: each is pending until the server has it, or has failed. They
// survive a lost connection, another room and a reload, and keep their id, by which the server knows
// a line that it has already.

import { thisTab } from './memory.js';

const MOST_LINES = 50;
const MOST_SENT = 200;

const isLine = (line) => ['room', 'id', 'text', 'state'].every((field) => typeof line?.[field] === 'string');
const kept = (key, is) => (thisTab.read(key) ?? []).filter?.(is) ?? [];

let lines = kept('outbox', isLine);
let sent = kept('sent', (id) => typeof id === 'string'); // the ids of your latest lines
let changed = () => {};

// Calls `action` whenever a line has changed.
export function onOutbox(action) {
  changed = action;
}

function keep() {
  thisTab.write('outbox', lines);
  changed();
}

// 122 random bits. `crypto.randomUUID` is for secure pages only.
function newId() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = 0x40 | (octets[6] & 0x0f);
  octets[8] = 0x80 | (octets[8] & 0x3f);
  const hex = [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const outboxOf = (room) => lines.filter((line) => line.room === room);
export const pendingIn = (room) => outboxOf(room).filter(({ state }) => state === 'pending');

// Null if too many wait already.
export function putInOutbox(room, text) {
  if (lines.length >= MOST_LINES) return null;
  const line = { room, id: newId(), text, state: 'pending', why: '' };
  lines.push(line);
  keep();
  return line;
}

// `remedy` is what may help: 'retry', or 'edit'.
export function markFailed(line, why, remedy) {
  Object.assign(line, { state: 'failed', why, remedy });
  keep();
}

export function markPending(line) {
  Object.assign(line, { state: 'pending', why: '' });
  keep();
}

export function takeFromOutbox(id) {
  const count = lines.length;
  lines = lines.filter((line) => line.id !== id);
  if (lines.length < count) keep();
}

// The server has it.
export function markSent(id) {
  if (!sent.includes(id)) thisTab.write('sent', sent = [...sent, id].slice(-MOST_SENT));
  takeFromOutbox(id);
}

export const wasSentHere = (id) => sent.includes(id);
