// Your own name, and changing it.

import { dressAvatar } from './avatar.js';
import { byId, markField, onClick, onSubmit } from './dom.js';
import { cleanNick, nickProblem } from './names.js';

const input = byId('rename-nick');

export function showYou(nick) {
  byId('you-nick').textContent = nick;
  dressAvatar(byId('you-avatar'), nick);
}

export function startRename(rename) {
  onSubmit('rename-form', () => {
    const nick = cleanNick(input.value);
    if (markField(input, nickProblem(nick))) return;
    showForm(false);
    rename(nick);
  });
}

function showForm(open) {
  byId('rename-form').hidden = !open;
  byId('you-card').hidden = open;
  if (!open) {
    byId('rename-open').focus();
    return;
  }
  input.value = byId('you-nick').textContent;
  markField(input, '');
  input.focus();
  input.select();
}

onClick('rename-open', () => showForm(true));
onClick('rename-cancel', () => showForm(false));
byId('rename-form').addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  showForm(false);
});
