// The message box: a draft per room, the counter, and sending.

import { byId, onSubmit } from './dom.js';
import { LONGEST_TEXT, cleanText, codePoints } from './names.js';
import { hideNotice, showNotice } from './notice.js';
import { asked } from './requests.js';

const COUNT_FROM = 1800;

const box = byId('text');
const button = byId('send');
const counter = byId('counter');
const touch = window.matchMedia('(hover: none)');

const drafts = new Map(); // unsent text by room
let connected = false;
let send = () => false;

export function startComposer(sendFrame) {
  send = sendFrame;
}

export function enableComposer(isConnected) {
  connected = isConnected;
  showState();
}

export function keepDraft(room) {
  if (box.value) drafts.set(room, box.value);
  else drafts.delete(room);
}

export function openDraft(room) {
  box.value = drafts.get(room) ?? '';
  box.placeholder = `Message #${room}`;
  composed();
}

// Puts lines that were not delivered back into the box, before its current text.
export function giveBack(lines) {
  if (lines.length === 0) return;
  box.value = [...lines, box.value].filter(Boolean).join('\n');
  composed();
}

// One of them was delivered after all.
export function takeBack(line) {
  if (box.value !== line && !box.value.startsWith(`${line}\n`)) return;
  box.value = box.value.slice(line.length + 1);
  hideNotice();
  composed();
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
  showState();
}

function say() {
  const words = cleanText(box.value);
  if (words === '' || codePoints(words) > LONGEST_TEXT) return;
  if (!send({ type: 'say', text: words })) {
    showNotice('Not connected. Your message stays here until the connection is back.', 'calm');
    return;
  }
  asked('say', words);
  box.value = '';
  hideNotice();
  composed();
}

onSubmit('composer', say);
box.addEventListener('input', composed);
box.addEventListener('keydown', (event) => {
  const isComposing = event.isComposing || event.keyCode === 229;
  if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
  event.preventDefault();
  say();
});
