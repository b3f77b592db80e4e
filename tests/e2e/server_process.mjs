// Starts one of the example servers, waits until it prints its address, and
// ends it with SIGTERM, which has to give exit status 0.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { within } from './deadlines.mjs';

export function binary(variable) {
  const path = process.env[variable];
  assert.ok(path, `${variable} has to name the server binary`);
  return path;
}

class ServerProcess {
  #child;
  #exited;
  #printed = '';

  #kill = () => { this.#child.kill('SIGKILL'); };

  constructor(path, args) {
    this.#child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
      this.#child.once('error', (error) => resolve({ code: null, signal: String(error) }));
    });
    process.once('exit', this.#kill);
    this.#exited.then(() => process.off('exit', this.#kill));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => { this.#printed = (this.#printed + text).slice(-20_000); });
    }
  }

  async waitForAddress() {
    let seen = '';
    const address = new Promise((resolve) => {
      this.#child.stdout.on('data', (text) => {
        seen += text;
        const match = /(?:http|ws)(s?):\/\/([\w.-]+|\[[\da-f:]+\]):(\d+)(?=\D)/.exec(seen);
        if (match) resolve(match);
      });
    });
    const early = this.#exited.then((end) => { throw new Error(`server ended before it printed its address: ${JSON.stringify(end)}\n${this.#printed}`); });
    early.catch(() => {});
    try {
      const [, secure, host, port] = await within(10_000, 'the server prints its address', Promise.race([address, early]));
      this.host = host;
      this.port = Number(port);
      this.http = `http${secure}://${host}:${port}`;
      this.ws = `ws${secure}://${host}:${port}`;
    } catch (error) {
      this.#kill();
      throw error;
    }
  }

  get running() { return this.#child.exitCode === null && this.#child.signalCode === null; }

  signal(name) { this.#child.kill(name); }

  // Ends it at once, without a word to anybody.
  async kill() {
    this.stopped = true;
    this.#kill();
    await this.#exited;
  }

  // Ends the server as an operator would. Stopping it twice is fine.
  async stop() {
    if (this.stopped) return;
    this.stopped = true;
    if (!this.running) assert.fail(`the server ended by itself: ${JSON.stringify(await this.#exited)}\n${this.#printed}`);
    this.#child.kill('SIGCONT'); // a test may have failed while it stood still
    this.#child.kill('SIGTERM');
    let end;
    try {
      end = await within(10_000, 'the server ends after SIGTERM', this.#exited);
    } catch (error) {
      this.#kill();
      await this.#exited;
      throw new Error(`${error.message}\n${this.#printed}`);
    }
    assert.deepEqual(end, { code: 0, signal: null }, `the server ends with status 0\n${this.#printed}`);
  }
}

// On a free port, unless `args` name one.
export async function startServer(path, args = []) {
  const server = new ServerProcess(path, args.includes('--port') ? args : ['--port', '0', ...args]);
  await server.waitForAddress();
  return server;
}
