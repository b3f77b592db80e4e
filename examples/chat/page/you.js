// Your own name, and changing it.

import { dressAvatar } from './avatar.js';
import { byId, markField, onClick, onSubmit } from './dom.js';
import { cleanName, nameProblem } from './names.js';

const input = byId('rename-nick');

export function showYou(name) {
  byId('you-nick').textContent = name;
  dressAvatar(byId('you-avatar'), name);
}

// `rename` resolves to what is wrong with the name, or ''.
export function startRename(rename) {
  onSubmit('rename-form', async () => {
    const name = cleanName(input.value);
    if (markField(input, nameProblem(name))) return;
    if (!markField(input, await rename(name))) showForm(false);
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
