// SPDX-License-Identifier: EUPL-1.2
// The subset of deterministic CBOR in which everything is written (section 3.6), read strictly.

import { demand, join, joinAll, Malformed, textOf, utf8 } from './bytes.js';

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap;
export type CborMap = ReadonlyMap<number, Cbor>;

/** No structure of the protocol is nested deeper. */
const MAXIMUM_DEPTH = 8;

/** Reads items one after the other and knows where it stands. */
export class CborReader {
  position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get finished(): boolean {
    return this.position === this.bytes.length;
  }

  /** The head of an array: its number of items, which the caller then reads one by one. */
  arrayHead(): number {
    const [type, count] = this.head();
    demand(type === 4, 'not an array');
    return count;
  }

  /** The head of a map: its number of pairs, which the caller then reads one by one, key and value. */
  mapHead(): number {
    const [type, count] = this.head();
    demand(type === 5, 'not a map');
    return count;
  }

  item(depth = 0): Cbor {
    demand(depth <= MAXIMUM_DEPTH, 'structures are nested too deeply');
    const [type, argument] = this.head();
    switch (type) {
      case 0:
        return argument;
      case 2:
        return this.take(argument).slice();
      case 3:
        return textOf(this.take(argument), 'a text');
      case 4:
        return Array.from({ length: argument }, () => this.item(depth + 1));
      case 5:
        return this.map(argument, depth);
      default:
        return argument === 20 ? false : argument === 21 ? true : null;
    }
  }

  private map(count: number, depth: number): CborMap {
    const map = new Map<number, Cbor>();
    let last = -1;
    for (let i = 0; i < count; i++) {
      const [type, key] = this.head();
      demand(type === 0, 'a key is not an unsigned integer');
      demand(key > last, 'keys do not ascend');
      last = key;
      map.set(key, this.item(depth + 1));
    }
    return map;
  }

  /** The type of the next item and its argument: value, length, count, or the number of a simple value. */
  private head(): [type: number, argument: number] {
    const first = this.take(1)[0]!;
    const type = first >> 5;
    const short = first & 31;
    if (type === 7) {
      demand(short >= 20 && short <= 22, 'a value that is neither boolean nor null');
      return [type, short];
    }
    demand(type !== 1, 'a negative number');
    demand(type !== 6, 'a tag');
    if (short < 24) return [type, this.plausible(type, short)];
    demand(short <= 27, short === 31 ? 'an indefinite length' : 'a reserved length');
    const width = 1 << (short - 24);
    const argument = this.take(width).reduce((value, byte) => value * 256n + BigInt(byte), 0n);
    const least = width === 1 ? 24n : 1n << BigInt(4 * width);
    demand(argument >= least, 'a number or length is not written in the shortest way');
    demand(argument <= BigInt(Number.MAX_SAFE_INTEGER), 'a number is too large');
    return [type, this.plausible(type, Number(argument))];
  }

  /** Every item takes at least one byte, so that no count can make the reader allocate beyond the input. */
  private plausible(type: number, argument: number): number {
    const items = type === 5 ? 2 * argument : argument;
    demand(type === 0 || items <= this.bytes.length - this.position, 'the bytes end too early');
    return argument;
  }

  private take(count: number): Uint8Array {
    demand(count <= this.bytes.length - this.position, 'the bytes end too early');
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }
}

/** The one item that `bytes` are; refused if anything follows it. */
export function decode(bytes: Uint8Array): Cbor {
  const reader = new CborReader(bytes);
  const value = reader.item();
  demand(reader.finished, 'bytes follow after the end');
  return value;
}

/** The one encoding of `value`. */
export function encode(value: Cbor): Uint8Array {
  if (typeof value === 'number') return head(0, value);
  if (typeof value === 'boolean') return new Uint8Array([value ? 0xf5 : 0xf4]);
  if (value === null) return new Uint8Array([0xf6]);
  if (typeof value === 'string') {
    const bytes = utf8(value);
    return join(head(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return join(head(2, value.length), value);
  if (value instanceof Map) {
    const pairs = [...(value as CborMap)].sort(([a], [b]) => a - b);
    return joinAll([head(5, pairs.length), ...pairs.flatMap(([key, item]) => [head(0, key), encode(item)])]);
  }
  const items = value as readonly Cbor[];
  return joinAll([head(4, items.length), ...items.map(encode)]);
}

function head(type: number, argument: number): Uint8Array {
  if (argument < 24) return new Uint8Array([(type << 5) | argument]);
  const width = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  const bytes = new Uint8Array(1 + width);
  bytes[0] = (type << 5) | (24 + Math.log2(width));
  for (let i = 0; i < width; i++) bytes[width - i] = Number((BigInt(argument) >> BigInt(8 * i)) & 255n);
  return bytes;
}

// What a structure expects of its parts.

/** The fields of a map that must have exactly the keys given. */
export function fields(value: Cbor, what: string, keys: readonly number[]): Fields {
  if (!(value instanceof Map)) throw new Malformed(`${what} is not a map`);
  const map = value as CborMap;
  for (const key of map.keys()) demand(keys.includes(key), `${what} has the unknown key ${key}`);
  for (const key of keys) demand(map.has(key), `${what} lacks the key ${key}`);
  return new Fields(map, what);
}

/** Keys `first … last`. */
export function keys(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export class Fields {
  constructor(
    readonly map: CborMap,
    readonly what: string,
  ) {}

  get(key: number): Cbor {
    return this.map.get(key)!;
  }

  uint(key: number, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    return uint(this.get(key), this.name(key), least, most);
  }

  bytes(key: number, length: number): Uint8Array {
    return bytes(this.get(key), this.name(key), length);
  }

  text(key: number, least: number, most: number): string {
    return text(this.get(key), this.name(key), least, most);
  }

  array(key: number, least: number, most: number): readonly Cbor[] {
    return array(this.get(key), this.name(key), least, most);
  }

  private name(key: number): string {
    return `field ${key} of ${this.what}`;
  }
}

export function uint(value: Cbor, what: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number') throw new Malformed(`${what} is not a number`);
  demand(value >= least && value <= most, `${what} is ${value}, not between ${least} and ${most}`);
  return value;
}

export function bytes(value: Cbor, what: string, length: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Malformed(`${what} is not a byte string`);
  demand(value.length === length, `${what} has ${value.length} bytes instead of ${length}`);
  return value;
}

/** A text of `least` to `most` bytes. */
export function text(value: Cbor, what: string, least: number, most: number): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is not text`);
  const length = utf8(value).length;
  demand(length >= least && length <= most, `${what} has ${length} bytes, not ${least} to ${most}`);
  return value;
}

export function array(value: Cbor, what: string, least: number, most: number): readonly Cbor[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not an array`);
  const items = value as readonly Cbor[];
  demand(
    items.length >= least && items.length <= most,
    `${what} has ${items.length} items, not ${least} to ${most}`,
  );
  return items;
}

export function boolean(value: Cbor, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is not a boolean`);
  return value;
}

/** Numbers from 0 to `below − 1`, strictly ascending, at least `least` of them. */
export function ascending(value: Cbor, what: string, least: number, below: number): number[] {
  const numbers = array(value, what, least, below).map((item) => uint(item, what, 0, below - 1));
  demand(
    numbers.every((number, i) => i === 0 || number > numbers[i - 1]!),
    `${what} does not ascend`,
  );
  return numbers;
}
