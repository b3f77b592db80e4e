import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

let server;
before(async () => { server = await startServer(binary('WEBSOCK_TICKER')); });
after(async () => { await server?.stop(); });

async function readTicks(client, count) {
  const ticks = [];
  while (ticks.length < count) ticks.push(JSON.parse((await client.next('a tick')).text).tick);
  return ticks;
}

function assertIncreasing(ticks) {
  for (const tick of ticks) assert.ok(Number.isInteger(tick), `${tick} is a whole number`);
  for (let n = 1; n < ticks.length; n += 1) assert.ok(ticks[n] > ticks[n - 1], `increasing: ${ticks}`);
}

test('ticks arrive and increase', async () => {
  const client = await Client.open(`${server.ws}/ticks?every=50`);
  try {
    assertIncreasing(await readTicks(client, 6));
    assert.equal((await client.close(1000)).code, 1000);
  } finally {
    client.drop();
  }
});

test('a connection that goes, politely or not, leaves the others ticking', async () => {
  const clients = await Promise.all([50, 50, 50].map((every) => Client.open(`${server.ws}/ticks?every=${every}`)));
  const [polite, rude, steady] = clients;
  try {
    await Promise.all(clients.map((client) => readTicks(client, 2)));
    rude.drop();
    assert.equal((await polite.close(1000)).code, 1000);
    assertIncreasing(await readTicks(steady, 5));
    const late = await Client.open(`${server.ws}/ticks?every=50`);
    clients.push(late);
    assertIncreasing(await readTicks(late, 2));
  } finally {
    for (const client of clients) client.drop();
  }
});
