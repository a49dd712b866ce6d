// SPDX-License-Identifier: EUPL-1.2
// What tests of the desk share: a desk started for a test, and officials who act over HTTP.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareDesk, urnaRunner } from '../../demo/desk.mjs';
import { Authenticator, challengeOf, SigningKey, Transcript, transcriptOf } from './authenticator.mjs';
import { call, urna } from './town.mjs';

export const run = urnaRunner(urna);

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
  propose(id, action) {
    return this.call('POST', `/api/v1/desk/editions/${id}/proposals`, { action });
  }
  signatures(id, proposal, spoilt = {}) {
    const signature = (spoilt.key ?? this.key).sign(transcriptOf(spoilt.statement ?? proposal.statement)).toString('hex');
    return { signature, ...this.passkey.get(challengeOf(spoilt.statement ?? proposal.statement), spoilt) };
  }
  async sign(id, proposalId, spoilt = {}) {
    const proposal = (await this.edition(id)).proposals.find((one) => one.id === proposalId);
    return this.call('POST', `/api/v1/desk/editions/${id}/proposals/${proposalId}/signatures`, this.signatures(id, proposal, spoilt));
  }
}
