// Who you are: a name, and the token by which the server knows that it is yours.

import { lasting, onRemembered } from './memory.js';
import { cleanName, nameProblem } from './names.js';

const ANSWER_WITHIN = 3_000;

export const you = { name: '', token: '' };

function recall() {
  const kept = lasting.read('you');
  const name = cleanName(String(kept?.name ?? ''));
  if (nameProblem(name)) return;
  you.name = name;
  you.token = typeof kept.token === 'string' ? kept.token : '';
}
recall();

// In another tab.
export function onNewName(action) {
  onRemembered('you', () => {
    const before = you.token;
    recall();
    if (you.token !== before) action();
  });
}

// Asks the server for a name. Returns '' if it is yours now; else the problem in words: of the name
// itself, or, if `isFinal` is false, of the server, which may know better later.
export async function claim(name) {
  let answer;
  try {
    answer = await fetch('names', {
      method: 'POST',
      body: JSON.stringify({ name, ...you.token && { token: you.token } }),
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    const { name: given, token, reason } = await answer.json();
    if (!answer.ok) return { problem: reason ?? 'That name can’t be had.', isFinal: [409, 422].includes(answer.status) };
    Object.assign(you, { name: given, token });
    lasting.write('you', you);
    return { problem: '', isFinal: true };
  } catch {
    return { problem: 'The chat server can’t be reached.', isFinal: false };
  }
}
