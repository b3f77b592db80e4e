// The list of rooms, and a form to open another one.

import { hashOf } from './address.js';
import { focusComposer } from './composer.js';
import { byId, make, markField, onSubmit, plural } from './dom.js';
import { closeDrawer } from './drawer.js';
import { DEFAULT_ROOM, cleanRoom, roomProblem } from './names.js';

const list = byId('rooms');
const input = byId('room-name');

// `here` is the current room; the server may not have listed it yet.
export function showRooms(known, here) {
  const rooms = known.some(({ name }) => name === here.name) ? [...known] : [...known, here];
  const rank = ({ name }) => (name === DEFAULT_ROOM ? 0 : 1);
  rooms.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  keepFocus(() => list.replaceChildren(...rooms.map((room) => make('li', {}, roomLink(room, here)))));
}

function keepFocus(change) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.room : null;
  change();
  if (focused === null) return;
  [...list.querySelectorAll('.room')].find((link) => link.dataset.room === focused)?.focus();
}

function roomLink({ name, members }, here) {
  const unit = make('span', { class: 'visually-hidden' }, members === 1 ? ' person' : ' people');
  return make('a', {
    class: 'room',
    href: hashOf(name),
    'data-testid': 'room',
    'data-room': name,
    'data-members': members,
    'aria-current': name === here.name ? 'page' : null,
    title: `${name}: ${plural(members, 'person', 'people')}`,
  },
  make('span', { class: 'hash', 'aria-hidden': 'true' }, '#'),
  make('span', { class: 'name' }, name),
  make('span', { class: 'count' }, String(members), unit));
}

onSubmit('room-form', () => {
  const room = cleanRoom(input.value);
  if (markField(input, roomProblem(room))) return;
  input.value = '';
  closeDrawer();
  location.hash = hashOf(room);
  focusComposer();
});
input.addEventListener('input', () => markField(input, ''));
list.addEventListener('click', (event) => { if (event.target.closest('.room')) closeDrawer(); });
