// One room: its channel, who is in it, and the lines that go there.

import { Presence } from './channels.js';
import { you } from './identity.js';
import { nameIn, readLine, readPeople, readWelcome } from './lines.js';
import { markFailed, markPending, markSent, pendingIn } from './outbox.js';

const REJOIN = [500, 1_000, 2_000, 4_000];
const UNNOTICED = 2_500;

export class Room {
  name;
  isIn = false; // or out for so short that nobody needs to know
  isBack = false; // it has been in before
  refusal = ''; // why it isn't in
  #socket;
  #channel;
  #page;
  #absence = 0;

  // `page` has lastId(), the id of the last line that it shows, and hears changed(), welcomed(welcome),
  // said(line), typing(name), people(list), comes(name), goes(name).
  constructor(socket, name, page) {
    this.name = name;
    this.#socket = socket;
    this.#page = page;
    this.#channel = socket.channel(`room:${name}`, () => ({ since: page.lastId() }), { rejoin: REJOIN });
    this.#channel.onState(() => this.#moved());
    this.#channel.onJoined((answer) => this.#joined(answer));
    this.#channel.onRefused((error) => this.#refused(error));
    this.#channel.on('line', (payload) => this.#page?.said(readLine(payload)));
    this.#channel.on('typing', (payload) => this.#page?.typing(nameIn(payload)));
    this.#watchPeople();
  }

  open() {
    this.#channel.join();
  }

  leave() {
    clearTimeout(this.#absence);
    this.#page = null;
    this.#channel.leave();
  }

  tellTyping() {
    return this.#channel.cast('typing');
  }

  // A line of the outbox goes out now, or with the next join.
  async deliver(line) {
    if (line.state !== 'pending') markPending(line);
    if (this.#channel.state !== 'joined') return;
    try {
      const answer = await this.#channel.push('line', { id: line.id, text: line.text });
      markSent(line.id);
      this.#page?.said({ ...readLine(answer), id: line.id, text: line.text, name: you.name });
    } catch ({ status, response }) {
      if (status === 'lost' || status === 'closed') return;
      if (status === 'timeout') markFailed(line, 'the server gave no answer.', 'retry');
      else markFailed(line, response?.reason ?? 'the server did not take it.', response?.retry === false ? 'edit' : 'retry');
    }
  }

  #joined(answer) {
    this.refusal = '';
    this.#page?.welcomed(readWelcome(answer));
    this.isBack = true;
    for (const line of pendingIn(this.name)) this.deliver(line);
  }

  #refused({ status, response }) {
    this.refusal = status === 'timeout' ? 'The room doesn’t answer.' : response?.reason ?? 'The room is closed.';
    this.#page?.changed();
  }

  // A room that has crashed is back within a moment, mostly.
  #moved() {
    clearTimeout(this.#absence);
    if (this.#channel.state === 'joined') this.isIn = true;
    else if (this.#socket.state !== 'open') this.isIn = false;
    else if (this.isIn) this.#absence = setTimeout(() => this.#isOut(), UNNOTICED);
    this.#page?.changed();
  }

  #isOut() {
    this.isIn = false;
    this.#page?.changed();
  }

  // Two tabs are one person. Who was there before us does not come.
  #watchPeople() {
    const presence = new Presence(this.#channel);
    let isNews = false;
    presence.on('join', (name, before) => { if (isNews && !before) this.#page?.comes(name); });
    presence.on('leave', (name, after) => { if (!after) this.#page?.goes(name); });
    presence.on('sync', (people) => {
      isNews = true;
      this.#page?.people(readPeople(people));
    });
  }
}
