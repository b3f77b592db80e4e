// A headless Chromium, and a page that remembers everything it complained about.

import { chromium } from 'playwright-core';
import { deadline } from './deadlines.mjs';

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.WEBSOCK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    timeout: deadline(60_000),
  });
}

const byTestId = (id, rest = '') => `[data-testid="${id}"]${rest}`;

// One person in front of a chat page, in a browser profile of her own.
export class Visitor {
  complaints = [];

  static async arrive(browser, { viewport = { width: 1200, height: 800 }, touch = false, script = null, trusting = false } = {}) {
    const visitor = new Visitor();
    visitor.context = await browser.newContext({ viewport, hasTouch: touch, isMobile: touch, ignoreHTTPSErrors: trusting });
    visitor.context.setDefaultTimeout(deadline(15_000));
    visitor.page = await visitor.context.newPage();
    visitor.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visitor.complaints.push(message.text());
    });
    visitor.page.on('pageerror', (error) => visitor.complaints.push(String(error)));
    await visitor.page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`securitypolicyviolation: ${event.effectiveDirective} ${event.blockedURI}`);
      });
    });
    if (script) await visitor.page.addInitScript(script);
    return visitor;
  }

  static async join(browser, base, nick, { room, ...options } = {}) {
    const visitor = await Visitor.arrive(browser, options);
    await visitor.page.goto(room ? `${base}/#${encodeURIComponent(room)}` : `${base}/`);
    await visitor.find('nick-input').fill(nick);
    await visitor.find('join-button').click();
    await visitor.isConnected();
    return visitor;
  }

  find(id, rest) { return this.page.locator(byTestId(id, rest)); }

  // Waits until it is there; `text` is a string that is part of it, or a pattern.
  see(id, { rest, text } = {}) {
    const found = this.find(id, rest);
    return (text === undefined ? found : found.filter({ hasText: text })).first().waitFor();
  }

  goneIs(id, rest) { return this.find(id, rest).waitFor({ state: 'detached' }); }

  isConnected() { return this.see('status', { rest: '[data-state="open"]' }); }

  async say(text) {
    await this.find('composer-text').fill(text);
    await this.find('composer-text').press('Enter');
  }

  seeMessage(text, { from, own } = {}) {
    const rest = `${from === undefined ? '' : `[data-nick="${from}"]`}${own === undefined ? '' : `[data-own="${own}"]`}`;
    return this.see('message', { rest, text });
  }

  texts(id) { return this.find(id).allTextContents(); }

  leave() { return this.context.close(); }
}
