// The token: where it comes from, and whom it is about.

const KEY = 'websock-edge-token';

const REFUSALS = {
  missing: 'Paste a token.',
  invalid: 'The application has not signed this token, or with another secret or salt.',
  expired: 'This token has expired. Get a new one from the application.',
};

// The application's page sends us back to /#token=...; what is there stays in no history.
export function tokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) history.replaceState(null, '', location.pathname + location.search);
  return given;
}

export const keptToken = () => sessionStorage.getItem(KEY) ?? '';
export const keepToken = (token) => sessionStorage.setItem(KEY, token);
export const forgetToken = () => sessionStorage.removeItem(KEY);

// { user: { id, name } }, or { problem } in words; a problem that `isFinal` needs another token.
export async function identify(token) {
  let answer;
  try {
    answer = await fetch('login', { method: 'POST', body: token });
  } catch {
    return { problem: 'The edge can’t be reached.', isFinal: false };
  }
  if (answer.ok) return { user: await answer.json() };
  if (answer.status !== 403) return { problem: 'The edge could not read this token.', isFinal: answer.status === 413 };
  const { reason } = await answer.json();
  return { problem: REFUSALS[reason] ?? REFUSALS.invalid, isFinal: true };
}

// The page of the application where one logs in; '' if there is none.
export async function loginPage() {
  try {
    const answer = await fetch('login');
    const { page } = await answer.json();
    return /^https?:/.test(page) ? page : '';
  } catch {
    return '';
  }
}
