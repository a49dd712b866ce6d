// SPDX-License-Identifier: EUPL-1.2
// A page that was changed to encrypt something else than the voter chose (A29): whoever challenges it sees so on another
// device. And the receipt, on another device without a network.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { Residents } from "./board";
import { Voter } from "./resident";
import { startTown, type Town } from "./town";

let town: Town;
let residents: Residents;

test.describe.configure({ timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  town = await startTown([{ id: "city", kind: "katowice", options: ["--projects", 6] }]);
  residents = new Residents(town);
});
test.afterAll(async () => town?.stop());

/** Where the choice becomes the content of a ballot, in the scripts as they were built. */
const SLOTS = /(\.filter\(\(\[,(\w+)\]\)=>\2!==0\))\.map\(\(\[(\w+),(\w+)\]\)=>\(\{project:\3,points:\4\}\)\)/g;

/** Changes the scripts on their way to the page: the points go to project 1, or to 2 if the voter chose that. */
async function makeDishonest(context: BrowserContext): Promise<() => number> {
  let changed = 0;
  await context.route(/\/vote\/$/, async (route) => {
    const response = await route.fetch();
    // Whoever changes the scripts changes what the page says of them.
    const page = (await response.text()).replace(/ integrity="[^"]*"/g, "").replace(/<script type="importmap">.*<\/script>/, "");
    await route.fulfill({ response, body: page });
  });
  await context.route(/\.js$/, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(SLOTS, (_, filter: string, _own, project: string, points: string) => {
      changed++;
      return `${filter}.map(([${project},${points}])=>({project:${project}===1?2:1,points:${points}}))`;
    });
    await route.fulfill({ response, body });
  });
  return () => changed;
}

const main = (page: Page): Promise<string> => page.locator("main").innerText();
const names = (text: string): string[] => [...text.matchAll(/^(.+)\nNr (\S+)/gm)].map((found) => found[2]!.replace(/,$/, ""));

/** Votes as far as the review, notes the code, challenges; what the page and another device then say. */
async function challenged(
  voterContext: BrowserContext,
  checkContext: BrowserContext,
): Promise<{ noted: string; chosen: string[]; code: string; found: string[]; verdict: string }> {
  const page = await voterContext.newPage();
  const voter = new Voter(page, town, residents.someone());
  await voter.open();
  await voter.vote({ until: "cast" });
  const noted = await page.locator("main strong.code").first().innerText();
  const chosen = names(await main(page));
  await page.locator("summary", { hasText: "Nie ufasz tej stronie" }).click();
  await page.getByRole("button", { name: /^Otwórz szyfr/ }).first().click();
  await page.locator("summary", { hasText: "Adres do sprawdzenia" }).click();
  const link = await page.locator("p.code.small").innerText();
  expect(new URL(link).origin).toBe(new URL(town.box).origin);
  // The page itself shows the choice and the code, whatever it has encrypted.
  expect(await page.locator("main strong.code").innerText()).toBe(noted);
  expect(names(await main(page))).toEqual(chosen);

  const other = await checkContext.newPage();
  await other.goto(link);
  const verdict = other.locator("#challenge-verdict");
  await expect(verdict).toBeVisible();
  const text = await verdict.innerText();
  const code = await verdict.locator("strong.code").innerText();
  return { noted, chosen, code, found: names(text), verdict: text };
}

test("an honest page: what was chosen is found in the ciphertext", async ({ browser }) => {
  const [one, two] = [await browser.newContext({ locale: "pl-PL" }), await browser.newContext({ locale: "pl-PL" })];
  const told = await challenged(one, two);
  expect(told.chosen).toHaveLength(1);
  expect(told.found, told.verdict).toEqual(told.chosen);
  expect(told.code).toBe(told.noted);
  await one.close();
  await two.close();
});

test("a dishonest page: something else is found, under the code that was noted", async ({ browser }) => {
  const [one, two] = [await browser.newContext({ locale: "pl-PL" }), await browser.newContext({ locale: "pl-PL" })];
  const changed = await makeDishonest(one);
  const told = await challenged(one, two);
  expect(changed(), "the scripts were changed").toBeGreaterThan(0);
  expect(told.chosen).toHaveLength(1);
  expect(told.found, told.verdict).toHaveLength(1);
  expect(told.found).not.toEqual(told.chosen);
  // It had to commit itself to what it would have cast.
  expect(told.code).toBe(told.noted);
  await one.close();
  await two.close();
});

test("an edition that is not the board's is refused before anybody is asked who they are", async ({ browser }) => {
  const context = await browser.newContext({ locale: "pl-PL" });
  const page = await context.newPage();
  let changed = 0;
  await page.route(/\/tile\/entries\//, async (route) => {
    const response = await route.fetch();
    const bundle = Buffer.from(await response.body());
    // The last byte of the second entry: a trustee's signature in the key ceremony.
    const second = 2 + bundle.readUInt16BE(0);
    bundle[second + 1 + bundle.readUInt16BE(second)]! ^= 1;
    changed++;
    await route.fulfill({ response, body: bundle });
  });
  await page.goto(`${town.box}/vote/`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nie udało się wczytać głosowania");
  await expect(page.getByRole("alert")).toContainText("nie zgadzają się z publiczną tablicą");
  await expect(page.locator(".projects")).toHaveCount(0);
  await page.goto(`${town.box}/vote/#who`);
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("nie zgadzają się z publiczną tablicą");
  await expect(page.locator("#pesel")).toHaveCount(0);
  expect(changed).toBeGreaterThan(1);
  await page.goto(town.box);
  await expect(page.getByRole("alert")).toBeVisible();
  await context.close();
});

test("a receipt on another device without a network, and one that was changed", async ({ browser }, info) => {
  const one = await browser.newContext({ locale: "pl-PL", acceptDownloads: true });
  const page = await one.newPage();
  const voter = new Voter(page, town, residents.someone());
  await voter.open();
  expect((await voter.vote()).kind).toBe("cast");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Pobierz potwierdzenie/ }).click(),
  ]);
  const file = info.outputPath("receipt.json");
  await download.saveAs(file);
  const code = await page.locator(".receipt strong.code").innerText();
  await one.close();

  const two = await browser.newContext({ locale: "pl-PL" });
  const other = await two.newPage();
  await other.goto(`${town.box}/check/`);
  await expect(other.locator("#file")).toBeVisible();
  const requests: string[] = [];
  await two.setOffline(true);
  other.on("request", (request) => requests.push(request.url()));
  await other.locator("#file").setInputFiles(file);
  const verdict = other.locator("#receipt-verdict");
  await expect(verdict).toContainText("Potwierdzenie jest prawdziwe");
  await expect(verdict.locator("strong.code")).toHaveText(code);
  // The key is that of the manifest, not only the receipt's own.
  await expect(verdict).not.toContainText("z samego potwierdzenia");
  await expect(other.getByText("O dzisiejszym stanie nic nie wiadomo")).toBeVisible();
  expect(requests.map((url) => new URL(url).pathname)).toEqual(["/checkpoint"]);

  const told = JSON.parse(readFileSync(file, "utf8")) as { entry: string };
  told.entry = told.entry.replace(/^../, (two) => (two === "00" ? "01" : "00"));
  await other.getByRole("button", { name: "Sprawdź coś innego" }).click();
  await other.locator("#file").setInputFiles({
    name: "receipt.json",
    mimeType: "application/json",
    buffer: Buffer.from(`${JSON.stringify(told, null, 2)}\n`),
  });
  await expect(verdict).toContainText("Potwierdzenie nie jest prawdziwe");
  await two.setOffline(false);
  await two.close();
});
