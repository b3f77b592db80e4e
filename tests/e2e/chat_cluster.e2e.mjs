// The chat on three nodes of a cluster, with guests and in a browser.

import { testThreeNodes } from './chat_nodes.mjs';
import { freePort } from './ports.mjs';

const NAMES = ['a', 'b', 'c'].map((name) => `${name}@127.0.0.1`);

testThreeNodes({
  names: NAMES,
  async open({ secretFile }) {
    const cookie = secretFile('cookie');
    const epmd = await freePort();
    return {
      options: (name) => ['--cookie-file', cookie, '--epmd-port', String(epmd),
        '--join', ...NAMES.filter((other) => other !== name)],
      close: async () => {},
    };
  },
});
