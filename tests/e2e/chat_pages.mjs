// The chat and a browser, from the first test of a file to its last.

import { after, before } from 'node:test';
import { startBrowser } from './browser.mjs';
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

export const address = (room, nick, to = server) => `${to.ws}/chat/${encodeURIComponent(room)}?nick=${encodeURIComponent(nick)}`;
