// The link to this room.

import { onClick } from './dom.js';
import { showNotice } from './notice.js';

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    showNotice('Link copied.', 'calm');
  } catch {
    showNotice(`The link to this room: ${location.href}`, 'calm');
  }
}

onClick('share', share);
onClick('empty-share', share);
