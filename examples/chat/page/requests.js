// Requests without an answer yet. Lines are shown as pending meanwhile; those of a room that the
// reader left reappear when they return to it.

import { showPending } from './pending.js';

// A refusal does not say which request it refers to, and may overtake the answer to an earlier one.
// Once there are as many refusals as open requests, all of them were refused.
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

// All lines that the room may not have received.
export function unheard(room) {
  const lines = [...(leftBehind.get(room) ?? []), ...forgetRequests()];
  leftBehind.delete(room);
  return lines;
}

// The latest request, if it is still open.
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

// Returns the lines that will never be answered.
export function forgetRequests() {
  const lines = openLines();
  open = [];
  refusals = 0;
  showOpen();
  return lines;
}
