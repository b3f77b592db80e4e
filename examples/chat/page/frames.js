// Reads the server's frames defensively: every field has the type that the page expects.

import { roomProblem } from './names.js';

const LATEST_DATE = 8.64e15;

const word = (value) => (typeof value === 'string' ? value : '');
const number = (value) => Number(value) || 0;
const list = (value) => (Array.isArray(value) ? value : []);
const moment = (value) => (Number.isFinite(value) && Math.abs(value) < LATEST_DATE ? value : Date.now());

const person = (entry) => ({ id: word(entry?.id), nick: word(entry?.nick) });
const room = (entry) => ({ name: word(entry?.name), members: number(entry?.members) });

function said(frame) {
  return { ...person(frame), text: word(frame.text), at: moment(frame.at), seq: number(frame.seq) };
}

const READERS = {
  welcome: (frame) => ({
    you: person(frame.you),
    members: list(frame.members).map(person),
    history: list(frame.history).filter((entry) => entry?.type === 'said').map(said),
  }),
  said,
  joined: (frame) => ({ ...person(frame), again: frame.again === true, at: moment(frame.at) }),
  left: (frame) => ({ ...person(frame), at: moment(frame.at) }),
  renamed: (frame) => ({ id: word(frame.id), from: word(frame.from), to: word(frame.to), at: moment(frame.at) }),
  rooms: (frame) => ({ rooms: list(frame.rooms).map(room).filter(({ name }) => !roomProblem(name)) }),
  restarted: (frame) => ({ at: moment(frame.at) }),
  pong: () => ({}),
  refused: (frame) => ({ why: word(frame.why) }),
};

// Returns null for anything but one of the frames above.
export function readFrame(text) {
  let frame = null;
  try { frame = JSON.parse(text); } catch { return null; }
  const type = word(frame?.type);
  return Object.hasOwn(READERS, type) ? { type, ...READERS[type](frame) } : null;
}
