// The room in the page's address, and the addresses of the socket.

import { DEFAULT_ROOM, cleanRoom, roomProblem } from './names.js';

export const hashOf = (room) => `#${encodeURIComponent(room)}`;

export function roomFromAddress() {
  const query = new URLSearchParams(location.search).get('room');
  let hash = '';
  try { hash = decodeURIComponent(location.hash.slice(1)); } catch { /* not a room then */ }
  for (const candidate of [hash, query ?? '']) {
    const room = cleanRoom(candidate);
    if (!roomProblem(room)) return room;
  }
  return DEFAULT_ROOM;
}

export function putRoomInAddress(room) {
  history.replaceState(null, '', location.pathname + hashOf(room));
}

const here = location.href.replace(/[?#].*$/, '');
let places = [here];

// The chat may be on several nodes. Where it is on one, the list is empty.
export async function learnPlaces() {
  try {
    const others = await (await fetch('nodes')).json();
    places = [here, ...others.filter((other) => new URL(other).origin !== location.origin)];
  } catch { /* it stays with this one */ }
}

// Each further try is at the next node.
export const socketAddress = (tries) => new URL('socket', places[tries % places.length]);
export const isHome = (tries) => tries % places.length === 0;
