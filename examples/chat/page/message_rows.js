// The rows of the message list: bubbles with their links, system lines, dividers.

import { avatar } from './avatar.js';
import { make } from './dom.js';

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const dayName = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function timeOf(at) {
  const date = new Date(at);
  return make('time', { datetime: date.toISOString(), title: moment.format(date) }, clock.format(date));
}

function webAddress(text) {
  let url = null;
  try { url = new URL(text); } catch { return null; }
  const isPlain = ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password;
  return isPlain ? url.href : null;
}

// Plain http(s) addresses become links; anything else stays text.
function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'`]+/giu)) {
    const shown = match[0].replace(/[.,;:!?)\]}…]+$/u, '');
    const href = webAddress(shown);
    if (href === null) continue;
    parts.push(text.slice(end, match.index));
    parts.push(make('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' }, shown));
    end = match.index + shown.length;
  }
  parts.push(text.slice(end));
  return parts;
}

export function messageRow({ id, name, text, at }, { own, fresh, continued }) {
  const speaker = make('bdi', { class: own ? 'nick visually-hidden' : 'nick' }, own ? 'You' : name);
  const byline = make('p', { class: 'byline' }, speaker, timeOf(at));
  const bubble = make('div', {
    class: 'bubble',
    dir: 'auto',
    'data-testid': 'message-text',
    title: moment.format(at),
  }, ...linked(text));
  const sent = own ? [make('p', { class: 'line-note sent', 'data-testid': 'sent-note' }, 'Sent')] : [];
  return make('div', {
    class: fresh ? 'message fresh' : 'message',
    'data-testid': 'message',
    'data-id': id,
    'data-nick': name,
    'data-own': String(own),
    'data-continued': continued,
  }, avatar(name), make('div', { class: 'content' }, byline, bubble, ...sent));
}

// Parts are words, or { name } for a name.
export function systemRow(kind, at, parts) {
  const line = parts.map((part) => (typeof part === 'string' ? part : make('bdi', {}, part.name)));
  return make('p', {
    class: 'system fresh',
    'data-testid': 'system-line',
    'data-kind': kind,
  }, ...line, ' ', timeOf(at));
}

export function dayRow(at, isToday) {
  const name = isToday ? 'Today' : dayName.format(at);
  return make('div', { class: 'divider', role: 'separator' }, make('span', {}, name));
}

export function dividerRow(words, testid) {
  return make('div', { class: 'divider joined', role: 'separator', 'data-testid': testid }, make('span', {}, words));
}
