// Functions to be called when something happens.

export class Listeners {
  #lists = new Map();

  // Returns a function that ends it.
  on(event, listener) {
    const list = this.#lists.get(event) ?? new Set();
    this.#lists.set(event, list);
    const entry = { listener };
    list.add(entry);
    return () => list.delete(entry);
  }

  // One that throws keeps nothing from the others, and is reported as an uncaught error.
  tell(event, ...details) {
    for (const { listener } of [...this.#lists.get(event) ?? []]) {
      try {
        listener(...details);
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
