// The room in the page's address, and the address of the socket.

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
export function socketAddress(room, nick, tries = 0) {
  const url = new URL(`chat/${encodeURIComponent(room)}`, places[tries % places.length]);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = `?nick=${encodeURIComponent(nick)}`;
  return url.href;
}
