// SPDX-License-Identifier: EUPL-1.2
// What the authors' rehearsal says around the voter's way.
import { textTable } from '$ui/language.svelte';

const pl = {
  site: 'Próba głosowania',
  title: 'Próba głosowania',
  loading: 'Wczytuję kartę…',
  banner: 'To jest próba. Nic się nie liczy i żaden głos nie zostanie oddany.',
  bannerDetail: (title: string) =>
    `Tak głosujący zobaczą kartę „${title}”. Obejrzyj swój projekt i napisz przy nim, jeśli coś się nie zgadza.`,
  draft: 'Zasady można jeszcze zmienić: karta może wyglądać jutro inaczej.',
  frozen: 'Zasady są już zamrożone: uwagi biuro przeczyta, ale zmiana wymaga nowej edycji.',
  until: (when: string) => `Odnośnik działa do ${when}.`,
  noLink: 'Otwórz odnośnik, który przysłało biuro',
  noLinkDetail: 'Ta strona działa tylko z odnośnikiem od biura budżetu obywatelskiego.',
  void: 'Ten odnośnik jest nieważny',
  voidDetail: 'Wygasł albo został odwołany. Poproś biuro o nowy.',
  over: 'Próba się skończyła',
  overDetail: 'Głosowanie zostało otwarte. Kartę zobaczysz teraz na stronie głosowania, tak jak wszyscy.',
  notReady: 'Karty nie można teraz pokazać',
  notReadyDetail: 'Biuro właśnie ją zmienia. Zajrzyj tu później.',
  unreachable: 'Serwer nie odpowiada',
  unreachableDetail: 'Sprawdź połączenie z internetem i spróbuj jeszcze raz.',
  tryAgain: 'Spróbuj jeszcze raz',
  who: {
    title: 'Potwierdzenie tożsamości',
    lead: 'W głosowaniu w tym miejscu każdy podaje swoje dane urzędowi, który prowadzi rejestr mieszkańców, i potwierdza, że to on, na przykład kodem z SMS-a.',
    here: 'W próbie o nic nie pytamy.',
    goOn: 'Dalej, bez podawania danych',
    nothing: 'Nie wybrano żadnego projektu',
    nothingDetail: 'Pominięto wszystkie części głosowania, więc nie byłoby czego wysłać. Wróć do projektów.',
  },
  review: 'W głosowaniu są tu prawdziwe kody zaszyfrowanych głosów. Przycisk poniżej niczego nie wysyła.',
  done: {
    title: 'Koniec próby',
    lead: 'Nic nie zostało wysłane i nic się nie liczy.',
    detail: 'Głosujący dostaje tutaj potwierdzenie z kodem swojego głosu i może je pobrać albo wydrukować.',
    again: 'Zacznij od początku',
  },
  remark: {
    open: 'Coś się tu nie zgadza',
    label: 'Co się nie zgadza w tym projekcie?',
    hint: 'Przeczyta to biuro. Nie podawaj nazwisk, telefonów ani innych danych osób. Najwyżej 1500 znaków.',
    send: 'Wyślij uwagę do biura',
    sent: 'Biuro dostało uwagę. Odpowiedź pojawi się tutaj, przy projekcie.',
    sending: 'Wysyłam…',
    empty: 'Napisz, co się nie zgadza.',
    refusals: {
      'remark-with-personal-data':
        'W tekście są chyba czyjeś dane (numer PESEL, telefon, adres). Usuń je i wyślij jeszcze raz.',
      'too-many-remarks':
        'Biuro ma już tyle uwag, że nie przyjmuje nowych, zanim ich nie przeczyta. Spróbuj później.',
      'no-such-project': 'Karta się zmieniła i tego projektu już na niej nie ma. Odśwież stronę.',
      'too-many-requests': 'Zbyt wiele uwag naraz. Poczekaj minutę i wyślij jeszcze raz.',
      'author-link-void': 'Odnośnik wygasł albo został odwołany. Poproś biuro o nowy.',
      'rehearsal-over': 'Głosowanie zostało otwarte, więc próba się skończyła.',
    } as Readonly<Record<string, string>>,
    failed: 'Nie udało się wysłać uwagi. Tekst jest nadal tutaj: spróbuj jeszcze raz.',
    answered: 'Uwagi i odpowiedzi biura',
    said: 'Uwaga',
    answer: 'Odpowiedź biura',
  },
};

const en: typeof pl = {
  site: 'Rehearsal of the vote',
  title: 'Rehearsal of the vote',
  loading: 'Loading the ballot…',
  banner: 'This is a rehearsal. Nothing is counted, and no ballot is cast.',
  bannerDetail: (title) =>
    `This is how voters will see the ballot of “${title}”. Look at your project and write beside it if something is wrong.`,
  draft: 'The rules can still be changed: the ballot may look different tomorrow.',
  frozen: 'The rules are frozen: the office will read remarks, but a change takes a new edition.',
  until: (when) => `The link works until ${when}.`,
  noLink: 'Open the link that the office sent you',
  noLinkDetail: 'This page works only with a link of the participatory budget office.',
  void: 'This link is not valid',
  voidDetail: 'It has expired or was revoked. Ask the office for a new one.',
  over: 'The rehearsal is over',
  overDetail: 'The voting was opened. You find the ballot on the site of the vote now, as everybody does.',
  notReady: 'The ballot cannot be shown now',
  notReadyDetail: 'The office is changing it. Look again later.',
  unreachable: 'The server does not answer',
  unreachableDetail: 'Check your connection and try again.',
  tryAgain: 'Try again',
  who: {
    title: 'Showing who you are',
    lead: 'When people vote, each gives their data here to the office that keeps the residents’ register, and shows that it is them, for instance by a code from an SMS.',
    here: 'The rehearsal asks nothing.',
    goOn: 'Go on without giving data',
    nothing: 'No project was chosen',
    nothingDetail: 'All parts were skipped, so there would be nothing to send. Go back to the projects.',
  },
  review:
    'When people vote, the real codes of the encrypted ballots are here. The button below sends nothing.',
  done: {
    title: 'End of the rehearsal',
    lead: 'Nothing was sent, and nothing is counted.',
    detail: 'Voters get a receipt here, with the code of their ballot, to download or print.',
    again: 'Begin again',
  },
  remark: {
    open: 'Something is wrong here',
    label: 'What is wrong with this project?',
    hint: 'The office reads it. Give no names, telephone numbers or other data of persons. At most 1500 characters.',
    send: 'Send the remark to the office',
    sent: 'The office has got the remark. Its answer will appear here, beside the project.',
    sending: 'Sending…',
    empty: 'Write what is wrong.',
    refusals: {
      'remark-with-personal-data':
        'The text seems to hold somebody’s data (a PESEL or telephone number, an address). Take them out and send it again.',
      'too-many-remarks':
        'The office has so many remarks that it takes no more before it has read them. Try later.',
      'no-such-project': 'The ballot has changed, and this project is no longer on it. Reload the page.',
      'too-many-requests': 'Too many remarks at once. Wait a minute and send it again.',
      'author-link-void': 'The link has expired or was revoked. Ask the office for a new one.',
      'rehearsal-over': 'The voting was opened, so the rehearsal is over.',
    },
    failed: 'The remark could not be sent. The text is still here: try again.',
    answered: 'Remarks, and answers of the office',
    said: 'Remark',
    answer: 'Answer of the office',
  },
};

export const texts = textTable({ pl, en });
