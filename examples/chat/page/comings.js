// Who comes and goes, as lines among the messages. Somebody whose connection breaks is mostly back at
// once, which is no news.

const BACK_WITHIN = 2_000;
const ALL_BACK_WITHIN = 6_000; // the server may have been restarted, and each page finds it in its own time
const SETTLED_AFTER = 10_000;

export class Comings {
  #say;
  #leaving = new Map(); // timers by name
  #backAt = -Infinity;

  // Calls `say` with 'joined' or 'left' and a name.
  constructor(say) {
    this.#say = say;
  }

  // We ourselves are back after a loss.
  weAreBack() {
    this.#backAt = performance.now();
  }

  comes(name) {
    if (!this.#forget(name)) this.#say('joined', name);
  }

  goes(name) {
    const isUnsettled = performance.now() - this.#backAt < SETTLED_AFTER;
    this.#forget(name);
    this.#leaving.set(name, setTimeout(() => {
      this.#leaving.delete(name);
      this.#say('left', name);
    }, isUnsettled ? ALL_BACK_WITHIN : BACK_WITHIN));
  }

  end() {
    for (const name of [...this.#leaving.keys()]) this.#forget(name);
  }

  #forget(name) {
    clearTimeout(this.#leaving.get(name));
    return this.#leaving.delete(name);
  }
}
