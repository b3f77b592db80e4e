// Reads what the server says defensively: every field has the type that the page expects.

import { roomProblem } from './names.js';

const LATEST_DATE = 8.64e15;

const word = (value) => (typeof value === 'string' ? value : '');
const number = (value) => (Number.isSafeInteger(value) ? value : 0);
const list = (value) => (Array.isArray(value) ? value : []);
const moment = (value) => (Number.isFinite(value) && Math.abs(value) < LATEST_DATE ? value : Date.now());

export const nameIn = (payload) => word(payload?.name);

export function readLine(payload) {
  return {
    id: word(payload?.id),
    number: number(payload?.number),
    name: nameIn(payload),
    text: word(payload?.text),
    at: moment(payload?.at),
  };
}

export function readWelcome(answer) {
  return {
    lines: list(answer?.lines).map(readLine),
    continues: answer?.continues === true,
    recovered: answer?.recovered === true,
    node: word(answer?.node),
  };
}

// Null for one that the page can't show.
export function readRoom(payload) {
  const name = nameIn(payload);
  if (roomProblem(name)) return null;
  return {
    name,
    people: number(payload.people),
    number: number(payload.number),
    last: number(payload.last),
    gone: payload.gone === true,
  };
}

export const readRooms = (answer) => list(answer?.rooms).map(readRoom).filter(Boolean);

// The processes behind each name.
export function readPeople(people) {
  return [...people].map(([name, { metas }]) => ({ name, pids: metas.map(({ pid }) => word(pid)).filter(Boolean) }));
}
