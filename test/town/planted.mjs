// SPDX-License-Identifier: EUPL-1.2
// Searching dumps of databases for people: for what is known of them as text in several encodings,
// and for hashes of it that anybody could compute. Everything that is sought is found in one pass,
// so that thousands of people and megabytes take seconds.
import { createHash, createHmac, getHashes } from 'node:crypto';

// Byte strings that are sought all at once, at any place.
export class Needles {
  #known = new Uint8Array(1 << 21); // one bit for each beginning of three bytes
  #byStart = new Map(); // the first four bytes → those that begin so

  // `anchor` is where the four bytes are that the search begins with: no zeros, of which files have
  // many.
  add(bytes, what, anchor = 0) {
    if (bytes.length < anchor + 4) throw new Error(`too short to be sought: ${what}`);
    const start = bytes.readUInt32BE(anchor);
    this.#known[start >>> 11] |= 1 << ((start >>> 8) & 7);
    if (!this.#byStart.has(start)) this.#byStart.set(start, []);
    this.#byStart.get(start).push({ bytes, what, anchor });
  }

  // Calls `found(what, offset)` for each occurrence.
  search(bytes, found) {
    const known = this.#known;
    for (let i = 0; i + 4 <= bytes.length; ++i) {
      const three = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
      if ((known[three >> 3] & (1 << (three & 7))) === 0) continue;
      for (const one of this.#byStart.get(bytes.readUInt32BE(i)) ?? []) {
        const begin = i - one.anchor;
        if (begin >= 0 && one.bytes.equals(bytes.subarray(begin, begin + one.bytes.length))) found(one.what, begin);
      }
    }
  }
}

// ---- What is known of a person

const frame = (text) => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
};

const integer = (digits, write) => {
  const bytes = Buffer.alloc(8);
  bytes[write](BigInt(digits));
  return bytes;
};

// Whatever tells who one is. `who` is all that a finding says of the person.
export function addPerson(needles, person, who) {
  const texts = {
    PESEL: person.pesel,
    phone: person.phone.slice(3),
    'e-mail': person.email,
    'last name': person.last_name,
    'first name': person.first_name,
    street: person.street.replace('ul. ', ''),
    address: `${person.street} ${person.house}${person.flat ? `/${person.flat}` : ''}\n${person.postcode}`,
  };
  for (const [what, text] of Object.entries(texts)) {
    // Shorter names stand in other words.
    if (text.length < 6) continue;
    for (const form of new Set([text, text.toLowerCase(), text.toUpperCase()])) {
      needles.add(Buffer.from(form), `${who}: ${what}`);
      needles.add(Buffer.from(form, 'utf16le'), `${who}: ${what} in UTF-16`);
    }
  }
  for (const [what, digits] of [['PESEL', person.pesel], ['phone', person.phone.slice(3)]]) {
    const bigEndian = integer(digits, 'writeBigUInt64BE');
    const first = bigEndian.findIndex((byte) => byte !== 0);
    needles.add(bigEndian, `${who}: ${what} as an integer`, Math.min(first, 4));
    needles.add(integer(digits, 'writeBigUInt64LE'), `${who}: ${what} as an integer`);
  }
}

// What somebody would hash who tries all numbers there are, or a list of people.
function guesses(person) {
  const { pesel, first_name: first, last_name: last, birth_date: birth } = person;
  const phone = person.phone.slice(1);
  const texts = [pesel, `${pesel}\n`, `PESEL${pesel}`, `pesel:${pesel}`, `${first} ${last}`, `${last} ${first}`, `${first}${last}${pesel}`, `${first} ${last} ${pesel}`, `${pesel}${last}`, `${pesel} ${first} ${last}`, `${last}${first}${birth}`, `${birth}${pesel.slice(7)}`, `+${phone}`, phone, phone.slice(2)];
  if (person.email) texts.push(person.email);
  const all = new Set(texts.flatMap((text) => [text, text.toLowerCase(), text.toUpperCase()]));
  return [
    ...[...all].map((text) => Buffer.from(text)),
    // What the registrar hashes under a key (docs/registrar.md), without the key.
    Buffer.concat([frame('urna/1 person'), frame('pesel'), frame(pesel)]),
    Buffer.concat([frame(last.toLowerCase()), frame(first.toLowerCase()), frame(birth)]),
  ];
}

const algorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha512-256', 'sha3-256', 'sha3-512', 'blake2s256', 'blake2b512', 'ripemd160'].filter((one) => getHashes().includes(one));
// A hash that was shortened is found as well.
const digestBytes = 8;

export function addHashes(needles, person, who) {
  for (const bytes of guesses(person)) {
    for (const algorithm of algorithms) {
      needles.add(createHash(algorithm).update(bytes).digest().subarray(0, digestBytes), `${who}: an unkeyed ${algorithm}`);
    }
  }
}

// Hashes salted, or keyed, with each of these.
export function addSaltedHashes(needles, person, who, salts) {
  const inputs = [person.pesel, person.phone].map((text) => Buffer.from(text));
  for (const salt of salts) {
    for (const input of inputs) {
      const made = [
        createHash('sha256').update(salt).update(input).digest(),
        createHash('sha256').update(input).update(salt).digest(),
        createHmac('sha256', salt).update(input).digest(),
      ];
      for (const digest of made) needles.add(digest.subarray(0, digestBytes), `${who}: a hash salted with what stands in the dump`);
    }
  }
}

// ---- What stands in a dump

const hexRuns = /[0-9A-Fa-f]{16,}/g;
const base64Runs = /[A-Za-z0-9+/_-]{16,}/g;

function decoded(run) {
  const even = run.length - (run.length % 2);
  return even === run.length ? [Buffer.from(run, 'hex')] : [Buffer.from(run.slice(0, even), 'hex'), Buffer.from(run.slice(1), 'hex')];
}

// Bytes as they are, and what they hold in hexadecimal or base 64, to this depth.
function* layers(bytes, depth) {
  yield bytes;
  if (depth === 0) return;
  const text = bytes.toString('latin1');
  for (const [run] of text.matchAll(hexRuns)) for (const inner of decoded(run)) yield* layers(inner, depth - 1);
  for (const [run] of text.matchAll(base64Runs)) {
    for (let skipped = 0; skipped < 4; ++skipped) yield* layers(Buffer.from(run.slice(skipped), 'base64'), depth - 1);
  }
}

// A dump as text, of SQLite or PostgreSQL: its bytes values, and the text without them. So digits
// of hexadecimal numbers are never taken for a telephone number.
export function readDump(dump) {
  const values = [];
  const rest = dump.replace(/X'([0-9A-Fa-f]*)'|'\\x([0-9a-f]*)'/g, (_, sqlite, postgres) => {
    values.push(Buffer.from(sqlite ?? postgres, 'hex'));
    return "''";
  });
  return { values, rest };
}

// The findings, each once.
export function search(needles, { values, rest }, depth = 2) {
  const found = new Map();
  const note = (what) => found.set(what, (found.get(what) ?? 0) + 1);
  for (const bytes of [Buffer.from(rest), ...values]) {
    for (const layer of layers(bytes, depth)) needles.search(layer, note);
  }
  return [...found.keys()];
}

// ---- Tables of a dump

// Table → its columns, from the statements that make it.
export function columnsOf(dump) {
  const tables = new Map();
  for (const [, name, body] of dump.matchAll(/^CREATE TABLE (?:IF NOT EXISTS )?(?:public\.)?"?(\w+)"? ?\(([\s\S]*?)\)[ A-Z,]*;$/gm)) {
    const columns = [];
    for (const part of body.split(/,(?![^(]*\))/)) {
      const word = /^\s*"?(\w+)"?\s/.exec(part)?.[1];
      if (word && !/^(PRIMARY|CONSTRAINT|UNIQUE|CHECK)$/.test(word)) columns.push(word);
    }
    tables.set(name, columns);
  }
  return tables;
}

// The rows of a table, each an array of Buffers, numbers, texts or null.
export function rowsOf(dump, table) {
  const rows = [];
  const statement = new RegExp(`^INSERT INTO (?:public\\.)?"?${table}"? VALUES ?\\(`, 'gm');
  const value = /\s*(?:X'([0-9A-Fa-f]*)'|'\\x([0-9a-f]*)'|replace\('((?:[^']|'')*)','\\n',char\(10\)\)|'((?:[^']|'')*)'|(-?\d+)|(NULL))\s*([,)])/gy;
  for (let begin = statement.exec(dump); begin; begin = statement.exec(dump)) {
    const row = [];
    value.lastIndex = statement.lastIndex;
    for (let end = ''; end !== ')'; ) {
      const match = value.exec(dump);
      if (!match) throw new Error(`a row of ${table} cannot be read`);
      const [, sqlite, postgres, replaced, text, number] = match;
      if (sqlite !== undefined || postgres !== undefined) row.push(Buffer.from(sqlite ?? postgres, 'hex'));
      else if (replaced !== undefined || text !== undefined) row.push((replaced ?? text).replaceAll("''", "'"));
      else row.push(number === undefined ? null : Number(number));
      end = match[7];
    }
    rows.push(row);
  }
  return rows;
}
