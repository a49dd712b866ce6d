// SPDX-License-Identifier: EUPL-1.2
// What whoever follows a link asks of the desk. The token came behind "#", so no server saw it in an address; it is
// kept in this tab, because the addresses of the voter's way take its place.
import { call, NoAnswer, Refused } from '$ui/api';

export interface AnsweredRemark {
  readonly pool: string;
  readonly project: string;
  readonly time: number;
  readonly text: string;
  readonly answer: string;
}
export interface Told {
  readonly edition: string;
  readonly version: number;
  readonly title: string;
  readonly frozen: boolean;
  readonly expires: number;
  readonly remarks: readonly AnsweredRemark[];
}

const BASE = '/api/v1/rehearsal';
const KEY = 'urna.rehearsal';
const TOKEN = /^#([0-9a-f]{32}\.[0-9a-f]{64})$/;
const FILE_BYTES_MAX = 8 << 20;

/** The token of the link that was followed in this tab; undefined if there is none. */
export function tokenHere(): string | undefined {
  const followed = TOKEN.exec(location.hash)?.[1];
  try {
    if (followed === undefined) return sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.setItem(KEY, followed);
  } catch {
    // Kept nowhere: then a reload loses it.
  }
  if (followed !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return followed;
}

async function fileOf(name: string, token: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(`${BASE}/${name}`, {
      headers: { authorization: `Bearer ${token}` },
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(60_000),
    });
  } catch (error) {
    throw new NoAnswer(String(error));
  }
  if (response.status === 409)
    throw new Refused('rehearsal-not-ready', 409, '', undefined, undefined, undefined, undefined);
  if (!response.ok) throw new NoAnswer(`HTTP ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > FILE_BYTES_MAX) throw new NoAnswer('the file is too long');
  return bytes;
}

export const guest = {
  told: async (token: string): Promise<Told> => (await call(BASE, { bearer: token })) as Told,
  manifest: (token: string) => fileOf('manifest.cbor', token),
  /** Empty if there is none. */
  presentation: (token: string) => fileOf('presentation.json', token),
  remark: async (token: string, pool: string, project: string, text: string): Promise<void> => {
    await call(`${BASE}/remarks`, { method: 'POST', bearer: token, body: { pool, project, text } });
  },
};
