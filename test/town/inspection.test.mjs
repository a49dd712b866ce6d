// SPDX-License-Identifier: EUPL-1.2
// The city's data protection officer reads the welfare centre's data (A20): within a mandate of both
// controllers it works and both logs have it; without one, after it ended, outside its scope, with a
// wrong signature or beyond its quota there is not one row, and both controllers see the attempt.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ran, startControllers } from './inspection.mjs';
import { program } from './town.mjs';

const staff = [
  ['2026-01-10', 'Anna', 'Nowak', 'benefits'],
  ['2026-02-10', 'Jan', 'Kowalski', 'benefits'],
  ['2026-03-10', 'Ewa', 'Wiśniewska', 'care'],
  ['2025-03-10', 'Olga', 'Wójcik', 'care'],
];

test('the inspected unit gives rows within the mandate only, and both logs have every attempt', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'urna-inspection-'));
  const file = path.join(folder, 'staff.csv');
  writeFileSync(file, ['date,first_name,last_name,department', ...staff.map((row) => row.join(','))].join('\n'));
  const both = await startControllers(path.join(folder, 'controllers'), { data: [{ set: 'staff-list', file, fields: ['first_name', 'department'] }] });
  try {
    const scope = [{ set: 'staff-list', fields: ['department'], from: '2026-01-01', to: '2026-12-31' }];
    const inspectors = [{ name: 'Inspektor na niby', key: both.keys.officer }];
    const good = both.mandate('good', { scope, inspectors, rows_most: 7 });
    let count = 0;
    const read = async (expected, mandate, { key = 'officer', set = 'staff-list', fields = 'department', from = '2026-01-01', to = '2026-12-31' } = {}) => {
      const out = path.join(folder, `rows-${++count}.json`);
      const before = await both.log('unit');
      const done = program('mandate', 'read', ...(mandate ? ['--mandate', mandate] : []), '--key', both.at(`${key}.key`), '--url', both.urls.unit, '--set', set, '--fields', fields, '--from', from, '--to', to, '--out', out);
      // One row more in either log, the same one.
      for (const who of ['city', 'unit']) {
        const after = await both.log(who);
        assert.equal(after.length, before.length + 1, who);
        assert.equal(after.at(-1), expected, who);
      }
      if (expected === 'read') {
        assert.equal(done.status, 0, done.stderr);
        return JSON.parse(readFileSync(out, 'utf8'));
      }
      assert.equal(done.status, 7, done.stderr);
      assert.match(done.stderr, /no rows were given/);
      assert.throws(() => readFileSync(out));
      for (const row of staff) assert.ok(!(done.stdout + done.stderr).includes(row[1]));
      return undefined;
    };

    assert.deepEqual(await read('read', good), { fields: ['department'], rows: [['benefits'], ['benefits'], ['care']] });
    await read('refused-missing', undefined);
    await read('refused-ended', both.mandate('ended', { scope, inspectors, rows_most: 9, begins: '2026-01-01', ends: '2026-01-31' }));
    await read('refused-not-begun', both.mandate('early', { scope, inspectors, rows_most: 9, begins: '2036-01-01', ends: '2036-01-31' }));
    await read('refused-out-of-scope', good, { fields: 'first_name' });
    await read('refused-out-of-scope', good, { set: 'salaries' });
    await read('refused-out-of-scope', good, { from: '2025-01-01' });
    await read('refused-not-signed', both.mandate('half', { scope, inspectors, rows_most: 9 }, ['city']));
    await read('refused-not-an-inspector', good, { key: 'stranger' });
    const forged = Buffer.from(readFileSync(good));
    forged[forged.length - 1] ^= 1;
    writeFileSync(both.at('forged.cbor'), forged);
    await read('refused-not-signed', both.at('forged.cbor'));
    await read('refused-other-edition', both.mandate('elsewhere', { scope, inspectors, rows_most: 9, edition: 'another' }));
    assert.equal((await read('read', good)).rows.length, 3);
    await read('refused-over-quota', good); // seven were all, six are gone

    // Without the other controller's log there is nothing.
    await both.kill('city');
    const fresh = both.mandate('fresh', { scope, inspectors, rows_most: 8 });
    const alone = program('mandate', 'read', '--mandate', fresh, '--key', both.at('officer.key'), '--url', both.urls.unit, '--set', 'staff-list', '--fields', 'department', '--from', '2026-01-01', '--to', '2026-12-31', '--out', path.join(folder, 'alone.json'));
    assert.equal(alone.status, 4);
    assert.match(alone.stderr, /status 503/);
    assert.throws(() => readFileSync(path.join(folder, 'alone.json')));
    assert.equal((await both.log('unit')).at(-1), 'refused-no-second-log');
    await both.start('city');

    // A stranger cannot write into a log.
    const intruder = await fetch(`${both.urls.city}/api/v1/inspection/entries`, { method: 'POST', headers: { authorization: 'Bearer x', 'content-type': 'application/cbor' }, body: 'x' });
    assert.equal(intruder.status, 401);

    // The report, with what the unit has to say to it.
    writeFileSync(both.at('report.json'), JSON.stringify({ findings: ['Lista pracowników leżała na wspólnym dysku.'], remarks: 'Usunięto ją tego samego dnia.', recommendations: ['Uprawnienia co kwartał'], follow_up: [{ what: 'sprawdzenie', due: '2027-03-01' }] }));
    ran('mandate', 'report', '--mandate', good, '--text', both.at('report.json'), '--out', both.at('report.cbor'));
    ran('mandate', 'sign', both.at('report.cbor'), '--mandate', good, '--key', both.at('city.key'));
    assert.equal(program('mandate', 'verify', both.at('report.cbor'), '--mandate', good).status, 7);
    ran('mandate', 'sign', both.at('report.cbor'), '--mandate', good, '--key', both.at('unit.key'));
    ran('mandate', 'verify', both.at('report.cbor'), '--mandate', good);
    assert.match(ran('mandate', 'show', good), /Ośrodek Pomocy na niby/);
  } finally {
    await both.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
