// The screen for joining a room.

import { dressAvatar } from './avatar.js';
import { byId, markField, onSubmit } from './dom.js';
import { DEFAULT_ROOM, cleanName, cleanRoom, nameProblem, roomProblem } from './names.js';

const nameInput = byId('join-nick');
const roomInput = byId('join-room');
const button = byId('join-button');

// `problem` is what is wrong with the name, if anything.
export function showJoin(name, room, problem = '') {
  byId('join').hidden = false;
  byId('app').hidden = true;
  nameInput.value = name;
  dressAvatar(byId('join-avatar'), name);
  suggestRoom(room);
  markField(nameInput, problem);
  nameInput.focus();
}

export function hideJoin() {
  byId('join').hidden = true;
  byId('app').hidden = false;
}

export function suggestRoom(room) {
  roomInput.value = room;
}

// `join` resolves to what is wrong with the name, or ''.
export function startJoin(join) {
  onSubmit('join-form', async () => {
    const name = cleanName(nameInput.value);
    const room = cleanRoom(roomInput.value || DEFAULT_ROOM);
    const badName = markField(nameInput, nameProblem(name));
    const badRoom = markField(roomInput, roomProblem(room));
    if (badName) nameInput.focus();
    else if (badRoom) roomInput.focus();
    else await tryToJoin(join, name, room);
  });
}

async function tryToJoin(join, name, room) {
  button.disabled = true;
  const problem = await join(name, room);
  button.disabled = false;
  if (markField(nameInput, problem)) nameInput.focus();
}

nameInput.addEventListener('input', () => {
  dressAvatar(byId('join-avatar'), cleanName(nameInput.value));
  markField(nameInput, '');
});
roomInput.addEventListener('input', () => markField(roomInput, ''));
