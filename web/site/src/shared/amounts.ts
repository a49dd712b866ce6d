// SPDX-License-Identifier: EUPL-1.2
// Amounts in currency units, and shares, as the result tells them.
import { language, number } from '$ui/language.svelte';

const LOCALES = { pl: 'pl-PL', en: 'en-GB' } as const;

/** Decimals are shown only where there are any. */
export function amount(units: number, currency: string): string {
  const digits = Number.isInteger(units) ? 0 : 2;
  const text = new Intl.NumberFormat(LOCALES[language.now], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(units);
  if (currency === '') return text;
  return `${text}\u00a0${currency === 'PLN' ? 'zł' : currency}`;
}

/** One decimal; what is not quite nothing or all does not become it. */
export function percent(part: number, whole: number): string {
  const share = whole > 0 ? (100 * part) / whole : 0;
  const shown = share > 0 && share < 0.1 ? 0.1 : share < 100 && share > 99.9 ? 99.9 : share;
  const text = number(Math.round(shown * 10) / 10);
  return language.now === 'pl' ? `${text}\u00a0%` : `${text}%`;
}
