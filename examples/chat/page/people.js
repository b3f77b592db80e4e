// The people in the room.

import { avatar } from './avatar.js';
import { byId, make } from './dom.js';

const members = new Map(); // names by id
let ownId = null;

export const isYou = (id) => id === ownId;
export const headcount = () => members.size;

export function welcomePeople(you, others) {
  ownId = you.id;
  members.clear();
  for (const { id, nick } of [...others, you]) members.set(id, nick);
  showPeople();
}

export function forgetPeople() {
  ownId = null;
  members.clear();
  showPeople();
}

export function putPerson(id, nick) {
  members.set(id, nick);
  showPeople();
}

export function removePerson(id) {
  members.delete(id);
  showPeople();
}

// While disconnected, the list shows the last known state.
export function markPeopleStale(stale) {
  byId('sidebar').toggleAttribute('data-stale', stale);
  if (stale && members.size === 0) byId('room-sub').textContent = 'Connecting…';
}

function showPeople() {
  const people = [...members].map(([id, nick]) => ({ id, nick, own: isYou(id) }));
  people.sort((a, b) => b.own - a.own || a.nick.localeCompare(b.nick) || a.id.localeCompare(b.id));
  byId('members').replaceChildren(...people.map(memberItem));
  byId('people-count').textContent = String(people.length);
  byId('room-sub').textContent = people.length === 1 ? 'Only you are here' : `${people.length} people here`;
}

function memberItem({ id, nick, own }) {
  const who = make('p', { class: 'who' }, make('bdi', { class: 'name', title: nick }, nick));
  if (own) who.append(make('span', { class: 'self' }, 'you'));
  return make('li', {
    class: 'member',
    'data-testid': 'member',
    'data-nick': nick,
    'data-id': id,
    'data-own': String(own),
  }, avatar(nick), who, make('span', { class: 'actor', title: 'The actor that serves this connection' }, id));
}
