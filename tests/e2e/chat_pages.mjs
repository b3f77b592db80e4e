// The chat and a browser, from the first test of a file to its last; its visitors, and guests, who
// come without a page.

import { after, before } from 'node:test';
import WebSocket from 'ws';
import { Presence, Socket } from '../../examples/chat/page/channels.js';
import { Visitor, startBrowser } from './browser.mjs';
import { within } from './deadlines.mjs';
import { binary, startServer } from './server_process.mjs';

export let browser;
export let server;

export function openChat(...options) {
  before(async () => {
    server = await startServer(binary('WEBSOCK_CHAT'), options);
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}

export const startChat = (...options) => startServer(binary('WEBSOCK_CHAT'), options);

// On a port that a server has just given up: the kernel may need a moment to take it from a process
// that was killed.
export async function startChatAgain(port, ...options) {
  for (let attempts = 50; ; attempts -= 1) {
    try {
      return await startChat('--port', String(port), ...options);
    } catch (error) {
      if (attempts === 0 || !String(error).includes('already in use')) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }
}

// ---- names, which belong to whom came first ----

export async function askForName(name, { token, at = server } = {}) {
  const response = await fetch(`${at.http}/names`, { method: 'POST', body: JSON.stringify({ name, token }) });
  return { status: response.status, ...await response.json() };
}

const tokens = new Map(); // by server and name

async function tokenOf(name, at) {
  const key = `${at.http} ${name}`;
  const known = await askForName(name, { token: tokens.get(key), at });
  tokens.set(key, known.token);
  return known.token;
}

// ---- visitors, in a browser ----

// The same name is the same person in every test. The first time she fills in the form.
export async function enter(nick, { room, at = server, from = at, ...options }) {
  const key = `${from.http} ${nick}`;
  if (!tokens.has(key)) {
    const visitor = await Visitor.join(browser, at.http, nick, { room, ...options });
    const you = await visitor.page.evaluate(() => window.localStorage.getItem('websock-chat.you'));
    tokens.set(key, JSON.parse(you).token);
    return visitor;
  }
  const visitor = await Visitor.arrive(browser, options);
  await visitor.page.addInitScript((you) => {
    if (!window.localStorage.getItem('websock-chat.you')) window.localStorage.setItem('websock-chat.you', you);
  }, JSON.stringify({ name: nick, token: tokens.get(key) }));
  await visitor.page.goto(`${at.http}/#${encodeURIComponent(room)}`);
  await visitor.isConnected();
  return visitor;
}

// The browser itself logs each attempt to connect that fails, and each name that is taken.
const EXPECTED = /^WebSocket connection to .* failed|^Failed to load resource: (net::|.* status of 409)/;

export const complaintsOf = (visitor) => visitor.complaints.filter((line) => !EXPECTED.test(line));

export async function withVisitors(joins, use) {
  const people = [];
  try {
    for (const join of joins) people.push(await join());
    await use(...people);
    for (const person of people) {
      if (complaintsOf(person).length > 0) throw new Error(complaintsOf(person).join('\n'));
    }
  } finally {
    for (const person of people) await person.leave();
  }
}

export const joining = (nick, room, options) => () => enter(nick, { room, ...options });

// ---- guests, without one ----

export class Guest {
  lines = [];
  #webSocket = null;
  #changes = new EventTarget();

  static async join(name, room, { at = server, params = {} } = {}) {
    const guest = new Guest();
    const token = await tokenOf(name, at);
    guest.socket = new Socket(`${at.http}/socket`, {
      params: { token },
      WebSocket: function connect(url) { return guest.#webSocket = new WebSocket(url, { rejectUnauthorized: false }); },
    });
    guest.channel = guest.socket.channel(`room:${room}`, params);
    guest.presence = new Presence(guest.channel);
    for (const event of ['line', 'typing']) guest.channel.on(event, (payload) => guest.#hear(event, payload));
    guest.presence.on('sync', () => guest.#changes.dispatchEvent(new Event('change')));
    guest.socket.onState(() => guest.#changes.dispatchEvent(new Event('change')));
    guest.socket.connect();
    try {
      guest.welcome = await within(10_000, `${name} is in ${room}`, guest.channel.join());
      guest.lines.push(...guest.welcome.lines);
      await guest.until(`${name} is there`, () => guest.presence.people.has(name));
    } catch (error) {
      guest.drop();
      throw error;
    }
    return guest;
  }

  #hear(event, payload) {
    if (event === 'line' && !this.lines.some(({ id }) => id === payload.id)) this.lines.push(payload);
    if (event === 'typing') this.typing = payload.name;
    this.#changes.dispatchEvent(new Event('change'));
  }

  // Resolves once `is()`.
  until(what, is, milliseconds = 15_000) {
    return within(milliseconds, what, new Promise((resolve) => {
      const look = () => {
        if (!is()) return;
        this.#changes.removeEventListener('change', look);
        resolve();
      };
      this.#changes.addEventListener('change', look);
      look();
    }));
  }

  hears(text) { return this.until(`the line ${text}`, () => this.texts().includes(text)); }

  texts() { return this.lines.map(({ text }) => text); }

  names() { return [...this.presence.people.keys()].sort(); }

  sees(...names) { return this.until(`${names} are there`, () => String(this.names()) === String(names.sort())); }

  say(text, id = crypto.randomUUID()) { return within(10_000, `an answer to ${text}`, this.channel.push('line', { id, text })); }

  leave() { this.socket.disconnect(); }

  // Without a word to the server.
  drop() {
    this.#webSocket?.terminate();
    this.socket.disconnect();
  }
}
