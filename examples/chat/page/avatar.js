// Avatars: initials on a colour derived from the name.

import { make } from './dom.js';

const HUES = 12;

function firstGrapheme(word) {
  if (window.Intl?.Segmenter) {
    for (const part of new Intl.Segmenter().segment(word)) return part.segment;
  }
  return [...word][0] ?? '';
}

function initials(name) {
  const words = name.split(/[\s\-_.]+/u).filter(Boolean);
  return (words.length ? words : [name]).slice(0, 2).map(firstGrapheme).join('').toLocaleUpperCase();
}

function hueOf(name) {
  let hash = 2355;
  for (const char of name.toLowerCase()) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) % HUES;
}

export function dressAvatar(node, name) {
  node.textContent = name ? initials(name) : '';
  node.dataset.hue = hueOf(name);
}

export function avatar(name) {
  const node = make('span', { class: 'avatar', 'aria-hidden': 'true' });
  dressAvatar(node, name);
  return node;
}
