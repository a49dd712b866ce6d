// SPDX-License-Identifier: EUPL-1.2
// What somebody typed of a person, read as the registrar asks for it.
import type { AskedField, PersonKind } from '../shared/registrar';
import type { identifyTexts } from './texts';

/** "27.03.1985" as "1985-03-27"; undefined if it is no date. */
function isoDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const dotted = /^(\d{1,2})[.\-/ ](\d{1,2})[.\-/ ](\d{4})$/.exec(text);
  const [year, month, day] = iso ? [iso[1], iso[2], iso[3]] : dotted ? [dotted[3], dotted[2], dotted[1]] : [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  return date.toISOString().slice(0, 10);
}

/** The person, and by field what is missing or wrong. */
export function readPerson(
  kind: PersonKind,
  asked: readonly AskedField[],
  typed: Readonly<Record<string, string>>,
  t: typeof identifyTexts.now,
): { person: Record<string, string>; faults: Record<string, string> } {
  const person: Record<string, string> = { kind };
  const faults: Record<string, string> = {};
  for (const { name, required } of asked) {
    const value = (typed[name] ?? '').trim();
    if (value === '') {
      if (required) faults[name] = t.who.missing(t.who.fields[name] ?? name);
    } else if (name === 'birth_date') {
      const date = isoDate(value);
      if (date === undefined) faults[name] = t.who.badDate;
      else person[name] = date;
    } else if (name === 'pesel' && !/^\d{11}$/.test(value)) {
      faults[name] = t.who.badPesel;
    } else {
      person[name] = value;
    }
  }
  return { person, faults };
}
