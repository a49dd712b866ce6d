// SPDX-License-Identifier: EUPL-1.2
// Invented events (`urna signals invent`) as people who do over HTTP what the events say: whoever is
// certified identifies, gets a code and is certified, at that minute by the registrar's clock, from that
// network, by that telephone, or at that point.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { withCheckDigit } from '../../demo/residents.mjs';
import { call, digits, personOf, sleep, someKey } from './town.mjs';

const letters = [...'AĄBCĆDEĘFGHIJKLŁMNŃOÓPRSŚTUWYZŹŻ'];
const minutesOfDay = 24 * 60;
const two = (number) => String(number).padStart(2, '0');

// What cannot be done in a test over HTTP: a letter takes days, a guardian's children need a register that
// gives one person so many, and who disowns a vote does so later.
export const canBePlayed = (event) => event.means !== 'letter' && event.guardian === undefined && !event.disowned;

// Numbers for tokens, in order of appearance.
class Numbers {
  #known = new Map();
  of(token) {
    if (!this.#known.has(token)) this.#known.set(token, this.#known.size);
    return this.#known.get(token);
  }
  get size() {
    return this.#known.size;
  }
}

// The people of such events. `dayOf` is the day, counted from 1970, on which the first day of the events is
// played.
export class Cast {
  #networks = { named: new Numbers(), others: new Numbers() };
  #contacts = new Numbers();
  #serials = new Map();
  #people = 0;
  points = new Numbers();
  residents = [];

  // A number for a birth date that nobody else has.
  #pesel(birth) {
    const [year, month, day] = birth.split('-').map(Number);
    const serial = this.#serials.get(birth) ?? 0;
    this.#serials.set(birth, serial + 1);
    assert.ok(serial < 10_000);
    return withCheckDigit(two(year % 100) + two(year < 2000 ? month : month + 20) + two(day) + String(serial).padStart(4, '0'));
  }

  // Makes the event's person, of that age on that day, and says what they do.
  part(event, minute) {
    const n = this.#people++;
    const network = event.network === undefined ? undefined : this.#networks[event.named ? 'named' : 'others'].of(event.network);
    // The registrar takes the first three numbers of an address for its network.
    const address = network === undefined ? undefined : event.named ? `10.200.${network}.7` : `10.${network >> 8}.${network & 255}.7`;
    assert.ok(network === undefined || network < (event.named ? 256 : 200 * 256));
    if (event.outcome === 'refused') {
      return { minute, address, refused: { kind: 'pesel', first_name: 'Jan', last_name: 'Przyjezdny', pesel: this.#pesel('1969-12-31') } };
    }
    const year = new Date(minute * 60_000).getUTCFullYear() - event.age;
    const birth = `${year}-01-${two(1 + (n % 28))}`;
    const phone = event.contact === undefined ? undefined : `+4851${String(this.#contacts.of(event.contact)).padStart(7, '0')}`;
    const given = event.means === 'contact-given';
    const resident = {
      kind: 'pesel',
      first_name: 'Anna',
      last_name: `${letters[event.initial - 1]}owska`,
      pesel: this.#pesel(birth),
      birth_date: birth,
      district: '',
      street: 'ul. Wymyślona',
      house: String(1 + (n % 90)),
      flat: '',
      postcode: '42-200',
      city: 'Miasto na niby',
      phone: phone !== undefined && !given ? phone : `+4852${String(n).padStart(7, '0')}`,
      email: '',
      pools: ['city'],
    };
    this.residents.push(resident);
    return { minute, address, resident, phone, given, point: event.point === undefined ? undefined : this.points.of(event.point) };
  }
}

// Plays the parts in order of time, those of one minute beside each other but one at a time for each
// telephone. `setClock(second)` sets the registrar's clock; `tokens` are those of the points.
export async function play(town, parts, tokens, setClock) {
  const sessions = `${town.registrar}/api/v1/sessions`;
  const current = (rest) => `${sessions}/current${rest}`;
  const codes = new Map(); // those that were not given yet, by telephone
  let read = 0;
  let ended = false;
  const reading = (async () => {
    while (!ended) {
      const { messages } = await (await fetch(`${town.sms_control}/messages?after=${read}`)).json();
      read += messages.length;
      for (const { to, text } of messages) if (digits(text)) codes.set(to, [...(codes.get(to) ?? []), digits(text)]);
      await sleep(10);
    }
  })();
  const codeTo = async (phone) => {
    for (let k = 0; k < 1000; ++k) {
      const code = codes.get(phone)?.shift();
      if (code) return code;
      await sleep(10);
    }
    throw new Error(`no code came to ${phone}`);
  };
  const one = async (part) => {
    const headers = part.address ? { 'x-forwarded-for': part.address } : {};
    const post = async (url, body, status, bearer) => {
      const answer = await call('POST', url, body, { bearer, headers });
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      return answer.body;
    };
    if (part.refused) {
      await post(sessions, part.refused, 201);
      return;
    }
    const atPoint = part.point !== undefined;
    const { session } = await post(atPoint ? `${town.registrar}/api/v1/points/sessions` : sessions, personOf(part.resident), 201, atPoint ? tokens[part.point] : undefined);
    if (!atPoint) {
      await post(current('/codes'), { channel: 'sms', ...(part.given ? { contact: part.phone } : {}) }, 202, session);
      await post(current('/code'), { code: await codeTo(part.phone) }, 200, session);
    }
    await post(current('/certificates'), { voter_key: someKey }, 201, session);
  };
  const byMinute = new Map();
  for (const part of parts) byMinute.set(part.minute, [...(byMinute.get(part.minute) ?? []), part]);
  try {
    for (const minute of [...byMinute.keys()].sort((a, b) => a - b)) {
      setClock(minute * 60 + 5);
      const begun = performance.now();
      const queues = new Map();
      for (const part of byMinute.get(minute)) {
        const phone = part.phone ?? part;
        queues.set(phone, (queues.get(phone) ?? Promise.resolve()).then(() => one(part)));
      }
      await Promise.all(queues.values());
      assert.ok(performance.now() - begun < 50_000, 'so many within a minute that it was over');
    }
  } finally {
    ended = true;
    await reading;
  }
}

// Events without what their tokens are called: for each token what happened with it. Two lists of events are
// equal but for the names of tokens if these are equal and no two tokens have the same happenings; if
// some have, they can be exchanged.
export function withoutNames(events) {
  const say = ({ minute, outcome, means, named, age, initial, disowned }) => JSON.stringify([minute, outcome, outcome === 'certified' ? means : '', named ?? false, age ?? null, initial ?? 0, disowned ?? false]);
  const kinds = ['contact', 'network', 'point', 'guardian'];
  const happenings = new Map();
  for (const event of events) {
    for (const kind of kinds) {
      if (event[kind] === undefined) continue;
      const key = `${kind} ${event[kind]}`;
      happenings.set(key, [...(happenings.get(key) ?? []), say(event)]);
    }
  }
  for (const [key, list] of happenings) happenings.set(key, createHash('sha256').update(list.sort().join(';')).digest('hex').slice(0, 16));
  return events.map((event) => [say(event), ...kinds.map((kind) => (event[kind] === undefined ? '' : happenings.get(`${kind} ${event[kind]}`)))].join('|')).sort();
}

export const dayOf = (event) => Math.floor(event.minute / minutesOfDay);
export const onDay = (minute, day) => day * minutesOfDay + (minute % minutesOfDay);
