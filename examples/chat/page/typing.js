// Who is typing: told to the others now and then, and shown for a while.

import { byId, make } from './dom.js';

const TELL_EVERY = 1_200; // the server passes on one a second
const SHOWN_FOR = 5_000;

const note = byId('typing');
const timers = new Map(); // by name
let toldAt = -Infinity;

// Returns whether the others should be told now.
export function isTimeToTell() {
  if (performance.now() - toldAt < TELL_EVERY) return false;
  toldAt = performance.now();
  return true;
}

export function startsTyping(name) {
  clearTimeout(timers.get(name));
  timers.set(name, setTimeout(() => stopsTyping(name), SHOWN_FOR));
  showTyping();
}

export function stopsTyping(name) {
  if (!timers.has(name)) return;
  clearTimeout(timers.get(name));
  timers.delete(name);
  showTyping();
}

export function nobodyTypes() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  showTyping();
}

function showTyping() {
  const names = [...timers.keys()];
  note.hidden = names.length === 0;
  note.replaceChildren(...words(names.map((name) => make('bdi', {}, name))));
}

function words([first, second, third]) {
  if (!first) return [];
  if (!second) return [first, ' is typing…'];
  return third ? ['Several people are typing…'] : [first, ' and ', second, ' are typing…'];
}
