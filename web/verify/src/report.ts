// SPDX-License-Identifier: EUPL-1.2
// What a verification says: the verdict, and what a failure means in plain sentences (section 14).

import type { Extension } from './extension.js';

export const STEPS = [
  'log',
  'manifest',
  'ceremony',
  'roll',
  'ballots',
  'counted',
  'mix',
  'decryption',
  'result',
  'files',
] as const;
export type Step = (typeof STEPS)[number];

export type Language = 'pl' | 'en';
export type Sentence = Readonly<Record<Language, string>>;

export interface Failure {
  readonly step: Step;
  /** Index of the entry of the log that fails, from 0. */
  readonly entry?: number;
  /** Path of the file that fails. */
  readonly file?: string;
  /** What is wrong, in English, for people who know the protocol. */
  readonly problem: string;
  /** What it means, for everybody. */
  readonly meaning: Sentence;
}

export interface Winner {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  /** In grosze. */
  readonly cost: number;
}

export interface PoolReport {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  /** Ballots on the board. */
  readonly ballots: number;
  /** Ballots that count, those on paper included. */
  readonly counted: number;
  readonly onPaper: number;
  /** Too few ballots count, so that none was opened. */
  readonly withheld: boolean;
  readonly valid?: number;
  readonly blank?: number;
  readonly invalid?: number;
  readonly winners?: readonly Winner[];
  /** Why the winners could not be recomputed; absent if they were. */
  readonly winnersNotRecomputed?: string;
}

export interface SiteReport {
  /** SHA-256 of the list of its files, in hexadecimal; absent where the manifest names none. */
  readonly named?: string;
  /** Whether a site was given and is this one; absent where none was given. */
  readonly same?: boolean;
  /** How it differs, in English. */
  readonly difference?: string;
}

export interface Verdict {
  readonly accepted: boolean;
  readonly failure?: Failure;
  /** The edition hash in hexadecimal. */
  readonly manifestHash?: string;
  readonly edition?: string;
  readonly title?: string;
  readonly entries?: number;
  /** What put the end of the vote off, in order; once the ballots were verified. */
  readonly extensions?: readonly Extension[];
  /** As far as the verification came. */
  readonly pools: readonly PoolReport[];
  /** Whether the winners of all opened pools were recomputed. */
  readonly allWinnersRecomputed: boolean;
  /** Whether a manifest hash was given; without one the record is only known to be in order in itself. */
  readonly manifestCompared: boolean;
  /** Whether it was checked that the record holds no file too many; a website cannot be listed. */
  readonly filesListed: boolean;
  /** What an accepted record says of the site that people voted on, and what was found there (section 14.2). */
  readonly site?: SiteReport;
}

export const STEP_NAMES: Readonly<Record<Step, Sentence>> = {
  log: { pl: 'dziennik tablicy', en: 'log of the board' },
  manifest: { pl: 'manifest edycji', en: 'manifest of the edition' },
  ceremony: { pl: 'klucz powierników', en: "trustees' key" },
  roll: { pl: 'spis uprawnionych i otwarcie', en: 'roll and opening' },
  ballots: { pl: 'głosy', en: 'ballots' },
  counted: { pl: 'które głosy się liczą', en: 'which ballots count' },
  mix: { pl: 'mieszanie', en: 'mixing' },
  decryption: { pl: 'odszyfrowanie', en: 'decryption' },
  result: { pl: 'wynik', en: 'result' },
  files: { pl: 'pliki', en: 'files' },
};

/** What a failure means where nothing more particular is known. */
export const STEP_MEANINGS: Readonly<Record<Step, Sentence>> = {
  log: {
    pl: 'Dziennik nie jest tym, pod którym podpisali się prowadzący tablicę i świadkowie, albo jest niekompletny lub uszkodzony.',
    en: 'The log is not the one that the board and its witnesses signed, or it is incomplete or damaged.',
  },
  manifest: {
    pl: 'Zasady tej edycji są zapisane niepoprawnie, więc nie wiadomo, co miałoby być sprawdzane.',
    en: 'The rules of this edition are not well-formed, so it is not known what should be verified.',
  },
  ceremony: {
    pl: 'Klucz, którym zaszyfrowano głosy, nie powstał tak, jak powinien: nie ma pewności, kto może je odszyfrować.',
    en: 'The key that ballots are encrypted with was not made as it should be: it is not certain who can decrypt.',
  },
  roll: {
    pl: 'Spis uprawnionych nie jest tym, który potwierdził urząd, albo głosowanie nie zostało otwarte zgodnie z zasadami.',
    en: 'The roll is not the one that the registrar confirmed, or the vote was not opened by the rules.',
  },
  ballots: {
    pl: 'Na tablicy jest głos albo inny wpis, którego według zasad nie może tam być.',
    en: 'The board holds a ballot or another entry that by the rules cannot stand there.',
  },
  counted: {
    pl: 'Do liczenia wzięto inne głosy niż te, które według zasad się liczą.',
    en: 'Other ballots were taken into the count than those that count by the rules.',
  },
  mix: {
    pl: 'Nie ma dowodu, że podczas mieszania żaden głos nie został zmieniony, dodany ani usunięty.',
    en: 'There is no proof that no ballot was changed, added or removed while mixing.',
  },
  decryption: {
    pl: 'Nie ma dowodu, że odszyfrowane głosy to głosy oddane.',
    en: 'There is no proof that the decrypted ballots are the ballots that were cast.',
  },
  result: {
    pl: 'Ogłoszony wynik nie wynika z odszyfrowanych głosów.',
    en: 'The published result does not follow from the decrypted ballots.',
  },
  files: {
    pl: 'W zapisie brakuje pliku albo jest plik, którego nie powinno być.',
    en: 'The record lacks a file or holds one that does not belong to it.',
  },
};

/** Meanings of particular failures. */
export const MEANINGS = {
  otherManifest: {
    pl: 'To jest zapis innego głosowania niż to, którego skrót manifestu podano.',
    en: 'This is the record of another vote than the one whose manifest hash was given.',
  },
  undecided: {
    pl: 'Policzono głosy, choć o głosie wstrzymanym w sporze nie zdecydował jeszcze nikt.',
    en: 'Ballots were counted while nobody had decided yet about one that is contested and frozen.',
  },
  incomplete: {
    pl: 'Zapis kończy się przedwcześnie: głosowanie jeszcze trwa albo czegoś nie opublikowano.',
    en: 'The record ends too early: the vote is still going on, or something was not published.',
  },
  missingFile: {
    pl: 'W zapisie brakuje pliku, bez którego nie da się go sprawdzić.',
    en: 'The record lacks a file without which it cannot be verified.',
  },
  unsigned: {
    pl: 'Podpis się nie zgadza: wpisu nie złożył ten, od kogo ma pochodzić, albo zmieniono go później.',
    en: 'A signature does not hold: the entry was not made by whom it should be, or was changed later.',
  },
  unwitnessed: {
    pl: 'Dziennika nie potwierdziło dość świadków, więc nie wiadomo, czy wszyscy widzą ten sam.',
    en: 'Too few witnesses confirmed the log, so it is not known whether everybody sees the same one.',
  },
  notOnRoll: {
    pl: 'Głos oddano w imieniu kogoś, kto nie jest w spisie uprawnionych do tej puli.',
    en: 'A ballot was cast for someone who is not on the roll for this pool.',
  },
  copiedBallot: {
    pl: 'Głos jest kopią wcześniejszego szyfrogramu; w ten sposób można by poznać cudzy głos.',
    en: "A ballot copies an earlier ciphertext, which is a way to learn somebody else's vote.",
  },
  ballotProof: {
    pl: 'Głos nie ma dowodu, że oddający zna jego treść.',
    en: 'A ballot lacks the proof that who cast it knows what it says.',
  },
  tooFewMixes: {
    pl: 'Głosy zmieszało zbyt mało powierników, więc tajność nie jest zapewniona.',
    en: 'Too few trustees mixed the ballots, so that secrecy is not ensured.',
  },
  wrongWinners: {
    pl: 'Ogłoszone zwycięskie projekty to nie te, które wynikają z głosów.',
    en: 'The published winners are not those that follow from the ballots.',
  },
  order: {
    pl: 'Wpis stoi w dzienniku nie na swoim miejscu albo jest nieznanego rodzaju.',
    en: 'An entry stands at a wrong place in the log, or is of an unknown kind.',
  },
} as const satisfies Record<string, Sentence>;
export type Meaning = keyof typeof MEANINGS;
