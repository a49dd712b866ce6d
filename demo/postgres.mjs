// SPDX-License-Identifier: EUPL-1.2
// A PostgreSQL server of one's own in a temporary folder, reached by a socket there. It refuses to run
// as root, so root starts it as the user postgres that Debian's package makes.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const programs = '/usr/lib/postgresql/15/bin';

function run(folder, name, ...args) {
  const words = [`${programs}/${name}`, ...args];
  const asRoot = process.getuid() === 0;
  const result = asRoot
    ? spawnSync('runuser', ['-u', 'postgres', '--', ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
    : spawnSync(words[0], words.slice(1), { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  if (result.status !== 0) throw new Error(`${name} ended with ${result.status}: ${result.stderr}`);
}

// {parameters, createDatabase(name), dump(name), stop()}
export function startPostgres() {
  if (!existsSync(`${programs}/pg_ctl`)) throw new Error('PostgreSQL 15 is not installed (Debian: postgresql-15)');
  const folder = mkdtempSync(path.join(tmpdir(), 'urna-pg-'));
  if (process.getuid() === 0) {
    const id = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
    chownSync(folder, Number(id.stdout), 0);
  }
  run(folder, 'initdb', '-D', `${folder}/data`, '-A', 'trust', '-U', 'urna', '-E', 'UTF8', '--no-locale', '-N');
  const options = `-k ${folder} -c listen_addresses='' -c max_connections=100`;
  // The server must not keep this process's pipes open.
  run(folder, 'pg_ctl', '-D', `${folder}/data`, '-w', '-t', '60', '-l', `${folder}/log`, '-o', options, 'start');
  const parameters = `host=${folder} user=urna`;
  const tool = (name, ...args) => {
    const result = spawnSync(`${programs}/${name}`, ['-h', folder, '-U', 'urna', ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
    if (result.status !== 0) throw new Error(`${name}: ${result.stderr}`);
    return result.stdout;
  };
  return {
    parameters,
    createDatabase: (name) => tool('createdb', name),
    dump: (name) => tool('pg_dump', name),
    query: (name, sql) => tool('psql', '-v', 'ON_ERROR_STOP=1', '-d', name, '-c', sql),
    stop() {
      run(folder, 'pg_ctl', '-D', `${folder}/data`, '-m', 'immediate', '-w', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
