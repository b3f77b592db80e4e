// A line above the composer that disappears after a while.

import { byId } from './dom.js';

const SHOWN_FOR = 7000;

const notice = byId('notice');
let timer = 0;

export function showNotice(words, tone = 'bad') {
  clearTimeout(timer);
  notice.dataset.tone = tone;
  notice.textContent = words;
  notice.hidden = false;
  timer = setTimeout(hideNotice, SHOWN_FOR);
}

export function hideNotice() {
  notice.hidden = true;
}
