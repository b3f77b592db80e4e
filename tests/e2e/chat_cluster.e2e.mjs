// The chat on three nodes: visitors of all of them are in one room, and a node that is
// killed takes only its own visitors with it.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Visitor, startBrowser } from './browser.mjs';
import { address } from './chat_pages.mjs';
import { within } from './deadlines.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

const NAMES = ['a', 'b', 'c'].map((name) => `${name}@127.0.0.1`);
let folder;
let cookie;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'chat-cluster-'));
  cookie = join(folder, 'cookie');
  writeFileSync(cookie, 'secret\n');
  chmodSync(cookie, 0o600);
});
after(() => rmSync(folder, { recursive: true }));

const start = (name, epmd, ports) => startServer(binary('WEBSOCK_CHAT'), [
  '--shards', '2', '--node', name, '--cookie-file', cookie, '--epmd-port', String(epmd),
  '--join', ...NAMES.filter((other) => other !== name),
  '--port', String(ports[NAMES.indexOf(name)]),
  '--pages', ...ports.map((port) => `http://127.0.0.1:${port}`),
]);

// Two nodes know of each other once the list of rooms of one shows a room of the other.
async function untilListed(client, room) {
  for (;;) {
    const { rooms } = await client.nextJson('rooms');
    if (rooms.some(({ name }) => name === room)) return;
  }
}

async function withCluster(use) {
  const epmd = await freePort();
  const ports = [];
  while (ports.length < NAMES.length) ports.push(await freePort());
  const nodes = [];
  const clients = [];
  const visit = async (node, room, nick) => {
    const client = await Client.open(address(room, nick, node));
    clients.push(client);
    return { client, welcome: await client.nextJson('welcome') };
  };
  try {
    for (const name of NAMES) nodes.push(await start(name, epmd, ports));
    // Until then a node would start another room of this name, and one would give way later.
    const isKnown = async (room) => {
      for (const node of nodes) {
        const guest = await visit(node, `waiting ${nodes.indexOf(node)}`, 'guest');
        await within(20_000, `${room} is known everywhere`, untilListed(guest.client, room));
        guest.client.drop();
      }
    };
    const open = async (node, room, nick) => {
      const { client } = await visit(node, room, nick);
      await isKnown(room);
      return client;
    };
    for (const node of nodes) await open(node, `meeting ${nodes.indexOf(node)}`, 'host');
    await use(nodes, { isKnown, open, visit });
  } finally {
    for (const client of clients) client.drop();
    for (const node of nodes) if (!node.stopped) await node.stop();
  }
}

test('visitors of three nodes are in one room', () => withCluster(async (nodes, { open, visit }) => {
  const ada = await open(nodes[0], 'lounge', 'ada');
  const bob = (await visit(nodes[1], 'lounge', 'bob')).client;
  const carol = await visit(nodes[2], 'lounge', 'carol');
  assert.deepEqual(carol.welcome.members.map(({ nick }) => nick).sort(), ['ada', 'bob', 'carol']);
  for (const [who, text] of [[ada, 'from a'], [bob, 'from b'], [carol.client, 'from c']]) {
    who.say({ type: 'say', text });
    for (const each of [ada, bob, carol.client]) assert.equal((await each.nextJson('said')).text, text);
  }
  bob.drop();
  for (const each of [ada, carol.client]) assert.equal((await each.nextJson('left')).nick, 'bob');
}));

test('a node that is killed takes its visitors with it', () => withCluster(async (nodes, { open, visit }) => {
  const ada = await open(nodes[0], 'lounge', 'ada');
  const bob = (await visit(nodes[1], 'lounge', 'bob')).client;
  assert.equal((await ada.nextJson('joined')).nick, 'bob');
  await nodes[1].kill();
  assert.equal((await bob.closed).code, 1006);
  assert.equal((await ada.nextJson('left')).nick, 'bob');
  const again = await visit(nodes[2], 'lounge', 'bob'); // his page tries another node
  assert.deepEqual(again.welcome.members.map(({ nick }) => nick).sort(), ['ada', 'bob']);
}));

test('the room of a killed node starts again on another, once', () => withCluster(async (nodes, { open, visit }) => {
  await open(nodes[0], 'lounge', 'ada');
  const bob = (await visit(nodes[1], 'lounge', 'bob')).client;
  const carol = (await visit(nodes[2], 'lounge', 'carol')).client;
  await nodes[0].kill();
  for (const each of [bob, carol]) await each.nextJson('restarted');
  // Both may start one: one gives way, and its visitors go to the other.
  const speak = setInterval(() => bob.say({ type: 'say', text: 'anybody here?' }), 500);
  try {
    assert.equal((await carol.nextJson('said')).text, 'anybody here?');
  } finally {
    clearInterval(speak);
  }
  const dora = await visit(nodes[2], 'lounge', 'dora');
  assert.deepEqual(dora.welcome.members.map(({ nick }) => nick).sort(), ['bob', 'carol', 'dora']);
}));

test('a page whose node is killed goes on at another', () => withCluster(async (nodes, { isKnown, visit }) => {
  const browser = await startBrowser();
  try {
    const ada = await Visitor.join(browser, nodes[0].http, 'ada', { room: 'lounge' });
    await isKnown('lounge');
    const bob = (await visit(nodes[1], 'lounge', 'bob')).client;
    await ada.say('before');
    assert.equal((await bob.nextJson('said')).text, 'before');
    await ada.seeMessage('before', { from: 'ada', own: true });
    await nodes[0].kill();
    await bob.nextJson('restarted');
    await ada.see('reconnect-divider');
    await ada.isConnected();
    await ada.see('member', { rest: '[data-nick="bob"]' });
    await ada.say('after');
    assert.equal((await bob.nextJson('said')).text, 'after');
  } finally {
    await browser.close();
  }
}));
