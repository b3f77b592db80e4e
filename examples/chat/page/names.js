// What a name, a room and a line may look like; the server has the same rules.

export const LONGEST_TEXT = 2000;
export const DEFAULT_ROOM = 'lobby';

const LONGEST_NICK = 24;
const LONGEST_ROOM = 40;

export const codePoints = (text) => [...text].length;

// Control characters, lone surrogates and direction overrides have no place in a name.
export function cleanNick(raw) {
  return raw.normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

export function nickProblem(nick) {
  if (nick === '') return 'Please enter a name.';
  if (codePoints(nick) > LONGEST_NICK) return `A name has at most ${LONGEST_NICK} characters.`;
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
