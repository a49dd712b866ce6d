// SPDX-License-Identifier: EUPL-1.2
// What the tests of the town share: a town started for a test file, calls that are held against the
// API's description, the way of a browser.
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const urna = process.env.URNA_PROGRAM ?? path.join(root, 'build/release/urna');

const description = parse(readFileSync(path.join(root, 'docs/openapi.yaml'), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(description, 'api');

export function program(...args) {
  return spawnSync(urna, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28 });
}

// A pool of invented votes.
export function inventPool(folder, kind, voters, seed = 5) {
  const file = path.join(folder, 'pool.pb');
  const made = program('generate', '--kind', kind, '--seed', seed, '--voters', voters, '--out', file, '--quiet');
  assert.equal(made.status, 0, made.stderr);
  return file;
}

function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// Starts a town; resolves once it is open, or with --exit once it has ended. About one in seven of
// those entitled has a vote to cast; `change` may change the file of votes.
export async function startTown(...words) {
  const { entitled = 300, change = (text) => text } = typeof words[0] === 'object' ? words.shift() : {};
  const folder = mkdtempSync(path.join(tmpdir(), 'urna-town-'));
  const file = inventPool(folder, 'katowice', entitled);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const dir = path.join(folder, 'town');
  const child = spawn(process.execPath, [path.join(root, 'demo/town.mjs'), '--urna', urna, '--dir', dir, '--pool', `city=${file}`, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (text) => (printed += text));
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => {
      printed += text;
      if (printed.includes('Ctrl-C stops the town')) resolve();
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(printed))));
  });
  const addresses = JSON.parse(readFileSync(path.join(dir, 'addresses.json'), 'utf8'));
  const residents = JSON.parse(readFileSync(path.join(dir, 'residents.json'), 'utf8'));
  const running = new Map(); // process ids of services that were started anew
  const roles = {
    box: { words: ['serve', '--config', 'serve.toml'], port: 'URNA_SERVE_HTTP_PORT', address: addresses.box },
    registrar: { words: ['registrar', 'serve', '--config', 'registrar.toml'], port: 'URNA_REGISTRAR_HTTP_PORT', address: addresses.registrar },
    ...Object.fromEntries(addresses.keepers.map((address, k) => [`keeper-${k + 1}`, { words: ['keeper', 'serve', '--config', `keeper-${k + 1}.toml`], port: 'URNA_KEEPER_HTTP_PORT', address }])),
  };
  return {
    ...addresses,
    dir,
    pool: file,
    residents,
    printed,
    // Kills a service without warning and starts it again at its address; milliseconds until it is
    // ready.
    async restart(name, env = {}) {
      const old = running.get(name) ?? addresses.processes[name];
      process.kill(old, 'SIGKILL');
      while (isThere(old)) await sleep(1);
      const { words: role, port, address } = roles[name];
      const begin = performance.now();
      const service = spawn(urna, role, { cwd: dir, stdio: 'ignore', env: { ...process.env, [port]: new URL(address).port, ...env } });
      running.set(name, service.pid);
      for (;;) {
        try {
          if ((await fetch(`${address}/readyz`)).status === 204) return performance.now() - begin;
        } catch {
          // Not yet there.
        }
        assert.equal(service.exitCode, null, `${name} did not start again`);
        assert.ok(performance.now() - begin < 60_000, `${name} does not answer`);
        await sleep(2);
      }
    },
    async stop() {
      for (const pid of running.values()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended.
        }
      }
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const pathsOf = Object.keys(description.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{rest\}/, '.+').replace(/\{[a-z_]+\}/g, '[^/]+')}$`),
}));

function resolved(value) {
  return value?.$ref ? resolved(value.$ref.slice(2).split('/').reduce((at, name) => at[name], description)) : value;
}

// Calls, and holds the answer against the description.
export async function call(method, address, body, { bearer, type = 'application/json', headers = {}, language = 'en' } = {}) {
  const url = new URL(address);
  const response = await fetch(url, {
    method,
    headers: {
      'accept-language': language,
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const known = pathsOf.find((one) => one.pattern.test(url.pathname));
  assert.ok(known, `${url.pathname} is not described`);
  const operation = description.paths[known.template][method.toLowerCase()];
  assert.ok(operation, `${method} ${known.template} is not described`);
  const described = resolved(operation.responses[response.status] ?? operation.responses.default);
  assert.ok(described, `${method} ${known.template}: status ${response.status} is not described`);
  const media = (response.headers.get('content-type') ?? '').split(';')[0];
  if (described.content) {
    const content = described.content[media];
    assert.ok(content, `${method} ${known.template} ${response.status}: ${media} is not described`);
    if (media.endsWith('json')) {
      const parsed = JSON.parse(text);
      const schema = content.schema.$ref
        ? { $ref: `api${content.schema.$ref}` }
        : JSON.parse(JSON.stringify(content.schema).replaceAll('"#/', '"api#/'));
      const validate = ajv.compile(schema);
      assert.ok(validate(parsed), `${method} ${known.template} ${response.status}: ${ajv.errorsText(validate.errors)}\n${text}`);
      return { status: response.status, body: parsed, headers: response.headers };
    }
  } else {
    assert.equal(text, '', `${method} ${known.template} ${response.status} has a body that is not described`);
  }
  return { status: response.status, body: text, headers: response.headers };
}

export const personOf = (one) => ({ kind: 'pesel', first_name: one.first_name, last_name: one.last_name, pesel: one.pesel });

// A voting key that is an element: the generator.
export const someKey = 'e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function eventually(what, look, tries = 200) {
  for (let k = 0; k < tries; ++k) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function smsTo(town, phone, after = 0) {
  const { messages } = await (await fetch(`${town.sms_control}/messages`)).json();
  return messages.filter((one) => one.to === phone).slice(after);
}

export const digits = (text) => /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0];

// A session of level 2 by SMS.
export async function signInBySms(town, resident) {
  const before = new Set((await smsTo(town, resident.phone)).map((one) => one.text));
  const { status, body } = await call('POST', `${town.registrar}/api/v1/sessions`, personOf(resident));
  assert.equal(status, 201);
  const current = `${town.registrar}/api/v1/sessions/current`;
  assert.equal((await call('POST', `${current}/codes`, { channel: 'sms' }, { bearer: body.session })).status, 202);
  const message = await eventually('a code', async () => {
    // A notice may come in between, and what was sent before may come twice: messages are repeated
    // until the gateway has confirmed them.
    return (await smsTo(town, resident.phone)).find((one) => digits(one.text) && !before.has(one.text));
  });
  const checked = await call('POST', `${current}/code`, { code: digits(message.text) }, { bearer: body.session });
  assert.equal(checked.status, 200);
  assert.equal(checked.body.level, 2);
  return body.session;
}

// Signs in at the identity provider as a browser would: follows redirects with its cookies, fills in
// the form. What came back to the redirect address.
export async function browseToProvider(address, account) {
  const cookies = new Map();
  const go = async (url, options = {}) => {
    const response = await fetch(url, {
      redirect: 'manual',
      ...options,
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...options.headers },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair] = cookie.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  };
  let url = address;
  let response = await go(url);
  for (let step = 0; step < 12; ++step) {
    const location = response.headers.get('location');
    if (location) {
      url = new URL(location, url).href;
      if (url.startsWith('http://127.0.0.1:9/')) return new URL(url).searchParams;
      response = await go(url);
      continue;
    }
    response = await go(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ account }).toString(),
    });
  }
  throw new Error('the provider never came to an end');
}

export const randomText = () => randomBytes(32).toString('hex');
