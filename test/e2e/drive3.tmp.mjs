import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
const a = JSON.parse(readFileSync(`/work/voter/build/t/town/addresses.json`, 'utf8'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [w, s, l] of [[390, 'light', 'pl'], [1280, 'dark', 'en']]) {
  const page = await browser.newPage({ locale: l === 'pl' ? 'pl-PL' : 'en-GB', viewport: { width: w, height: w < 500 ? 844 : 800 }, colorScheme: s });
  page.on('console', (m) => console.log('CONSOLE', m.type(), m.text()));
  page.on('pageerror', (e) => console.log('ERROR', e.stack));
  for (const p of ['', 'check/', 'accessibility/', 'privacy/', 'code/', 'nothing', 'vote/#in=Lipowice']) {
    await page.goto(`${a.box}/${p}`);
    await page.waitForTimeout(1200);
    await page.screenshot({ path: `/tmp/shots/p-${w}-${p.replace(/\W/g, '') || 'home'}.png`, fullPage: !p.startsWith('vote') });
  }
}
await browser.close();
