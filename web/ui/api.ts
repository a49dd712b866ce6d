// SPDX-License-Identifier: EUPL-1.2
// Calls to the services: JSON and CBOR out, JSON in, refusals as problem details (RFC 9457).
import { language } from './language.svelte';

/** What a service refused, in the words that it found for people. */
export class Refused extends Error {
  constructor(
    /** The last part of the problem's type, e.g. "wrong-code"; the texts may change, this does not. */
    readonly kind: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    /** The field that is wrong, where the problem is about one. */
    readonly field: string | undefined,
    readonly retryAfterSeconds: number | undefined,
    /** Names the request in the service's logs. */
    readonly request: string | undefined,
  ) {
    super(`${status} ${kind}`);
  }
}

/** No answer came: whether the request arrived is not known. */
export class NoAnswer extends Error {}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** An object goes as JSON, bytes as CBOR. */
  readonly body?: object | Uint8Array;
  readonly bearer?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** After which NoAnswer is thrown. */
  readonly timeoutMs?: number;
}

/** An answer longer than this is none of ours. */
const ANSWER_BYTES_MAX = 4 << 20;

/** The answer's JSON; undefined if it has no body. Throws Refused or NoAnswer. */
export async function call(address: string, asked: Call = {}): Promise<unknown> {
  const { status, text, response } = await send(address, asked);
  const parsed = parse(text);
  if (status >= 200 && status < 300) {
    if (text !== '' && parsed === undefined) throw new NoAnswer('the answer is no JSON');
    return parsed;
  }
  throw refusal(status, parsed, response.headers.get('retry-after'));
}

/** The answer as text, for what is not JSON. */
export async function callForText(address: string, asked: Call = {}): Promise<string> {
  const { status, text, response } = await send(address, asked);
  if (status >= 200 && status < 300) return text;
  throw refusal(status, parse(text), response.headers.get('retry-after'));
}

async function send(
  address: string,
  asked: Call,
): Promise<{ status: number; text: string; response: Response }> {
  const headers: Record<string, string> = { 'accept-language': language.now, ...asked.headers };
  let body: BodyInit | undefined;
  if (asked.body instanceof Uint8Array) {
    headers['content-type'] = 'application/cbor';
    body = asked.body as Uint8Array<ArrayBuffer>;
  } else if (asked.body !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(asked.body);
  }
  if (asked.bearer !== undefined) headers['authorization'] = `Bearer ${asked.bearer}`;
  try {
    const response = await fetch(address, {
      method: asked.method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      ...(body === undefined ? {} : { body }),
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(asked.timeoutMs ?? 30_000),
    });
    const text = await response.text();
    if (text.length > ANSWER_BYTES_MAX) throw new NoAnswer('the answer is too long');
    return { status: response.status, text, response };
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(String(error));
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusal(status: number, body: unknown, retryAfter: string | null): Refused {
  const members: Record<string, unknown> =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string): string | undefined => {
    const value = members[name];
    return typeof value === 'string' && value.length <= 1000 ? value : undefined;
  };
  const seconds = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
  return new Refused(
    text('type')?.replace(/^\/problems\//, '') ?? 'unknown',
    status,
    text('title') ?? `HTTP ${status}`,
    text('detail'),
    text('field'),
    seconds,
    text('request'),
  );
}
