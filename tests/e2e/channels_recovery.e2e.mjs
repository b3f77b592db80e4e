// A node is killed while messages flow, and its clients, with the official client of Phoenix, go on
// at another one: nothing is missing, and nothing comes twice.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Presence, Socket } from 'phoenix';
import WebSocket from 'ws';
import { startBalancer } from './balancer.mjs';
import { startBrowser } from './browser.mjs';
import { deadline, within } from './deadlines.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';

const NAMES = ['a@127.0.0.1', 'b@127.0.0.1'];
const patience = 20_000;

let folder;
let cookie;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  cookie = join(folder, 'cookie');
  writeFileSync(cookie, 'known to both nodes and nobody else\n');
  chmodSync(cookie, 0o600);
});
after(() => rmSync(folder, { recursive: true }));

// Someone in a room, with what she has heard. What is needed for recovery is what the guide says.
class Guest {
  heard = []; // [who, number], since the last join that was not recovered
  recovered = []; // of each join
  #recover;
  #changes = new EventTarget();

  static async join(name, ws) {
    const guest = new Guest();
    guest.socket = new Socket(`${ws}/socket`, { transport: WebSocket, params: { name }, reconnectAfterMs: () => 50, rejoinAfterMs: () => 50 });
    guest.socket.connect();
    guest.channel = guest.socket.channel('room:lobby', () => ({ recover: guest.#recover }));
    guest.presence = new Presence(guest.channel);
    guest.presence.onSync(() => guest.#changes.dispatchEvent(new Event('change')));
    guest.channel.onMessage = (event, payload) => {
      guest.#recover = payload?.recover ?? payload?.response?.recover ?? guest.#recover;
      return payload;
    };
    guest.channel.on('said', ({ by, n }) => {
      guest.heard.push([by, n]);
      guest.#changes.dispatchEvent(new Event('change'));
    });
    guest.channel.join().receive('ok', ({ recovered }) => {
      if (!recovered) guest.heard = [];
      guest.recovered.push(recovered);
      guest.#changes.dispatchEvent(new Event('change'));
    });
    await guest.until('joined', () => guest.recovered.length === 1);
    return guest;
  }

  // Resolves once `is()`.
  until(what, is) {
    return within(patience, what, new Promise((resolve) => {
      const look = () => {
        if (!is()) return;
        this.#changes.removeEventListener('change', look);
        resolve();
      };
      this.#changes.addEventListener('change', look);
      look();
    }));
  }

  names() { return this.presence.list((name) => name).sort(); }

  sees(...names) { return this.until(`${names} are there`, () => String(this.names()) === String(names)); }

  numbers(who) { return this.heard.filter(([by]) => by === who).map(([, n]) => n); }

  hears(who, n) { return this.until(`${n} of ${who}`, () => this.numbers(who).at(-1) >= n); }

  // Answers once the server has the number.
  say(n) {
    return within(patience, `a reply to ${n}`, new Promise((resolve) => {
      this.channel.push('said', { n }).receive('ok', resolve);
    }));
  }

  leave() { this.socket.disconnect(); }
}

const start = (name, epmd, ...options) => startServer(binary('WEBSOCK_ROOMS'), [
  '--node', name, '--cookie-file', cookie, '--epmd-port', String(epmd),
  '--join', ...NAMES.filter((other) => other !== name), ...options]);

// Two nodes that know of each other, and a balancer that prefers the first.
async function withNodes(use, ...options) {
  const epmd = await freePort();
  const nodes = [];
  const guests = [];
  let balancer;
  const enter = async (name, ws) => {
    guests.push(await Guest.join(name, ws));
    return guests.at(-1);
  };
  try {
    for (const name of NAMES) nodes.push(await start(name, epmd, ...options));
    const ports = nodes.map(({ port }) => port);
    balancer = await startBalancer(ports);
    const bob = await enter('bob', nodes[1].ws);
    await use({ nodes, balancer, ports, enter, bob, again: async (n) => {
      nodes[n] = await start(NAMES[n], epmd, ...options);
      ports[n] = nodes[n].port;
    } });
  } finally {
    for (const guest of guests) guest.leave();
    balancer?.stop();
    for (const node of nodes) if (!node.stopped) await node.stop();
  }
}

const upTo = (count) => Array.from({ length: count }, (_, n) => n);

test('what was said while her node was killed comes at the next one, once and in order', () => withNodes(
  async ({ nodes, balancer, enter, bob }) => {
    const ada = await enter('ada', balancer.ws);
    await ada.sees('ada', 'bob');
    const talking = (async () => { for (const n of upTo(400)) await bob.say(n); })();
    await ada.hears('bob', 100);
    await nodes[0].kill();
    await talking;
    await ada.until('back', () => ada.recovered.length === 2);
    await ada.hears('bob', 399);
    assert.deepEqual(ada.recovered, [false, true]);
    assert.deepEqual(ada.numbers('bob'), upTo(400));
    await ada.sees('ada', 'bob');
    // Of the killed node nobody is there any more.
    await bob.until('one tab of each', () => String(bob.presence.list((name, { metas }) => `${name} ${metas.length}`).sort()) === 'ada 1,bob 1');
    await ada.say(7);
    await bob.hears('ada', 7);
  },
));

test('those of the killed node have heard what the others have, or are told that it is not all', () => withNodes(
  async ({ nodes, balancer, enter, bob }) => {
    const ada = await enter('ada', balancer.ws);
    const carol = await enter('carol', balancer.ws);
    await ada.sees('ada', 'bob', 'carol');
    await bob.sees('ada', 'bob', 'carol');
    for (let n = 0; !nodes[0].stopped; n += 1) {
      await Promise.all([bob.say(n), carol.say(n)]);
      if (n === 50) await nodes[0].kill();
    }
    for (const each of [ada, carol]) await each.until('back', () => each.recovered.length === 2);
    await bob.say(51);
    for (const each of [ada, carol]) {
      await each.hears('bob', 51);
      if (each.recovered[1]) assert.deepEqual(each.numbers('carol'), bob.numbers('carol'));
      if (each.recovered[1]) assert.deepEqual(each.numbers('bob'), upTo(52));
      else assert.deepEqual(each.numbers('bob'), [51]);
    }
  },
));

test('a node that has been started anew promises nothing', () => withNodes(async ({ nodes, balancer, enter, bob, again }) => {
  const ada = await enter('ada', balancer.ws);
  await ada.sees('ada', 'bob');
  await bob.say(0);
  await ada.hears('bob', 0);
  await nodes[0].kill();
  await ada.until('at the other node', () => ada.recovered.length === 2);
  assert.equal(ada.recovered[1], true);
  await again(0);
  const carol = await enter('carol', nodes[0].ws);
  await carol.sees('ada', 'bob', 'carol');
  await nodes[1].kill();
  await ada.until('back at the first', () => ada.recovered.length === 3);
  assert.equal(ada.recovered[2], false);
  await ada.sees('ada', 'carol');
}));

const PAGE = `<!doctype html><meta charset="utf-8"><title>Rooms</title><link rel="icon" href="data:,">
  <script src="/phoenix.js"></script><script src="/page.js"></script><h1>People</h1><ul id="people"></ul><h1>Said</h1><ol id="said"></ol>`;

// What an application writes.
function page() {
  const { Presence, Socket } = window.Phoenix;
  const list = (id, texts) => document.getElementById(id).replaceChildren(...texts.map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
  window.enter = (url) => {
    const socket = new Socket(`${url}/socket`, { params: { name: 'ada' }, reconnectAfterMs: () => 50 });
    socket.connect();
    let recover;
    let said = [];
    const room = socket.channel('room:lobby', () => ({ recover }));
    room.onMessage = (event, payload) => {
      recover = payload?.recover ?? payload?.response?.recover ?? recover;
      return payload;
    };
    room.on('said', ({ by, n }) => { list('said', said = [...said, `${by} ${n}`]); });
    const people = new Presence(room);
    people.onSync(() => list('people', people.list((name) => name).sort()));
    room.join().receive('ok', ({ recovered }) => {
      if (!recovered) said = [];
      document.title = recovered ? 'recovered' : 'new';
    });
  };
}

test('a page in a browser goes on at the other node', async () => {
  const script = await readFile(new URL('./node_modules/phoenix/priv/static/phoenix.js', import.meta.url));
  const site = createServer((request, response) => {
    const file = { '/phoenix.js': script, '/page.js': `(${page})()` }[request.url];
    response.setHeader('Content-Type', file ? 'text/javascript' : 'text/html');
    response.end(file ?? PAGE);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const origin = `http://127.0.0.1:${site.address().port}`;
  const browser = await startBrowser();
  try {
    await withNodes(async ({ nodes, balancer, bob }) => {
      const tab = await browser.newPage();
      tab.setDefaultTimeout(deadline(patience));
      await tab.goto(origin);
      await tab.evaluate((url) => window.enter(url), balancer.ws);
      const texts = (id) => tab.locator(`#${id} li`).allTextContents();
      const shows = (id, count) => tab.waitForFunction(([where, n]) => (
        document.querySelectorAll(`#${where} li`).length === n), [id, count], { polling: 20 });
      await shows('people', 2);
      await bob.say(0);
      await shows('said', 1);
      await nodes[0].kill();
      for (const n of [1, 2, 3]) await bob.say(n);
      await shows('said', 4);
      assert.deepEqual(await texts('said'), ['bob 0', 'bob 1', 'bob 2', 'bob 3']);
      assert.equal(await tab.title(), 'recovered');
      await shows('people', 2);
      assert.deepEqual(await texts('people'), ['ada', 'bob']);
      await bob.sees('ada', 'bob');
    }, '--origin', origin);
  } finally {
    await browser.close();
    site.close();
  }
});
