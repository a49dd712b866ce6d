// SPDX-License-Identifier: EUPL-1.2
// What the voter's way says, in every language.
import { counted, money, number, textTable } from '$ui/language.svelte';
import type { BallotRule, ChoiceCheck, Pool, RuleProblem } from '$ballot/types';

const pl = {
  title: 'Głosowanie',
  loading: 'Wczytuję zasady i projekty…',
  cannotLoad: 'Nie udało się wczytać głosowania',
  unreachable:
    'Serwer nie odpowiada. Sprawdź połączenie z internetem i spróbuj jeszcze raz. Nic nie zostało wysłane.',
  notAuthentic:
    'Zasady, które przysłał serwer, nie zgadzają się z publiczną tablicą. Ktoś mógł je podmienić. Nie głosuj na tej stronie i powiadom urząd miasta.',
  altered:
    'Serwer przysłał kod inny niż ten, który ta strona zapowiada, więc przeglądarka go nie uruchomiła. Ktoś mógł go podmienić. Nie głosuj na tej stronie i powiadom urząd miasta.',
  notReady: 'Głosowanie nie zostało jeszcze przygotowane. Zajrzyj tu później.',
  tryAgain: 'Spróbuj jeszcze raz',
  soon: 'Głosowanie jeszcze się nie zaczęło',
  opensAt: (when: string) => `Możesz głosować od ${when}.`,
  over: 'Głosowanie się zakończyło',
  overDetail: 'Głosów nie można już oddać. Możesz sprawdzić swój głos i zobaczyć wyniki.',
  paused: 'Urna nie przyjmuje teraz głosów',
  pausedDetail: 'To zwykle przerwa na kilka minut. Spróbuj za chwilę.',
  toCheck: 'Sprawdź swój głos',
  toResults: 'Wyniki',
  elsewhere: 'Głosujesz już w innej karcie',
  elsewhereDetail:
    'Wróć do tamtej karty przeglądarki. Jeżeli chcesz głosować tutaj, zaczniesz od początku, a niewysłany głos z tamtej karty przepadnie.',
  here: 'Głosuj tutaj od początku',
  taken: 'Głosowanie przeniesiono do innej karty',
  takenDetail: 'W tej karcie nic więcej nie zostanie wysłane. Możesz ją zamknąć.',
  notKept:
    'Twoja przeglądarka nie pozwala niczego zapamiętać (na przykład w trybie prywatnym). Nie odświeżaj strony przed końcem głosowania.',
  mapFailed: 'Nie udało się wczytać mapy. Wszystko, co na niej jest, jest też na liście.',
  startOver: 'Zacznij od początku',
  back: 'Wstecz',
  next: 'Dalej',

  where: {
    title: 'Gdzie mieszkasz?',
    hint: 'Głosujesz na projekty ogólnomiejskie i na projekty swojej dzielnicy. Urząd potem sprawdzi, czy się zgadza.',
    group: (most: number) =>
      most === 1
        ? 'Wybierz jedną'
        : `Wybierz najwyżej ${counted(most, { one: '{n}', few: '{n}', many: '{n}', other: '{n}' })}`,
    groupHint: 'Możesz głosować w dowolnej z nich, niezależnie od tego, gdzie mieszkasz.',
    none: 'W żadnej',
    choose: 'Wybierz swoją dzielnicę.',
    tooMany: (most: number) => `Możesz wybrać najwyżej ${most}. Odznacz którąś.`,
    map: 'Mapa dzielnic',
    mapHint: 'Dotknij dzielnicy, w której mieszkasz, albo wybierz ją z listy poniżej.',
    mapLabel: 'Mapa dzielnic. To samo jest na liście poniżej.',
  },

  pool: {
    part: (k: number, n: number) => `Część ${k} z ${n}`,
    budget: (sum: string) => `Do podziału: ${sum}`,
    projects: (n: number) =>
      counted(n, { one: '{n} projekt', few: '{n} projekty', many: '{n} projektów', other: '{n} projektu' }),
    search: 'Szukaj projektu',
    topic: 'Temat',
    district: 'Dzielnica',
    all: 'wszystkie',
    filters: 'Szukaj i filtruj',
    onlyChosen: 'Tylko wybrane',
    found: (n: number, all: number) => `Pokazuję ${number(n)} z ${number(all)}`,
    order: (draw: string) => `Kolejność wylosowana dla Ciebie (los ${draw})`,
    orderWhy:
      'Każdy głosujący widzi projekty w innej, losowej kolejności, żeby żaden projekt nie zyskiwał na tym, że jest pierwszy. Kolejność nie zmieni się, dopóki nie zamkniesz tej karty.',
    mapHint:
      'Wypełnione kropki to Twój wybór. Dotknij kropki, żeby zobaczyć, co to za projekt. Wszystkie projekty są też na liście poniżej.',
    mapLabel: (n: number, chosen: number) =>
      `Mapa z miejscami projektów: ${number(n)}, z tego wybrane: ${number(chosen)}. Te same projekty są na liście poniżej.`,
    mapTo: 'Pokaż na liście',
    details: 'Opis projektu',
    projectNumber: 'Nr',
    cost: 'Koszt',
    choose: 'Wybieram',
    chosen: 'Wybrano',
    chooseNth: (n: number) => `Wybierz jako ${n}.`,
    nth: (n: number) => `${n}. miejsce`,
    remove: 'Usuń',
    up: 'Wyżej',
    down: 'Niżej',
    points: 'Punkty',
    pointsFor: (name: string) => `Punkty dla: ${name}`,
    add: 'Dodaj punkt',
    take: 'Odejmij punkt',
    allLeft: (n: number) => `Daj wszystkie (${n})`,
    yours: 'Twój wybór',
    nothing: 'Jeszcze nic nie wybrano',
    full: 'Nie możesz wybrać więcej. Najpierw usuń któryś z wybranych projektów.',
    nothingLeft: 'Nie masz już punktów. Najpierw odejmij punkty innemu projektowi.',
    tooExpensive: (left: string) => `Ten projekt się nie zmieści: zostało ${left}.`,
    emptyTitle: 'Nic tu nie wybrano',
    emptyHint: 'Co zrobić z tą częścią głosowania?',
    blank: 'Oddaję pusty głos',
    blankHint: 'Policzy się do frekwencji, ale nie wesprze żadnego projektu.',
    skip: 'Nie głosuję w tej części',
    skipHint: 'Możesz to zrobić później, do końca głosowania.',
    goOn: 'Wróć do projektów',
    map: 'Mapa projektów',
  },
};

const en: typeof pl = {
  title: 'Vote',
  loading: 'Loading the rules and projects…',
  cannotLoad: 'The vote could not be loaded',
  unreachable: 'The server does not answer. Check your connection and try again. Nothing was sent.',
  notAuthentic:
    'The rules that the server sent do not fit the public board. Somebody may have changed them. Do not vote on this page, and tell the city.',
  altered:
    'The server sent other code than this page announces, so the browser did not run it. Somebody may have replaced it. Do not vote on this page, and tell the city.',
  notReady: 'The vote is not prepared yet. Come back later.',
  tryAgain: 'Try again',
  soon: 'Voting has not begun',
  opensAt: (when) => `You can vote from ${when}.`,
  over: 'Voting is over',
  overDetail: 'Ballots can no longer be cast. You can check your ballot and see the results.',
  paused: 'The ballot box takes no ballots now',
  pausedDetail: 'This is usually a break of some minutes. Try again shortly.',
  toCheck: 'Check my ballot',
  toResults: 'Results',
  elsewhere: 'You are voting in another tab',
  elsewhereDetail:
    'Go back to that tab of your browser. If you want to vote here, you begin anew, and a ballot in the other tab that was not sent is lost.',
  here: 'Vote here, from the beginning',
  taken: 'The vote was moved to another tab',
  takenDetail: 'Nothing more will be sent from this tab. You can close it.',
  notKept:
    'Your browser does not let this page remember anything (for example in private mode). Do not reload before you are done.',
  mapFailed: 'The map could not be loaded. The list has everything that is on it.',
  startOver: 'Start again',
  back: 'Back',
  next: 'Continue',

  where: {
    title: 'Where do you live?',
    hint: 'You vote on projects of the whole city and on those of your district. The office checks this later.',
    group: (most) => (most === 1 ? 'Choose one' : `Choose at most ${most}`),
    groupHint: 'You may vote in any of them, wherever you live.',
    none: 'In none',
    choose: 'Choose your district.',
    tooMany: (most) => `You can choose at most ${most}. Untick one first.`,
    map: 'Map of districts',
    mapHint: 'Touch the district where you live, or choose it from the list below.',
    mapLabel: 'Map of districts. The list below has the same.',
  },

  pool: {
    part: (k, n) => `Part ${k} of ${n}`,
    budget: (sum) => `To be shared out: ${sum}`,
    projects: (n) => counted(n, { one: '{n} project', other: '{n} projects' }),
    search: 'Find a project',
    topic: 'Topic',
    district: 'District',
    all: 'all',
    filters: 'Search and filter',
    onlyChosen: 'Chosen only',
    found: (n, all) => `Showing ${number(n)} of ${number(all)}`,
    order: (draw) => `In an order drawn for you (draw ${draw})`,
    orderWhy:
      'Every voter sees the projects in another random order, so that none profits from standing first. The order stays until you close this tab.',
    mapHint:
      'Filled dots are your choice. Touch a dot to see which project it is. All projects are also on the list below.',
    mapLabel: (n, chosen) =>
      `Map of the places of ${number(n)} projects, ${number(chosen)} of them chosen. The list below has the same projects.`,
    mapTo: 'Show on the list',
    details: 'Description',
    projectNumber: 'No.',
    cost: 'Cost',
    choose: 'Choose',
    chosen: 'Chosen',
    chooseNth: (n) => `Choose as no. ${n}`,
    nth: (n) => `Place ${n}`,
    remove: 'Remove',
    up: 'Up',
    down: 'Down',
    points: 'Points',
    pointsFor: (name) => `Points for: ${name}`,
    add: 'Add a point',
    take: 'Take a point away',
    allLeft: (n) => `Give all (${n})`,
    yours: 'Your choice',
    nothing: 'Nothing chosen yet',
    full: 'You cannot choose more. Remove one of the chosen projects first.',
    nothingLeft: 'You have no points left. Take some away from another project first.',
    tooExpensive: (left) => `This project does not fit: ${left} are left.`,
    emptyTitle: 'Nothing is chosen here',
    emptyHint: 'What should become of this part?',
    blank: 'I cast a blank ballot',
    blankHint: 'It counts for the turnout and supports no project.',
    skip: 'I do not vote in this part',
    skipHint: 'You can do so later, until voting ends.',
    goOn: 'Back to the projects',
    map: 'Map of projects',
  },
};

export const texts = textTable({ pl, en });

const plural = {
  pl: {
    projects: { one: '{n} projekt', few: '{n} projekty', many: '{n} projektów', other: '{n} projektu' },
    points: { one: '{n} punkt', few: '{n} punkty', many: '{n} punktów', other: '{n} punktu' },
  },
  en: {
    projects: { one: '{n} project', other: '{n} projects' },
    points: { one: '{n} point', other: '{n} points' },
  },
};
const pluralTable = textTable(plural);

export const projectsOf = (n: number): string => counted(n, pluralTable.now.projects);
export const pointsOf = (n: number): string => counted(n, pluralTable.now.points);

const rules = textTable({
  pl: {
    exactly: (n: number) => `Wybierz dokładnie ${projectsOf(n)}.`,
    atMost: (n: number) => (n === 1 ? 'Wybierz jeden projekt.' : `Wybierz najwyżej ${projectsOf(n)}.`),
    between: (a: number, b: number) => `Wybierz od ${number(a)} do ${projectsOf(b)}.`,
    any: 'Wybierz dowolną liczbę projektów.',
    ranked: 'Ułóż je od najważniejszego: pierwszy dostaje najwięcej punktów.',
    split: (n: number) => `Rozdziel ${pointsOf(n)} między projekty.`,
    each: (n: number) => `Jednemu projektowi możesz dać najwyżej ${pointsOf(n)}.`,
    stack: 'Możesz dać wszystkie jednemu projektowi.',
    projectsMost: (n: number) => `Najwyżej ${projectsOf(n)}.`,
    all: 'Trzeba rozdać wszystkie.',
    atLeast: (n: number) => `Trzeba rozdać co najmniej ${pointsOf(n)}.`,
    unused: 'Nie musisz rozdać wszystkich.',
    knapsack: (sum: string) => `Razem mogą kosztować najwyżej ${sum}.`,
  },
  en: {
    exactly: (n: number) => `Choose exactly ${projectsOf(n)}.`,
    atMost: (n: number) => (n === 1 ? 'Choose one project.' : `Choose at most ${projectsOf(n)}.`),
    between: (a: number, b: number) => `Choose ${number(a)} to ${projectsOf(b)}.`,
    any: 'Choose as many projects as you like.',
    ranked: 'Put them in order: the first one gets most points.',
    split: (n: number) => `Share out ${pointsOf(n)} among projects.`,
    each: (n: number) => `One project can get at most ${pointsOf(n)}.`,
    stack: 'You may give all of them to one project.',
    projectsMost: (n: number) => `At most ${projectsOf(n)}.`,
    all: 'All of them must be given.',
    atLeast: (n: number) => `At least ${pointsOf(n)} must be given.`,
    unused: 'You need not give all of them.',
    knapsack: (sum: string) => `Together they may cost at most ${sum}.`,
  },
});

/** What a ballot of the pool may hold, in sentences. */
export function ruleInWords(rule: BallotRule, projects: number): string {
  const t = rules.now;
  const said: string[] = [];
  const { points } = rule;
  if (points !== null) {
    said.push(t.split(points.mostInAll));
    said.push(points.mostEach < points.mostInAll ? t.each(points.mostEach) : t.stack);
    if (rule.most < Math.min(projects, points.mostInAll)) said.push(t.projectsMost(rule.most));
    if (points.leastInAll >= points.mostInAll) said.push(t.all);
    else if (points.leastInAll > 1) said.push(t.atLeast(points.leastInAll));
    else said.push(t.unused);
  } else {
    if (rule.least === rule.most) said.push(rule.most === 1 ? t.atMost(1) : t.exactly(rule.most));
    else if (rule.most >= projects) said.push(rule.least > 1 ? t.between(rule.least, rule.most) : t.any);
    else said.push(rule.least > 1 ? t.between(rule.least, rule.most) : t.atMost(rule.most));
    if (rule.form === 'ranking' && rule.most > 1) said.push(t.ranked);
  }
  if (rule.knapsack !== null) said.push(t.knapsack(money(rule.knapsack)));
  return said.join(' ');
}

const problems = textTable({
  pl: {
    unfit: 'Ten wybór nie pasuje do zasad głosowania.',
    blank: 'Wybierz projekt. Pusty głos nie jest tu ważny.',
    few: (least: number, chosen: number) =>
      `Wybierz jeszcze ${projectsOf(least - chosen)}: potrzeba ${number(least)}, a jest ${number(chosen)}.`,
    many: (most: number, chosen: number) =>
      `Wybrano ${projectsOf(chosen)}, a można najwyżej ${number(most)}.`,
    fewEach: (name: string, least: number) => `„${name}” musi dostać co najmniej ${pointsOf(least)}.`,
    manyEach: (name: string, most: number) => `„${name}” może dostać najwyżej ${pointsOf(most)}.`,
    fewPoints: (least: number, given: number) =>
      `Rozdaj jeszcze ${pointsOf(least - given)}: potrzeba co najmniej ${number(least)}, a jest ${number(given)}.`,
    manyPoints: (most: number, given: number) =>
      `Rozdano ${pointsOf(given)}, a można najwyżej ${number(most)}.`,
    expensive: (most: string, cost: string) =>
      `Wybrane projekty kosztują razem ${cost}, a mogą najwyżej ${most}.`,
  },
  en: {
    unfit: 'This choice does not fit the rules of the vote.',
    blank: 'Choose a project. A blank ballot is not valid here.',
    few: (least: number, chosen: number) =>
      `Choose ${projectsOf(least - chosen)} more: ${number(least)} are needed, you have ${number(chosen)}.`,
    many: (most: number, chosen: number) =>
      `You chose ${projectsOf(chosen)}; at most ${number(most)} are allowed.`,
    fewEach: (name: string, least: number) => `“${name}” must get at least ${pointsOf(least)}.`,
    manyEach: (name: string, most: number) => `“${name}” can get at most ${pointsOf(most)}.`,
    fewPoints: (least: number, given: number) =>
      `Give ${pointsOf(least - given)} more: at least ${number(least)} are needed, you gave ${number(given)}.`,
    manyPoints: (most: number, given: number) =>
      `You gave ${pointsOf(given)}; at most ${number(most)} are allowed.`,
    expensive: (most: string, cost: string) =>
      `The chosen projects cost ${cost} together; at most ${most} are allowed.`,
  },
});

/** Why a choice cannot be cast, in words. */
export function problemInWords(problem: RuleProblem, pool: Pool): string {
  const t = problems.now;
  const nameOf = (project: number): string => pool.projects[project - 1]?.name ?? String(project);
  switch (problem.code) {
    case 'project':
    case 'form':
      return t.unfit;
    case 'blank':
      return t.blank;
    case 'too-few-projects':
      return t.few(problem.least, problem.chosen);
    case 'too-many-projects':
      return t.many(problem.most, problem.chosen);
    case 'too-few-points-to-project':
      return t.fewEach(nameOf(problem.project), problem.least);
    case 'too-many-points-to-project':
      return t.manyEach(nameOf(problem.project), problem.most);
    case 'too-few-points':
      return t.fewPoints(problem.least, problem.given);
    case 'too-many-points':
      return t.manyPoints(problem.most, problem.given);
    case 'too-expensive':
      return t.expensive(money(problem.most), money(problem.cost));
  }
}

const remainders = textTable({
  pl: {
    points: (left: number, all: number) => `Zostało ${number(left)} z ${pointsOf(all)}`,
    chosen: (chosen: number, most: number) => `Wybrano ${number(chosen)} z ${number(most)}`,
    any: (chosen: number) => `Wybrano: ${projectsOf(chosen)}`,
    money: (left: string) => `zostało ${left}`,
  },
  en: {
    points: (left: number, all: number) => `${number(left)} of ${pointsOf(all)} left`,
    chosen: (chosen: number, most: number) => `${number(chosen)} of ${number(most)} chosen`,
    any: (chosen: number) => `${projectsOf(chosen)} chosen`,
    money: (left: string) => `${left} left`,
  },
});

/** What is left to give, in words. */
export function remainingInWords(pool: Pool, check: ChoiceCheck): string {
  const t = remainders.now;
  const { ballotRule: rule } = pool;
  const { projects, points, money: left } = check.remaining;
  const said: string[] = [];
  if (points !== null && rule.points !== null) said.push(t.points(points, rule.points.mostInAll));
  else if (rule.most >= pool.projects.length) said.push(t.any(rule.most - projects));
  else said.push(t.chosen(rule.most - projects, rule.most));
  if (left !== null) said.push(t.money(money(left)));
  return said.join(', ');
}
