// The chat over TLS, in a browser: a page from https may speak wss only.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { makeCertificate } from './certificate.mjs';
import { enter, openChat } from './chat_pages.mjs';

const certificate = makeCertificate();
openChat(...certificate.arguments);
after(() => certificate.remove());

test('a line of one visitor reaches the other over wss', async () => {
  const people = [];
  try {
    for (const nick of ['ada', 'bob']) people.push(await enter(nick, { room: 'vault', trusting: true }));
    const [ada, bob] = people;
    assert.equal(await ada.page.evaluate(() => window.location.protocol), 'https:');
    await ada.say('nobody else hears this');
    await bob.seeMessage('nobody else hears this', { from: 'ada', own: false });
    for (const person of people) assert.deepEqual(person.complaints, []);
  } finally {
    for (const person of people) await person.leave();
  }
});
