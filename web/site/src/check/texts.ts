// SPDX-License-Identifier: EUPL-1.2
// What the pages for checking say.
import { counted, number, textTable } from '$ui/language.svelte';

const pl = {
  title: 'Sprawdź swój głos',
  loading: 'Wczytuję…',
  tryAgain: 'Spróbuj jeszcze raz',
  back: 'Sprawdź coś innego',
  notAuthentic: 'Zasady, które przysłał serwer, nie zgadzają się z publiczną tablicą. Powiadom urząd miasta.',
  offline: 'Bez połączenia z serwerem: sprawdzam to, co da się sprawdzić na tym urządzeniu.',

  receipt: {
    title: 'Czy mój głos jest na tablicy?',
    lead: 'Wybierz plik potwierdzenia, który zapisano po głosowaniu, albo zeskanuj aparatem kod QR z potwierdzenia.',
    file: 'Plik potwierdzenia',
    hint: 'Nazwa kończy się na .json',
    good: 'Potwierdzenie jest prawdziwe',
    goodDetail: (index: number, size: number) =>
      `Tablica podpisała, że ten głos jest jej wpisem nr ${number(index)}, gdy miała ${counted(size, { one: '{n} wpis', few: '{n} wpisy', many: '{n} wpisów', other: '{n} wpisu' })}.`,
    ownKey:
      'Klucz tablicy wzięto z samego potwierdzenia, bo nie ma połączenia ani zapamiętanych zasad edycji. Sprawdź jeszcze raz z połączeniem.',
    code: 'Kod głosu',
    pool: 'Część głosowania',
    witnesses: 'Świadkowie',
    noWitnesses: 'Tego stanu tablicy nie podpisał jeszcze żaden świadek. To zwykłe w trakcie głosowania.',
    bad: 'Potwierdzenie nie jest prawdziwe',
    reasons: {
      malformed: 'To nie jest plik potwierdzenia albo plik jest uszkodzony.',
      'other-edition': 'To potwierdzenie z innego głosowania.',
      inconsistent: 'Dane w potwierdzeniu nie pasują do siebie: ktoś je zmienił.',
      unsigned: 'Podpis tablicy się nie zgadza: nie wydała go ta tablica albo ktoś je zmienił.',
      'not-included': 'Dowód nie prowadzi do podpisanego stanu tablicy: ktoś go zmienił.',
    },
    now: 'Tablica dziś',
    asking: 'Sprawdzam tablicę…',
    standing: {
      counts: 'Głos jest na tablicy i na razie nic nie stoi na przeszkodzie, żeby się liczył.',
      superseded: 'Głos jest na tablicy, ale zastąpił go inny głos oddany w tym samym imieniu.',
      frozen:
        'Głos jest na tablicy, ale ktoś go kwestionuje i został wstrzymany do decyzji dwojga urzędników. Zanim zapadnie, niczego się nie liczy.',
      annulled: 'Głos jest na tablicy, ale dwoje urzędników go unieważniło. Urząd musi podać powód.',
      'over-the-group-limit':
        'Głos jest na tablicy, ale nie liczy się, bo w tej grupie oddano głosy w zbyt wielu częściach.',
      void: 'Głos jest na tablicy, ale w tej edycji powtórny głos unieważnia wszystkie.',
    },
    notYou: 'Jeżeli tamten głos nie jest Twój, zagłosuj jeszcze raz i zgłoś to poniżej.',
    proven: (size: number) =>
      `Sprawdzono na całej tablicy: ${counted(size, { one: '{n} wpis', few: '{n} wpisy', many: '{n} wpisów', other: '{n} wpisu' })}.`,
    notProven:
      'Miejsce głosu na tablicy jest sprawdzone. To, czy nie zastąpił go inny, mówi tylko urna; całą tablicę można sprawdzić na stronie weryfikacji.',
    boardReasons: {
      unreachable:
        'Nie udało się zapytać tablicy. O dzisiejszym stanie nic nie wiadomo; potwierdzenie jest nadal ważne.',
      malformed:
        'Tablica odpowiedziała czymś, co nie jest tablicą. Spróbuj później; jeśli się powtórzy, powiadom urząd.',
      unsigned: 'Dzisiejszy stan tablicy nie ma jej podpisu. Powiadom urząd.',
      'history-changed':
        'Dzisiejsza tablica nie jest dalszym ciągiem tej z potwierdzenia: ktoś zmienił historię. Zachowaj potwierdzenie i powiadom urząd, radnych i obserwatorów: to dowód.',
      shorter:
        'Dzisiejsza tablica jest krótsza niż wtedy: ktoś usunął wpisy. Zachowaj potwierdzenie i powiadom urząd, radnych i obserwatorów: to dowód.',
      missing:
        'W miejscu Twojego głosu stoi co innego. Zachowaj potwierdzenie i powiadom urząd, radnych i obserwatorów: to dowód.',
    },
    again: 'Zapytaj tablicę jeszcze raz',
  },

  challenge: {
    title: 'Czy strona zaszyfrowała to, co wybrano?',
    lead: 'Otwórz szyfr na stronie głosowania i zeskanuj kod QR tym urządzeniem, albo wklej tu adres.',
    text: 'Adres z otwartym szyfrem',
    check: 'Sprawdź szyfr',
    missing: 'Wklej adres',
    good: 'Szyfr jest poprawny. Porównaj dwie rzeczy',
    compareCode: 'Kod musi być ten sam, który był widoczny przed otwarciem szyfru:',
    compareChoice: 'W szyfrze jest:',
    wrong:
      'Jeżeli kod lub wybór się różni, tamto urządzenie lub strona oszukuje. Nie głosuj na nim i powiadom urząd.',
    bad: 'Ten szyfr nie jest tym, czym być powinien',
    reasons: {
      malformed: 'To nie jest otwarty szyfr albo tekst jest niepełny. Zeskanuj kod jeszcze raz.',
      'other-edition': 'To szyfr z innego głosowania.',
      'not-the-ciphertext':
        'Podane liczby nie dają tego szyfru. Tamto urządzenie zaszyfrowało co innego, niż pokazało. Nie głosuj na nim i powiadom urząd.',
      'not-a-ballot': 'W szyfrze nie ma ważnego głosu. Nie głosuj na tamtym urządzeniu i powiadom urząd.',
      'not-castable': 'Urna nie przyjęłaby tego głosu: dowód lub podpis się nie zgadza. Powiadom urząd.',
    },
    noEdition: 'Do sprawdzenia szyfru potrzebne są zasady edycji. Połącz się z internetem choć na chwilę.',
  },

  uses: {
    title: 'Czy ktoś użył moich danych?',
    lead: 'Dowiesz się, co zrobiono w Twoim imieniu: kiedy i jak potwierdzono tożsamość i czy zapisano głos. Nigdy nie dowiesz się stąd, jak głosowano. Możesz pytać trzy razy dziennie.',
    start: 'Sprawdź użycie moich danych',
    goOn: 'Pokaż, co zrobiono w moim imieniu',
    whoLead: 'Odpowiedź zobaczy tylko osoba, która potwierdzi, kim jest.',
    nothing: 'Nic nie zrobiono w Twoim imieniu',
    nothingDetail: 'Nie wydano poświadczenia i nie zapisano głosu.',
    found: 'Co zrobiono w Twoim imieniu',
    when: 'Kiedy',
    how: 'Jak potwierdzono tożsamość',
    told: 'Powiadomienie',
    kinds: {
      certificate: 'Wydano poświadczenie do głosowania',
      vote: 'Zapisano głos',
      complaint: 'Przyjęto zgłoszenie',
    },
    factors: {
      sms: 'kodem SMS na telefon z rejestru',
      email: 'kodem na e-mail z rejestru',
      'sms-to-given-number': 'kodem SMS na numer podany przy głosowaniu',
      'email-to-given-address': 'kodem na e-mail podany przy głosowaniu',
      letter: 'kodem z listu',
      'electronic-identity': 'profilem elektronicznym',
      point: 'w punkcie, z dokumentem',
    } as Readonly<Record<string, string>>,
    notices: {
      waiting: 'jeszcze czeka',
      sms: 'SMS',
      email: 'e-mail',
      none: 'nie było jak powiadomić',
    } as Readonly<Record<string, string>>,
    times: (n: number) => counted(n, { one: '', few: '{n} razy', many: '{n} razy', other: '{n} razy' }),
    byGuardian: 'przez opiekuna',
    hour: 'Godziny są zaokrąglone, żeby nie dało się powiązać osoby z głosem.',
    earlier: (n: number) =>
      counted(n, {
        one: 'Wcześniej była jeszcze {n} czynność.',
        few: 'Wcześniej były jeszcze {n} czynności.',
        many: 'Wcześniej było jeszcze {n} czynności.',
        other: 'Wcześniej było jeszcze {n} czynności.',
      }),
    end: 'Zakończ',
  },

  question: {
    title: 'Pytanie o Twój głos',
    back: 'Wróć do listy',
    ask: 'Czy to Twój głos?',
    lead: 'Głos oddany w Twoim imieniu jest w sprawie, którą wyjaśnia urząd. Pytamy tylko o to, czy to Ty głosujesz, nigdy o to, jak.',
    leadAt: (when: string) =>
      `Głos w Twoim imieniu potwierdzono ${when} (pełna godzina). Jest w sprawie, którą wyjaśnia urząd. Pytamy tylko o to, czy to Ty głosujesz, nigdy o to, jak.`,
    number: 'Numer sprawy',
    until: 'Odpowiedz przed',
    text: 'Dopisz, jeśli chcesz',
    mine: 'Tak, to mój głos',
    notMine: 'Nie, to nie ja',
    reply: 'Odpowiedz na pytanie',
    changeIt: 'Zmień odpowiedź',
    youSaid: (answer: string) => `Twoja odpowiedź: ${answer}.`,
    next: 'Co będzie dalej',
    ifMine: 'Jeśli to Twój głos: urzędnicy zobaczą tę odpowiedź w sprawie, bez Twojego nazwiska.',
    ifNotMine:
      'Jeśli to nie Ty: odpowiedź trafia do sprawy. O głosie decyduje dwoje urzędników. Sama odpowiedź go nie zmienia.',
    ifSilent:
      'Jeśli nie odpowiesz: głosu nikt z tego powodu nie unieważni; urzędnicy zdecydują z tego, co wiadomo.',
    change: 'Odpowiedź można zmieniać do podanego terminu. Liczy się ostatnia.',
    voteAgain:
      'Najpewniej jest zagłosować jeszcze raz, potwierdzając tożsamość pewniejszym sposobem (profil elektroniczny albo punkt): wtedy liczy się tylko Twój głos.',
    done: 'Dziękujemy, zapisaliśmy odpowiedź',
    over: (number: string) => `Czas na odpowiedź minął. Powiedz o tym w urzędzie, podając numer ${number}.`,
    hidden:
      'Pytania urzędu o Twój głos widać po potwierdzeniu tożsamości kodem na telefon lub adres z rejestru, listem, profilem elektronicznym albo w punkcie.',
  },

  complaint: {
    title: 'To nie ja',
    lead: 'Zgłoś, że ktoś użył Twoich danych. Otworzymy sprawę i podamy jej numer.',
    effect:
      'Samo zgłoszenie nie zmienia żadnego głosu. Żeby liczył się Twój głos, zagłosuj jeszcze raz, najlepiej pewniejszym sposobem (na przykład profilem elektronicznym).',
    reason: 'Co się stało?',
    reasons: {
      'vote-not-mine': 'Zapisano głos, który nie jest mój',
      'code-not-asked': 'Przyszedł kod, o który nie prosiłem lub nie prosiłam',
      'letter-not-intact': 'List z kodem był otwarty lub nie doszedł',
      pressure: 'Ktoś mnie zmuszał lub patrzył, jak głosuję',
      other: 'Coś innego',
    },
    text: 'Opisz, jeśli chcesz',
    textHint: 'Nie podawaj tu numeru PESEL ani tego, jak głosujesz.',
    choose: 'Wybierz, co się stało',
    tooLong: 'Skróć opis',
    send: 'Wyślij zgłoszenie',
    done: 'Sprawa otwarta',
    doneDetail: 'Zapisz numer. Dostaniesz go też na kontakt z rejestru.',
    number: 'Numer sprawy',
    voteAgain: 'Zagłosuj jeszcze raz',
  },
};

const en: typeof pl = {
  title: 'Check my ballot',
  loading: 'Loading…',
  tryAgain: 'Try again',
  back: 'Check something else',
  notAuthentic: 'The rules that the server sent do not fit the public board. Tell the city.',
  offline: 'Without a connection to the server: what can be checked on this device is checked.',

  receipt: {
    title: 'Is my ballot on the board?',
    lead: 'Choose the receipt file that you kept after voting, or scan the QR code of the receipt with a camera.',
    file: 'Receipt file',
    hint: 'Its name ends in .json',
    good: 'The receipt is genuine',
    goodDetail: (index, size) =>
      `The board signed that this ballot is its entry no. ${number(index)}, when it had ${counted(size, { one: '{n} entry', other: '{n} entries' })}.`,
    ownKey:
      'The key of the board was taken from the receipt itself, since there is no connection and the rules of the edition were not kept here. Check once more with a connection.',
    code: 'Code of the ballot',
    pool: 'Part of the vote',
    witnesses: 'Witnesses',
    noWitnesses: 'No witness has signed this state of the board yet. That is usual while voting is open.',
    bad: 'The receipt is not genuine',
    reasons: {
      malformed: 'This is no receipt file, or the file is damaged.',
      'other-edition': 'This receipt is of another vote.',
      inconsistent: 'What the receipt says does not fit together: somebody changed it.',
      unsigned:
        'The signature of the board does not hold: this board did not give it, or somebody changed it.',
      'not-included': 'The proof does not lead to the signed state of the board: somebody changed it.',
    },
    now: 'The board today',
    asking: 'Asking the board…',
    standing: {
      counts: 'The ballot is on the board, and so far nothing stands in the way of its being counted.',
      superseded: 'The ballot is on the board, but another ballot cast in the same name takes its place.',
      frozen:
        'The ballot is on the board, but somebody contests it and it is frozen until two officials decide. Nothing is counted before they have.',
      annulled: 'The ballot is on the board, but two officials annulled it. The city has to give the reason.',
      'over-the-group-limit':
        'The ballot is on the board, but does not count, since ballots were cast in too many parts of this group.',
      void: 'The ballot is on the board, but in this edition a repeated ballot voids all of them.',
    },
    notYou: 'If that ballot is not yours, vote again and report it below.',
    proven: (size) =>
      `Checked on the whole board: ${counted(size, { one: '{n} entry', other: '{n} entries' })}.`,
    notProven:
      'The ballot’s place on the board is checked. That no other ballot replaces it is only what the ballot box says; the whole board can be checked on the page for verifying.',
    boardReasons: {
      unreachable: 'The board could not be asked. Nothing is known of today; the receipt is still good.',
      malformed:
        'The board answered something that is no board. Try later; if it happens again, tell the city.',
      unsigned: 'Today’s state of the board lacks its signature. Tell the city.',
      'history-changed':
        'Today’s board does not continue that of the receipt: somebody changed history. Keep the receipt and tell the city, councillors and observers: it is evidence.',
      shorter:
        'Today’s board is shorter than it was: somebody removed entries. Keep the receipt and tell the city, councillors and observers: it is evidence.',
      missing:
        'Something else stands in the place of your ballot. Keep the receipt and tell the city, councillors and observers: it is evidence.',
    },
    again: 'Ask the board again',
  },

  challenge: {
    title: 'Did the page encrypt what was chosen?',
    lead: 'Open the encryption on the page where you vote and scan the QR code with this device, or paste the address here.',
    text: 'Address with the open encryption',
    check: 'Check the encryption',
    missing: 'Paste the address',
    good: 'The encryption is in order. Compare two things',
    compareCode: 'The code must be the one that was shown before the encryption was opened:',
    compareChoice: 'The encryption holds:',
    wrong:
      'If the code or the choice differs, that device or page cheats. Do not vote on it, and tell the city.',
    bad: 'This encryption is not what it should be',
    reasons: {
      malformed: 'This is no open encryption, or the text is incomplete. Scan the code again.',
      'other-edition': 'This encryption is of another vote.',
      'not-the-ciphertext':
        'The numbers given do not make this encryption. That device encrypted something else than it showed. Do not vote on it, and tell the city.',
      'not-a-ballot': 'The encryption holds no valid ballot. Do not vote on that device, and tell the city.',
      'not-castable':
        'The ballot box would not take this ballot: a proof or signature does not hold. Tell the city.',
    },
    noEdition: 'Checking an encryption takes the rules of the edition. Connect to the internet for a moment.',
  },

  uses: {
    title: 'Did somebody use my data?',
    lead: 'You learn what was done in your name: when and how an identity was confirmed, and whether a ballot was recorded. You never learn from here how somebody voted. You can ask three times a day.',
    start: 'Check the use of my data',
    goOn: 'Show what was done in my name',
    whoLead: 'Only a person who confirms who they are sees the answer.',
    nothing: 'Nothing was done in your name',
    nothingDetail: 'No certificate was given and no ballot recorded.',
    found: 'What was done in your name',
    when: 'When',
    how: 'How the identity was confirmed',
    told: 'Notice',
    kinds: {
      certificate: 'A certificate for voting was given',
      vote: 'A ballot was recorded',
      complaint: 'A report was taken',
    },
    factors: {
      sms: 'by a code to the telephone on the register',
      email: 'by a code to the e-mail on the register',
      'sms-to-given-number': 'by a code to a telephone given while voting',
      'email-to-given-address': 'by a code to an e-mail given while voting',
      letter: 'by the code of a letter',
      'electronic-identity': 'by an electronic identity',
      point: 'at a point, with a document',
    },
    notices: {
      waiting: 'still waits',
      sms: 'SMS',
      email: 'e-mail',
      none: 'there was no way to tell you',
    },
    times: (n) => counted(n, { one: '', other: '{n} times' }),
    byGuardian: 'by a guardian',
    hour: 'Hours are rounded, so that nobody can join a person to a ballot.',
    earlier: (n) =>
      counted(n, { one: 'Before that there was {n} more.', other: 'Before that there were {n} more.' }),
    end: 'Finish',
  },

  question: {
    title: 'A question about your vote',
    back: 'Back to the list',
    ask: 'Was this vote yours?',
    lead: 'A vote in your name is in a case that the office looks into. We ask only whether it was you who voted, never how.',
    leadAt: (when: string) =>
      `A vote in your name was confirmed at ${when} (full hour). It is in a case that the office looks into. We ask only whether it was you who voted, never how.`,
    number: 'Number of the case',
    until: 'Answer before',
    text: 'Add something if you like',
    mine: 'Yes, it was me',
    notMine: 'No, it was not me',
    reply: 'Answer the question',
    changeIt: 'Change the answer',
    youSaid: (answer: string) => `Your answer: ${answer}.`,
    next: 'What happens next',
    ifMine: 'If it was you: officials see this answer in the case, without your name.',
    ifNotMine:
      'If it was not you: the answer goes into the case. Two officials decide about the vote. The answer by itself does not change it.',
    ifSilent: 'If you do not answer: nobody annuls the vote for that; officials decide by what is known.',
    change: 'The answer can be changed until the deadline. The last one counts.',
    voteAgain:
      'The surest way is to vote again and confirm who you are by a better means (an electronic identity or a point): then only your own vote counts.',
    done: 'Thank you, your answer is recorded',
    over: (number: string) => `The time for an answer is over. Tell the office, with the number ${number}.`,
    hidden:
      'Questions of the office about your vote are shown once you confirm who you are by a code to the telephone or address of the register, a letter, an electronic identity, or at a point.',
  },

  complaint: {
    title: 'This was not me',
    lead: 'Report that somebody used your data. We open a case and give you its number.',
    effect:
      'The report itself changes no ballot. For your ballot to count, vote again, best in a surer way (for example by an electronic identity).',
    reason: 'What happened?',
    reasons: {
      'vote-not-mine': 'A ballot was recorded that is not mine',
      'code-not-asked': 'A code came that I did not ask for',
      'letter-not-intact': 'The letter with the code was open or never came',
      pressure: 'Somebody forced me or watched me vote',
      other: 'Something else',
    },
    text: 'Describe it if you want',
    textHint: 'Do not give your PESEL number here, nor how you vote.',
    choose: 'Choose what happened',
    tooLong: 'Shorten the description',
    send: 'Send the report',
    done: 'The case is open',
    doneDetail: 'Note the number. It is sent to your contact on the register, too.',
    number: 'Number of the case',
    voteAgain: 'Vote again',
  },
};

export const texts = textTable({ pl, en });
