// What stands before several nodes: each connection goes to the first that can be reached.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// `ports` may be changed at any time; it counts for connections from then on.
export async function startBalancer(ports) {
  const sockets = new Set();
  const pass = (client, from) => {
    if (from >= ports.length) return client.destroy();
    const server = connect(ports[from], '127.0.0.1');
    sockets.add(server);
    let isThere = false;
    server.once('connect', () => {
      isThere = true;
      client.pipe(server).pipe(client);
    });
    server.on('error', () => {});
    server.once('close', () => {
      sockets.delete(server);
      if (isThere) client.destroy();
      else pass(client, from + 1);
    });
    client.once('close', () => server.destroy());
    return undefined;
  };
  const balancer = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.once('close', () => sockets.delete(client));
    pass(client, 0);
  }).listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  return {
    ws: `ws://127.0.0.1:${balancer.address().port}`,
    stop: () => {
      balancer.close();
      for (const each of sockets) each.destroy();
    },
  };
}
