// SPDX-License-Identifier: EUPL-1.2
// The page on which a person verifies a record.

import { STEP_NAMES, STEPS, type Language, type PoolReport, type Step, type Verdict } from '../report.js';
import type { Reply, Request } from './messages.js';
import { TEXTS, type TextKey } from './texts.js';

let language: Language = 'pl';
let worker: Worker | undefined;
let current: Step | undefined;
let detail = '';
let verdict: Verdict | undefined;
let problem: TextKey | undefined;

const say = (key: TextKey): string => TEXTS[key][language];

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function make(tag: string, text = '', ...children: Node[]): HTMLElement {
  const node = document.createElement(tag);
  node.textContent = text;
  node.append(...children);
  return node;
}

function showTexts(): void {
  document.documentElement.lang = language;
  document.title = say('title');
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    node.textContent = say(node.dataset['text'] as TextKey);
  }
  const button = element('language');
  button.textContent = say('otherLanguage');
  button.lang = language === 'pl' ? 'en' : 'pl';
  element('problem').textContent = problem ? say(problem) : '';
  showSteps();
  showVerdict();
}

function showSteps(): void {
  element('progress').hidden = current === undefined;
  if (current === undefined) return;
  const reached = STEPS.indexOf(current);
  const items = STEPS.map((step, i) => {
    const done = i < reached || verdict?.accepted === true;
    const failed = verdict?.failure?.step === step;
    const state = failed ? 'failed' : done ? 'done' : i === reached && !verdict ? 'now' : '';
    const name = { failed: 'stateFailed', done: 'stateDone', now: 'stateNow', '': 'stateWaiting' } as const;
    const hidden = make('span', ` – ${say(name[state])}`);
    hidden.className = 'visually-hidden';
    const item = make('li', STEP_NAMES[step][language], hidden);
    item.className = state;
    if (state === 'now') {
      item.setAttribute('aria-current', 'step');
      const more = make('span', detail === '' ? '' : ` (${detail})`);
      more.className = 'soft';
      more.lang = 'en';
      more.ariaHidden = 'true';
      item.append(more);
    }
    return item;
  });
  element('steps').replaceChildren(...items);
  const now = verdict ? say('finished') : `${say('nowChecking')} ${STEP_NAMES[current][language]}`;
  const status = element('now');
  if (status.textContent !== now) status.textContent = now;
}

function showVerdict(): void {
  const section = element('verdict');
  section.hidden = verdict === undefined;
  if (verdict === undefined) return;
  const { accepted, failure } = verdict;
  section.className = accepted ? '' : 'refused';
  element('verdict-title').textContent = say(accepted ? 'accepted' : 'refused');

  const text: Node[] = [];
  if (verdict.title !== undefined) text.push(make('p', '', make('strong', verdict.title)));
  if (failure) {
    text.push(make('p', failure.meaning[language]));
    text.push(labelled('step', STEP_NAMES[failure.step][language]));
    if (failure.entry !== undefined) text.push(labelled('entry', String(failure.entry)));
    if (failure.file !== undefined) text.push(labelled('file', failure.file, 'code'));
    const cause = labelled('details', failure.problem, 'span');
    (cause.lastChild as HTMLElement).lang = 'en';
    text.push(cause);
  } else {
    text.push(make('p', say('acceptedText')));
    if (!verdict.allWinnersRecomputed) text.push(make('p', say('notRecomputed')));
    if (!verdict.manifestCompared) text.push(make('p', say('compareManifest')));
    if (!verdict.filesListed) text.push(make('p', say('notListed')));
  }
  if (verdict.manifestHash !== undefined) text.push(labelled('manifest', verdict.manifestHash, 'code'));
  element('verdict-text').replaceChildren(...text);
  element('pools').replaceChildren(...verdict.pools.flatMap(poolNodes));
}

function labelled(key: TextKey, value: string, tag = 'span'): HTMLElement {
  return make('p', `${say(key)} `, make(tag, value));
}

function poolNodes(pool: PoolReport): Node[] {
  const facts: string[] = [`${say('ballots')} ${pool.ballots}`, `${say('counted')} ${pool.counted}`];
  if (pool.valid !== undefined) {
    facts.push(`${say('valid')} ${pool.valid}`, `${say('blank')} ${pool.blank}`, `${say('invalid')} ${pool.invalid}`);
  }
  const nodes: Node[] = [make('h3', pool.title || pool.id), make('p', facts.join(', '))];
  if (pool.withheld) nodes.push(make('p', say('withheld')));
  if (pool.winners === undefined) return nodes;
  if (pool.winners.length === 0) return [...nodes, make('p', say('noWinners'))];

  const money = new Intl.NumberFormat(language, { minimumFractionDigits: 2 });
  const caption = make('caption', say(pool.winnersNotRecomputed === undefined ? 'winners' : 'publishedWinners'));
  const head = make('tr', '', headCell('project'), headCell('cost', 'money'));
  const rows = pool.winners.map((winner) => {
    const cost = make('td', money.format(winner.cost / 100));
    cost.className = 'money';
    return make('tr', '', make('td', `${winner.id} ${winner.name}`), cost);
  });
  return [...nodes, make('table', '', caption, make('thead', '', head), make('tbody', '', ...rows))];
}

function headCell(key: TextKey, className = ''): HTMLElement {
  const cell = make('th', say(key));
  cell.setAttribute('scope', 'col');
  cell.className = className;
  return cell;
}

/** What the person asks for, or why that cannot be done. */
function readForm(): Request | TextKey {
  const files = [...(element<HTMLInputElement>('folder').files ?? [])];
  const url = element<HTMLInputElement>('url').value.trim();
  const manifestHash = element<HTMLInputElement>('hash').value.trim();
  if (manifestHash !== '' && !/^[0-9a-fA-F]{64}$/.test(manifestHash)) return 'badHash';
  if (files.length === 0 && url === '') return 'nothingChosen';
  if (files.length > 0 && url !== '') return 'bothChosen';
  if (url !== '') {
    // The same as the page's content security policy lets through.
    const allowed = url.startsWith('https://') || url.startsWith(`${location.origin}/`);
    return allowed ? { record: url, manifestHash } : 'badUrl';
  }
  // The browser puts the name of the chosen folder before every path.
  const record = files.map((file) => [file.webkitRelativePath.replace(/^[^/]*\//, ''), file] as const);
  return { record, manifestHash };
}

function start(event: Event): void {
  event.preventDefault();
  worker?.terminate();
  current = undefined;
  verdict = undefined;
  const request = readForm();
  problem = typeof request === 'string' ? request : undefined;
  if (typeof request !== 'string') {
    current = STEPS[0];
    detail = '';
    worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => receive(data);
    worker.onerror = () => receive({ kind: 'unreadable', message: '' });
    worker.postMessage(request);
  }
  showTexts();
}

function receive(reply: Reply): void {
  if (reply.kind === 'progress') {
    ({ step: current, detail } = reply);
    showSteps();
    return;
  }
  if (reply.kind === 'verdict') {
    ({ verdict } = reply);
  } else {
    current = undefined;
    problem = 'unreadable';
  }
  showTexts();
  if (verdict) element('verdict-title').focus();
}

element('form').addEventListener('submit', start);
element('language').addEventListener('click', () => {
  language = language === 'pl' ? 'en' : 'pl';
  showTexts();
});
