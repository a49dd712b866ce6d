// SPDX-License-Identifier: EUPL-1.2
// The page's sentences, Polish and English.

import type { Sentence } from '../report.js';

export const TEXTS = {
  title: { pl: 'Sprawdź głosowanie', en: 'Verify a vote' },
  otherLanguage: { pl: 'English', en: 'Polski' },
  intro: {
    pl: 'Ta strona sprawdza w Twojej przeglądarce cały opublikowany zapis głosowania: każdy głos, każdy dowód i wynik. Nikomu niczego nie wysyła.',
    en: 'This page verifies in your browser the whole published record of a vote: every ballot, every proof and the result. It sends nothing to anyone.',
  },
  which: { pl: 'Który zapis sprawdzić?', en: 'Which record shall be verified?' },
  folder: { pl: 'Folder z zapisem na tym urządzeniu', en: 'Folder with the record on this device' },
  or: { pl: 'albo', en: 'or' },
  url: { pl: 'Adres zapisu w internecie', en: 'Address of the record on the web' },
  hashSummary: { pl: 'Skrót manifestu (nieobowiązkowo)', en: 'Manifest hash (optional)' },
  hash: { pl: '64 znaki ogłoszone przed głosowaniem', en: '64 characters announced before the vote' },
  hashHelp: {
    pl: 'Dzięki niemu wiadomo, że to zapis właśnie tego głosowania, a nie innego, też poprawnego.',
    en: 'With it, it is known that this is the record of that very vote and not of another one, equally valid.',
  },
  verify: { pl: 'Sprawdź', en: 'Verify' },
  progress: { pl: 'Przebieg', en: 'Progress' },
  nothingChosen: { pl: 'Wybierz folder albo podaj adres.', en: 'Choose a folder or give an address.' },
  bothChosen: { pl: 'Wybierz folder albo podaj adres, nie oba.', en: 'Choose a folder or give an address, not both.' },
  badUrl: { pl: 'Adres musi zaczynać się od https://', en: 'The address must begin with https://' },
  badHash: { pl: 'Skrót manifestu to 64 cyfry szesnastkowe.', en: 'A manifest hash is 64 hexadecimal digits.' },
  unreadable: {
    pl: 'Nie udało się odczytać zapisu. Sprawdź adres i połączenie; serwer musi zezwalać na odczyt z innych stron.',
    en: 'The record could not be read. Check the address and the connection; its server must allow other pages to read it.',
  },
  nowChecking: { pl: 'Sprawdzane:', en: 'Being verified:' },
  finished: { pl: 'Sprawdzanie zakończone.', en: 'Verification has ended.' },
  stateDone: { pl: 'w porządku', en: 'in order' },
  stateNow: { pl: 'w toku', en: 'in progress' },
  stateFailed: { pl: 'błąd', en: 'failed' },
  stateWaiting: { pl: 'czeka', en: 'waiting' },
  accepted: { pl: 'Wszystko się zgadza', en: 'Everything holds' },
  refused: { pl: 'Zapis się nie zgadza', en: 'The record does not hold' },
  acceptedText: {
    pl: 'Każdy podpis, każdy dowód i każde liczenie w tym zapisie zgadza się z zasadami głosowania.',
    en: 'Every signature, every proof and every count in this record agrees with the rules of the vote.',
  },
  notRecomputed: {
    pl: 'Zwycięzców niektórych pul ten program nie przeliczył (zaznaczono niżej).',
    en: 'The winners of some pools were not recomputed by this verifier (marked below).',
  },
  compareManifest: {
    pl: 'Porównaj jeszcze skrót manifestu ze skrótem ogłoszonym przed głosowaniem: każdy może przygotować inny zapis, który sam w sobie się zgadza.',
    en: 'Still compare the manifest hash with the one announced before the vote: anybody can make another record that is in order in itself.',
  },
  notListed: {
    pl: 'Przez internet nie da się sprawdzić, czy zapis nie ma zbędnych plików.',
    en: 'Over the web it cannot be checked that the record has no file too many.',
  },
  step: { pl: 'Krok:', en: 'Step:' },
  entry: { pl: 'Wpis:', en: 'Entry:' },
  file: { pl: 'Plik:', en: 'File:' },
  details: { pl: 'Dla znających protokół:', en: 'For those who know the protocol:' },
  manifest: { pl: 'Skrót manifestu:', en: 'Manifest hash:' },
  ballots: { pl: 'głosów na tablicy:', en: 'ballots on the board:' },
  counted: { pl: 'liczy się:', en: 'count:' },
  valid: { pl: 'ważnych:', en: 'valid:' },
  blank: { pl: 'w tym pustych:', en: 'of them blank:' },
  invalid: { pl: 'nieważnych:', en: 'invalid:' },
  withheld: {
    pl: 'Głosów tej puli nie otwarto, bo było ich zbyt mało, by zachować tajność.',
    en: 'The ballots of this pool were not opened, because there were too few to keep them secret.',
  },
  winners: { pl: 'Wygrane projekty', en: 'Winning projects' },
  publishedWinners: {
    pl: 'Wygrane projekty według ogłoszenia (nieprzeliczone przez ten program)',
    en: 'Winning projects as published (winners not recomputed by this verifier)',
  },
  project: { pl: 'Projekt', en: 'Project' },
  cost: { pl: 'Koszt', en: 'Cost' },
  noWinners: { pl: 'Żaden projekt nie wygrał.', en: 'No project won.' },
} as const satisfies Record<string, Sentence>;
export type TextKey = keyof typeof TEXTS;
