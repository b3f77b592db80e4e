// The list of rooms with what is unread in them, and a form to open another one.

import { hashOf } from './address.js';
import { focusComposer } from './composer.js';
import { byId, make, markField, onSubmit, plural } from './dom.js';
import { closeDrawer } from './drawer.js';
import { DEFAULT_ROOM, cleanRoom, roomProblem } from './names.js';
import { knownRooms, unreadIn } from './unread.js';

const MOST_COUNTED = 99;

const list = byId('rooms');
const input = byId('room-name');

// `here` is the current room; the server may not have listed it yet.
export function showRooms(here) {
  const known = knownRooms();
  const rooms = known.some(({ name }) => name === here.name) ? known : [...known, here];
  const rank = ({ name }) => (name === DEFAULT_ROOM ? 0 : 1);
  rooms.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
  keepFocus(() => list.replaceChildren(...rooms.map((room) => make('li', {}, roomLink(room, here)))));
  const unread = rooms.some((room) => room.name !== here.name && unreadIn(room) > 0);
  const opener = byId('drawer-open');
  opener.toggleAttribute('data-unread', unread);
  opener.setAttribute('aria-label', unread ? 'Rooms and people, unread messages' : 'Rooms and people');
}

function keepFocus(change) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.room : null;
  change();
  if (focused === null) return;
  [...list.querySelectorAll('.room')].find((link) => link.dataset.room === focused)?.focus();
}

function roomLink(room, here) {
  const { name, people } = room;
  const isHere = name === here.name;
  const unread = isHere ? 0 : unreadIn(room);
  const unit = make('span', { class: 'visually-hidden' }, people === 1 ? ' person' : ' people');
  return make('a', {
    class: 'room',
    href: hashOf(name),
    'data-testid': 'room',
    'data-room': name,
    'data-members': people,
    'data-unread': unread > 0 ? unread : null,
    'aria-current': isHere ? 'page' : null,
    title: `${name}: ${plural(people, 'person', 'people')}${unread > 0 ? `, ${unread} unread` : ''}`,
  },
  make('span', { class: 'hash', 'aria-hidden': 'true' }, '#'),
  make('span', { class: 'name' }, name),
  ...unread > 0 ? [unreadBadge(unread)] : [],
  make('span', { class: 'count' }, String(people), unit));
}

function unreadBadge(unread) {
  const count = unread > MOST_COUNTED ? `${MOST_COUNTED}+` : String(unread);
  return make('span', { class: 'unread', 'data-testid': 'unread' }, count, make('span', { class: 'visually-hidden' }, ' unread'));
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
