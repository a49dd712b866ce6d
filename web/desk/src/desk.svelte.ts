// SPDX-License-Identifier: EUPL-1.2
// Who is signed in, and the edition that is looked at: fetched again while it may change by itself.
import { NoAnswer } from '$ui/api';
import { api, DeskRefused, type Desk, type Edition, type Official } from './api';

interface Here {
  desk: Desk | undefined;
  edition: Edition | undefined;
  officials: readonly Official[];
  trouble: 'none' | 'no-answer' | 'failed';
}

export const here: Here = $state({
  desk: undefined,
  edition: undefined,
  officials: [],
  trouble: 'none',
});

/** Runs a call; what went wrong in a way that no page can help with is told at the top of every page. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    const value = await work();
    here.trouble = 'none';
    return value;
  } catch (error) {
    if (error instanceof DeskRefused && error.status === 401) {
      if (here.desk) here.desk = { ...here.desk, official: null };
      return undefined;
    }
    here.trouble = error instanceof NoAnswer ? 'no-answer' : 'failed';
    return undefined;
  }
}

export async function refreshDesk(): Promise<void> {
  const desk = await attempt(api.desk);
  if (desk !== undefined) here.desk = desk;
}

export async function refreshEdition(id: string): Promise<void> {
  const edition = await attempt(() => api.edition(id));
  if (edition !== undefined) here.edition = edition;
}

export async function refreshOfficials(): Promise<void> {
  const answer = await attempt(api.officials);
  if (answer !== undefined) here.officials = answer.officials;
}

export function nameOf(reference: string): string {
  return here.officials.find((one) => one.reference === reference)?.name ?? reference.slice(0, 8);
}

export const mayDecide = (): boolean => here.desk?.official?.role === 'official';
export const mayPrepare = (): boolean =>
  ['official', 'administrator'].includes(here.desk?.official?.role ?? '');
