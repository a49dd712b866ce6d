// SPDX-License-Identifier: EUPL-1.2
// A town that votes on an invented edition with a map, for measurements of its pages.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const urna = process.env.URNA_PROGRAM ?? path.join(root, 'build/release/urna');

/** Starts it; `district` is one of its districts, `stop()` ends it. */
export async function inventTown({ kind = 'czestochowa', districts = 5, voters = 2400, projects = 40, residents = 20 } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'urna-pages-'));
  const edition = path.join(folder, 'edition');
  const made = spawnSync(
    urna,
    [
      ...['generate', '--kind', kind, '--seed', '7', '--districts', districts, '--voters', voters],
      ...['--projects', projects, '--quiet', '--out', edition],
    ].map(String),
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const files = readdirSync(edition).filter((name) => name.endsWith('.pb'));
  const pools = files
    .sort((a, b) => a.length - b.length)
    .map((name, k) => ({ id: `pool-${k}`, file: path.join(edition, name) }))
    .map((pool) => ({ ...pool, district: /^subunit;(.+)$/m.exec(readFileSync(pool.file, 'utf8'))?.[1] }));
  const child = spawn(
    process.execPath,
    [
      ...[path.join(root, 'demo/town.mjs'), '--urna', urna, '--dir', path.join(folder, 'town')],
      ...['--site', process.env.URNA_SITE ?? path.join(root, 'web/site/dist')],
      ...['--geojson', path.join(edition, 'districts.geojson'), '--voters', String(residents)],
      ...pools.flatMap(({ id, file, district }) => [
        ...['--pool', `${id}=${file}`],
        ...(district === undefined ? [] : ['--district', `${district}=${id}`]),
      ]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let printed = '';
  child.stderr.on('data', (text) => (printed += text));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      printed += text;
      if (printed.includes('Ctrl-C stops the town')) resolve();
    });
    child.once('exit', () => reject(new Error(printed)));
  });
  return {
    box: JSON.parse(readFileSync(path.join(folder, 'town/addresses.json'), 'utf8')).box,
    district: pools.find((pool) => pool.district !== undefined)?.district,
    async stop() {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
