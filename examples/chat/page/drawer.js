// On a phone, the rooms and people are in a drawer.

import { byId, onClick } from './dom.js';

const sidebar = byId('sidebar');
const phone = window.matchMedia('(max-width: 47.5rem)');

export function closeDrawer() {
  if (!sidebar.hasAttribute('data-open')) return;
  showDrawer(false);
  byId('drawer-open').focus();
}

function showDrawer(open) {
  const shown = phone.matches && open;
  sidebar.toggleAttribute('data-open', shown);
  sidebar.inert = phone.matches && !open;
  byId('chat').inert = shown;
  byId('scrim').hidden = !shown;
  byId('drawer-open').setAttribute('aria-expanded', String(shown));
}

onClick('drawer-open', () => {
  showDrawer(true);
  byId('drawer-close').focus();
});
onClick('drawer-close', closeDrawer);
onClick('scrim', closeDrawer);
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeDrawer(); });
phone.addEventListener('change', () => showDrawer(false));
showDrawer(false);
