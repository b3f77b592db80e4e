// Lines that were sent but not confirmed yet: shown below the messages until the server has them.

import { byId, make } from './dom.js';
import { followRows } from './messages.js';

const rows = byId('pending');

export function showPending(lines) {
  rows.replaceChildren(...lines.map((line) => make('div', {
    class: 'message pending',
    'data-testid': 'pending-message',
    'data-own': 'true',
    'data-continued': true,
  }, make('div', { class: 'content' },
    make('div', { class: 'bubble', dir: 'auto' }, line),
    make('p', { class: 'pending-note' }, 'Sending…')))));
  followRows();
}
