// SPDX-License-Identifier: EUPL-1.2
// The employer of those whose data were stolen asks how many of its people were voted for, by the
// blinded list check (docs/listcheck.md): its list never leaves its folder, the city hears a number.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// `staff` are the people of the unit's list; `both` are the controllers (controllers.mjs), whose
// mandate the keepers know. What the result says, and what stands in both controllers' logs.
export async function playListCheck({ at, run, say, fail, addresses, residents, both, staff }) {
  const unit = (...names) => path.join(at('unit'), ...names);
  mkdirSync(at('unit'), { recursive: true, mode: 0o700 });
  const roll = residents.length;
  const mandate = both.mandate('mandate', {
    list_check: { list_least: staff.length - 5, list_most: staff.length + 5, evaluations: roll + staff.length, number: 1 },
  });
  writeFileSync(unit('staff.csv'), ['pesel,first_name,last_name', ...staff.map((one) => `${one.pesel},${one.first_name},${one.last_name}`), ''].join('\n'), { mode: 0o600 });

  // On the unit's own computer.
  run('listcheck', 'blind', unit('staff.csv'), '--mandate', mandate, '--secret', unit('unit.secret'), '--out', unit('request.cbor'));
  // At the register office, then at the checker, who reads the public record.
  const check = ['--mandate', mandate];
  const table = at('list-check-table.cbor');
  run('registrar', 'list-check', '--request', unit('request.cbor'), ...check, '--check', both.at('listcheck.toml'), '--config', at('registrar.toml'), '--official', 'a.nowak', '--out', table);
  const config = [...check, '--config', both.at('listcheck.toml')];
  run('listcheck', 'ask', '--table', table, ...config, '--record', addresses.box, '--question', at('question.cbor'), '--out', at('classes.cbor'));
  run('listcheck', 'answer', '--classes', at('classes.cbor'), '--secret', unit('unit.secret'), '--record', addresses.box, '--out', unit('answer.cbor'));
  run('listcheck', 'result', '--table', table, '--classes', at('classes.cbor'), '--question', at('question.cbor'), '--answer', unit('answer.cbor'), ...config, '--out', at('list-check.json'));
  run('listcheck', 'leaflet', '--mandate', mandate, '--site', `${addresses.box}/vote/`, '--out', unit('leaflet.txt'));
  // What would tell more is gone: the unit's secret, and the office's table.
  for (const file of [unit('unit.secret'), table]) if (existsSync(file)) fail(`${file} is still there`);

  const { hidden, list, voted_for, expected, p_value, people_least, sentence } = JSON.parse(readFileSync(at('list-check.json'), 'utf8'));
  const logged = Object.fromEntries(await Promise.all(['city', 'unit'].map(async (who) => [who, await both.log(who)])));
  say(`the employer's list of ${list} people against the roll, neither shown to the other: ${sentence.en}`);
  say(`both controllers' logs have it: ${logged.city.join(', ')}`);
  return { hidden, list, roll, voted_for: voted_for ?? null, expected: expected ?? null, p_value: p_value ?? null, people_least, sentence, logged };
}
