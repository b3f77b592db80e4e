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

export function socketAddress(room, nick) {
  const url = new URL(`chat/${encodeURIComponent(room)}`, location.href.replace(/[?#].*$/, ''));
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = `?nick=${encodeURIComponent(nick)}`;
  return url.href;
}
