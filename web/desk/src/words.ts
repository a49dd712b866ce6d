// SPDX-License-Identifier: EUPL-1.2
// What the program says is wrong, in the reader's language as far as it is known; else in its own words.
import { language } from '$ui/language.svelte';
import { DeskRefused, type Fault } from './api';
import { texts } from './texts';

// Where the program's message names entries: "12, 15, …".
const NUMBERS = /\d+(?:, (?:\d+|…))*/;
const MISSING = /^the field "([a-z_]+)" is missing$/;

export interface Told {
  readonly text: string;
  /** Of the text, where it is not the page's. */
  readonly lang: 'en' | undefined;
}

/** "pools[0].ballot.most" as a person would say it. */
export function placeInWords(place: string, poolNames: readonly string[]): string {
  const t = texts.now;
  return place
    .split('.')
    .map((part) => {
      const [, name = part, index] = /^([a-z_]+)(?:\[(\d+)\])?$/.exec(part) ?? [];
      if (name === 'pools' && index !== undefined) {
        return `${t.draft.pool} ${poolNames[Number(index)] ?? Number(index) + 1}`;
      }
      const word = t.words.fields[name] ?? name;
      return index === undefined ? word : `${word} ${Number(index) + 1}`;
    })
    .join(': ');
}

export function inWords(message: string, remedy: string): Told {
  const t = texts.now;
  if (MISSING.test(message)) return { text: t.words.missing, lang: undefined };
  const known = t.words.table[message] ?? t.words.table[message.replace(NUMBERS, '#')];
  if (known !== undefined) {
    return { text: known.replace('#', NUMBERS.exec(message)?.[0] ?? ''), lang: undefined };
  }
  const text = remedy === '' ? message : `${message} – ${remedy}`;
  return { text, lang: language.now === 'en' ? undefined : 'en' };
}

export function faultInWords(fault: Fault): Told {
  return inWords(fault.message, fault.remedy);
}

/** What was refused, for people. */
export function refusalInWords(error: DeskRefused): Told {
  if (error.words !== '') return inWords(error.words, error.remedy);
  return { text: error.detail === '' ? error.title : `${error.title}. ${error.detail}`, lang: undefined };
}

/** The place that a fault is about: of a field that is missing, the field's own. */
export function placeOf(fault: Fault): string {
  const missing = MISSING.exec(fault.message)?.[1];
  if (missing === undefined) return fault.place;
  return fault.place === '' ? missing : `${fault.place}.${missing}`;
}

/** The page of the form that a place is on. */
export function pageOf(place: string): readonly string[] {
  const pool = /^pools\[(\d+)\]/.exec(place);
  if (pool) return ['pools', pool[1]!];
  const head = place.split(/[.[]/)[0] ?? '';
  if (['opens', 'closes'].includes(head)) return ['calendar'];
  if (['repeated_ballots', 'lowest_level', 'ties', 'privacy_minimum'].includes(head)) return ['rules'];
  if (['pools', 'groups', 'presentation'].includes(head)) return ['pools'];
  if (['trustees', 'officials', 'board', 'box'].includes(head)) return ['people'];
  return ['basics'];
}
