// The chat over TLS, in a browser: a page from https may speak wss only.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Visitor, startBrowser } from './browser.mjs';
import { makeCertificate } from './certificate.mjs';
import { binary, startServer } from './server_process.mjs';

let browser;
let certificate;
let server;
before(async () => {
  certificate = makeCertificate();
  server = await startServer(binary('WEBSOCK_CHAT'), ['--port', '0', ...certificate.arguments]);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  certificate?.remove();
});

test('a line of one visitor reaches the other over wss', async () => {
  const people = [];
  try {
    for (const nick of ['ada', 'bob']) people.push(await Visitor.join(browser, server.http, nick, { room: 'vault', trusting: true }));
    const [ada, bob] = people;
    assert.equal(await ada.page.evaluate(() => window.location.protocol), 'https:');
    await ada.say('nobody else hears this');
    await bob.seeMessage('nobody else hears this', { from: 'ada', own: false });
    for (const person of people) assert.deepEqual(person.complaints, []);
  } finally {
    for (const person of people) await person.leave();
  }
});
