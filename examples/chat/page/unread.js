// What has been said in other rooms since you were there. What you have read is known in all tabs.

import { lasting, onRemembered } from './memory.js';

const MOST_ROOMS = 200;

const rooms = new Map(); // as the server lists them, by name
let read = new Map(Object.entries(lasting.read('read') ?? {})); // { number, last } of the newest line, by room

export const knownRooms = () => [...rooms.values()];

function keep() {
  read = new Map([...read].slice(-MOST_ROOMS));
  lasting.write('read', Object.fromEntries(read));
}

export function onReadElsewhere(action) {
  onRemembered('read', () => {
    read = new Map(Object.entries(lasting.read('read') ?? {}));
    action();
  });
}

// The list is new, for instance after a restart of the server. What is in it is no news in a room that
// you have never seen.
export function listRooms(list) {
  rooms.clear();
  for (const room of list) {
    rooms.set(room.name, room);
    if (!read.has(room.name)) read.set(room.name, { number: room.number, last: room.last });
  }
  keep();
}

export function updateRoom(room) {
  if (room.gone) {
    rooms.delete(room.name);
    return;
  }
  rooms.set(room.name, room);
  if (read.has(room.name)) return;
  read.set(room.name, { number: Math.max(0, room.number - 1), last: 0 });
  keep();
}

// The reader sees the room's newest line: `line`, or the one that the list knows.
export function markRead(name, line = rooms.get(name)) {
  const { number, last = line?.at } = line ?? {};
  const known = read.get(name);
  if (!line || known?.last > last || (known?.last === last && known.number === number)) return;
  read.delete(name);
  read.set(name, { number, last });
  keep();
}

// Numbers count up, but begin anew after a restart and differ between nodes; times do neither.
export function unreadIn({ name, number, last }) {
  const known = read.get(name) ?? { number: 0, last: 0 };
  if (last <= known.last) return 0;
  return number > known.number ? number - known.number : 1;
}
