// The state of the connection: a word in the header, and a bar that says why it was lost.

import { explain } from './connection.js';
import { byId, setText } from './dom.js';

const WORDS = { connecting: 'Connecting…', open: 'Connected', waiting: 'Reconnecting…', closed: 'Not connected' };
const COUNTDOWN_EVERY = 200;

let countdown = 0;

export function showStatus({ state, lost, dueAt }) {
  const isRetry = state === 'connecting' && lost !== null;
  const status = byId('status');
  status.dataset.state = state;
  status.dataset.code = lost ? String(lost.code) : '';
  const isOffline = state !== 'open' && !navigator.onLine;
  byId('status-word').textContent = isOffline ? 'Offline' : isRetry ? WORDS.waiting : WORDS[state];

  const bar = byId('lost');
  bar.hidden = state === 'open' || lost === null;
  bar.dataset.state = state;
  setText(byId('lost-why'), lost ? explain(lost) : '');
  byId('reconnect-now').hidden = state !== 'waiting' && state !== 'closed';
  showNextTry(state, dueAt);
}

function showNextTry(state, dueAt) {
  clearInterval(countdown);
  const show = () => setText(byId('lost-when'), nextTry(state, dueAt));
  show();
  if (state === 'waiting') countdown = setInterval(show, COUNTDOWN_EVERY);
}

function nextTry(state, dueAt) {
  if (state === 'connecting') return 'Reconnecting…';
  if (state !== 'waiting') return '';
  return `Reconnecting in ${Math.max(1, Math.ceil((dueAt - Date.now()) / 1000))} s`;
}
