// A certificate for 127.0.0.1 that lives as long as the test: nothing in the repository expires.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export function makeCertificate() {
  const folder = mkdtempSync(path.join(tmpdir(), 'websock-'));
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '1', '-subj', '/CN=server', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', key, '-out', certificate], { stdio: 'ignore', timeout: 10_000 });
  return {
    folder,
    ca: readFileSync(certificate),
    arguments: ['--tls-cert', certificate, '--tls-key', key],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
