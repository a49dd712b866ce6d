// SPDX-License-Identifier: EUPL-1.2
// An OpenID provider for tests and the demonstration: npm oidc-provider, whose ID tokens can be
// spoilt on request. Options: --port, --control-port (0: any), --client-id, --client-secret,
// --redirect-uri, --accounts (a JSON file: [{"id", "claims": {…}}]).
//
// Signing in: the browser is sent to a form at /interaction/UID, which takes POST account=ID.
// Control: GET /accounts; POST /rotate {"algorithm"?, "keepOld"?}: a new key for "RS256" (default),
// "ES256" or "EdDSA"; POST /misbehave {"as"}: how the next ID tokens are spoilt, see `spoil`, or
// "well"; POST /describe {"member": value …}: what the provider falsely says about itself.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';
import {
  controlServer,
  httpServer,
  listen,
  readBody,
  readOptions,
  ready,
  sendJson,
} from './service.mjs';

const options = readOptions({
  port: '0',
  'control-port': '0',
  'client-id': 'urna',
  'client-secret': 'test secret/with:odd+characters',
  'redirect-uri': 'http://127.0.0.1:9/callback',
  accounts: '',
});

const accounts = new Map(
  (options.accounts
    ? JSON.parse(readFileSync(options.accounts, 'utf8'))
    : [
        {
          id: 'zofia',
          claims: {
            pesel: '85061800008',
            given_name: 'Zofia',
            family_name: 'Święcicka-Żółć',
            birthdate: '1985-06-18',
          },
        },
        { id: 'nobody', claims: { given_name: 'Jan', family_name: 'Bez Numeru' } },
      ]
  ).map((account) => [account.id, account]),
);

// ---- Keys and tokens ---------------------------------------------------------------------------

const generators = {
  RS256: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => crypto.generateKeyPairSync('ed25519'),
};

function makeKey(algorithm) {
  const { privateKey, publicKey } = generators[algorithm]();
  return { algorithm, privateKey, publicKey, id: crypto.randomBytes(6).toString('hex') };
}

const privateJwk = (key) => ({
  ...key.privateKey.export({ format: 'jwk' }),
  kid: key.id,
  use: 'sig',
  alg: key.algorithm,
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(header, claims, key) {
  const text = `${encode(header)}.${encode(claims)}`;
  const signature =
    key.algorithm === 'RS256'
      ? crypto.sign('sha256', text, key.privateKey)
      : key.algorithm === 'ES256'
        ? crypto.sign('sha256', text, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
        : crypto.sign(null, Buffer.from(text), key.privateKey);
  return `${text}.${signature.toString('base64url')}`;
}

let signing = makeKey('RS256');
let misbehaviour = 'well';
let falseDescription = {};
const requests = { description: 0, keys: 0, token: 0 };

// Each takes the good header and claims to a token that must be refused.
const spoil = {
  'wrong-issuer': (h, c) => sign(h, { ...c, iss: `${c.iss}.example` }, signing),
  'wrong-audience': (h, c) => sign(h, { ...c, aud: 'another' }, signing),
  'two-audiences': (h, c) => sign(h, { ...c, aud: [c.aud, 'another'] }, signing),
  'other-party': (h, c) => sign(h, { ...c, azp: 'another' }, signing),
  expired: (h, c) => sign(h, { ...c, iat: c.iat - 9000, exp: c.iat - 3600 }, signing),
  'without-expiry': (h, c) => sign(h, { ...c, exp: undefined }, signing),
  'from-the-future': (h, c) => sign(h, { ...c, iat: c.iat + 3600, exp: c.exp + 7200 }, signing),
  'not-yet': (h, c) => sign(h, { ...c, nbf: c.iat + 3600 }, signing),
  'wrong-nonce': (h, c) => sign(h, { ...c, nonce: 'A'.repeat(43) }, signing),
  'without-nonce': (h, c) => sign(h, { ...c, nonce: undefined }, signing),
  'alg-none': (h, c) => `${encode({ alg: 'none' })}.${encode(c)}.`,
  // The public key, which everybody knows, used as a shared secret.
  hs256: (h, c) => {
    const text = `${encode({ ...h, alg: 'HS256' })}.${encode(c)}`;
    const secret = signing.publicKey.export({ type: 'spki', format: 'pem' });
    return `${text}.${crypto.createHmac('sha256', secret).update(text).digest('base64url')}`;
  },
  'unknown-kid': (h, c) => sign({ ...h, kid: 'made-up' }, c, signing),
  'wrong-key': (h, c) => sign(h, c, makeKey(signing.algorithm)),
  extension: (h, c) => sign({ ...h, crit: ['b64'], b64: true }, c, signing),
  'changed-claim': (h, c, token) => {
    const [header, , signature] = token.split('.');
    return `${header}.${encode({ ...c, pesel: '44051401458' })}.${signature}`;
  },
  garbage: () => 'not a token',
};

// ---- The provider ------------------------------------------------------------------------------

const cookieKeys = [crypto.randomBytes(32).toString('hex')];
let issuer = '';
let provider;
let answerProvider;

function makeProvider(keys) {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: options['client-id'],
        client_secret: options['client-secret'],
        redirect_uris: [options['redirect-uri']],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: signing.algorithm,
      },
    ],
    jwks: { keys: keys.map(privateJwk) },
    enabledJWA: { idTokenSigningAlgValues: Object.keys(generators) },
    findAccount: (context, id) =>
      accounts.has(id) && {
        accountId: id,
        claims: () => ({ sub: id, ...accounts.get(id).claims }),
      },
    claims: {
      openid: ['sub'],
      profile: ['given_name', 'family_name', 'birthdate'],
      pesel: ['pesel'],
    },
    acrValues: ['low', 'high'],
    conformIdTokenClaims: false,
    pkce: { methods: ['S256'], required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: cookieKeys, long: { path: '/' }, short: { path: '/' } },
    // Nobody is asked for consent: what a client may know is settled by contract.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile pesel');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    await next();
    const route = context.oidc?.route;
    if (route === 'discovery') {
      requests.description += 1;
      context.body = { ...context.body, ...falseDescription };
    } else if (route === 'jwks') {
      requests.keys += 1;
    } else if (route === 'token') {
      requests.token += 1;
      const token = context.body?.id_token;
      if (token && misbehaviour !== 'well') {
        const [header, claims] = token
          .split('.')
          .slice(0, 2)
          .map((part) => JSON.parse(Buffer.from(part, 'base64url')));
        context.body = { ...context.body, id_token: spoil[misbehaviour](header, claims, token) };
      }
    }
  });
  answerProvider = provider.callback();
}

// ---- Signing in --------------------------------------------------------------------------------

const escapeHtml = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function form() {
  const choices = [...accounts.values()]
    .slice(0, 200)
    .map(({ id, claims }) => {
      const name = `${claims.given_name ?? ''} ${claims.family_name ?? ''}`;
      return `<option value="${escapeHtml(id)}">${escapeHtml(`${name} (${id})`)}</option>`;
    })
    .join('');
  return `<!doctype html><html lang="pl"><meta charset="utf-8">
<title>Testowy dostawca tożsamości</title>
<h1>Testowy dostawca tożsamości</h1>
<p>Osoby są zmyślone; hasła nie ma. Invented persons, no password.</p>
<form method="post"><label>Konto <input name="account" list="accounts" required></label>
<datalist id="accounts">${choices}</datalist>
<button name="action" value="login">Zaloguj</button>
<button name="action" value="cancel" formnovalidate>Anuluj</button></form></html>`;
}

async function interact(request, response) {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(form());
  }
  const fields = new URLSearchParams((await readBody(request)).toString('utf8'));
  if (fields.get('action') === 'cancel') {
    return provider.interactionFinished(request, response, { error: 'access_denied' });
  }
  if (!accounts.has(fields.get('account')))
    return sendJson(response, 400, { error: 'no such account' });
  const login = {
    accountId: fields.get('account'),
    acr: accounts.get(fields.get('account')).acr ?? 'low',
  };
  return provider.interactionFinished(request, response, { login });
}

const server = httpServer((request, response) =>
  request.url.startsWith('/interaction/')
    ? interact(request, response)
    : answerProvider(request, response),
);
const port = await listen(server, options.port);
issuer = `http://127.0.0.1:${port}`;
makeProvider([signing]);

const control = await listen(
  controlServer({
    'GET /accounts': () => ({ accounts: [...accounts.values()] }),
    'GET /requests': () => requests,
    'POST /rotate': (body) => {
      const old = signing;
      signing = makeKey(body.algorithm ?? 'RS256');
      // oidc-provider keeps what it knows outside the instance: sign-ins go on.
      makeProvider(body.keepOld ? [signing, old] : [signing]);
      return { kid: signing.id };
    },
    'POST /misbehave': (body) => {
      if (body.as !== 'well' && !spoil[body.as]) throw new Error('no such misbehaviour');
      misbehaviour = body.as;
    },
    'POST /describe': (body) => {
      falseDescription = body;
    },
    'GET /misbehaviours': () => Object.keys(spoil),
  }),
  options['control-port'],
);
ready({ service: 'oidc', port, control, issuer, clientId: options['client-id'] });
