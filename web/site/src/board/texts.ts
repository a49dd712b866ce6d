// SPDX-License-Identifier: EUPL-1.2
import { counted, textTable, type Text } from '$ui/language.svelte';

export const texts = textTable({
  pl: {
    title: 'Tablica',
    lead: 'Wszystko, co dzieje się w głosowaniu, staje się wpisem na tej tablicy. Wpisów można tylko dopisywać: zmiana lub usunięcie choćby jednego byłoby widoczne dla każdego, kto ma wcześniejszy stan.',
    loading: 'Wczytywanie tablicy…',
    trouble: 'Nie udało się wczytać tablicy',
    troubleText: 'Sprawdź połączenie z internetem i spróbuj jeszcze raz.',
    wrong: 'Tablica się nie zgadza',
    wrongText:
      'To, co przysłał serwer, nie pasuje do jego własnego podpisanego stanu. Zachowaj zrzut ekranu, spróbuj ponownie, a jeśli to się powtórzy, powiadom komisję i obserwatorów.',
    again: 'Spróbuj ponownie',
    state: 'Stan tablicy',
    entries: (n: number) =>
      counted(n, { one: '{n} wpis', few: '{n} wpisy', many: '{n} wpisów', other: '{n} wpisu' }),
    size: 'Wpisów',
    root: 'Korzeń',
    signed: 'Podpis tablicy',
    signedYes: 'zgadza się',
    witnesses: 'Świadkowie',
    witnessesNone: 'żaden jeszcze nie potwierdził tego stanu',
    witnessesWhy: 'Świadkowie pilnują, by wszystkim pokazywano tę samą tablicę.',
    keep: 'Zapisz ten stan',
    keepHint:
      'Plik z podpisanym stanem: kto go ma, wykryje każdą późniejszą zmianę tego, co dziś na tablicy.',
    list: 'Wpisy',
    jump: 'Przejdź do wpisu numer',
    go: 'Przejdź',
    range: (from: string, to: string, all: string) => `Wpisy ${from}–${to} z ${all}`,
    newer: 'Nowsze',
    older: 'Starsze',
    newest: 'Najnowsze',
    oldest: 'Pierwsze',
    pages: 'Strony wpisów',
    pagesBelow: 'Strony wpisów, pod listą',
    number: 'Nr',
    hash: 'Skrót wpisu',
    bytes: 'Długość',
    bytesText: (n: string) => `${n} bajtów`,
    pool: 'Pula',
    level: 'Poziom potwierdzenia tożsamości',
    levels: { '2': '2: kod na znany kontakt', '3': '3: konto', '4': '4: w punkcie' } as Readonly<
      Record<string, string>
    >,
    hour: 'Certyfikat wydano w godzinie od',
    counter: 'Która karta tej osoby w tej puli',
    time: 'Czas',
    of: 'Dotyczy wpisu',
    ofBallots: 'Dotyczy wpisów',
    case: 'Sprawa',
    ends: 'Kończy',
    endings: { freeze: 'wstrzymanie do decyzji', annulment: 'unieważnienie, po odwołaniu' },
    reason: 'Powód',
    insteadOf: 'Koniec dotychczasowy',
    newEnd: 'Nowy koniec głosowania',
    trustee: 'Powiernik',
    round: 'Runda',
    ballots: 'Kart',
    file: 'Skrót pliku',
    winners: 'Wybrane projekty',
    certificates: 'Wydanych certyfikatów',
    point: 'Punkt',
    cardHour: 'Kartę wydano w godzinie od',
    batch: 'Partia kart',
    cardsInBox: 'Kart w urnie',
    paperVotes: 'Z tego głosów',
    papersRefused: 'Odrzuconych kartek',
    people: 'Osób',
    check: 'Sprawdź, że wpis jest na tablicy',
    checking: 'Sprawdzanie…',
    included: (size: string) => `Zgadza się: wpis stoi pod podpisanym stanem z ${size} wpisami.`,
    excluded: 'Nie zgadza się: dowód nie prowadzi od wpisu do podpisanego stanu.',
    unknown: 'Nie udało się sprawdzić: serwer nie odpowiada.',
  },
  en: {
    title: 'Board',
    lead: 'Everything that happens in the vote becomes an entry on this board. Entries can only be added: to change or remove a single one would be visible to everybody who has an earlier state.',
    loading: 'Loading the board…',
    trouble: 'The board could not be loaded',
    troubleText: 'Check your connection to the internet and try again.',
    wrong: 'The board does not hold',
    wrongText:
      'What the server sent does not fit its own signed state. Keep a picture of this page, try again, and if it happens once more, tell the commission and the observers.',
    again: 'Try again',
    state: 'State of the board',
    entries: (n: number) => counted(n, { one: '{n} entry', other: '{n} entries' }),
    size: 'Entries',
    root: 'Root',
    signed: "The board's signature",
    signedYes: 'holds',
    witnesses: 'Witnesses',
    witnessesNone: 'none has confirmed this state yet',
    witnessesWhy: 'Witnesses see to it that everybody is shown the same board.',
    keep: 'Save this state',
    keepHint:
      'A file with the signed state: whoever has it notices any later change of what is on the board today.',
    list: 'Entries',
    jump: 'Go to entry number',
    go: 'Go',
    range: (from: string, to: string, all: string) => `Entries ${from}–${to} of ${all}`,
    newer: 'Newer',
    older: 'Older',
    newest: 'Newest',
    oldest: 'First',
    pages: 'Pages of entries',
    pagesBelow: 'Pages of entries, below the list',
    number: 'No.',
    hash: 'Hash of the entry',
    bytes: 'Length',
    bytesText: (n: string) => `${n} bytes`,
    pool: 'Pool',
    level: 'Level of identification',
    levels: { '2': '2: code to a known contact', '3': '3: account', '4': '4: at a point' } as Readonly<
      Record<string, string>
    >,
    hour: 'Certificate issued in the hour from',
    counter: 'Which ballot of this person in this pool',
    time: 'Time',
    of: 'Is about entry',
    ofBallots: 'Is about entries',
    case: 'Case',
    ends: 'Ends',
    endings: { freeze: 'the freeze', annulment: 'the annulment, on appeal' },
    reason: 'Reason',
    insteadOf: 'End until then',
    newEnd: 'New end of the voting',
    trustee: 'Trustee',
    round: 'Round',
    ballots: 'Ballots',
    file: 'Hash of the file',
    winners: 'Funded projects',
    certificates: 'Certificates issued',
    point: 'Point',
    cardHour: 'Card handed out in the hour from',
    batch: 'Batch of cards',
    cardsInBox: 'Cards in the box',
    paperVotes: 'Of these, votes',
    papersRefused: 'Papers refused',
    people: 'Persons',
    check: 'Check that the entry is on the board',
    checking: 'Checking…',
    included: (size: string) => `It holds: the entry stands under the signed state of ${size} entries.`,
    excluded: 'It does not hold: the proof does not lead from the entry to the signed state.',
    unknown: 'It could not be checked: the server does not answer.',
  },
});

/** What an entry of each kind means, in plain words. */
export const MEANINGS: Readonly<Record<string, { readonly name: Text; readonly meaning: Text }>> = {
  manifest: {
    name: { pl: 'Zasady głosowania', en: 'Rules of the vote' },
    meaning: {
      pl: 'Skrót pliku z zasadami: pule, projekty, pieniądze, sposób liczenia, klucze. Od tej chwili nie można ich zmienić.',
      en: 'The hash of the file with the rules: pools, projects, money, way of counting, keys. From here on they cannot be changed.',
    },
  },
  'dealing-commitment': {
    name: { pl: 'Zobowiązanie powiernika', en: "A trustee's commitment" },
    meaning: {
      pl: 'Powiernik zobowiązuje się do swojej części klucza, zanim zobaczy części innych.',
      en: 'A trustee commits to a part of the key before seeing those of the others.',
    },
  },
  dealing: {
    name: { pl: 'Część klucza powiernika', en: "A trustee's part of the key" },
    meaning: {
      pl: 'Powiernik publikuje swoją część klucza i rozdziela zaszyfrowane udziały pozostałym.',
      en: 'A trustee publishes a part of the key and gives encrypted shares to the others.',
    },
  },
  acceptance: {
    name: { pl: 'Potwierdzenie klucza', en: 'Acceptance of the key' },
    meaning: {
      pl: 'Powiernik potwierdza, że dostał swój udział i że klucz do szyfrowania głosów jest wspólny.',
      en: 'A trustee confirms the share received and that the key that encrypts ballots belongs to all.',
    },
  },
  roll: {
    name: { pl: 'Spis uprawnionych', en: 'Roll of those entitled' },
    meaning: {
      pl: 'Liczba i skrót spisu. Są w nim pseudonimy, nie nazwiska.',
      en: 'Size and hash of the roll. It holds pseudonyms, not names.',
    },
  },
  opening: {
    name: { pl: 'Otwarcie głosowania', en: 'Opening of the vote' },
    meaning: { pl: 'Dwoje urzędników otwiera głosowanie.', en: 'Two officials open the vote.' },
  },
  ballot: {
    name: { pl: 'Zaszyfrowana karta', en: 'Encrypted ballot' },
    meaning: {
      pl: 'Karta osoby uprawnionej. Co na niej jest, wie tylko ta osoba; kim jest, nie wie nikt z czytających tablicę.',
      en: 'A ballot of a person entitled. What it says only that person knows; who it is nobody who reads the board knows.',
    },
  },
  audited: {
    name: { pl: 'Karta próbna', en: 'Test ballot' },
    meaning: {
      pl: 'Ktoś kazał urządzeniu pokazać, co zaszyfrowało. Tej karty nie można już oddać.',
      en: 'Somebody made a device show what it had encrypted. This ballot can no longer be cast.',
    },
  },
  freeze: {
    name: { pl: 'Wstrzymanie kart do decyzji', en: 'Freezing of ballots' },
    meaning: {
      pl: 'Ktoś kwestionuje te karty. Urzędnik wstrzymał je, nie przesądzając o niczym: o każdej zdecyduje dwoje urzędników, a do tego czasu niczego się nie liczy.',
      en: 'Somebody contests these ballots. An official has frozen them, which decides nothing: two officials decide about each, and nothing is counted before.',
    },
  },
  upholding: {
    name: { pl: 'Utrzymanie karty', en: 'Upholding of a ballot' },
    meaning: {
      pl: 'Dwoje urzędników zdecydowało, że karta wstrzymana albo, po odwołaniu, unieważniona liczy się jak inne.',
      en: 'Two officials have decided that a ballot which was frozen or, on appeal, annulled counts like others.',
    },
  },
  annulment: {
    name: { pl: 'Unieważnienie karty', en: 'Annulment of a ballot' },
    meaning: {
      pl: 'Dwoje urzędników unieważnia kartę i podaje powód. Karta zostaje na tablicy, ale się nie liczy.',
      en: 'Two officials annul a ballot and give the reason. It stays on the board but does not count.',
    },
  },
  'roll-addition': {
    name: { pl: 'Dopisanie do spisu', en: 'Addition to the roll' },
    meaning: {
      pl: 'Urząd dopisuje osobę, na przykład przyjętą w punkcie.',
      en: 'The office adds a person, for instance one received at a point.',
    },
  },
  extension: {
    name: { pl: 'Przedłużenie głosowania', en: 'Extension of the vote' },
    meaning: {
      pl: 'Dwoje urzędników przesuwa koniec głosowania i podaje powód. Można to zrobić tylko przed końcem.',
      en: 'Two officials put the end of the vote off and give the reason. They can only do so before the end.',
    },
  },
  'paper-mark': {
    name: { pl: 'Karta papierowa wydana', en: 'Card of paper handed out' },
    meaning: {
      pl: 'Tej osobie, znanej tu tylko z pseudonimu, wydano w punkcie kartę papierową. Jej karty elektroniczne w tej puli się nie liczą.',
      en: 'This person, known here by a pseudonym only, was given a card of paper at a point. Their electronic ballots in this pool do not count.',
    },
  },
  'paper-batch': {
    name: { pl: 'Karty z urny', en: 'Cards from a box' },
    meaning: {
      pl: 'Dwoje urzędników podaje, które z wydanych kart były w urnie. Kart nie może być więcej niż osób, którym je wydano. Treść jest zaszyfrowana i zostanie przetasowana z innymi głosami.',
      en: 'Two officials state which of the issued cards were in the box. There cannot be more than people who were given one. What they say is encrypted, and will be shuffled with the other votes.',
    },
  },
  closing: {
    name: { pl: 'Zamknięcie głosowania', en: 'Closing of the vote' },
    meaning: {
      pl: 'Dwoje urzędników zamyka głosowanie. Nowych kart już nie przybędzie.',
      en: 'Two officials close the vote. No more ballots will come.',
    },
  },
  issuance: {
    name: { pl: 'Liczba certyfikatów', en: 'Number of certificates' },
    meaning: {
      pl: 'Urząd podaje, ile wydał certyfikatów: kart nie może być od większej liczby osób.',
      en: 'The office states how many certificates it issued: ballots cannot come from more.',
    },
  },
  counted: {
    name: { pl: 'Które karty się liczą', en: 'Which ballots count' },
    meaning: {
      pl: 'Z kart puli zostają te, które liczą się według zasad. Każdy może to powtórzyć.',
      en: 'Of the ballots of a pool those stay that count by the rules. Anyone can repeat this.',
    },
  },
  withheld: {
    name: { pl: 'Pula nieotwarta', en: 'Pool not opened' },
    meaning: {
      pl: 'Kart było za mało, by otworzyć je bez zdradzenia czyjegoś głosu.',
      en: "There were too few ballots to open them without telling somebody's vote.",
    },
  },
  mix: {
    name: { pl: 'Tasowanie', en: 'Shuffle' },
    meaning: {
      pl: 'Powiernik przetasował karty i dowiódł, że żadnej nie zmienił, nie dodał i nie usunął.',
      en: 'A trustee shuffled the ballots and proved that none was changed, added or removed.',
    },
  },
  decryption: {
    name: { pl: 'Otwieranie kart', en: 'Opening of ballots' },
    meaning: {
      pl: 'Powiernik użył swojego udziału klucza na przetasowanych kartach i dowiódł, że zrobił to poprawnie.',
      en: 'A trustee used a share of the key on the shuffled ballots and proved that it was done rightly.',
    },
  },
  result: {
    name: { pl: 'Wynik puli', en: 'Result of a pool' },
    meaning: {
      pl: 'Karty otwarte i policzone: wybrane projekty, karty ważne i nieważne.',
      en: 'Ballots opened and counted: funded projects, valid and invalid ballots.',
    },
  },
};
