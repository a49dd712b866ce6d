// SPDX-License-Identifier: EUPL-1.2
// One byte of a script is changed on its way, of one that the page names or of one that is loaded later: the browser
// refuses it, and the page says so. What is not changed runs, under a policy without inline scripts.
import { expect, test, type Page } from "@playwright/test";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expectAccessible, expectNoOverflow, open, pictures, site, startTown, type Town } from "./town";

let town: Town;
test.describe.configure({ timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  town = await startTown([{ id: "city", kind: "katowice", options: ["--projects", 6] }]);
});
test.afterAll(async () => town?.stop());

const digest = (algorithm: string, bytes: Buffer | string): string => createHash(algorithm).update(bytes).digest("base64");
const page = (name: string): string => readFileSync(join(site, name), "utf8");
const assets = readdirSync(join(site, "assets"));
const asset = (start: string): string => assets.find((name) => name.startsWith(`${start}-`) && name.endsWith(".js"))!;

/** Adds something that would show that it ran; how often it was asked for. */
async function alter(watched: Page, name: string, ran: string): Promise<() => number> {
  let changed = 0;
  await watched.route(`**/assets/${name}`, async (route) => {
    const response = await route.fetch();
    changed++;
    await route.fulfill({ response, body: `${await response.text()};globalThis.${ran}=1` });
  });
  return () => changed;
}

/** Changes a single byte, in a way that would run all the same: a semicolon into a line feed. */
async function flip(watched: Page, name: string): Promise<void> {
  await watched.route(`**/assets/${name}`, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    const at = body.lastIndexOf(0x3b);
    expect(at).toBeGreaterThan(0);
    body[at] = 0x0a;
    await route.fulfill({ response, body });
  });
}

test("every page names the hash of every module that it may load, and of its style", () => {
  for (const folder of ["", "accessibility", "board", "check", "code", "points", "privacy", "results", "verify", "vote"]) {
    const text = page(join(folder, "index.html"));
    const map = /<script type="importmap">(.*)<\/script>/.exec(text)![1]!;
    const { integrity } = JSON.parse(map) as { integrity: Record<string, string> };
    // It must be there before the browser meets the first module.
    expect(text.indexOf(map), folder).toBeLessThan(text.search(/<script type="module"|modulepreload/));
    const reached = new Set<string>();
    const follow = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      const code = readFileSync(join(site, "assets", name), "utf8");
      for (const [, other] of code.matchAll(/["'](?:\.\/|assets\/)([\w-]+\.js)["']/g)) follow(other!);
    };
    for (const [, name] of text.matchAll(/<script[^>]* src="\/assets\/([^"]+)"/g)) follow(name!);
    expect(reached.size).toBeGreaterThan(0);
    // A worker's script is fetched by a rule of its own: docs/site.md.
    for (const name of [...reached].filter((one) => !one.startsWith("worker-"))) {
      expect(integrity[`/assets/${name}`], `${folder}: ${name}`).toBe(`sha384-${digest("sha384", readFileSync(join(site, "assets", name)))}`);
    }
    const styles = [...text.matchAll(/<link rel="stylesheet"[^>]*>/g)];
    expect(styles).toHaveLength(1);
    expect(styles[0]![0]).toContain(" integrity=");
  }
  expect(assets.filter((name) => name.endsWith(".css")), "no style is loaded later").toHaveLength(1);
});

test("the policy of a page allows its import map by the hash, and nothing else within it", async ({ browser }) => {
  const watched = await open(browser, town);
  const response = await watched.page.goto(`${town.box}/vote/`);
  const policy = response!.headers()["content-security-policy"]!;
  const map = /<script type="importmap">(.*)<\/script>/.exec(page("vote/index.html"))![1]!;
  expect(policy).toContain(`script-src 'self' 'sha256-${digest("sha256", map)}';`);
  expect(policy).not.toContain("unsafe");
  await expect(watched.page.locator("main .projects li").first()).toBeVisible();
  await watched.page.waitForLoadState("networkidle");
  expect(await watched.page.evaluate(() => HTMLScriptElement.supports("importmap"))).toBe(true);
  expect(watched.complaints).toEqual([]);
});

for (const [what, name] of [
  ["what comes while the voter chooses", asset("after")],
  ["what that one imports: the encryption", asset("tree")],
] as const) {
  for (const lang of ["pl", "en"]) {
    test(`changed on its way: ${what}, ${lang}`, async ({ browser }) => {
      const { page: tab, complaints } = await open(browser, town);
      const changed = await alter(tab, name, "urnaAltered");
      await tab.goto(`${town.box}/vote/?lang=${lang}`);
      await expect(tab.getByRole("heading", { level: 1 })).toHaveText(lang === "pl" ? "Nie udało się wczytać głosowania" : "The vote could not be loaded");
      await expect(tab.getByRole("alert")).toContainText(lang === "pl" ? "Serwer przysłał kod inny niż ten, który ta strona zapowiada" : "The server sent other code than this page announces");
      expect(changed()).toBeGreaterThan(0);
      expect(await tab.evaluate(() => "urnaAltered" in globalThis), "it did not run").toBe(false);
      expect(complaints.filter((one) => !/integrity|dynamically imported module/i.test(one))).toEqual([]);
      expect(complaints.some((one) => /integrity/i.test(one)), "the browser says why").toBe(true);
      await expectAccessible(tab, `altered code, ${lang}`);
      await tab.setViewportSize({ width: 320, height: 700 });
      await expectNoOverflow(tab, `altered code, ${lang}`);
      await tab.screenshot({ path: join(pictures, `altered-${lang}.png`), fullPage: true });
    });
  }
}

test("a single byte is enough", async ({ browser }) => {
  const { page: tab } = await open(browser, town);
  await flip(tab, asset("after"));
  await tab.goto(`${town.box}/vote/`);
  await expect(tab.getByRole("alert")).toContainText("Serwer przysłał kod inny niż ten, który ta strona zapowiada");
});

test("a script that the page itself names, changed: nothing of it runs", async ({ browser }) => {
  const { page: tab } = await open(browser, town);
  await alter(tab, asset("frame"), "urnaAltered");
  await tab.goto(`${town.box}/vote/`);
  await tab.waitForLoadState("networkidle");
  expect(await tab.evaluate(() => "urnaAltered" in globalThis)).toBe(false);
  await expect(tab.locator("main")).toHaveCount(0);
});

test("a connection that is lost is not called a changed script", async ({ browser }) => {
  const { page: tab } = await open(browser, town);
  await tab.route(`**/assets/${asset("after")}`, (route) => route.abort());
  await tab.goto(`${town.box}/vote/`);
  await tab.locator("main .projects input, main .projects button").first().waitFor();
  await tab.waitForTimeout(2_000);
  await expect(tab.getByText("Serwer przysłał kod inny")).toHaveCount(0);
});
