// Nodes of Erlang, as Debian has it, on an epmd of the test's own.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { within } from './deadlines.mjs';

// The reason to skip a test; false if there is Erlang.
export function whyNoErlang() {
  const missing = ['erl', 'epmd'].find((each) => !existsSync(`/usr/bin/${each}`));
  return missing ? `${missing} is not installed (apt-get install erlang-base)` : false;
}

export const hasLibrary = (name) => spawnSync('/usr/bin/erl', ['-noinput', '-eval',
  `halt(case code:lib_dir(${name}) of {error, _} -> 1; _ -> 0 end).`]).status === 0;

async function listens(port) {
  const socket = connect(port, '127.0.0.1');
  const is = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false);
  socket.destroy();
  return is;
}

// Returns the function that ends it.
export async function startEpmd(port) {
  const registry = spawn('/usr/bin/epmd', ['-address', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  await within(10_000, 'epmd listens', (async () => { while (!await listens(port)); })());
  return async () => { registry.kill('SIGKILL'); };
}

// A shell without a terminal: a line with an expression gives a line with its value.
const shell = (file) => {
  const name = basename(file, '.erl');
  return `
  {ok, ${name}, Code} = compile:file("${file.replace(/\.erl$/, '')}", [binary]),
  {module, ${name}} = code:load_binary(${name}, "${name}", Code),
  (fun Loop(Known) ->
     {ok, Tokens, _} = erl_scan:string(string:trim(io:get_line(""))),
     {ok, Parsed} = erl_parse:parse_exprs(Tokens),
     {value, Value, Now} = try erl_eval:exprs(Parsed, Known)
                           catch Class:What -> {value, {Class, What}, Known} end,
     io:format("= ~0p~n", [Value]),
     Loop(Now)
   end)([]).`;
};

// With a module from a file.
export class Erlang {
  #printed = '';
  #wake = () => {};

  constructor(file, epmd, home, options) {
    this.child = spawn('/usr/bin/erl', ['-noshell', '-start_epmd', 'false', ...options,
      '-setcookie', 'secret', '-kernel', 'inet_dist_use_interface', '{127,0,0,1}', '-eval', shell(file)], {
      env: { ...process.env, HOME: home, ERL_EPMD_PORT: String(epmd) }, stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.exited = once(this.child, 'exit');
    this.child.stdout.setEncoding('utf8');
    this.child.stdout.on('data', (text) => { this.#printed += text; this.#wake(); });
  }

  async evaluate(expression) {
    this.child.stdin.write(`${expression}.\n`);
    const line = async () => {
      for (;;) {
        const found = /^= (.*)\n/m.exec(this.#printed);
        if (found) {
          this.#printed = this.#printed.slice(found.index + found[0].length);
          return found[1];
        }
        await new Promise((resolve) => { this.#wake = resolve; });
      }
    };
    return within(20_000, `the value of ${expression}`, Promise.race([line(), this.exited.then(() => assert.fail(`erl ended: ${this.#printed}`))]));
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}
