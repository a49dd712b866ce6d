#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
// The command line: verifies a record in a directory or on a website.

import { fromHex } from './bytes.js';
import { DirectorySource } from './node-source.js';
import { SiteOnTheWeb } from './site.js';
import { HttpSource, type RecordSource } from './source.js';
import { verifyRecord } from './verify.js';
import { currency } from './result.js';
import { STEP_NAMES, type PoolReport, type Verdict } from './report.js';

const HELP = `Verifies a published record of a vote: every ballot, every proof, every count.

usage: cli.js RECORD|URL [--manifest HASH] [--site FOLDER|URL] [--json]

  RECORD           a directory
  URL              the address of a record on a website (http or https)
  --manifest HASH  also check that the record is of this vote: the manifest hash, 64 hexadecimal
                   digits, as announced before the vote
  --site FOLDER|URL
                   also compare the site that people voted on, file by file, with what the manifest
                   says of it
  --json           print the verdict as JSON
  --help           print this

exit status: 0 accepted, 1 refused, or another site, 2 wrong usage or the record or the site could
             not be read

examples:
  node web/verify/dist/cli.js record/
  node web/verify/dist/cli.js https://example.org/record/ --manifest 9f86d081884c7d65…0f00a08
  node web/verify/dist/cli.js record/ --site https://vote.example.org
  node web/verify/dist/cli.js record/ --json > verdict.json
`;

interface Arguments {
  record: string;
  json: boolean;
  site: string | undefined;
  manifestHash: Uint8Array | undefined;
}

function parseArguments(args: readonly string[]): Arguments | string {
  let record: string | undefined;
  let json = false;
  let site: string | undefined;
  let manifestHash: Uint8Array | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--json') json = true;
    else if (arg === '--manifest') {
      const value = args[++i] ?? '';
      if (!/^[0-9a-fA-F]{64}$/.test(value)) return '--manifest wants 64 hexadecimal digits';
      manifestHash = fromHex(value);
    } else if (arg === '--site') {
      site = args[++i];
      if (site === undefined) return '--site wants a folder or an address';
    } else if (arg.startsWith('-')) return `unknown option ${arg}`;
    else if (record === undefined) record = arg;
    else return 'more than one record';
  }
  return record === undefined ? 'no record given' : { record, json, site, manifestHash };
}

const isAddress = (text: string): boolean => /^https?:\/\//.test(text);

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const parsed = parseArguments(args);
  if (typeof parsed === 'string') {
    process.stderr.write(`${parsed}\n\n${HELP}`);
    return 2;
  }
  const { record, json, site, manifestHash } = parsed;
  const source = isAddress(record) ? new HttpSource(record) : new DirectorySource(record);
  const asked: RecordSource | undefined =
    site === undefined ? undefined : isAddress(site) ? new SiteOnTheWeb(site) : new DirectorySource(site);
  const showProgress = !json && process.stderr.isTTY;
  let verdict: Verdict;
  try {
    verdict = await verifyRecord(source, {
      ...(manifestHash && { manifestHash }),
      ...(asked && { site: asked }),
      onProgress: ({ step, detail }) => {
        if (showProgress) process.stderr.write(`\r\x1b[K${STEP_NAMES[step].en} ${detail}`);
      },
    });
  } catch (error) {
    process.stderr.write(
      `${record}: cannot be read: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 2;
  }
  if (showProgress) process.stderr.write('\r\x1b[K');
  process.stdout.write(json ? `${JSON.stringify(verdict, null, 2)}\n` : summary(verdict));
  return verdict.accepted && verdict.site?.same !== false ? 0 : 1;
}

function summary(verdict: Verdict): string {
  const lines: string[] = [];
  const { failure } = verdict;
  if (verdict.title !== undefined) {
    lines.push(`${verdict.title} (${verdict.edition})`, `manifest ${verdict.manifestHash}`, '');
  }
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
  for (const { replaces, closes, reasonEn } of verdict.extensions ?? []) {
    lines.push(`the vote was extended from ${time(replaces)} to ${time(closes)}: ${reasonEn}`, '');
  }
  for (const pool of verdict.pools) lines.push(...poolLines(pool), '');
  if (failure) {
    const place = [
      failure.entry !== undefined && `entry ${failure.entry}`,
      failure.file !== undefined && `file ${failure.file}`,
    ].filter(Boolean);
    lines.push(`REFUSED at step "${failure.step}"${place.length > 0 ? `, ${place.join(', ')}` : ''}`);
    lines.push(`  ${failure.problem}`, `  ${failure.meaning.en}`);
  } else {
    lines.push('ACCEPTED: everything that was checked holds.');
    if (!verdict.allWinnersRecomputed) {
      lines.push('  But the winners of some pools were not recomputed by this verifier, see above.');
    }
    if (!verdict.manifestCompared) {
      lines.push(
        '  Compare the manifest hash above with the one announced before the vote: anybody can make',
      );
      lines.push('  another record that is in order in itself.');
    }
    lines.push(...siteLines(verdict));
    if (!verdict.filesListed)
      lines.push('  A website cannot be listed: whether it holds further files is not known.');
  }
  // What comes from the record could hold anything; nothing of it may steer the terminal.
  return `${lines.join('\n').replace(/[^\P{Cc}\n]/gu, '?')}\n`;
}

function siteLines({ site }: Verdict): string[] {
  if (site === undefined) return [];
  const lines = [
    site.named === undefined
      ? '  The edition does not name its site.'
      : `  Site: list of files ${site.named}`,
  ];
  if (site.same === true) lines.push('  the site is this one');
  if (site.same === false) lines.push(`  DIFFERENT SITE: ${site.difference ?? ''}`);
  return lines;
}

function poolLines(pool: PoolReport): string[] {
  const lines = [`pool ${pool.number}: ${pool.title} (${pool.id})`];
  lines.push(`  ${pool.ballots} ballots, ${pool.counted} count`);
  if (pool.withheld) lines.push('  withheld: too few to be opened without telling who voted how');
  if (pool.valid === undefined) return lines;
  lines.push(`  ${pool.valid} valid (${pool.blank} of them blank), ${pool.invalid} invalid`);
  if (pool.winnersNotRecomputed !== undefined) {
    lines.push(`  winners not recomputed by this verifier: ${pool.winnersNotRecomputed}`);
  }
  lines.push(`  winners${pool.winnersNotRecomputed === undefined ? '' : ' as published'}:`);
  for (const winner of pool.winners ?? []) {
    lines.push(`    ${winner.id}  ${winner.name}  ${currency(winner.cost)}`);
  }
  return lines;
}

process.exitCode = await main(process.argv.slice(2));
