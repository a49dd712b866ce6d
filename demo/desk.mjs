// SPDX-License-Identifier: EUPL-1.2
// A desk with a ballot box that waits for its record: keys, tokens and configurations for both, made
// in a folder. For demonstrations and tests; in a city each of them stands with its own people.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

const quoted = (value) => JSON.stringify(value);

const listensOn = (port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

// A port that nobody listens on now: passkeys are for an origin that is known before the start. It is
// below those that Linux gives to whoever asks for any port and to outgoing connections, of which
// one may come in between.
export async function freePort() {
  const [least, end] = [11_000, 32_768];
  for (let attempt = 0; attempt < 100; ++attempt) {
    const port = randomInt(least, end);
    if (await listensOn(port)) return port;
  }
  throw new Error(`no free port from ${least} to ${end - 1}`);
}

export function urnaRunner(urna) {
  return (...args) => {
    const result = spawnSync(urna, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
    if (result.status !== 0) throw new Error(`urna ${args.join(' ')}\nended with ${result.status}\n${result.stdout}${result.stderr}`);
    return result.stdout;
  };
}

// Starts a role of the program; its address once it is ready, and the process.
export function startRole(urna, dir, name, ...args) {
  mkdirSync(path.join(dir, 'logs'), { recursive: true });
  const log = path.join(dir, 'logs', `${name}.json`);
  const readyFile = path.join(dir, 'logs', `${name}.ready`);
  rmSync(readyFile, { force: true });
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>>"$0"', log, urna, ...args, '--ready-file', readyFile], { stdio: 'ignore' });
    let ready = false;
    child.once('exit', (code) => ready || reject(new Error(`${name} ended with ${code}:\n${readFileSync(log, 'utf8').slice(-2000)}`)));
    const look = () => {
      try {
        const address = readFileSync(readyFile, 'utf8').trim();
        if (!address) throw new Error('not yet');
        ready = true;
        resolve({ address: `http://${address}`, child });
      } catch {
        if (child.exitCode === null) setTimeout(look, 20);
      }
    };
    look();
  });
}

function secret(file) {
  writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  return file;
}

// Makes keys and configurations: `desk.toml`, and `box.toml` of a ballot box that waits. The public
// key of a registrar goes in, who certifies for the edition to come. `settings` are more lines.
export async function prepareDesk({ urna, dir, registrarKey, registrar, registrarToken, site, siteSha256, deskSettings = [], boxSettings = [] }) {
  const run = urnaRunner(urna);
  for (const folder of ['', 'keys', 'data']) mkdirSync(path.join(dir, folder), { recursive: true, mode: 0o700 });
  const at = (...names) => path.join(dir, ...names);
  run('edition', 'keygen', '--role', 'board', '--name', 'desk.example.org/log', '--no-passphrase', '--out', at('keys/log.key'));
  run('edition', 'keygen', '--role', 'board', '--name', 'box.example.org/next', '--no-passphrase', '--out', at('keys/board.key'));
  secret(at('keys/master.key'));
  secret(at('keys/desk-to-box.token'));
  const deskPort = await freePort();
  let boxPort;
  do boxPort = await freePort();
  while (boxPort === deskPort);
  const http = (port) => ['[http]', `port = ${port}`, 'access_log = "failures"', ''];
  const box = `http://127.0.0.1:${boxPort}`;
  const origin = `http://localhost:${deskPort}`;
  writeFileSync(
    at('box.toml'),
    [
      `store = ${quoted(`sqlite:${at('data/box.db')}`)}`,
      `key = ${quoted(at('keys/board.key'))}`,
      ...(registrar ? [`registrar.url = ${quoted(registrar)}`, `registrar.token_file = ${quoted(registrarToken)}`] : []),
      `desk.token_file = ${quoted(at('keys/desk-to-box.token'))}`,
      `desk.folder = ${quoted(at('data/handed-over'))}`,
      'notices.wait_most = "2 s"',
      'limits.ballots_per_minute = 1000000',
      'limits.reads_per_minute = 1000000',
      ...boxSettings,
      ...http(boxPort),
    ].join('\n'),
  );
  writeFileSync(
    at('desk.toml'),
    [
      `store = ${quoted(`sqlite:${at('data/desk.db')}`)}`,
      `master_key = ${quoted(at('keys/master.key'))}`,
      `log_key = ${quoted(at('keys/log.key'))}`,
      `folder = ${quoted(at('editions'))}`,
      `origin = ${quoted(origin)}`,
      'relying_party.id = "localhost"',
      'relying_party.name = "Biuro budżetu obywatelskiego na niby"',
      `registrar_key = ${quoted(registrarKey)}`,
      'controller.name = "Prezydent Miasta na niby"',
      'controller.address = "ul. Wymyślona 1"',
      'controller.officer = "iod@example.org"',
      ...(site ? [`site.folder = ${quoted(path.resolve(site))}`] : []),
      ...deskSettings,
      ...http(deskPort),
      '[[boxes]]',
      'name = "next"',
      `url = ${quoted(box)}`,
      `token_file = ${quoted(at('keys/desk-to-box.token'))}`,
      `key = ${quoted(at('keys/board.key'))}`,
      // Of the site that the ballot box shows; what officials sign names it.
      ...(siteSha256 ? [`site_sha256 = ${quoted(siteSha256)}`] : []),
      '',
    ].join('\n'),
  );
  const invite = (name, role = 'official') => JSON.parse(run('desk', 'invite', '--config', at('desk.toml'), '--name', name, '--role', role, '--json'));
  return { origin, box, invite, desk: () => startRole(urna, dir, 'desk', 'desk', 'serve', '--config', at('desk.toml')), startBox: () => startRole(urna, dir, 'box', 'serve', '--config', at('box.toml')) };
}
