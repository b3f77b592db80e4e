// A redis-server of the test's own, which keeps nothing.

import { spawn } from 'node:child_process';
import { within } from './deadlines.mjs';
import { freePort } from './ports.mjs';

export class RedisProcess {
  #options;
  #child;
  #exited;

  static async start(folder, ...options) {
    const redis = new RedisProcess();
    redis.port = await freePort();
    redis.#options = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--port', String(redis.port),
      '--dir', folder, ...options];
    await redis.start();
    return redis;
  }

  // Again, at the same port.
  async start() {
    const child = spawn('redis-server', this.#options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    this.#child = child;
    this.#exited = new Promise((resolve) => { child.once('exit', resolve).once('error', resolve); });
    this.#exited.then(() => process.off('exit', end));
    let seen = '';
    const ready = new Promise((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text) => {
        seen += text;
        if (seen.includes('eady to accept connections')) resolve();
      });
    });
    const early = this.#exited.then(() => { throw new Error(`redis-server ended:\n${seen}`); });
    early.catch(() => {});
    await within(10_000, 'redis-server is ready', Promise.race([ready, early]));
  }

  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
