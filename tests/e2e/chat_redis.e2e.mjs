// The chat on three nodes that only a Redis joins, with guests and in a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testThreeNodes, withNodes } from './chat_nodes.mjs';
import { RedisProcess } from './redis_process.mjs';

const way = {
  names: ['chat-1', 'chat-2', 'chat-3'],
  async open({ folder, secretFile }) {
    const password = secretFile('password');
    const redis = await RedisProcess.start(folder, '--requirepass', 'known to all nodes and nobody else');
    return {
      redis,
      options: () => ['--redis', `127.0.0.1:${redis.port}`, '--redis-password-file', password],
      close: () => redis.kill(),
    };
  },
};

testThreeNodes(way);

test('when Redis is killed and comes back, lists agree and lines cross again', () => withNodes(way, async (nodes, join, { redis }) => {
  const ada = await join(nodes[0], 'lounge', 'ada');
  const bob = await join(nodes[1], 'lounge', 'bob');
  const carol = await join(nodes[2], 'lounge', 'carol');
  const people = [ada, bob, carol];
  for (const each of people) await each.sees('ada', 'bob', 'carol');
  await redis.kill();
  await ada.say('for myself'); // nobody waits for Redis
  await ada.hears('for myself');
  carol.leave();
  const dora = await join(nodes[1], 'lounge', 'dora');
  await redis.start();
  for (const each of [ada, bob, dora]) await each.sees('ada', 'bob', 'dora');
  await bob.say('here again');
  for (const each of [ada, dora]) await each.hears('here again');
  assert.deepEqual(bob.texts(), ['here again']);
}));
