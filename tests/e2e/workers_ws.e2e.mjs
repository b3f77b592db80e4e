// The pool of workers: answers, crashes and limits, as a client sees them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

async function withServer(options, use) {
  const server = await startServer(binary('WEBSOCK_WORKERS'), options);
  const clients = [];
  try {
    await use(async () => {
      clients.push(await Client.open(`${server.ws}/`));
      return clients.at(-1);
    });
  } finally {
    for (const client of clients) client.drop();
    await server.stop();
  }
}

async function ask(client, job) {
  client.socket.send(job);
  return (await client.next(`the answer to ${job}`)).text;
}

const workerIn = (text) => /<[\d.]+>/.exec(text)[0];

test('numbers are factored, whoever asks', () => withServer([], async (connect) => {
  const clients = [await connect(), await connect()];
  for (const client of clients) {
    assert.match(await ask(client, '91'), /^91: 7 \* 13 by <[\d.]+>$/);
    assert.match(await ask(client, '1'), /^1: 1 by /);
    assert.match(await ask(client, '999999000001'), /^999999000001: 999999000001 by /);
  }
  const numbers = Array.from({ length: 50 }, (_, n) => String(2 * (n + 1)));
  for (const number of numbers) clients[0].socket.send(number);
  const answered = [];
  while (answered.length < numbers.length) answered.push((await clients[0].next()).text.split(':')[0]);
  assert.deepEqual(answered.sort(), numbers.sort());
}));

test('a job that crashes its worker is answered, and the worker is replaced', () => withServer(['--workers', '1'], async (connect) => {
  const [ada, bob] = [await connect(), await connect()];
  const before = workerIn(await ask(ada, '15'));
  const crash = await ask(bob, 'crash');
  assert.match(crash, /^crash: <[\d.]+> crashed: .*not a number/);
  assert.equal(workerIn(crash), before);
  const answer = await ask(ada, '15');
  assert.match(answer, /^15: 3 \* 5 by /);
  assert.notEqual(workerIn(answer), before);
}));

test('one who crashes many workers keeps nobody from working', () => withServer(['--workers', '2'], async (connect) => {
  const [ada, bob] = [await connect(), await connect()];
  for (let n = 0; n < 30; n += 1) bob.socket.send(`crash ${n}`);
  assert.match(await ask(ada, '77'), /^77: 7 \* 11 by /);
  for (let n = 0; n < 30; n += 1) assert.match((await bob.next()).text, /^crash \d+: <[\d.]+> crashed: /);
  assert.match(await ask(bob, '77'), /^77: 7 \* 11 by /);
}));

test('a job that takes too long fails for who asked; its worker goes on when it is done', () => withServer(['--workers', '1', '--limit-ms', '200'], async (connect) => {
  const ada = await connect();
  assert.match(await ask(ada, 'sleep 1'), /^sleep 1: done by /);
  assert.equal(await ask(ada, 'sleep 600'), 'sleep 600: failed: timeout');
  assert.equal(await ask(ada, '6'), '6: failed: timeout');
  for (let answer = ''; !answer.startsWith('10: 2 * 5 by ');) {
    answer = await ask(ada, '10');
    assert.match(answer, /^10: (failed: timeout|2 \* 5 by )/);
  }
}));

test('binary messages are refused', () => withServer([], async (connect) => {
  const ada = await connect();
  ada.socket.send(Buffer.from('15'));
  assert.equal((await ada.closed).code, 1003);
}));
