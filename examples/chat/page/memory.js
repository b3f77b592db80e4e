// What the browser remembers: your name, and which lines were yours.

const MOST_IDENTITIES = 40;

function read(store, key) {
  try { return JSON.parse(store().getItem(`websock-chat.${key}`)); } catch { return null; }
}

function write(store, key, value) {
  try { store().setItem(`websock-chat.${key}`, JSON.stringify(value)); } catch { /* private mode */ }
}

const lasting = () => window.localStorage;
const thisTab = () => window.sessionStorage;

export function rememberedNick() {
  const nick = read(lasting, 'nick');
  return typeof nick === 'string' ? nick : '';
}

export function rememberNick(nick) {
  write(lasting, 'nick', nick);
}

// Each connection gets a new id, so the tab remembers its earlier ids: after a reload or a
// reconnect, the history still shows which lines were yours.
const kept = read(thisTab, 'mine');
let identities = Array.isArray(kept) ? kept.filter((entry) => Array.isArray(entry)) : [];

export function wasMe(id, nick) {
  return identities.some(([knownId, knownNick]) => knownId === id && knownNick === nick);
}

export function rememberMe(id, nick) {
  if (wasMe(id, nick)) return;
  identities = [...identities, [id, nick]].slice(-MOST_IDENTITIES);
  write(thisTab, 'mine', identities);
}
