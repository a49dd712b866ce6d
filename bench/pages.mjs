// SPDX-License-Identifier: EUPL-1.2
// How soon the pages can be used on a slow telephone with a slow connection, in Chromium through its developer tools:
// processor four times slower, 1.6 Mbit/s down, 0.75 up, 150 ms there and back, nothing in the cache. Then what
// Lighthouse says of them, and how long encryption takes with the same processor.
//
//   ./dev bench pages [RUNS]          5 runs of every page unless told otherwise; medians
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLighthouse } from '../test/e2e/lighthouse.mjs';
import { inventTown } from '../test/e2e/invented.mjs';
import { ballotAt, watchForBallot, weighBallotPage } from '../test/e2e/weight.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const { chromium } = createRequire(`${root}test/e2e/package.json`)('@playwright/test');
const runs = Number(process.argv[2] ?? 5);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`${process.argv[2]} is no number of runs`);

const SLOWDOWN = 4;
const LINE = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const BUSY_MS = 50;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const round = (milliseconds) => String(Math.round(milliseconds));
function table(rows) {
  for (const [k, row] of rows.entries()) {
    console.log(`| ${row.join(' | ')} |`);
    if (k === 0) console.log(`|---|${'--:|'.repeat(row.length - 1)}`);
  }
  console.log('');
}

/** One visit with an empty cache: what was painted when, and when the page could be used. */
async function visit(browser, url, usable) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', LINE);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await watchForBallot(page, usable);
    await page.addInitScript((least) => {
      globalThis.urnaTasks = [];
      new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (one.duration >= least) globalThis.urnaTasks.push(one.duration);
      }).observe({ type: 'longtask', buffered: true });
    }, BUSY_MS);
    await page.goto(url, { waitUntil: 'commit' });
    const at = await ballotAt(page);
    // What comes while the voter chooses keeps the processor busy, too: in which pieces?
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(2000);
    const tasks = await page.evaluate(() => globalThis.urnaTasks);
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
    return { at, painted, longest: Math.max(0, ...tasks) };
  } finally {
    await context.close();
  }
}

const town = await inventTown();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const lighthouse = await startLighthouse();
try {
  const pages = [
    ['edition', '/', 'main .start a, main a.button'],
    ['ballot', `/vote/#in=${encodeURIComponent(town.district)}`, undefined],
    ['check', '/check/', 'main input'],
    ['results', '/results/', 'main h1'],
    ['board', '/board/', 'main h1'],
    ['accessibility', '/accessibility/', 'main h1'],
  ];
  const { ballot, whole } = await weighBallotPage(browser, town.box + pages[1][1]);
  const kB = (bytes) => (bytes / 1000).toFixed(1);
  console.log(`Script and style of the ballot page, compressed: ${kB(ballot.bytes)} kB until it can be filled in, ${kB(whole.bytes)} kB with all that comes while the voter chooses.\n`);

  const times = [['page', 'first paint, ms', 'usable, median ms', 'usable, most ms', 'longest task, ms']];
  for (const [name, address, usable] of pages) {
    const visits = [];
    for (let k = 0; k < runs; ++k) visits.push(await visit(browser, town.box + address, usable));
    const of = (member) => visits.map((one) => one[member]);
    times.push([name, round(median(of('painted'))), round(median(of('at'))), round(Math.max(...of('at'))), round(median(of('longest')))]);
  }
  table(times);

  const scores = [['page', 'accessibility', 'best practices']];
  for (const [name, address] of pages) {
    const { accessibility, bestPractices, failed } = await lighthouse.audit(town.box + address);
    scores.push([name, String(accessibility), String(bestPractices)]);
    for (const one of failed) console.error(`${name}: ${one}`);
  }
  table(scores);
} finally {
  await lighthouse.stop();
  await browser.close();
  await town.stop();
}
const speed = spawnSync(process.execPath, [path.join(root, 'test/e2e/ballot-speed.mjs'), String(SLOWDOWN)], { stdio: 'inherit' });
process.exitCode = speed.status ?? 1;
