// What the browser remembers: for all tabs, or for this one.

class Memory {
  #store;

  // Private windows may refuse any of this.
  constructor(store) {
    this.#store = store;
  }

  read(key) {
    try { return JSON.parse(this.#store().getItem(`websock-chat.${key}`)); } catch { return null; }
  }

  write(key, value) {
    try { this.#store().setItem(`websock-chat.${key}`, JSON.stringify(value)); } catch { /* then not */ }
  }
}

export const lasting = new Memory(() => window.localStorage);
export const thisTab = new Memory(() => window.sessionStorage);

// Another tab has written it.
export function onRemembered(key, action) {
  window.addEventListener('storage', (event) => { if (event.key === `websock-chat.${key}`) action(); });
}
