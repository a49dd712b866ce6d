// SPDX-License-Identifier: EUPL-1.2
// What the voter's way says after the ballot is filled in; loaded while the voter chooses.
import { counted, number, textTable } from '$ui/language.svelte';

const pl = {
  who: {
    lead: 'Tych danych nie ma w Twoim głosie. Widzi je tylko urząd prowadzący rejestr mieszkańców, a on nie zna Twojego głosu.',
    fetch: 'Pobierz poświadczenie',
    nothing: 'Nie wybrano żadnego projektu',
    nothingDetail: 'Pominięto wszystkie części głosowania, więc nie ma czego wysłać. Wróć do projektów.',
  },

  review: {
    title: 'Sprawdź swój głos',
    lead: 'Nic jeszcze nie zostało wysłane.',
    preparing: 'Szyfruję…',
    change: 'Zmień',
    changeFor: (title: string) => `Zmień: ${title}`,
    blank: 'Pusty głos',
    skipped: 'Bez głosu w tej części',
    unused: (n: number) =>
      counted(n, {
        one: 'Zostaje {n} niewykorzystany punkt.',
        few: 'Zostają {n} niewykorzystane punkty.',
        many: 'Zostaje {n} niewykorzystanych punktów.',
        other: 'Zostaje {n} niewykorzystanego punktu.',
      }),
    code: 'Kod zaszyfrowanego głosu',
    codeWhy:
      'Zapisz te kody, jeśli chcesz sprawdzić, czy strona szyfruje uczciwie. Te same kody będą na potwierdzeniu.',
    cast: 'Wyślij głos',
    castSeveral: 'Wyślij głosy',
    challengeTitle: 'Nie ufasz tej stronie? Sprawdź, czy szyfruje to, co wybrano',
    challengeHow:
      'Zapisz kod powyżej, a potem poproś o otwarcie szyfru. Na innym telefonie zobaczysz, co w nim było. Otwarty szyfr nie zostanie wysłany; strona zaszyfruje Twój głos od nowa. Możesz to robić, ile razy chcesz.',
    challenge: (title: string) => `Otwórz szyfr: ${title}`,
    before: (n: number) =>
      counted(n, {
        one: 'W tej części zapisano już {n} głos w Twoim imieniu.',
        few: 'W tej części zapisano już {n} głosy w Twoim imieniu.',
        many: 'W tej części zapisano już {n} głosów w Twoim imieniu.',
        other: 'W tej części zapisano już {n} głosu w Twoim imieniu.',
      }),
    policies: {
      last: 'Liczy się ostatni, więc ten go zastąpi.',
      first: 'Liczy się pierwszy, chyba że teraz potwierdzono tożsamość pewniej niż wtedy.',
      void: 'W tej edycji powtórny głos unieważnia wszystkie. Nie wysyłaj go, jeśli tamten głos jest Twój.',
    },
    notYou: 'Jeżeli to nie Twój głos: zagłosuj teraz i zgłoś to.',
    noRight: (title: string) =>
      `W rejestrze nie masz prawa głosu w części „${title}”. Ten głos nie zostanie wysłany.`,
    alsoRight: (title: string) => `Możesz głosować także w części „${title}”.`,
    fill: 'Zagłosuj w niej',
    wrongPlace: 'Rejestr mieszkańców mówi co innego',
    nothing: 'Nie ma żadnego głosu do wysłania.',
    again: 'Zaszyfruj jeszcze raz',
  },

  challenge: {
    title: 'Szyfr został otwarty',
    lead: 'Ten szyfr nie zostanie wysłany. Sprawdź na innym urządzeniu, czy jest w nim to, co wybrano.',
    how: [
      'Zeskanuj kod QR aparatem innego telefonu albo otwórz na nim adres poniżej.',
      'Porównaj kod: musi być ten sam, który był pokazany przed otwarciem.',
      'Porównaj wybór z tym, co widzisz tutaj.',
    ],
    qr: 'Kod QR z otwartym szyfrem',
    code: 'Kod otwartego szyfru',
    link: 'Adres do sprawdzenia',
    copy: 'Skopiuj adres',
    copied: 'Skopiowano',
    chosen: 'W tym szyfrze ma być',
    wrong: 'Jeżeli cokolwiek się nie zgadza, nie głosuj na tym urządzeniu i powiadom urząd.',
    goOn: 'Wróć i wyślij nowy szyfr',
    recording: 'Zgłaszam tablicy, że ten szyfr jest otwarty, żeby nikt nie mógł go wysłać…',
    notRecorded:
      'Tablica jeszcze nie wie, że ten szyfr jest otwarty, dlatego go nie pokazujemy. Spróbuj jeszcze raz albo głosuj dalej: ten szyfr nie zostanie wysłany.',
  },

  done: {
    sending: 'Wysyłam głos',
    sendingDetail: 'Nie zamykaj tej karty, dopóki nie zobaczysz potwierdzenia.',
    unknown: 'Nie wiadomo jeszcze, czy głos dotarł',
    unknownDetail:
      'Połączenie się zerwało albo urna jest zajęta. Wyślę jeszcze raz dokładnie ten sam głos; zapisze się najwyżej raz.',
    inSeconds: (n: number) =>
      counted(n, {
        one: 'Następna próba za {n} sekundę',
        few: 'Następna próba za {n} sekundy',
        many: 'Następna próba za {n} sekund',
        other: 'Następna próba za {n} sekundy',
      }),
    now: 'Wyślij teraz',
    title: 'Głos oddany',
    titleSeveral: 'Głosy oddane',
    recorded: 'Zapisany na publicznej tablicy',
    place: (index: number) => `wpis nr ${number(index)}`,
    partly: 'Nie wszystkie głosy zostały zapisane',
    none: 'Głos nie został zapisany',
    refused: 'Nie zapisano',
    refusals: {
      'ballot-conflict':
        'W międzyczasie zapisano w Twoim imieniu inny głos, na przykład z innej karty lub urządzenia. Możesz wysłać ten jeszcze raz: zaszyfrujemy go tak, żeby nastąpił po tamtym.',
      'ballot-malformed':
        'Urna uznała głos za nieprawidłowy. To błąd tej strony lub urny, nie Twój. Spróbuj jeszcze raz; jeśli się powtórzy, powiadom urząd.',
      'voting-closed': 'Głosowanie zakończyło się, zanim głos dotarł. Ten głos się nie liczy.',
    } as Readonly<Record<string, string>>,
    refusedOther: 'Urna nie przyjęła głosu. Spróbuj jeszcze raz albo powiadom urząd.',
    again: 'Przygotuj jeszcze raz',
    receipt: 'Potwierdzenie',
    receiptWhy:
      'Dowodzi, że Twój głos jest na tablicy, ale nie mówi, jak głosujesz. Zachowaj plik lub zdjęcie: z nim sprawdzisz swój głos w każdej chwili.',
    code: 'Kod głosu',
    download: 'Pobierz potwierdzenie',
    downloadFor: (title: string) => `Pobierz potwierdzenie: ${title}`,
    qr: 'Kod QR potwierdzenia',
    print: 'Drukuj',
    what: 'Co teraz',
    steps: [
      'Dostaniesz SMS lub e-mail, że zapisano głos w Twoim imieniu. Wysyła go urząd na kontakt z rejestru, nie na ten, który podano przy głosowaniu.',
      'Do końca głosowania możesz zagłosować jeszcze raz. O tym, który głos się liczy, mówią zasady edycji.',
      'Jeżeli kiedyś dostaniesz taką wiadomość, a nie głosowałeś lub nie głosowałaś, zgłoś to na stronie „Sprawdź swój głos”.',
    ],
    policy: {
      last: 'Liczy się ostatni głos.',
      first: 'Liczy się pierwszy głos.',
      void: 'Uwaga: w tej edycji powtórny głos unieważnia wszystkie Twoje głosy.',
    },
    againVote: 'Zagłosuj jeszcze raz',
    share: 'Twój wybór nie jest już nigdzie na tym urządzeniu.',
  },
};

const en: typeof pl = {
  who: {
    lead: 'Your ballot does not hold these data. Only the residents’ register office sees them, and it does not see your ballot.',
    fetch: 'Get the certificate',
    nothing: 'No project was chosen',
    nothingDetail: 'All parts were skipped, so there is nothing to send. Go back to the projects.',
  },

  review: {
    title: 'Check your ballot',
    lead: 'Nothing was sent yet.',
    preparing: 'Encrypting…',
    change: 'Change',
    changeFor: (title) => `Change: ${title}`,
    blank: 'Blank ballot',
    skipped: 'No ballot in this part',
    unused: (n) => counted(n, { one: '{n} point is left unused.', other: '{n} points are left unused.' }),
    code: 'Code of the encrypted ballot',
    codeWhy:
      'Note these codes if you want to check whether the page encrypts honestly. The receipt will have the same codes.',
    cast: 'Cast my ballot',
    castSeveral: 'Cast my ballots',
    challengeTitle: 'You do not trust this page? Check that it encrypts what you chose',
    challengeHow:
      'Note the code above, then have the encryption opened. On another telephone you see what was in it. What was opened is not sent; the page encrypts your ballot anew. Do it as often as you like.',
    challenge: (title) => `Open the encryption: ${title}`,
    before: (n) =>
      counted(n, {
        one: '{n} ballot was recorded in your name in this part already.',
        other: '{n} ballots were recorded in your name in this part already.',
      }),
    policies: {
      last: 'The last one counts, so this one takes its place.',
      first: 'The first one counts, unless you are identified more surely now than then.',
      void: 'In this edition a repeated ballot voids all of them. Do not send it if that ballot is yours.',
    },
    notYou: 'If that ballot is not yours: vote now, and report it.',
    noRight: (title) => `By the register you may not vote in “${title}”. This ballot will not be sent.`,
    alsoRight: (title) => `You may vote in “${title}”, too.`,
    fill: 'Vote there',
    wrongPlace: 'The residents’ register says something else',
    nothing: 'There is no ballot to send.',
    again: 'Encrypt again',
  },

  challenge: {
    title: 'The encryption is open',
    lead: 'It will not be sent. Check on another device that it holds what you chose.',
    how: [
      'Scan the QR code with the camera of another telephone, or open the address below there.',
      'Compare the code: it must be the one that was shown before opening.',
      'Compare the choice with what you see here.',
    ],
    qr: 'QR code of the open encryption',
    code: 'Code of the open encryption',
    link: 'Address for checking',
    copy: 'Copy the address',
    copied: 'Copied',
    chosen: 'It should hold',
    wrong: 'If anything differs, do not vote on this device, and tell the city.',
    goOn: 'Go back and send the new encryption',
    recording: 'Telling the board that this encryption is open, so that nobody can cast it…',
    notRecorded:
      'The board does not know yet that this encryption is open, so it is not shown. Try again, or go on voting: it will not be sent.',
  },

  done: {
    sending: 'Sending your ballot',
    sendingDetail: 'Do not close this tab before you see the receipt.',
    unknown: 'It is not known yet whether your ballot arrived',
    unknownDetail:
      'The connection broke or the ballot box is busy. Exactly the same ballot is sent again; it is recorded at most once.',
    inSeconds: (n) => counted(n, { one: 'Next attempt in {n} second', other: 'Next attempt in {n} seconds' }),
    now: 'Send now',
    title: 'Your ballot is cast',
    titleSeveral: 'Your ballots are cast',
    recorded: 'Recorded on the public board',
    place: (index) => `entry no. ${number(index)}`,
    partly: 'Not all ballots were recorded',
    none: 'Your ballot was not recorded',
    refused: 'Not recorded',
    refusals: {
      'ballot-conflict':
        'Meanwhile another ballot was recorded in your name, perhaps from another tab or device. You can send this one again: it will be encrypted so that it follows that one.',
      'ballot-malformed':
        'The ballot box found the ballot invalid. That is a fault of this page or the ballot box, not yours. Try again; if it happens again, tell the city.',
      'voting-closed': 'Voting ended before your ballot arrived. This ballot does not count.',
    },
    refusedOther: 'The ballot box did not take the ballot. Try again or tell the city.',
    again: 'Prepare it again',
    receipt: 'Receipt',
    receiptWhy:
      'It proves that your ballot is on the board, and does not say how you vote. Keep the file or a picture: with it you can check your ballot at any time.',
    code: 'Code of the ballot',
    download: 'Download the receipt',
    downloadFor: (title) => `Download the receipt: ${title}`,
    qr: 'QR code of the receipt',
    print: 'Print',
    what: 'What happens now',
    steps: [
      'You will get an SMS or e-mail saying that a ballot was recorded in your name. The office sends it to the contact on its register, not to one given while voting.',
      'Until voting ends you can vote again. The rules of the edition say which ballot counts.',
      'If you ever get such a message and did not vote, report it on the page “Check my ballot”.',
    ],
    policy: {
      last: 'The last ballot counts.',
      first: 'The first ballot counts.',
      void: 'Mind: in this edition a repeated ballot voids all of yours.',
    },
    againVote: 'Vote again',
    share: 'Your choice is no longer anywhere on this device.',
  },
};

export const later = textTable({ pl, en });
