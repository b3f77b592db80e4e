// What was sent and not answered yet. Lines are shown as pending meanwhile, and those of a room
// that one left come back with the room.

import { showPending } from './pending.js';

// A refusal does not say what it is about, and may overtake the answer to an earlier
// request. Once as many are refused as are open, it is known: all of them.
let open = [];
let refusals = 0;

export function asked(kind, text) {
  open.push({ kind, text });
  showOpen();
}

function openLines() {
  return open.filter((request) => request.kind === 'say').map((request) => request.text);
}

function showOpen() {
  showPending(openLines());
}

const leftBehind = new Map(); // by room

export function leaveRequests(room) {
  const lines = [...(leftBehind.get(room) ?? []), ...forgetRequests()];
  if (lines.length > 0) leftBehind.set(room, lines);
}

// All lines that the room may not have heard.
export function unheard(room) {
  const lines = [...(leftBehind.get(room) ?? []), ...forgetRequests()];
  leftBehind.delete(room);
  return lines;
}

// What was asked for last, if it is still open.
export function wanted(kind) {
  return open.findLast((request) => request.kind === kind)?.text;
}

// Both return the lines that are now known to be refused.
export function answered(kind, text) {
  const index = open.findIndex((request) => request.kind === kind && request.text === text);
  if (index >= 0) open.splice(index, 1);
  showOpen();
  return refusedLines();
}

export function refused() {
  refusals += 1;
  return refusedLines();
}

function refusedLines() {
  return refusals < open.length ? [] : forgetRequests();
}

// Returns the lines that will have no answer any more.
export function forgetRequests() {
  const lines = openLines();
  open = [];
  refusals = 0;
  showOpen();
  return lines;
}
