// SPDX-License-Identifier: EUPL-1.2
// What tests of the desk share: a desk started for a test, and officials who act over HTTP.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareDesk, startRole, urnaRunner } from '../../demo/desk.mjs';
import { inventResidents, registerFile } from '../../demo/residents.mjs';
import { Authenticator, challengeOf, SigningKey, Transcript, transcriptsOf } from './authenticator.mjs';
import { call, urna } from './town.mjs';

export const run = urnaRunner(urna);
const quoted = (value) => JSON.stringify(value);

export async function startDesk(settings = {}) {
  const dir = mkdtempSync(path.join(tmpdir(), 'urna-desk-'));
  const registrar = JSON.parse(run('edition', 'keygen', '--role', 'registrar', '--name', 'registrar', '--no-passphrase', '--out', path.join(dir, 'registrar.key'), '--json'));
  const prepared = await prepareDesk({ urna, dir, registrarKey: registrar.public, deskSettings: ['limits.sign_ins_per_minute = 100000', 'limits.reads_per_minute = 1000000'], ...settings });
  const children = [];
  const town = {
    ...prepared,
    dir,
    async start() {
      const { address, child } = await prepared.desk();
      children.push(child);
      town.address = address;
      town.process = child;
    },
    async startBox() {
      const { child } = await prepared.startBox();
      children.push(child);
      town.boxProcess = child;
    },
    async stop() {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
  await town.start();
  return town;
}

// A browser at the desk: keeps the cookie, sends what the pages send.
export class Browser {
  constructor(town) {
    this.town = town;
    this.cookie = '';
  }
  async call(method, at, body, { headers = {}, type = 'application/json', ...rest } = {}) {
    const answer = await call(method, `${this.town.address}${at}`, body, {
      type,
      headers: { ...(this.cookie ? { cookie: this.cookie } : {}), ...(method === 'GET' ? {} : { origin: this.town.origin, 'urna-desk': '1' }), ...headers },
      ...rest,
    });
    for (const cookie of answer.headers.getSetCookie()) this.cookie = cookie.split(';')[0];
    return answer;
  }
}

export class Official extends Browser {
  constructor(town) {
    super(town);
    this.passkey = new Authenticator(town.origin);
    this.key = new SigningKey();
  }

  // From the invitation's link to a session with a signing key.
  async register(name, role = 'official') {
    const { link, reference } = this.town.invite(name, role);
    this.reference = reference;
    const invitation = link.split('/').pop();
    const question = await this.call('POST', '/api/v1/desk/registrations', { invitation });
    assert.equal(question.status, 201);
    const entered = await this.call('POST', '/api/v1/desk/registrations/answers', { invitation, ...this.passkey.create(question.body.challenge) });
    assert.equal(entered.status, 201);
    if (role === 'official') {
      const signature = this.key.sign(new Transcript('urna/1 desk key').append('official', reference)).toString('hex');
      const given = await this.call('POST', '/api/v1/desk/session/key', { signing_key: this.key.public.toString('hex'), signature });
      assert.equal(given.status, 204);
    }
    return this;
  }

  async signIn(spoilt) {
    const { body } = await this.call('POST', '/api/v1/desk/sign-ins', {});
    return this.call('POST', '/api/v1/desk/sign-ins/answers', this.passkey.get(body.challenge, spoilt));
  }

  edition(id) {
    return this.call('GET', `/api/v1/desk/editions/${id}`).then(({ body }) => body);
  }
  put(id, folder, name, bytes) {
    return this.call('PUT', `/api/v1/desk/editions/${id}/${folder}/${name}`, bytes, { type: 'application/octet-stream' });
  }
  propose(id, action, more = {}) {
    return this.call('POST', `/api/v1/desk/editions/${id}/proposals`, { action, ...more });
  }
  signatures(id, proposal, spoilt = {}) {
    const signature = transcriptsOf(spoilt.statement ?? proposal.statement)
      .map((transcript) => (spoilt.key ?? this.key).sign(transcript).toString('hex'))
      .join('');
    return { signature, ...this.passkey.get(challengeOf(spoilt.statement ?? proposal.statement), spoilt) };
  }
  async sign(id, proposalId, spoilt = {}) {
    const proposal = (await this.edition(id)).proposals.find((one) => one.id === proposalId);
    return this.call('POST', `/api/v1/desk/editions/${id}/proposals/${proposalId}/signatures`, this.signatures(id, proposal, spoilt));
  }
}

// A registrar with two keepers and an SMS gateway for the edition whose manifest.cbor lies in the
// folder, as configurations and, but for the registrar itself, as processes. The address under which
// the messages can be read. `settings` are more lines of the registrar's configuration, `purposes` more of
// what keepers evaluate for, `mandates` the lines by which keepers know of mandates, from the hash of the
// registrar's token; `point` is the name of a point, whose official's token is in point.token then.
export async function startRegistrar(dir, voters, others, { settings = [], purposes = [], mandates = () => [], point } = {}) {
  const at = (...names) => path.join(dir, ...names);
  const residents = inventResidents([{ district: '', pools: ['city'], count: voters }], 7);
  writeFileSync(at('residents.json'), JSON.stringify(residents));
  writeFileSync(at('register.csv'), registerFile(residents));
  run('keeper', 'together', '--out', at('keepers'), '--threshold', 2, '--keepers', 2);
  const keepers = [];
  for (const k of [1, 2]) {
    const hash = run('keeper', 'token', '--out', at(`keeper-${k}.token`)).trim();
    const allowed = [['roll-import', 1_000_000, 0], ['certification', 1_000_000, 86_400], ...purposes.map((purpose) => [purpose, 1_000_000, 86_400])].flatMap(([purpose, elements, period]) => ['[[allow]]', 'caller = "registrar"', `token_hash = ${quoted(hash)}`, `purpose = ${quoted(purpose)}`, `elements = ${elements}`, `period_seconds = ${period}`]);
    writeFileSync(at(`keeper-${k}.toml`), [`store = ${quoted(`sqlite:${at(`data/keeper-${k}.db`)}`)}`, 'edition = "pl-test-2026"', `group = ${quoted(at('keepers/keepers.cbor'))}`, `share = ${quoted(at(`keepers/share-${k}.key`))}`, `certificate = ${quoted(at(`keepers/destroyed-${k}.cbor`))}`, 'limits.evaluations_per_minute = 1000000', '[http]', 'port = 0', ...allowed, ...mandates(hash), ''].join('\n'));
    const { address, child } = await startRole(urna, dir, `keeper-${k}`, 'keeper', 'serve', '--config', at(`keeper-${k}.toml`));
    others.push(child);
    keepers.push(address);
  }
  const services = fileURLToPath(new URL('../services/', import.meta.url));
  const sms = spawn(process.execPath, [path.join(services, 'sms.mjs'), '--token', 'test-token-of-sms'], { stdio: ['ignore', 'pipe', 'inherit'] });
  others.push(sms);
  const ports = JSON.parse(await new Promise((resolve) => sms.stdout.once('data', resolve)));
  writeFileSync(at('sms.token'), 'test-token-of-sms\n', { mode: 0o600 });
  for (const name of ['registrar-master.key', 'box.token']) writeFileSync(at(name), `${createHash('sha256').update(name).digest('hex')}\n`, { mode: 0o600 });
  run('edition', 'keygen', '--role', 'board', '--name', 'registrar.example.org/access', '--no-passphrase', '--out', at('access-log.key'));
  writeFileSync(
    at('registrar.toml'),
    [
      `store = ${quoted(`sqlite:${at('data/registrar.db')}`)}`,
      `manifest = ${quoted(at('manifest.cbor'))}`,
      `signing_key = ${quoted(at('registrar.key'))}`,
      `log_key = ${quoted(at('access-log.key'))}`,
      `master_key = ${quoted(at('registrar-master.key'))}`,
      `box_token_file = ${quoted(at('box.token'))}`,
      `keeper_group = ${quoted(at('keepers/keepers.cbor'))}`,
      'identifiers = ["pesel"]',
      `eligibility.day = ${quoted(new Date().toISOString().slice(0, 10))}`,
      'eligibility.city_pools = ["city"]',
      `sms.url = ${quoted(`http://127.0.0.1:${ports.port}/messages`)}`,
      `sms.token_file = ${quoted(at('sms.token'))}`,
      'limits.identify_per_minute = 1000000',
      'limits.factors_per_minute = 1000000',
      ...settings,
      '[http]',
      'port = 0',
      'trusted_proxies = ["127.0.0.1"]',
      ...keepers.flatMap((url, k) => ['[[keepers]]', `url = ${quoted(url)}`, `token_file = ${quoted(at(`keeper-${k + 1}.token`))}`]),
      '',
    ].join('\n'),
  );
  if (point) {
    const hash = run('registrar', 'operator-token', '--config', at('registrar.toml'), '--out', at('point.token')).trim();
    const end = Math.floor(Date.now() / 1000) + 30 * 86_400;
    appendFileSync(at('registrar.toml'), ['[[operators]]', 'account = "point-1"', `point = ${quoted(point)}`, `token_hash = ${quoted(hash)}`, 'valid_from = 0', `valid_until = ${end}`, ''].join('\n'));
  }
  return `http://127.0.0.1:${ports.control}`;
}
