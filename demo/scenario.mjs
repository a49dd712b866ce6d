// SPDX-License-Identifier: EUPL-1.2
// The story of stolen identities, played in the town: thirty employees' data, fifteen SIM cards, one
// task, ordinary voters around it. Every figure that is told is counted in this run.
//
//   --factor then: a code to any telephone that is typed, as cities asked for;
//   --factor strong: nothing below an electronic identity or an official point counts, and codes go to the register's telephone.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { playListCheck } from './listcheck.mjs';

export const staffCount = 30;
export const cardCount = 15;
// Of the thirty: who comes to a point and votes again, and who answers the city's question by telephone; the
// others stay silent.
const comeBack = 20;
const answerByPhone = 6;
// On the employer's list are as many again, whose data nobody had and who do not vote themselves: the
// list check counts whoever was voted for, by whomever.
export const colleagueCount = 30;
// Two of three of those on the roll stay at home, as in any such vote at least.
export const atHome = (voters) => Math.max(colleagueCount, 2 * voters);
export const factors = ['then', 'strong'];

// What the registrar of the story is told beside the usual.
export const registrarLines = (factor) => [
  ...(factor === 'then' ? ['codes.contacts = "either"', 'codes.persons_per_phone = 2', 'cases.open_for_clusters = true', 'cases.every_seconds = 1'] : []),
  'signals.named_networks = ["10.200.0.0/16"]',
];

const byName = (a, b) => a.last_name.localeCompare(b.last_name, 'pl') || a.first_name.localeCompare(b.first_name, 'pl');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A pool's file: what stands above its votes, and each vote as [projects, points or undefined].
function readPool(file) {
  const [above, below] = readFileSync(file, 'utf8').replaceAll('\r\n', '\n').split('VOTES\n');
  const [head, ...lines] = below.trim().split('\n');
  const [vote, points] = ['vote', 'points'].map((name) => head.split(';').indexOf(name));
  const votes = lines.map((line) => line.split(';')).map((cells) => [cells[vote].split(','), points < 0 ? undefined : cells[points].split(',')]);
  return { above, votes };
}

// The same file with other votes.
function withVotes(file, votes) {
  const { above } = readPool(file);
  const points = votes.some(([, given]) => given !== undefined);
  const rows = votes.map(([projects, given], i) => [i + 1, projects.join(','), ...(points ? [given.join(',')] : [])].join(';'));
  return `${above.replace(/^num_votes;.*$/m, `num_votes;${votes.length}`)}VOTES\n${points ? 'voter_id;vote;points' : 'voter_id;vote'}\n${rows.join('\n')}\n`;
}

// All that one ballot can give to one project.
function allFor(file, project) {
  const { above, votes } = readPool(file);
  if (votes[0][1] === undefined) return [[project], undefined];
  const most = (name) => Number(new RegExp(`^${name};(\\d+)`, 'm').exec(above)?.[1] ?? Infinity);
  return [[project], [String(Math.min(most('max_points'), most('max_sum_points')))]];
}

function votesFor(votes) {
  const count = new Map();
  for (const [projects] of votes) for (const project of projects) count.set(project, (count.get(project) ?? 0) + 1);
  return count;
}

// The story until the closing. `town`: {at, run, ask, say, fail, pool, addresses, residents, voters, both}; run()
// ends the town if a command fails, ask() gives {status, stdout}. The first `voters` of the residents come into
// the play, the others stay at home. Resolves to what was counted.
export async function playTheft(town) {
  const { at, run, ask, say, fail, pool, addresses, officials, factor } = town;
  const residents = town.residents.slice(0, town.voters);
  const { registrar, box, sms_control: inbox } = addresses;
  const published = readPool(pool.file).votes;
  const ordinary = residents.slice(0, residents.length - staffCount);
  const staff = residents.slice(-staffCount).sort(byName);
  const honest = published.slice(0, residents.length);
  // A task that lost: the thirty could not make it win alone, and everybody can see what they did to it.
  const target = [...votesFor(honest)].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0][0];

  const vote = (name, people, votes, more = []) => {
    writeFileSync(at(`${name}.json`), JSON.stringify(people));
    writeFileSync(at(`${name}.pb`), withVotes(pool.file, votes));
    return ask('simulate', 'vote', '--registrar', registrar, '--box', box, '--sms-inbox', inbox, '--point-token', addresses.point_token, '--residents', at(`${name}.json`), '--pool', `${pool.id}=${at(`${name}.pb`)}`, '--json', '--quiet', ...more);
  };
  const counted = (result) => {
    if (result.stdout === '') fail(`simulate vote ended with ${result.status}: ${result.stderr}`);
    const outcome = JSON.parse(result.stdout);
    return { ...outcome, why: result.stderr };
  };
  const strong = factor === 'strong';

  say(`${ordinary.length} residents vote from their homes`);
  const homes = counted(vote('ordinary', ordinary.map((one, i) => ({ ...one, given_phone: strong ? '' : one.phone, at_point: strong, address: `10.${1 + (i >> 14)}.${(i >> 6) & 255}.${(i * 4) & 255}` })), honest.slice(0, ordinary.length)));
  if (homes.failed !== 0) fail(`${homes.failed} residents could not vote\n${homes.why}`);

  say(`a clerk tries to vote with the data of ${staffCount} employees and ${cardCount} SIM cards, all for task ${target}`);
  const begun = Date.now();
  const theft = counted(vote('stolen', staff.map((one, i) => ({ ...one, given_phone: `+48799${String(500_000 + (i % cardCount))}`, address: '10.99.7.20' })), staff.map(() => allFor(pool.file, target)), ['--threads', strong ? '8' : '1']));
  const story = { factor, residents: residents.length, on_roll: town.residents.length, target, stolen_ballots: theft.ballots };
  say(`${theft.ballots} of ${staffCount} ballots were recorded`);
  const employees = [...staff, ...town.residents.slice(town.voters, town.voters + colleagueCount)].sort(byName);
  const askEmployer = async () => (story.list_check = await playListCheck({ ...town, staff: employees }));
  if (strong) {
    await askEmployer();
    return { ...story, notified: 0, honest: honest.slice(0, ordinary.length) };
  }

  // The notices go to the register's telephones, which the clerk never saw.
  // Programs that run meanwhile hold this process up, and servers close connections that are idle: each call has its own.
  const once = { connection: 'close' };
  const messages = async (tries = 3) => {
    try {
      return (await (await fetch(`${inbox}/messages`, { headers: once })).json()).messages;
    } catch (error) {
      if (tries === 1) throw error;
      await sleep(200);
      return messages(tries - 1);
    }
  };
  const victims = new Map(staff.map((one) => [one.phone, one]));
  const told = new Map();
  while (told.size < theft.ballots && Date.now() - begun < 120_000) {
    for (const message of await messages()) {
      if (victims.has(message.to) && !/(?<!\d)\d{6}(?!\d)/.test(message.text) && !told.has(message.to)) told.set(message.to, Date.now() - begun);
    }
    await sleep(200);
  }
  story.notified = told.size;
  story.seconds_to_last_notice = Math.ceil(Math.max(0, ...told.values()) / 1000);
  say(`${story.notified} victims were told on their own telephones, the last one ${story.seconds_to_last_notice} s after the clerk began`);

  const signals = ask('registrar', 'signals', '--config', at('registrar.toml'), '--official', 'a.nowak', '--events', at('events.jsonl'), '--json');
  const { clusters } = JSON.parse(signals.stdout);
  writeFileSync(at('signals.json'), signals.stdout);
  story.clusters = clusters.map((one) => ({ events: one.events, signals: one.signals.map(({ kind, observed, of, probability, pl, en }) => ({ kind, observed, of, probability, pl, en })) }));
  for (const one of story.clusters) {
    say(`a cluster of ${one.events} certificates, before the closing:`);
    for (const signal of one.signals) process.stdout.write(`           ${signal.kind}: ${signal.en}\n`);
  }

  // Nobody types anything: the registrar's service opens the case.
  const cases = (...words) => JSON.parse(run('registrar', 'cases', ...words, '--config', at('registrar.toml'), '--official', 'a.nowak', '--json'));
  let opened;
  for (let k = 0; k < 300 && opened === undefined; ++k) {
    opened = cases('list').cases.find((one) => one.voters === theft.ballots);
    if (opened === undefined) await sleep(200);
  }
  if (opened === undefined) fail('no case was opened');
  const { number } = opened;
  story.case = { number, voters: opened.voters, seconds_after_the_clerk_began: Math.ceil((Date.now() - begun) / 1000) };
  say(`case ${number} of ${opened.voters} votes stands ${story.case.seconds_after_the_clerk_began} s after the clerk began`);
  await askEmployer();
  story.asked = cases('hear', number).asked;
  say(`${story.asked} people are asked on the register's telephones whether that was them`);

  // Twenty come to a point, say that it was not them, and vote; six say so by telephone; four stay silent.
  const back = staff.slice(0, comeBack);
  const token = readFileSync(addresses.point_token, 'utf8').trim();
  const call = async (url, body, bearer, status) => {
    const answer = await fetch(url, { method: 'POST', headers: { ...once, 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) }, body: JSON.stringify(body) });
    if (answer.status !== status) fail(`${url}: status ${answer.status}\n${await answer.text()}`);
    return answer.status === 204 || answer.status === 202 ? {} : answer.json();
  };
  const personOf = (one) => ({ kind: 'pesel', first_name: one.first_name, last_name: one.last_name, pesel: one.pesel });
  const current = (rest) => `${registrar}/api/v1/sessions/current${rest}`;
  const deny = (session) => call(current(`/hearings/${number}/answer`), { answer: 'not-mine' }, session, 204);
  for (const one of back) {
    const { session } = await call(`${registrar}/api/v1/points/sessions`, personOf(one), token, 201);
    await deny(session);
    await call(current('/complaints'), { reason: 'vote-not-mine', text: '' }, session, 201);
  }
  for (const one of staff.slice(comeBack, comeBack + answerByPhone)) {
    const codes = async () => (await messages()).filter((message) => message.to === one.phone).map((message) => /(?<!\d)\d{6}(?!\d)/.exec(message.text)?.[0]).filter(Boolean);
    const before = (await codes()).length;
    const { session } = await call(`${registrar}/api/v1/sessions`, personOf(one), undefined, 201);
    await call(current('/codes'), { channel: 'sms' }, session, 202);
    let code;
    for (let k = 0; k < 300 && code === undefined; ++k) {
      code = (await codes())[before];
      if (code === undefined) await sleep(100);
    }
    await call(current('/code'), { code }, session, 200);
    await deny(session);
  }
  writeFileSync(at('complaints.json'), run('registrar', 'complaints', '--config', at('registrar.toml'), '--official', 'a.nowak', '--json'));
  story.complaints = JSON.parse(readFileSync(at('complaints.json'), 'utf8')).complaints.length;
  const again = counted(vote('again', back.map((one) => ({ ...one, at_point: true, address: '10.200.0.9' })), honest.slice(ordinary.length, ordinary.length + back.length)));
  if (again.failed !== 0) fail(`${again.failed} victims could not vote\n${again.why}`);
  story.reclaimed = again.ballots;
  say(`${story.complaints} victims say at a point that it was not them, and vote: ${story.reclaimed} stolen ballots are replaced; ${answerByPhone} say so by telephone`);

  // What is contested waits for two people; nothing is counted before.
  cases('export', number, '--out', at('case.json'));
  const box_decides = (what, officials, ...words) => JSON.parse(run('box', what, '--config', at('serve.toml'), '--official', ...officials, '--case', at('case.json'), '--json', ...words)).entries;
  box_decides('freeze', officials.slice(0, 1), '--reason', 'stolen-identity');
  const waiting = JSON.parse(readFileSync(at('case.json'), 'utf8')).voters.filter((one) => !one.reclaimed);
  story.frozen = waiting.length;
  say(`an official freezes the ${story.frozen} ballots whose owners have not voted again`);
  const undecided = ask('box', 'uphold', '--config', at('serve.toml'), '--official', officials[0], officials[0], '--case', at('case.json'), '--reason', 'x');
  if (undecided.status === 0) fail('one official decided alone');
  // The day until which people can answer is not waited for in this play.
  const no = box_decides('annul', officials, '--answer', 'not-mine', '--reason', 'voter-denies');
  const silent = box_decides('annul', officials, '--answer', 'none', '--reason', 'case-decided');
  story.annulled = no.length + silent.length;
  say(`two officials annul ${story.annulled} of them: ${no.length} whose owners deny them, ${silent.length} of the same cluster whose owners are silent`);

  run('edition', 'keygen', '--role', 'official', '--name', 'Nowak', '--no-passphrase', '--out', at('keys/evidence.key'));
  const signer = ['--by', 'Anna Nowak', '--key', at('keys/evidence.key')];
  run('evidence', 'make', '--case', number, '--edition', 'demonstration', '--about', `${theft.ballots} certificates by ${cardCount} telephones from one network`, '--item', `pseudonymous:${at('events.jsonl')}:what the registrar noted of today`, '--item', `pseudonymous:${at('case.json')}:the case, signed by the registrar`, '--item', `open:${at('signals.json')}:signals and their numbers`, '--item', `open:${at('list-check.json')}:how many of the employer's list were voted for`, ...signer, '--out', at('case'));
  run('evidence', 'keygen', '--name', 'Prokuratura-na-niby', '--out', at('keys/prosecutor.key'));
  run('evidence', 'seal', at('case'), '--to', at('keys/prosecutor.key.pub'), '--level', 'pseudonymous', '--note', 'zawiadomienie', ...signer, '--out', at('case.sealed'));
  run('evidence', 'open', at('case.sealed'), '--key', at('keys/prosecutor.key'), '--out', at('case-opened'));
  story.evidence = JSON.parse(run('evidence', 'verify', at('case-opened'), '--json')).sound ? 'sound' : 'altered';
  say(`an evidence package, sealed to its recipient, opened there and found ${story.evidence}`);
  return { ...story, honest: honest.slice(0, ordinary.length + back.length) };
}

// After the announcement: what the theft did to the result.
export function compareResults({ at, run, say, fail, pool, story, announced }) {
  const winners = (name, votes) => {
    writeFileSync(at(`${name}.pb`), withVotes(pool.file, votes));
    return JSON.parse(run('count', at(`${name}.pb`), '--rule', 'declared', '--json', '--quiet'));
  };
  const honest = winners('honest', story.honest);
  story.expected = honest.winners.slice().sort();
  story.announced = announced.slice().sort();
  // For each project, whether so many ballots could have decided it: all that were contested, and those annulled.
  const within = (ballots) => honest.projects.filter((one) => one.margin !== null && one.margin <= ballots).map((one) => one.id);
  const contested = story.stolen_ballots;
  story.effect = { contested, could_have_decided: within(contested), annulled: story.annulled ?? 0, annulled_could_have_decided: within(story.annulled ?? 0) };
  // What the city tells of it, every figure out of this run: for everybody, and for the council's session.
  const told = story.case ? ['--signals', at('signals.json'), '--complaints', at('complaints.json'), '--case', at('case.json'), '--evidence', at('case')] : [];
  run('registrar', 'statistics', '--config', at('registrar.toml'), '--out', at('registrar-statistics.json'));
  run('answers', 'transparency', at('record'), '--registrar', at('registrar-statistics.json'), ...told, '--told', at('told.json'), '--out', at('transparency'), '--names', at('register.csv'));
  run('answers', 'dossier', at('transparency/transparency.json'), ...(story.case ? ['--evidence', at('case')] : []), '--out', at('dossier'), '--names', at('register.csv'));
  say(`the transparency report: ${path.relative(process.cwd(), at('transparency'))}; for the council's extraordinary session: ${path.relative(process.cwd(), at('dossier'))}`);
  story.unaffected = JSON.stringify(story.expected) === JSON.stringify(story.announced);
  writeFileSync(at('story.json'), `${JSON.stringify({ ...story, honest: story.honest.length }, null, 2)}\n`);
  say(`funded with the honest votes alone: ${story.expected.join(', ')}; announced: ${story.announced.join(', ')}`);
  if (contested > 0) {
    const { could_have_decided: by_all, annulled_could_have_decided: by_annulled } = story.effect;
    say(`of ${honest.projects.length} projects, ${contested} ballots could have decided ${by_all.length}, the ${story.annulled} annulled ones ${by_annulled.length}`);
  }
  say(story.unaffected ? 'the theft has changed nothing' : 'THE RESULT IS ANOTHER');
  if (!story.unaffected) fail(`the announced result differs; see ${path.relative(process.cwd(), at('story.json'))}`);
}
