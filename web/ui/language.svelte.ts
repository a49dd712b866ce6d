// SPDX-License-Identifier: EUPL-1.2
// The language of the page and what depends on it: tables of texts, plurals, money, dates.

export const LANGUAGES = ['pl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
/** How a language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { pl: 'Polski', en: 'English' };

/** One text in every language. A third language may be added to LANGUAGES; its texts may be missing. */
export type Text = Readonly<{ pl: string; en: string; uk?: string }>;

const KEY = 'urna.language';

function isLanguage(value: unknown): value is Language {
  return (LANGUAGES as readonly unknown[]).includes(value);
}

/** What the address asks for, else what was chosen before, else what the browser prefers, else Polish. */
function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  if (isLanguage(asked)) return asked;
  try {
    const kept = localStorage.getItem(KEY);
    if (isLanguage(kept)) return kept;
  } catch {
    // Storage may be forbidden: then the choice lasts as long as the page.
  }
  for (const wish of navigator.languages) {
    const name = wish.slice(0, 2).toLowerCase();
    if (isLanguage(name)) return name;
  }
  return 'pl';
}

let current = $state<Language>(firstLanguage());

/** The language now; reading `now` in a template or `$derived` follows changes. */
export const language = {
  get now(): Language {
    return current;
  },
  set(chosen: Language): void {
    current = chosen;
    document.documentElement.lang = chosen;
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // See above.
    }
  },
};
document.documentElement.lang = language.now;

/** A page's texts: every language has the same members. `const t = $derived(texts.now)`. */
export function textTable<Texts extends object>(
  tables: Readonly<Record<Language, Texts>>,
): {
  readonly now: Texts;
  readonly in: (language: Language) => Texts;
} {
  return {
    get now() {
      return tables[current];
    },
    in: (language) => tables[language],
  };
}

/** A text that comes in several languages, e.g. from a file of the city. */
export function say(text: Text): string {
  return text[current];
}

export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** "{n} punkty" by the plural rules of the language: `counted(3, { one: …, few: …, many: …, other: … })`. */
export function counted(n: number, forms: Forms): string {
  const form = kept(`plural ${current}`, () => new Intl.PluralRules(current)).select(n);
  return (forms[form] ?? forms.other).replace('{n}', number(n));
}

// Making a formatter takes longer than all that a page formats with it: on a slow telephone a list of costs took a
// tenth of a second.
const formatters = new Map<string, unknown>();
function kept<Formatter>(name: string, make: () => Formatter): Formatter {
  const found = formatters.get(name) as Formatter | undefined;
  if (found !== undefined) return found;
  const made = make();
  formatters.set(name, made);
  return made;
}

const LOCALES: Readonly<Record<Language, string>> = { pl: 'pl-PL', en: 'en-GB' };

export function number(n: number): string {
  return kept(`number ${current}`, () => new Intl.NumberFormat(LOCALES[current])).format(n);
}

/** Grosze as złote; grosze are shown only where there are any. */
export function money(grosze: number): string {
  const digits = grosze % 100 === 0 ? 0 : 2;
  const format = kept(
    `money ${current} ${digits}`,
    () =>
      new Intl.NumberFormat(LOCALES[current], {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  );
  const amount = format.format(grosze / 100);
  return `${amount}\u00a0zł`;
}

/** Of a city in Poland, wherever the reader is. */
const ZONE = 'Europe/Warsaw';

export function date(unixSeconds: number): string {
  return new Intl.DateTimeFormat(LOCALES[current], { dateStyle: 'long', timeZone: ZONE }).format(
    unixSeconds * 1000,
  );
}

export function dateAndTime(unixSeconds: number): string {
  return new Intl.DateTimeFormat(LOCALES[current], {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: ZONE,
  }).format(unixSeconds * 1000);
}
