// The state of the connection: a word in the header, and a bar that says why it was lost.

import { byId, setText } from './dom.js';
import { explain } from './loss.js';

const WORDS = { connecting: 'Connecting…', open: 'Connected', waiting: 'Reconnecting…', closed: 'Not connected' };
const COUNTDOWN_EVERY = 200;

let countdown = 0;

// `refusal` is why the room doesn't let us in, though the server does; '' if it does.
export function showStatus({ state, lost, dueAt, refusal }) {
  const isRetry = state === 'connecting' && lost !== null;
  const status = byId('status');
  status.dataset.state = state;
  status.dataset.code = lost ? String(lost.code) : '';
  const isOffline = state !== 'open' && !navigator.onLine;
  byId('status-word').textContent = isOffline ? 'Offline' : isRetry ? WORDS.waiting : WORDS[state];

  const why = lost ? explain(lost) : refusal;
  const bar = byId('lost');
  bar.hidden = state === 'open' || why === '';
  bar.dataset.state = state;
  setText(byId('lost-why'), why);
  byId('reconnect-now').hidden = state !== 'waiting' && state !== 'closed';
  showNextTry(state, dueAt, lost);
}

function showNextTry(state, dueAt, lost) {
  clearInterval(countdown);
  const show = () => setText(byId('lost-when'), nextTry(state, dueAt, lost));
  show();
  if (state === 'waiting') countdown = setInterval(show, COUNTDOWN_EVERY);
}

function nextTry(state, dueAt, lost) {
  if (!lost) return state === 'connecting' ? 'Trying again…' : '';
  if (state === 'connecting') return 'Reconnecting…';
  if (state !== 'waiting') return '';
  return `Reconnecting in ${Math.max(1, Math.ceil((dueAt - Date.now()) / 1000))} s`;
}
