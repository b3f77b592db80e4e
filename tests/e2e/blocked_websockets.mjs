// A network that lets no WebSocket through: what lies between passes HTTP on, and answers upgrades
// itself.

import { once } from 'node:events';
import net from 'node:net';

export async function blockWebSockets(server) {
  let refused = 0;
  const sockets = new Set();
  const between = net.createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.once('data', (head) => {
      if (/^upgrade: *websocket/im.test(head.toString('latin1'))) {
        refused += 1;
        client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      const onwards = net.connect(server.port, server.host);
      sockets.add(onwards);
      onwards.on('error', () => client.destroy());
      onwards.write(head);
      client.pipe(onwards).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  return {
    port: between.address().port,
    refused: () => refused,
    close() {
      between.close();
      for (const each of sockets) each.destroy();
    },
  };
}
