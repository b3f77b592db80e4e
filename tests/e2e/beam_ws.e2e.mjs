// A server of C++ and a node of Erlang, as someone at the Erlang shell sees them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Erlang, hasLibrary, startEpmd, whyNoErlang } from './erlang.mjs';
import { freePort } from './ports.mjs';
import { binary, startServer } from './server_process.mjs';
import { Client } from './ws_client.mjs';

const beam = fileURLToPath(new URL('../../examples/beam/beam.erl', import.meta.url));

// What it takes is not everywhere; the reason is printed.
const skip = process.env.WEBSOCK_BEAM ? whyNoErlang() : 'websock::distribution is not built';
if (skip) console.log(`skipped: ${skip}`);
const skipTls = skip || (hasLibrary('ssl') ? false : 'ssl is not installed (apt-get install erlang-ssl)');
if (skipTls && !skip) console.log(`TLS skipped: ${skipTls}`);

// An authority, a certificate for localhost, and Erlang's file of options for it.
function certificates(folder) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore', timeout: 10_000 });
  const key = (name) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  openssl('req', '-x509', ...key('ca'), '-days', '1', '-subj', '/CN=nodes', '-out', 'ca.pem');
  openssl('req', ...key('node'), '-subj', '/CN=node', '-out', 'node.csr');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  openssl('x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1', '-extfile', 'names', '-out', 'node.pem');
  const [certificate, itsKey, ca, options] = ['node.pem', 'node.key', 'ca.pem', 'ssl_dist.conf'].map((name) => join(folder, name));
  const both = `{certfile, "${certificate}"}, {keyfile, "${itsKey}"}, {cacertfile, "${ca}"}, {verify, verify_peer}`;
  writeFileSync(options, `[{server, [${both}, {fail_if_no_peer_cert, true}]}, {client, [${both}]}].\n`);
  return {
    server: ['--tls-cert', certificate, '--tls-key', itsKey, '--tls-ca', ca],
    erlang: ['-proto_dist', 'inet_tls', '-ssl_dist_optfile', options],
  };
}

// What is started ends in reverse order, whatever happens.
async function withNodes(use, { host = '127.0.0.1', names = '-name', tls = () => ({ server: [], erlang: [] }) } = {}) {
  const ends = [];
  try {
    const folder = mkdtempSync(join(tmpdir(), 'websock-beam-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const cookie = join(folder, 'cookie');
    writeFileSync(cookie, 'secret\n', { mode: 0o600 });
    const epmd = await freePort();
    ends.push(await startEpmd(epmd));
    const both = tls(folder);
    const server = await startServer(binary('WEBSOCK_BEAM'), ['--port', '0', '--cookie-file', cookie, '--epmd-port', String(epmd),
      '--name', `front@${host}`, '--other', `shell@${host}`, ...both.server]);
    ends.push(() => server.stop());
    const erlang = new Erlang(beam, epmd, folder, [names, `shell@${host}`, ...both.erlang]);
    ends.push(() => erlang.kill());
    await use({ server, erlang, client: async () => {
      const made = await Client.open(`${server.ws}/`);
      ends.push(() => made.drop());
      return made;
    } });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

const answer = async (client, text) => {
  client.socket.send(text);
  return (await client.next(`the answer to ${text}`)).text;
};

test('Erlang calls a gen_server of C++, and sends to connections', { skip }, () => withNodes(async ({ erlang, client }) => {
  assert.equal(await erlang.evaluate("net_adm:ping('front@127.0.0.1')"), 'pong');
  assert.equal(await erlang.evaluate("beam:visitors('front@127.0.0.1')"), '[]');
  const ada = await client();
  assert.match(await erlang.evaluate("[Ada] = beam:visitors('front@127.0.0.1')"), /^\[<\d+\.\d+\.\d+>\]$/);
  await erlang.evaluate('Ada ! {greet, <<"hello">>}');
  assert.equal((await ada.next()).text, 'hello');
  const bob = await client();
  await erlang.evaluate("beam:greet('front@127.0.0.1', <<\"both\">>)");
  for (const each of [ada, bob]) assert.equal((await each.next()).text, 'both');
  assert.equal(await erlang.evaluate("gen_server:call({desk, 'front@127.0.0.1'}, what)"), 'unknown');
}));

test('Erlang monitors a connection, and hears why it ends', { skip }, () => withNodes(async ({ erlang, client }) => {
  const ada = await client();
  await erlang.evaluate("[Ada] = beam:visitors('front@127.0.0.1')");
  await erlang.evaluate('Ref = monitor(process, Ada), Ada ! {greet, <<"behind it">>}');
  await ada.next(); // the monitor has arrived before
  await ada.close(1000, '');
  assert.equal(await erlang.evaluate("receive {'DOWN', Ref, process, Ada, Why} -> Why end"), '{shutdown,<<"remote">>}');
  assert.equal(await erlang.evaluate('beam:watch(Ada)'), 'noproc');
  assert.equal(await erlang.evaluate("beam:visitors('front@127.0.0.1')"), '[]');
}));

test('a connection calls a gen_server of Erlang, and hears of its end', { skip }, () => withNodes(async ({ erlang, client }) => {
  const ada = await client();
  assert.equal(await erlang.evaluate("net_adm:ping('front@127.0.0.1')"), 'pong');
  assert.equal(await answer(ada, 'hello'), 'nobody shouts: noproc');
  await erlang.evaluate('{ok, Shouter} = beam:start()');
  assert.equal(await answer(ada, 'hello'), 'HELLO');
  assert.equal(await answer(ada, 'hello'), 'HELLO'); // the monitor has arrived before
  await erlang.evaluate('exit(Shouter, done)');
  assert.equal((await ada.next()).text, 'the shouter is gone: done');
  await erlang.evaluate('beam:start()');
  assert.equal(await answer(ada, 'again'), 'AGAIN');
  await erlang.kill();
  assert.equal((await ada.next()).text, 'the shouter is gone: noconnection');
  assert.equal(await answer(ada, 'hello'), 'nobody shouts: {nodedown, shell@127.0.0.1}');
}));

test('the nodes meet in TLS, whoever connects', { skip: skipTls }, async () => {
  const within = { host: 'localhost', names: '-sname', tls: certificates };
  await withNodes(async ({ erlang, client }) => {
    const ada = await client();
    assert.match(await erlang.evaluate("[Ada] = beam:visitors('front@localhost')"), /^\[<\d+\.\d+\.\d+>\]$/);
    await erlang.evaluate('Ada ! {greet, binary:copy(<<"x">>, 1000000)}');
    assert.equal((await ada.next()).text.length, 1_000_000);
  }, within);
  await withNodes(async ({ erlang, client }) => {
    await erlang.evaluate('beam:start()');
    assert.equal(await answer(await client(), 'hello'), 'HELLO');
    assert.equal(await erlang.evaluate('nodes(hidden)'), '[front@localhost]');
  }, within);
});
