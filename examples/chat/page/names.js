// Rules for names, rooms and lines; the server applies the same ones.

export const LONGEST_TEXT = 2000;
export const DEFAULT_ROOM = 'lobby';

const LONGEST_NAME = 30;
const LONGEST_ROOM = 40;

export const codePoints = (text) => [...text].length;

// Invisible characters do not belong in a name: format characters, joiners, fillers, variation
// selectors, the blank Braille pattern, lone surrogates.
const UNSEEN = /[\p{Cf}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;

// Names that look alike are equal.
export function cleanName(raw) {
  return raw.normalize('NFC')
    .replace(UNSEEN, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

export function nameProblem(name) {
  if (name === '') return 'Please enter a name.';
  if (codePoints(name) > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
  return '';
}

export function cleanRoom(raw) {
  return raw.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
    .replace(/^[#\s]+/u, '')
    .replace(/\s+/gu, ' ')
    .trim();
}

export function roomProblem(room) {
  if (room === '') return 'Please enter a room.';
  if (!/^[a-z0-9\-_ ]+$/.test(room)) return 'A room name uses the letters a–z, digits, spaces, - and _.';
  if (room.length > LONGEST_ROOM) return `A room name has at most ${LONGEST_ROOM} characters.`;
  return '';
}

export function cleanText(raw) {
  return raw.replace(/\p{Cs}/gu, '\ufffd').replace(/\r\n?/g, '\n').replace(/^\n+|\s+$/g, '');
}
