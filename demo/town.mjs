// SPDX-License-Identifier: EUPL-1.2
// A whole town on one machine: registrar, two keepers, ballot box, two witnesses, identity provider,
// SMS gateway and mail server, each a process with its own files and keys. `./dev demo` starts it.
//
//   node demo/town.mjs --urna build/release/urna --dir build/demo/town --pool city=city.pb …
//     [--district NAME=ID …] [--store sqlite|postgres] [--voters N] [--full] [--exit] [--seed N]
//     [--origin ORIGIN …] [--site FOLDER] [--desk FOLDER] [--edition FILE] [--geojson FILE]
//     [--children N] [--paper] [--residents FILE] [--scenario czestochowa-2020 --factor then|strong]
//
// The pool that no district names is for everybody. With --full the residents vote, three trustees
// mix and decrypt, the result is announced and verified over HTTP. Without --exit the services keep
// running until Ctrl-C. The registrar may be used by pages of the ballot box, and of every --origin.
// With --desk the officials' desk is started too, with its built pages of that folder.
// With --site the ballot box shows the built pages of that folder; with --geojson they have a map of
// those districts. The JSON object in the file of --edition goes over what the town says of its edition;
// its member "pools" holds an object for each pool by its id. With --children there are children, too, who
// vote through the guardians that the register names; they are in children.json. With --residents the people
// are those of that file, as residents.mjs invents them. With --paper people may
// vote on paper: two points have cards of every pool, a dozen each. With --scenario the story of scenario.mjs is
// played in place of an ordinary vote, and its figures are left in story.json.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keeperLines, startControllers } from './controllers.mjs';
import { freePort, prepareDesk } from './desk.mjs';
import { startPostgres } from './postgres.mjs';
import { inventChildren, inventResidents, registerFile } from './residents.mjs';
import { atHome, compareResults, factors, playTheft, registrarLines } from './scenario.mjs';

const { values: words } = parseArgs({
  options: {
    urna: { type: 'string' },
    dir: { type: 'string' },
    pool: { type: 'string', multiple: true },
    district: { type: 'string', multiple: true, default: [] },
    store: { type: 'string', default: 'sqlite' },
    voters: { type: 'string', default: '0' },
    children: { type: 'string', default: '0' },
    residents: { type: 'string' },
    seed: { type: 'string', default: '1' },
    origin: { type: 'string', multiple: true, default: [] },
    site: { type: 'string' },
    geojson: { type: 'string' },
    edition: { type: 'string' },
    desk: { type: 'string' },
    paper: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    factor: { type: 'string', default: 'then' },
  },
});

if (words.scenario !== undefined && (words.scenario !== 'czestochowa-2020' || !factors.includes(words.factor))) {
  process.stderr.write(`there is the scenario czestochowa-2020, with a factor of ${factors.join(', ')}\n`);
  process.exit(2);
}
const urna = path.resolve(words.urna);
const dir = path.resolve(words.dir);
const services = fileURLToPath(new URL('../test/services/', import.meta.url));
const pools = words.pool.map((word) => ({ id: word.slice(0, word.indexOf('=')), file: word.slice(word.indexOf('=') + 1) }));
const districts = words.district.map((word) => ({ name: word.slice(0, word.lastIndexOf('=')), pool: word.slice(word.lastIndexOf('=') + 1) }));
const cityPools = pools.filter((pool) => !districts.some((one) => one.pool === pool.id));
const started = Date.now();
const children = [];
const processes = {};  // process ids by name, for tests that kill them

const say = (text) => process.stderr.write(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);
const at = (...names) => path.join(dir, ...names);

// ---- Running -----------------------------------------------------------------------------------

let postgres;

let both; // with a scenario: the city and the employer as controllers, with their inspection services

function stopAll() {
  both?.stop();
  for (const child of children.reverse()) if (child.exitCode === null) child.kill('SIGTERM');
  postgres?.stop();
  postgres = undefined;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  stopAll();
  process.exit(1);
}

// A command of the program, to its end; what it prints.
function run(...args) {
  const result = spawnSync(urna, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) fail(`urna ${args.join(' ')}\nended with ${result.status}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

// The same, where the status is an answer.
function ask(...args) {
  const { status, stdout, stderr } = spawnSync(urna, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
  return { status, stdout, stderr };
}

// The same, with its progress and output shown.
function runShown(...args) {
  const result = spawnSync(urna, args.map(String), { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) fail(`urna ${args.join(' ')}\nended with ${result.status}`);
}

// A test service; resolves to what it says when ready.
function startService(name, ...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(services, `${name}.mjs`), ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    processes[name] = child.pid;
    child.once('exit', (code) => code === null || code === 0 || fail(`${name} ended with ${code}`));
    child.stdout.once('data', (line) => resolve(JSON.parse(line)));
  });
}

// A role of the program; resolves to its address.
function startRole(name, ...args) {
  const log = at('logs', `${name}.json`);
  const readyFile = at('run', name);
  rmSync(readyFile, { force: true });
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>>"$0"', log, urna, ...args, '--ready-file', readyFile], { stdio: 'ignore' });
    children.push(child);
    processes[name] = child.pid;
    child.once('exit', (code) => code === null || code === 0 || fail(`${name} ended with ${code}:\n${readFileSync(log, 'utf8').slice(-2000)}`));
    const look = () => {
      try {
        resolve(`http://${readFileSync(readyFile, 'utf8').trim()}`);
      } catch {
        setTimeout(look, 20);
      }
    };
    look();
  });
}

function secretFile(name, text) {
  writeFileSync(at(name), `${text}\n`, { mode: 0o600 });
  chmodSync(at(name), 0o600);
  return at(name);
}

const hex = () => randomBytes(32).toString('hex');
const quoted = (value) => JSON.stringify(value);
const list = (values) => `[${values.map(quoted).join(', ')}]`;

// ---- The edition, as the office and the trustees make it ---------------------------------------

const trustees = ['Anna', 'Bartek', 'Celina'];
const boardKey = () => at('edition/keys/board.key');
const officials = () => [at('edition/keys/official-0.key'), at('edition/keys/official-1.key')];

// The witnesses of the board, and where they are asked.
const witnessNames = ['w1.example.org', 'w2.example.org'];
let witnesses = [];

async function startWitnesses() {
  const { board } = JSON.parse(run('edition', 'show', at('edition/manifest.cbor'), '--json'));
  for (const name of witnessNames) {
    mkdirSync(at('data', name), { recursive: true });
    writeFileSync(
      at(`${name}.toml`),
      [`key = ${quoted(at('edition/keys', `witness-${name}.key`))}`, `memory = ${quoted(at('data', name))}`, 'limits.checkpoints_per_minute = 1000000', ...http(), '[[logs]]', `key = ${quoted(board)}`, ''].join('\n'),
    );
  }
  const addresses = await Promise.all(witnessNames.map((name) => startRole(name, 'witness', 'serve', '--config', at(`${name}.toml`))));
  witnesses = witnessNames.map((name, k) => ({ name, url: addresses[k] }));
}

const cosigned = () => run('board', 'ask', at('record'), ...witnesses.flatMap(({ name, url }) => ['--witness', `${name}=${url}`]));

function trusteeStep(name, step) {
  cosigned();
  rmSync(at(name, 'record'), { recursive: true, force: true });
  cpSync(at('record'), at(name, 'record'), { recursive: true });
  run('trustee', step, '--quiet', '--key', at(name, 'trustee.key'), '--record', at(name, 'record'), '--out', at(name, 'out'));
}

const boardAdd = (...names) => run('board', 'add', '--quiet', at('record'), '--key', boardKey(), ...names.map((name) => at(name, 'out')));

// The district that a file says it is of.
function subunitOf(id) {
  const { file } = pools.find((pool) => pool.id === id);
  return /^subunit;([^\r\n]{1,200})/m.exec(readFileSync(file, 'utf8').slice(0, 20_000))?.[1];
}

// The part "paper" of the edition: what it commits to of the cards.
function issueCards() {
  const cards = Object.fromEntries(pools.map((pool) => [pool.id, 12]));
  writeFileSync(at('cards.json'), JSON.stringify({ batch: 8, points: ['Punkt w bibliotece', 'Urząd Miasta'].map((name) => ({ name, cards })) }));
  run('paper', 'cards', at('cards.json'), '--out', at('keys/cards.key'), '--commitments', at('commitments.json'));
  return JSON.parse(readFileSync(at('commitments.json'), 'utf8'));
}

async function makeEdition() {
  for (const name of trustees) {
    run('trustee', 'keygen', '--no-passphrase', '--name', name, '--out', at(name));
    mkdirSync(at(name, 'out'), { recursive: true });
    copyFileSync(at(name, `${name}.card`), at(`${name}.card`));
  }
  run(
    ...['edition', 'presentation', '--quiet', '--out', at('presentation.json')],
    ...pools.flatMap((pool) => ['--pool', `${pool.id}=${path.resolve(pool.file)}`]),
    ...(words.geojson ? ['--geojson', path.resolve(words.geojson)] : []),
  );
  const now = Date.now();
  const iso = (time) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z');
  const { pools: told = {}, ...rest } = words.edition ? JSON.parse(readFileSync(words.edition, 'utf8')) : {};
  // Published files have names of their makers; pages show people what they know.
  const titles = new Map(words.site ? [...cityPools.slice(0, 1).map((pool) => [pool.id, { title: 'Całe miasto' }]), ...districts.map((one) => [one.pool, { title: subunitOf(one.pool) ?? one.name }])] : []);
  const edition = {
    edition: 'demonstration',
    title: 'Budżet obywatelski na niby',
    resolution: 'none: a demonstration',
    opens: iso(now - 3_600_000),
    closes: iso(now + 14 * 86_400_000),
    repeated_ballots: 'last',
    lowest_level: words.scenario && words.factor === 'strong' ? 3 : 2,
    // The story is compared with a count of the honest votes, which knows no draw.
    ties: words.scenario ? 'id' : 'draw',
    privacy_minimum: 2,
    presentation: 'presentation.json',
    ...(words.site && existsSync(path.join(words.site, 'code.json')) ? { site_sha256: run('site', 'hash', path.resolve(words.site)).trim() } : {}),
    ...(words.paper ? { paper: issueCards() } : {}),
    ...rest,
    pools: pools.map((pool) => ({ id: pool.id, file: path.resolve(pool.file), ...titles.get(pool.id), ...told[pool.id] })),
    trustees: { threshold: 2, cards: trustees.map((name) => `${name}.card`) },
    board: { origin: 'box.example.org/demonstration', witnesses: witnessNames, cosignatures: 2 },
  };
  writeFileSync(at('edition.json'), JSON.stringify(edition, null, 2));
  run('edition', 'new', '--make-keys', '--config', at('edition.json'), '--out', at('edition'));
  await startWitnesses();
  run('board', 'new', at('record'), '--manifest', at('edition/manifest.cbor'), '--key', boardKey());
  for (const step of ['deal', 'deal', 'accept']) {
    for (const name of trustees) trusteeStep(name, step);
    boardAdd(...trustees);
  }
}

// ---- Configurations ----------------------------------------------------------------------------

const stores = new Map();
function store(name) {
  if (!stores.has(name)) {
    if (words.store === 'sqlite') {
      stores.set(name, `sqlite:${at('data', `${name}.db`)}`);
    } else {
      const database = name.replace('-', '_');
      postgres.createDatabase(database);
      stores.set(name, `postgres:${postgres.parameters} dbname=${database}`);
    }
  }
  return stores.get(name);
}

const http = (port = 0, origins = []) => ['[http]', `port = ${port}`, 'access_log = "failures"', `allowed_origins = ${list(origins)}`, ...(words.scenario ? ['trusted_proxies = ["127.0.0.1"]'] : []), ''];

function writeConfigs() {
  const registrarTokens = [];
  for (const k of [1, 2]) {
    const hash = run('keeper', 'token', '--out', at('keys', `registrar-to-keeper-${k}.token`)).trim();
    registrarTokens.push(hash);
    const allow = [
      ['roll-import', 1_000_000, 0],
      ['certification', 1_000_000, 86_400],
      ['case', 10_000, 86_400],
    ].flatMap(([purpose, elements, period]) => [
      '[[allow]]',
      'caller = "registrar"',
      `token_hash = ${quoted(hash)}`,
      `purpose = ${quoted(purpose)}`,
      `elements = ${elements}`,
      `period_seconds = ${period}`,
    ]);
    writeFileSync(
      at(`keeper-${k}.toml`),
      [
        `store = ${quoted(store(`keeper-${k}`))}`,
        'edition = "demonstration"',
        `group = ${quoted(at('keys/keepers/keepers.cbor'))}`,
        `share = ${quoted(at(`keys/keepers/share-${k}.key`))}`,
        `certificate = ${quoted(at(`keys/keepers/destroyed-${k}.cbor`))}`,
        'limits.evaluations_per_minute = 1000000',
        ...http(),
        ...allow,
        ...(both ? keeperLines(both.keys, hash) : []),
        '',
      ].join('\n'),
    );
  }
  secretFile('keys/box.token', hex());
  secretFile('keys/master.key', hex());
  secretFile('keys/sms.token', hex());
  secretFile('keys/oidc.secret', hex());
  run('edition', 'keygen', '--role', 'board', '--name', 'registrar.example.org/access', '--no-passphrase', '--out', at('keys/access-log.key'));
}

// Whoever signs in comes back to the page of the vote; tests without pages look at the address only.
const redirectTo = (box) => (words.site ? `${box}/vote/` : 'http://127.0.0.1:9/callback');

function writeRegistrarConfig({ keepers, sms, mail, oidc, box, point }) {
  writeFileSync(
    at('registrar.toml'),
    [
      `store = ${quoted(store('registrar'))}`,
      `manifest = ${quoted(at('edition/manifest.cbor'))}`,
      `signing_key = ${quoted(at('edition/keys/registrar.key'))}`,
      `log_key = ${quoted(at('keys/access-log.key'))}`,
      `master_key = ${quoted(at('keys/master.key'))}`,
      `box_token_file = ${quoted(at('keys/box.token'))}`,
      `keeper_group = ${quoted(at('keys/keepers/keepers.cbor'))}`,
      'identifiers = ["pesel"]',
      ...(Number(words.children) > 0 ? ['eligibility.guardian_below = 13', 'eligibility.wards_max = 3'] : []),
      `eligibility.day = ${quoted(new Date().toISOString().slice(0, 10))}`,
      `eligibility.city_pools = ${list(cityPools.map((pool) => pool.id))}`,
      `sms.url = ${quoted(`http://127.0.0.1:${sms.port}/messages`)}`,
      `sms.token_file = ${quoted(at('keys/sms.token'))}`,
      'mail.host = "127.0.0.1"',
      `mail.port = ${mail.port}`,
      'mail.encryption = "none"',
      'mail.from = "bo@example.org"',
      `oidc.issuer = ${quoted(oidc.issuer)}`,
      'oidc.name = "Profil na niby"',
      'oidc.client = "urna"',
      `oidc.secret_file = ${quoted(at('keys/oidc.secret'))}`,
      `oidc.redirect = ${quoted(redirectTo(box))}`,
      'oidc.scope = "openid profile pesel"',
      'oidc.plain_http = true',
      `letters.site_url = ${quoted(box)}`,
      'letters.city = "Urząd Miasta na niby"',
      'letters.return_to = "Urząd Miasta na niby, ul. Wymyślona 1, 42-200 Miasto na niby"',
      'letters.valid_until = "końca głosowania"',
      'letters.help_contact = "tel. 34 000 00 00"',
      'controller.name = "Prezydent Miasta na niby"',
      'controller.address = "ul. Wymyślona 1"',
      'controller.officer = "iod@example.org"',
      'limits.identify_per_minute = 1000000',
      ...(words.scenario ? registrarLines(words.factor) : []),
      'limits.factors_per_minute = 1000000',
      ...http(0, [box, ...words.origin]),
      ...keepers.flatMap((url, k) => ['[[keepers]]', `url = ${quoted(url)}`, `token_file = ${quoted(at('keys', `registrar-to-keeper-${k + 1}.token`))}`]),
      ...(point ? ['[[operators]]', 'account = "point-1"', 'point = "Punkt w bibliotece"', 'place = "ul. Wymyślona 2, poniedziałek–piątek 9–17"', `token_hash = ${quoted(point)}`, 'valid_from = 0', `valid_until = ${Math.floor(Date.now() / 1000) + 30 * 86_400}`] : []),
      ...districts.flatMap((one) => ['[[districts]]', `name = ${quoted(one.name)}`, `pools = ${list([one.pool])}`]),
      '',
    ].join('\n'),
  );
}

function writeBoxConfig(registrar, port) {
  writeFileSync(
    at('serve.toml'),
    [
      `store = ${quoted(store('box'))}`,
      `key = ${quoted(boardKey())}`,
      `registrar.url = ${quoted(registrar)}`,
      `registrar.token_file = ${quoted(at('keys/box.token'))}`,
      'notices.wait_most = "2 s"',
      'limits.ballots_per_minute = 1000000',
      'limits.reads_per_minute = 1000000',
      `site.presentation = ${quoted(at('presentation.json'))}`,
      `site.protocol = ${quoted(at('protocol.pdf'))}`,
      ...(words.site ? [`site.folder = ${quoted(path.resolve(words.site))}`] : []),
      'about.name = "Urząd Miasta na niby"',
      'about.address = "ul. Wymyślona 1"',
      'about.contact = "Biuro Budżetu Obywatelskiego"',
      'about.email = "bo@example.org"',
      'about.telephone = "+48 34 000 00 00"',
      `about.published = ${quoted(new Date().toISOString().slice(0, 10))}`,
      `about.updated = ${quoted(new Date().toISOString().slice(0, 10))}`,
      ...http(port),
      ...witnesses.flatMap(({ name, url }) => ['[[witnesses]]', `name = ${quoted(name)}`, `url = ${quoted(url)}`]),
      '',
    ].join('\n'),
  );
}

// ---- Residents ---------------------------------------------------------------------------------

function ballotsIn(file) {
  const match = /^num_votes;(\d+)/m.exec(readFileSync(file, 'utf8').slice(0, 20_000));
  return match ? Number(match[1]) : 0;
}

function residentsOfTown() {
  if (words.residents) {
    const residents = JSON.parse(readFileSync(words.residents, 'utf8'));
    return { residents, voters: residents.length };
  }
  const city = cityPools.map((pool) => pool.id);
  const most = Number(words.voters) || Infinity;
  const cityBallots = Math.max(0, ...cityPools.map((pool) => ballotsIn(pool.file)));
  const places = districts.map((one) => ({
    district: one.name,
    pools: [...city, one.pool],
    count: ballotsIn(pools.find((pool) => pool.id === one.pool).file),
  }));
  const inDistricts = places.reduce((sum, place) => sum + place.count, 0);
  if (cityBallots > inDistricts || places.length === 0) {
    places.push({ district: places[0]?.district ?? '', pools: city, count: cityBallots - inDistricts });
  }
  if (Number.isFinite(most)) {
    const total = places.reduce((sum, place) => sum + place.count, 0);
    for (const place of places) place.count = Math.max(1, Math.floor((place.count * most) / total));
  }
  const voters = places.reduce((sum, place) => sum + place.count, 0);
  if (words.scenario) places.push({ ...places[0], count: atHome(voters) });
  return { residents: inventResidents(places, Number(words.seed)), voters };
}

// ---- The town ----------------------------------------------------------------------------------

async function main() {
  rmSync(dir, { recursive: true, force: true });
  for (const folder of ['data', 'keys', 'logs', 'run']) mkdirSync(at(folder), { recursive: true, mode: 0o700 });

  if (words.store === 'postgres') {
    say('a PostgreSQL server');
    postgres = startPostgres();
  }
  say('the edition: three trustees make a key that nobody has');
  await makeEdition();
  run('keeper', 'together', '--out', at('keys/keepers'), '--threshold', 2, '--keepers', 2);
  if (words.scenario) {
    say('two controllers, the city and an employer, each with a log of what is inspected');
    both = await startControllers(urna, at('controllers'));
  }
  writeConfigs();

  const { residents, voters } = residentsOfTown();
  writeFileSync(at('residents.json'), JSON.stringify(residents));
  const minors = inventChildren(residents, Number(words.children), new Date().getFullYear());
  writeFileSync(at('children.json'), JSON.stringify(minors));
  const everybody = [...residents, ...minors];
  writeFileSync(at('register.csv'), registerFile(everybody));
  writeFileSync(
    at('accounts.json'),
    JSON.stringify(
      residents.slice(0, 3).map((one, k) => ({
        id: `resident-${k + 1}`,
        claims: { pesel: one.pesel, given_name: one.first_name, family_name: one.last_name, birthdate: one.birth_date },
      })),
    ),
  );

  const boxPort = await freePort();
  say('an identity provider, a mail server, an SMS gateway');
  const [oidc, mail, sms] = await Promise.all([
    startService('oidc', '--accounts', at('accounts.json'), '--redirect-uri', redirectTo(`http://127.0.0.1:${boxPort}`), '--client-secret', readFileSync(at('keys/oidc.secret'), 'utf8').trim()),
    startService('mail'),
    startService('sms', '--token', readFileSync(at('keys/sms.token'), 'utf8').trim()),
  ]);
  say('two keepers of the pseudonyms\' key');
  const keepers = [await startRole('keeper-1', 'keeper', 'serve', '--config', at('keeper-1.toml')), await startRole('keeper-2', 'keeper', 'serve', '--config', at('keeper-2.toml'))];

  const surroundings = { keepers, sms, mail, oidc, box: `http://127.0.0.1:${boxPort}` };
  writeRegistrarConfig(surroundings);
  const point = run('registrar', 'operator-token', '--config', at('registrar.toml'), '--out', at('keys/point.token')).trim();
  writeRegistrarConfig({ ...surroundings, point });
  say(`the register of ${everybody.length} invented residents is imported`);
  run('registrar', 'import', at('register.csv'), '--config', at('registrar.toml'), '--official', 'demo', '--quiet');
  const roll = JSON.parse(run('registrar', 'roll', '--config', at('registrar.toml'), '--official', 'demo', '--out', at('roll.cbor'), '--json'));
  if (roll.people !== everybody.length) fail(`the roll has ${roll.people} of ${everybody.length} people`);
  const registrar = await startRole('registrar', 'registrar', 'serve', '--config', at('registrar.toml'));

  say('roll and opening');
  run('board', 'roll', at('record'), '--roll', at('roll.cbor'), '--registrar-key', at('edition/keys/registrar.key'), '--key', boardKey());
  run('board', 'open', at('record'), '--official', ...officials(), '--key', boardKey());
  cosigned();
  writeBoxConfig(registrar, boxPort);
  run('box', 'import', '--config', at('serve.toml'), at('record'));
  const box = await startRole('box', 'serve', '--config', at('serve.toml'));

  const addresses = {
    box,
    registrar,
    keepers,
    witnesses: Object.fromEntries(witnesses.map(({ name, url }) => [name, url])),
    identity_provider: oidc.issuer,
    sms_control: `http://127.0.0.1:${sms.control}`,
    mail_control: `http://127.0.0.1:${mail.control}`,
    oidc_control: `http://127.0.0.1:${oidc.control}`,
    point_token: at('keys/point.token'),
    processes,
    stores: Object.fromEntries(stores),
  };
  writeFileSync(at('addresses.json'), JSON.stringify(addresses, null, 2));
  say('the town is open');
  if (words.site) process.stdout.write(`the pages                     ${box}/\n`);
  process.stdout.write(`ballot box and public record  ${box}/api/v1/edition\nregistrar                     ${registrar}\nkeepers                       ${keepers.join(' ')}\nidentity provider             ${oidc.issuer}\nan official's token           ${addresses.point_token}\nSMS that were sent            ${addresses.sms_control}/messages (also the codes for voting)\nmails that were sent          ${addresses.mail_control}/messages\n`);
  for (const one of residents.slice(0, 3)) {
    process.stdout.write(`a resident                    ${one.first_name} ${one.last_name}, PESEL ${one.pesel}, born ${one.birth_date}, ${one.phone}\n`);
  }

  if (words.desk) {
    say('the officials\' desk, with a ballot box that waits for the next edition');
    const { registrar: registrarKey } = JSON.parse(run('edition', 'show', '--json', at('edition/manifest.cbor')));
    const next = await prepareDesk({ urna, dir: at('next'), registrarKey, site: words.desk });
    for (const start of [next.desk, next.startBox]) children.push((await start()).child);
    process.stdout.write(`the officials' desk           ${next.origin}/\n`);
    for (const name of ['Anna Nowak', 'Jan Kowalski']) process.stdout.write(`an invitation, ${name.padEnd(15)}${next.invite(name).link}\n`);
  }

  if (words.scenario) {
    const town = { at, run, ask, say, fail, pool: cityPools[0], addresses, residents, voters, both, officials: officials(), factor: words.factor };
    const story = await playTheft(town);
    await closeAndTally(addresses);
    const { funded } = JSON.parse(run('verify', '--json', '--quiet', at('record'))).pools[0];
    compareResults({ ...town, story, announced: funded.map((one) => one.id) });
  } else if (words.full) await wholeElection(addresses);
  if (words.exit) {
    stopAll();
    return;
  }
  process.stdout.write('Ctrl-C stops the town.\n');
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stopAll();
      process.exit(0);
    });
  }
}

// Two officials sign the protocol, with certificates that nobody but this demonstration trusts.
function signProtocol() {
  const draft = at('protocol/protocol-pl.pdf');
  for (const [name, office] of [['Anna Nowak', 'przewodnicząca komisji'], ['Jan Lis', 'członek komisji']]) {
    const key = at('keys', `${name.split(' ')[1].toLowerCase()}-signature`);
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-utf8', '-subj', `/CN=${name}`, '-keyout', `${key}.pem`, '-out', `${key}.crt`], { encoding: 'utf8' });
    if (made.status !== 0) fail(`openssl req\n${made.stderr ?? made.error}`);
    chmodSync(`${key}.pem`, 0o600);
    run('publish', 'sign', draft, '--key', `${key}.pem`, '--certificate', `${key}.crt`, '--name', name, '--reason', office);
  }
  copyFileSync(draft, at('protocol.pdf'));
}

async function wholeElection(addresses) {
  const { box, registrar, sms_control: inbox } = addresses;
  say('the residents vote');
  // A synchronous child would keep this process from serving nobody: the services are others.
  runShown('simulate', 'vote', '--registrar', registrar, '--box', box, '--sms-inbox', inbox, '--residents', at('residents.json'), ...pools.flatMap((pool) => ['--pool', `${pool.id}=${path.resolve(pool.file)}`]));
  await closeAndTally(addresses);
}

async function closeAndTally({ box }) {
  say('two officials close the voting; the record goes to the trustees');
  run('box', 'close', '--config', at('serve.toml'), '--official', ...officials());
  const issued = JSON.parse(run('registrar', 'issuance', '--config', at('registrar.toml'), '--out', at('issuance.entry'), '--json'));
  rmSync(at('record'), { recursive: true });
  run('box', 'export', '--config', at('serve.toml'), at('record'));
  cosigned();
  run('board', 'counted', at('record'), '--certificates', issued.certificates, '--registrar-key', at('edition/keys/registrar.key'), '--key', boardKey());

  for (const name of ['Anna', 'Celina']) {
    say(`${name} mixes`);
    trusteeStep(name, 'mix');
    boardAdd(name);
  }
  say('Anna and Bartek decrypt');
  for (const name of ['Anna', 'Bartek']) trusteeStep(name, 'decrypt');
  boardAdd('Anna', 'Bartek');
  run('board', 'result', '--quiet', at('record'), '--key', boardKey());

  cosigned();
  say('the result is announced, and verified over HTTP by somebody with nothing but the address');
  run('box', 'import', '--config', at('serve.toml'), at('record'));
  const size = JSON.parse(run('board', 'status', at('record'), '--json')).entries;
  while ((await (await fetch(`${box}/api/v1/edition`)).json()).entries !== size) await new Promise((done) => setTimeout(done, 50));
  run('publish', 'protocol', at('record'), '--presentation', at('presentation.json'), '--out', at('protocol'), '--quiet');
  signProtocol();
  runShown('verify', '--quiet', '--manifest', createHash('sha256').update(readFileSync(at('edition/manifest.cbor'))).digest('hex'), box);
}

main().catch((error) => fail(error.stack));
