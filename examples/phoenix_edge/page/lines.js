// What was said in the room, by pages and by the application.

import { byId, make } from './dom.js';

const MOST = 200; // older ones go
const HUES = 12;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export function avatar(node, name) {
  const letters = [...name.trim()];
  node.textContent = (letters[0] ?? '?').toUpperCase();
  node.dataset.hue = String(letters.reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % HUES);
  return node;
}

// A payload of the application may hold anything.
const textOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? '');

export function addLine({ name, body, via }) {
  const isOurs = typeof via === 'string';
  add(isOurs ? 'page' : 'application', textOf(name ?? 'Application'), isOurs ? via : 'from the application', textOf(body));
}

// A message of Phoenix.PubSub that is no broadcast of an endpoint, as Erlang writes it.
export function addTerm({ text }) {
  add('term', 'Phoenix.PubSub', 'a term', textOf(text));
}

export function clearLines() {
  byId('lines').replaceChildren();
}

function add(from, name, via, text) {
  const list = byId('lines');
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const now = new Date();
  list.append(make('li', { class: 'line', 'data-testid': 'line', 'data-from': from },
    avatar(make('span', { class: 'avatar', 'aria-hidden': 'true' }), name),
    make('div', {},
      make('p', { class: 'byline' }, make('bdi', {}, name), make('time', { datetime: now.toISOString() }, clock.format(now)),
        make('span', { class: 'via' }, via)),
      make('p', { class: 'text', 'data-testid': 'text' }, text))));
  while (list.children.length > MOST) list.firstElementChild.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}
