// A wire between a page and the chat that a test can cut or block.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export class Wire {
  #pairs = new Set();
  #state = 'whole'; // blocked: nothing passes and nobody is told; cut: nobody gets through

  static async to({ host, port }) {
    const wire = new Wire();
    wire.listener = createServer((near) => wire.#carry(near, connect(port, host)));
    wire.listener.listen(0, '127.0.0.1');
    await once(wire.listener, 'listening');
    wire.http = `http://127.0.0.1:${wire.listener.address().port}`;
    return wire;
  }

  #carry(near, far) {
    if (this.#state === 'cut') {
      near.destroy();
      far.destroy();
      return;
    }
    const pair = [near, far];
    this.#pairs.add(pair);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      from.pipe(to);
    }
    if (this.#state === 'blocked') this.#hold(pair);
  }

  #hold([near, far]) {
    near.unpipe(far);
    far.unpipe(near);
    near.pause();
    far.pause();
  }

  block() {
    this.#state = 'blocked';
    for (const pair of this.#pairs) this.#hold(pair);
  }

  cut() {
    this.#state = 'cut';
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  // For those who come now. What was blocked stays so.
  mend() { this.#state = 'whole'; }

  async remove() {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }
}
