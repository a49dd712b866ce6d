// SPDX-License-Identifier: EUPL-1.2
import { counted, textTable } from '$ui/language.svelte';

export const texts = textTable({
  pl: {
    site: 'Budżet obywatelski',
    loading: 'Wczytywanie…',
    trouble: 'Strona głosowania nie odpowiada',
    troubleText:
      'Sprawdź połączenie z internetem i spróbuj jeszcze raz. Głos oddany wcześniej jest bezpieczny.',
    again: 'Spróbuj ponownie',
    lead: (money: string, projects: string) =>
      `Mieszkańcy decydują, na co pójdzie ${money}. Do wyboru: ${projects}.`,
    projects: (n: number) =>
      counted(n, { one: '{n} projekt', few: '{n} projekty', many: '{n} projektów', other: '{n} projektu' }),
    votes: (n: number) =>
      counted(n, { one: '{n} głos', few: '{n} głosy', many: '{n} głosów', other: '{n} głosu' }),
    until: (when: string) => `Głosowanie trwa do: ${when}.`,
    starts: (when: string) => `Głosowanie zacznie się: ${when}.`,
    paused: 'Głosowanie jeszcze nie jest otwarte, choć termin nadszedł. Zajrzyj tu za chwilę.',
    ended: 'Głosowanie jest zakończone.',
    outcome: (projects: string, cost: string, voters: string) =>
      `Wybrano ${projects} za ${cost}. Głosowało osób: ${voters}.`,
    endedTally: 'Powiernicy tasują i otwierają głosy. Wynik pojawi się na stronie wyników.',
    start: 'Zagłosuj',
    see: 'Zobacz projekty',
    results: 'Zobacz wyniki',
    minutes: 'Zajmie to około dwóch minut.',
    recorded: 'Na tablicy',
    recordedHint: 'Liczbę głosów widać na żywo. Jak głosowano, nie wie do końca nikt – także miasto.',
    howTitle: 'Jak zagłosować',
    how: [
      'Wybierz projekty swojej puli lub dzielnicy i wypełnij kartę.',
      'Potwierdź, kim jesteś: kodem na telefon, który zna urząd, kontem albo w punkcie. Same dane osobowe nie wystarczą.',
      'Wyślij zaszyfrowaną kartę i zachowaj potwierdzenie. Na kontakt znany urzędowi przyjdzie wiadomość.',
    ],
    poolsTitle: 'O czym decydujesz',
    pool: 'Pula',
    money: 'Pieniądze',
    count: 'Projekty',
    poolsMore: (n: string) => `Pokaż wszystkie pule (${n})`,
    afterTitle: 'Już głosowałaś lub głosowałeś?',
    check: 'Sprawdź swój głos',
    checkText: 'Potwierdzenie pokazuje, czy głos jest na tablicy i czy się liczy. Działa też bez internetu.',
    mine: 'Ktoś zagłosował za Ciebie?',
    mineText: 'Na tej samej stronie sprawdzisz, czy użyto Twoich danych, i odzyskasz głos.',
    trustTitle: 'Dlaczego możesz ufać wynikowi',
    board: 'Tablica',
    boardText:
      'Każda zaszyfrowana karta i każda decyzja urzędu jest na publicznej tablicy, której nie da się zmienić po cichu.',
    verify: 'Weryfikacja',
    verifyText: 'Każdy może przeliczyć wynik w przeglądarce albo własnym programem.',
    secret: 'Tajność',
    secretText: (least: string, all: string) =>
      `Głosy może otworzyć tylko ${least} z ${all} powierników razem, po przetasowaniu.`,
    factsTitle: 'Podstawa',
    resolution: 'Uchwała',
    opens: 'Początek',
    closes: 'Koniec',
    repeats: 'Ponowny głos',
    repeatsText: {
      last: 'liczy się ostatni',
      first: 'liczy się pierwszy',
      void: 'powtórzone głosy nie liczą się',
    },
    hash: 'Skrót manifestu',
    hashHint: 'Porównaj go z ogłoszonym przez miasto: zmieniłby się przy każdej zmianie zasad.',
  },
  en: {
    site: 'Participatory budget',
    loading: 'Loading…',
    trouble: 'The voting site does not answer',
    troubleText:
      'Check your connection to the internet and try again. A ballot that you cast before is safe.',
    again: 'Try again',
    lead: (money: string, projects: string) =>
      `Residents decide what ${money} is spent on. There are ${projects} to choose from.`,
    projects: (n: number) => counted(n, { one: '{n} project', other: '{n} projects' }),
    votes: (n: number) => counted(n, { one: '{n} ballot', other: '{n} ballots' }),
    until: (when: string) => `Voting lasts until ${when}.`,
    starts: (when: string) => `Voting begins on ${when}.`,
    paused: 'Voting is not open yet although its time has come. Look again in a moment.',
    ended: 'Voting has ended.',
    outcome: (projects: string, cost: string, voters: string) =>
      `${projects} for ${cost} were funded. People who voted: ${voters}.`,
    endedTally:
      'The trustees are shuffling and opening the ballots. The result will appear on the page of results.',
    start: 'Vote',
    see: 'See the projects',
    results: 'See the results',
    minutes: 'It takes about two minutes.',
    recorded: 'On the board',
    recordedHint:
      'The number of ballots is shown live. How people voted nobody knows until the end, the city included.',
    howTitle: 'How to vote',
    how: [
      'Choose projects of your pool or district and fill in the ballot.',
      'Confirm who you are: by a code to the phone that the office knows, by an account, or at a point. Personal data alone are not enough.',
      'Send the encrypted ballot and keep the receipt. A message comes to the contact that the office knows.',
    ],
    poolsTitle: 'What you decide about',
    pool: 'Pool',
    money: 'Money',
    count: 'Projects',
    poolsMore: (n: string) => `Show all pools (${n})`,
    afterTitle: 'Have you voted already?',
    check: 'Check my ballot',
    checkText:
      'The receipt shows whether the ballot is on the board and counts. It works without internet too.',
    mine: 'Did somebody vote in your name?',
    mineText: 'On the same page you learn whether your data were used, and take your vote back.',
    trustTitle: 'Why you can trust the result',
    board: 'Board',
    boardText:
      'Every encrypted ballot and every decision of the office is on a public board that cannot be changed quietly.',
    verify: 'Verify',
    verifyText: 'Anyone can recompute the result in a browser or with a program of their own.',
    secret: 'Secrecy',
    secretText: (least: string, all: string) =>
      `Only ${least} of ${all} trustees together can open the ballots, after shuffling them.`,
    factsTitle: 'Basis',
    resolution: 'Resolution',
    opens: 'Begins',
    closes: 'Ends',
    repeats: 'Voting again',
    repeatsText: {
      last: 'the last ballot counts',
      first: 'the first ballot counts',
      void: 'repeated ballots do not count',
    },
    hash: 'Hash of the manifest',
    hashHint:
      'Compare it with the one that the city announced: it would change with any change of the rules.',
  },
});
