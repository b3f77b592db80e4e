// The chat on three nodes, whatever joins them: visitors of all of them are in one room, and a node
// that is killed takes only its own visitors with it.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { test } from 'node:test';
import { startBrowser, Visitor } from './browser.mjs';
import { Guest, startChat } from './chat_pages.mjs';
import { freePort } from './ports.mjs';

// `way` has the names of the nodes, and `open` makes what joins them: the options of a node by its
// name, and how it is closed.
export async function withNodes(way, use) {
  const folder = mkdtempSync(pathOf(tmpdir(), 'chat-nodes-'));
  const secretFile = (name) => {
    const file = pathOf(folder, name);
    writeFileSync(file, 'known to all nodes and nobody else\n');
    chmodSync(file, 0o600);
    return file;
  };
  const secret = secretFile('secret');
  const ports = [];
  while (ports.length < way.names.length) ports.push(await freePort());
  const nodes = [];
  const guests = [];
  const join = async (node, room, name) => {
    guests.push(await Guest.join(name, room, { at: node }));
    return guests.at(-1);
  };
  let between;
  try {
    between = await way.open({ folder, secretFile });
    for (const [n, name] of way.names.entries()) {
      nodes.push(await startChat(
        '--shards', '2', '--node', name, '--secret-file', secret, ...between.options(name),
        '--port', String(ports[n]), '--pages', ...ports.map((port) => `http://127.0.0.1:${port}`),
      ));
    }
    // All nodes know of each other once a guest of each sees those of all.
    const hosts = [];
    for (const [n, node] of nodes.entries()) hosts.push(await join(node, 'hosts', `host ${n}`));
    for (const host of hosts) await host.sees('host 0', 'host 1', 'host 2');
    await use(nodes, join, between);
  } finally {
    for (const guest of guests) guest.drop();
    for (const node of nodes) if (!node.stopped) await node.stop();
    await between?.close();
    rmSync(folder, { recursive: true });
  }
}

export function testThreeNodes(way) {
  test('visitors of three nodes are in one room', () => withNodes(way, async (nodes, join) => {
    const ada = await join(nodes[0], 'lounge', 'ada');
    const bob = await join(nodes[1], 'lounge', 'bob');
    const carol = await join(nodes[2], 'lounge', 'carol');
    const people = [ada, bob, carol];
    for (const each of people) await each.sees('ada', 'bob', 'carol');
    for (const [who, text] of [[ada, 'from a'], [bob, 'from b'], [carol, 'from c']]) {
      await who.say(text);
      for (const each of people) await each.hears(text);
    }
    // One of them in two tabs, at two nodes.
    const tab = await join(nodes[2], 'lounge', 'bob');
    await ada.until('two processes of bob', () => ada.presence.people.get('bob')?.metas.length === 2);
    bob.drop();
    await ada.until('one process of bob', () => ada.presence.people.get('bob')?.metas.length === 1);
    tab.leave();
    for (const each of [ada, carol]) await each.sees('ada', 'carol');
    // What was said elsewhere is kept here.
    const dora = await join(nodes[2], 'lounge', 'dora');
    assert.deepEqual(dora.texts(), ['from a', 'from b', 'from c']);
  }));

  test('a killed node takes its visitors with it: what they said stays, and the others go on', () => withNodes(way, async (nodes, join) => {
    const ada = await join(nodes[0], 'lounge', 'ada');
    const bob = await join(nodes[1], 'lounge', 'bob');
    const carol = await join(nodes[2], 'lounge', 'carol');
    await ada.say('remember me');
    for (const each of [bob, carol]) await each.hears('remember me');
    await nodes[0].kill();
    await bob.say('still here');
    await carol.hears('still here');
    const dora = await join(nodes[2], 'lounge', 'dora');
    assert.deepEqual(dora.texts(), ['remember me', 'still here']);
    for (const each of [bob, carol, dora]) await each.until('ada has left', () => String(each.names()) === 'bob,carol,dora', 40_000);
  }));

  test('a page whose node is killed goes on at another', () => withNodes(way, async (nodes, join) => {
    const browser = await startBrowser();
    try {
      const ada = await Visitor.join(browser, nodes[0].http, 'ada', { room: 'lounge' });
      const bob = await join(nodes[1], 'lounge', 'bob');
      await ada.say('before');
      await bob.hears('before');
      await ada.seeMessage('before', { from: 'ada', own: true });
      await nodes[0].kill();
      await ada.see('reconnect-divider');
      await ada.isConnected();
      await ada.see('member', { rest: '[data-nick="bob"]' });
      // Where her node is missed later than she is back, she is there twice until then.
      await bob.until('one ada', () => bob.presence.people.get('ada')?.metas.length === 1, 40_000);
      await ada.say('after');
      await bob.hears('after');
      await bob.say('welcome back');
      await ada.seeMessage('welcome back');
      assert.deepEqual(await ada.texts('message-text'), ['before', 'after', 'welcome back']);
      assert.deepEqual(bob.texts(), ['before', 'after', 'welcome back']);
      await ada.see('you-nick', { text: /^ada$/ });
    } finally {
      await browser.close();
    }
  }));
}
