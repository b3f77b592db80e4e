// Who is in a channel's topic: each key with what its processes say of themselves, as the server tells
// it by presence_state, once after each join, and presence_diff.

import { Listeners } from './listeners.js';

const isEntry = (entry) => Array.isArray(entry?.metas);
const entriesOf = (list) => Object.entries(list ?? {}).filter(([, entry]) => isEntry(entry));
const refsOf = (entry) => new Set(entry?.metas.map(({ phx_ref: ref }) => ref));

// What of `entry` the other one doesn't have; null if nothing.
function beyond(entry, other) {
  const known = refsOf(other);
  const metas = entry.metas.filter(({ phx_ref: ref }) => !known.has(ref));
  return metas.length > 0 ? { ...entry, metas } : null;
}

export class Presence {
  people = new Map(); // { metas: [{ phx_ref, ... }], ... } by key
  #early = []; // diffs before the state that they change; null once it is there
  #listeners = new Listeners();

  constructor(channel, { state = 'presence_state', diff = 'presence_diff' } = {}) {
    channel.onJoined(() => { this.#early = []; });
    channel.on(state, (list) => this.#start(list));
    channel.on(diff, (change) => this.#follow(change));
  }

  // 'join' (key, before, news): the entry before is null if nobody of that key was there.
  // 'leave' (key, after, gone): the entry after is null if that was the last of them.
  // 'sync' (people): after each change, and after each state. Returns a function that ends it.
  on(event, listener) {
    return this.#listeners.on(event, listener);
  }

  #start(list) {
    const before = this.people;
    this.people = new Map(entriesOf(list));
    for (const [key, entry] of this.people) {
      const news = beyond(entry, before.get(key));
      if (news) this.#listeners.tell('join', key, before.get(key) ?? null, news);
    }
    for (const [key, entry] of before) {
      const gone = beyond(entry, this.people.get(key));
      if (gone) this.#listeners.tell('leave', key, this.people.get(key) ?? null, gone);
    }
    const diffs = this.#early ?? [];
    this.#early = null;
    for (const diff of diffs) this.#apply(diff);
    this.#listeners.tell('sync', this.people);
  }

  #follow(diff) {
    if (this.#early) {
      this.#early.push(diff);
      return;
    }
    this.#apply(diff);
    this.#listeners.tell('sync', this.people);
  }

  // Joins first: who changes what they say leaves and joins in one diff, and is there all the time.
  #apply(diff) {
    for (const [key, entry] of entriesOf(diff?.joins)) this.#join(key, entry);
    for (const [key, entry] of entriesOf(diff?.leaves)) this.#leave(key, entry);
  }

  #join(key, entry) {
    const before = this.people.get(key);
    const news = beyond(entry, before);
    if (!news) return;
    this.people.set(key, { ...entry, metas: [...before?.metas ?? [], ...news.metas] });
    this.#listeners.tell('join', key, before ?? null, news);
  }

  #leave(key, entry) {
    const before = this.people.get(key);
    if (!before) return;
    const left = refsOf(entry);
    const metas = before.metas.filter(({ phx_ref: ref }) => !left.has(ref));
    if (metas.length === before.metas.length) return;
    const after = metas.length > 0 ? { ...before, metas } : null;
    if (after) this.people.set(key, after);
    else this.people.delete(key);
    this.#listeners.tell('leave', key, after, entry);
  }
}
