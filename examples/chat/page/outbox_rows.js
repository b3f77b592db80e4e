// The lines of the outbox, below the messages of the room.

import { giveBack } from './composer.js';
import { byId, make } from './dom.js';
import { followRows } from './messages.js';
import { outboxOf, takeFromOutbox } from './outbox.js';

const rows = byId('pending');

export function showOutbox(room, retry) {
  rows.replaceChildren(...outboxOf(room).map((line) => row(line, retry)));
  followRows();
}

function row(line, retry) {
  const failed = line.state === 'failed';
  return make('div', {
    class: `message ${line.state}`,
    'data-testid': `${line.state}-message`,
    'data-own': 'true',
    'data-id': line.id,
    'data-continued': true,
  }, make('div', { class: 'content' },
    make('div', { class: 'bubble', dir: 'auto' }, line.text),
    failed ? failure(line, retry) : make('p', { class: 'line-note' }, 'Sending…')));
}

function failure(line, retry) {
  const note = make('p', { class: 'line-note', role: 'alert' }, `Not sent: ${line.why} `);
  if (line.remedy === 'retry') note.append(button('Retry', 'retry-button', () => retry(line)), ' ');
  note.append(button('Edit', 'edit-button', () => {
    takeFromOutbox(line.id);
    giveBack(line.text);
  }));
  return note;
}

function button(words, testid, action) {
  const made = make('button', { class: 'line-button', type: 'button', 'data-testid': testid }, words);
  made.addEventListener('click', action);
  return made;
}
