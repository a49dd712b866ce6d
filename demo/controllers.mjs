// SPDX-License-Identifier: EUPL-1.2
// Two controllers with their keys, each with an inspection service of its own, and mandates between
// them. For demonstrations and tests; in reality each of them stands at its own controller.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, urnaRunner } from './desk.mjs';

const quoted = JSON.stringify;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// What the configuration of a keeper needs for mandates between the two.
export const keeperLines = (keys, callerHash) => ['[[allow]]', 'caller = "registrar"', `token_hash = ${quoted(callerHash)}`, 'purpose = "list-check"', 'elements = 1000000', 'period_seconds = 0', '[[mandates]]', `inspecting = ${quoted(keys.city)}`, `inspected = ${quoted(keys.unit)}`];

// Two controllers, `city` and `unit`, and an officer of the city, in a folder. `data` is what the
// unit's service has.
export async function startControllers(urna, folder, { edition = 'demonstration', data = [] } = {}) {
  const ran = urnaRunner(urna);
  mkdirSync(folder, { recursive: true });
  const at = (...names) => path.join(folder, ...names);
  const keyOf = (name) => ran('edition', 'keygen', '--role', 'official', '--name', name, '--no-passphrase', '--out', at(`${name}.key`)).trim().match(/[0-9a-f]{64}/)[0];
  const keys = { city: keyOf('city'), unit: keyOf('unit'), officer: keyOf('officer'), stranger: keyOf('stranger') };
  const ports = { city: await freePort(), unit: await freePort() };
  const urls = { city: `http://127.0.0.1:${ports.city}`, unit: `http://127.0.0.1:${ports.unit}` };
  for (const who of ['city', 'unit']) {
    writeFileSync(at(`${who}.token`), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    keys[`${who}Log`] = ran('edition', 'keygen', '--role', 'board', '--name', `${who}.example.org/inspections`, '--no-passphrase', '--out', at(`${who}-log.key`)).match(/\S+\+[0-9a-f]{8}\+\S+/)[0];
    const other = who === 'city' ? 'unit' : 'city';
    writeFileSync(
      at(`${who}.toml`),
      [
        `store = ${quoted(`sqlite:${at(`${who}.db`)}`)}`,
        `edition = ${quoted(edition)}`,
        `log_key = ${quoted(at(`${who}-log.key`))}`,
        `inspecting = ${quoted(keys.city)}`,
        `inspected = ${quoted(keys.unit)}`,
        `token_file = ${quoted(at(`${who}.token`))}`,
        `second.url = ${quoted(urls[other])}`,
        `second.token_file = ${quoted(at(`${other}.token`))}`,
        `controller.name = ${quoted(who)}`,
        '[http]',
        `port = ${ports[who]}`,
        'access_log = "failures"',
        ...(who === 'unit' ? data : []).flatMap((one) => ['[[data]]', `set = ${quoted(one.set)}`, `file = ${quoted(one.file)}`, `fields = ${quoted(one.fields)}`]),
        '',
      ].join('\n'),
    );
  }
  writeFileSync(
    at('listcheck.toml'),
    [`edition = ${quoted(edition)}`, `inspecting = ${quoted(keys.city)}`, `inspected = ${quoted(keys.unit)}`, ...['city', 'unit'].flatMap((who) => ['[[logs]]', `url = ${quoted(urls[who])}`, `token_file = ${quoted(at(`${who}.token`))}`]), ''].join('\n'),
  );
  const running = {};
  const controllers = {
    at,
    keys,
    urls,
    async start(who) {
      running[who] = spawn(urna, ['inspection', 'serve', '--config', at(`${who}.toml`)], { stdio: 'ignore' });
      for (let k = 0; k < 400; ++k) {
        try {
          if ((await fetch(`${urls[who]}/readyz`)).status === 204) return;
        } catch {
          // Not yet there.
        }
        assert.equal(running[who].exitCode, null, `the inspection service of the ${who} did not start`);
        await sleep(25);
      }
      throw new Error(`the inspection service of the ${who} does not answer`);
    },
    async kill(who) {
      if (running[who]?.exitCode !== null || running[who]?.signalCode !== null) return;
      running[who].kill('SIGKILL');
      await new Promise((resolve) => running[who].once('exit', resolve));
    },
    async stop() {
      await Promise.all(['city', 'unit'].map((who) => controllers.kill(who)));
    },
    // A mandate in a file, signed by those named.
    mandate(name, change = {}, signers = ['city', 'unit']) {
      const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
      const text = {
        edition,
        path: 'art. 39 ust. 1 lit. b RODO i porozumienie z dnia 1 września',
        purpose: 'sprawdzenie, czy w imieniu pracowników oddano głosy',
        inspecting: { name: 'Prezydent Miasta na niby', key: keys.city },
        inspected: { name: 'Ośrodek Pomocy na niby', key: keys.unit },
        begins: day(-1),
        ends: day(1),
        ...change,
      };
      writeFileSync(at(`${name}.json`), JSON.stringify(text));
      ran('mandate', 'new', '--text', at(`${name}.json`), '--out', at(`${name}.cbor`));
      for (const who of signers) ran('mandate', 'sign', at(`${name}.cbor`), '--key', at(`${who}.key`));
      return at(`${name}.cbor`);
    },
    // The actions in a log, oldest first; the log must verify.
    async log(who) {
      const copy = at(`${who}.log`);
      const response = await fetch(`${urls[who]}/api/v1/inspection/log`, { headers: { authorization: `Bearer ${readFileSync(at(`${who}.token`), 'utf8').trim()}` } });
      assert.equal(response.status, 200);
      const bytes = Buffer.from(await response.arrayBuffer());
      writeFileSync(copy, bytes);
      const verdict = JSON.parse(ran('log', 'verify', copy, '--key', keys[`${who}Log`], '--json'));
      assert.ok(verdict.sound);
      return actionsOf(bytes);
    },
  };
  for (const who of ['city', 'unit']) await controllers.start(who);
  assert.ok(existsSync(at('city.db')));
  return controllers;
}

// The word behind the key 4 of each entry: {0: "access", 1: time, 2: role, 3: actor, 4: action, …}.
function actionsOf(bytes) {
  const actions = [];
  const head = Buffer.from('aa0066616363657373', 'hex');
  for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
    let i = at + head.length;
    const item = () => {
      const first = bytes[i++];
      let size = first & 31;
      if (size >= 24) {
        const width = 2 ** (size - 24);
        size = bytes.readUIntBE(width > 6 ? i + 2 : i, Math.min(width, 6));
        i += width;
      }
      if (first >> 5 !== 3) return undefined;
      i += size;
      return bytes.toString('utf8', i - size, i);
    };
    const fields = [];
    for (let k = 1; k <= 4; ++k) {
      assert.equal(bytes[i++], k);
      fields.push(item());
    }
    actions.push(fields[3]);
  }
  return actions;
}
