// The screen for joining a room.

import { dressAvatar } from './avatar.js';
import { byId, markField, onSubmit } from './dom.js';
import { DEFAULT_ROOM, cleanNick, cleanRoom, nickProblem, roomProblem } from './names.js';

const nickInput = byId('join-nick');
const roomInput = byId('join-room');

export function showJoin(nick, room) {
  byId('join').hidden = false;
  byId('app').hidden = true;
  nickInput.value = nick;
  dressAvatar(byId('join-avatar'), nick);
  suggestRoom(room);
  nickInput.focus();
}

export function hideJoin() {
  byId('join').hidden = true;
  byId('app').hidden = false;
}

export function suggestRoom(room) {
  roomInput.value = room;
}

export function startJoin(join) {
  onSubmit('join-form', () => {
    const nick = cleanNick(nickInput.value);
    const room = cleanRoom(roomInput.value || DEFAULT_ROOM);
    const badNick = markField(nickInput, nickProblem(nick));
    const badRoom = markField(roomInput, roomProblem(room));
    if (badNick) nickInput.focus();
    else if (badRoom) roomInput.focus();
    else join(nick, room);
  });
}

nickInput.addEventListener('input', () => {
  dressAvatar(byId('join-avatar'), cleanNick(nickInput.value));
  markField(nickInput, '');
});
roomInput.addEventListener('input', () => markField(roomInput, ''));
