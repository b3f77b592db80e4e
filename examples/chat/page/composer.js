// The message box: a draft per room, the counter, and sending.

import { byId, onSubmit } from './dom.js';
import { thisTab } from './memory.js';
import { LONGEST_TEXT, cleanText, codePoints } from './names.js';
import { hideNotice, showNotice } from './notice.js';

const COUNT_FROM = 1800;

const box = byId('text');
const button = byId('send');
const counter = byId('counter');
const touch = window.matchMedia('(hover: none)');

const drafts = new Map(Object.entries(thisTab.read('drafts') ?? {})); // unsent text by room
let room = '';
let connected = false;
let say = () => '';
let typed = () => {};

// `say` returns why a line can't be taken now, or ''. `typed` is called as a line is being written.
export function startComposer(actions) {
  ({ say, typed } = actions);
}

export function enableComposer(isConnected) {
  connected = isConnected;
  showState();
}

export function openDraft(name) {
  room = name;
  box.value = drafts.get(room) ?? '';
  box.placeholder = `Message #${room}`;
  composed();
}

function keepDraft() {
  if (box.value) drafts.set(room, box.value);
  else drafts.delete(room);
  thisTab.write('drafts', Object.fromEntries(drafts));
}

// Puts a line that was not sent back into the box, before its current text.
export function giveBack(line) {
  box.value = [line, box.value].filter(Boolean).join('\n');
  composed();
  box.focus();
}

export function focusComposer() {
  box.focus();
}

// Not where focus would open an on-screen keyboard.
export function offerComposer() {
  if (!touch.matches) box.focus();
}

function showState() {
  const length = codePoints(cleanText(box.value));
  const over = length - LONGEST_TEXT;
  button.disabled = !connected || length === 0 || over > 0;
  counter.hidden = length < COUNT_FROM;
  counter.dataset.over = String(over > 0);
  counter.textContent = over > 0 ? `${over} over the limit of ${LONGEST_TEXT}` : `${-over} left`;
  box.setAttribute('aria-invalid', String(over > 0));
}

function composed() {
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
  keepDraft();
  showState();
}

function submit() {
  const words = cleanText(box.value);
  if (words === '' || codePoints(words) > LONGEST_TEXT) return;
  const problem = connected ? say(words) : 'Not connected. Your message stays here until the connection is back.';
  if (problem) {
    showNotice(problem, 'calm');
    return;
  }
  box.value = '';
  hideNotice();
  composed();
}

onSubmit('composer', submit);
box.addEventListener('input', () => {
  composed();
  if (box.value.trim()) typed();
});
box.addEventListener('keydown', (event) => {
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
  event.preventDefault();
  submit();
});
