// Ports for programs that must be told one.

import { once } from 'node:events';
import { createServer } from 'node:net';

// A port of the loopback that nobody listens on by now. It is below those that the kernel gives to
// sockets which connect: such a one could take it between its choice and its use.
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch {
      continue; // taken
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
