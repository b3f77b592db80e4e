// The people in the room, and on request the processes behind them.

import { avatar } from './avatar.js';
import { byId, make, onClick } from './dom.js';
import { lasting } from './memory.js';

let people = []; // { name, pids }
let ownName = '';
let showsProcesses = lasting.read('processes') === true;

export const headcount = () => people.length;

export function showPeople(all, own) {
  people = all;
  ownName = own;
  render();
}

// While disconnected, the list shows the last known state.
export function markPeopleStale(stale) {
  byId('sidebar').toggleAttribute('data-stale', stale);
  if (stale && people.length === 0) byId('room-sub').textContent = 'Connecting…';
}

function render() {
  const isOwn = ({ name }) => name === ownName;
  const sorted = [...people].sort((a, b) => isOwn(b) - isOwn(a) || a.name.localeCompare(b.name));
  byId('members').replaceChildren(...sorted.map((person) => memberItem(person, isOwn(person))));
  byId('people-count').textContent = String(people.length);
  byId('room-sub').textContent = people.length === 1 ? 'Only you are here' : `${people.length} people here`;
  byId('processes').setAttribute('aria-checked', String(showsProcesses));
}

function memberItem({ name, pids }, own) {
  const who = make('p', { class: 'who' }, make('bdi', { class: 'name', title: name }, name));
  if (own) who.append(make('span', { class: 'self' }, 'you'));
  const item = make('li', {
    class: 'member',
    'data-testid': 'member',
    'data-nick': name,
    'data-own': String(own),
  }, avatar(name), who);
  if (showsProcesses) item.append(processList(pids));
  return item;
}

function processList(pids) {
  const each = pids.map((pid) => make('span', { 'data-testid': 'process' }, pid));
  return make('p', { class: 'processes', title: 'The processes that serve this person, one for each tab' }, ...each);
}

onClick('processes', () => {
  showsProcesses = !showsProcesses;
  lasting.write('processes', showsProcesses);
  render();
});
render();
