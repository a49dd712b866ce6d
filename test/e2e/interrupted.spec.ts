// SPDX-License-Identifier: EUPL-1.2
// The voter's way interrupted: reloads, ways back, second tabs and browsers, sessions that end, a ballot box that is killed, a
// network that goes, answers that never come, a vote that closes. It ends in one counted ballot for each pool, or in a clear statement.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { boardOf, Box, program, Residents, type Board } from "./board";
import { pseudonymsSeen, Voter, type Ending } from "./resident";
import { expectAccessible, startTown, urna, type Town } from "./town";

let town: Town;
let box: Box;
let residents: Residents;

test.describe.configure({ mode: "serial", timeout: 240_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  const options = ["--projects", 8, "--voters", 80, "--turnout", 100];
  town = await startTown([
    { id: "city", kind: "katowice", options },
    { id: "north", kind: "katowice", options, district: "Północ" },
  ]);
  box = new Box(town);
  residents = new Residents(town);
});
test.afterAll(async () => {
  box?.stop();
  await town?.stop();
});

const inDistrict = (pools: readonly string[]): boolean => pools.length === 2;

/** A new browser with somebody who has not voted. */
async function voter(
  browser: { newContext(options: object): Promise<BrowserContext> },
  page?: Page,
): Promise<{ voter: Voter; page: Page; context: BrowserContext; pseudonyms: Set<string> }> {
  const context = await browser.newContext({ locale: "pl-PL" });
  const own = page ?? (await context.newPage());
  // "Leave this page?", while a ballot is on its way.
  own.on("dialog", (dialog) => void dialog.accept());
  const pseudonyms = await pseudonymsSeen(own);
  const somebody = residents.someone((one) => inDistrict(one.pools));
  return { voter: new Voter(own, town, somebody), page: own, context, pseudonyms };
}

const ofPseudonyms = (board: Board, pseudonyms: ReadonlySet<string>): Board["ballots"][number][] =>
  board.ballots.filter((ballot) => pseudonyms.has(ballot.pseudonym));

/** One ballot in each pool, which counts, with the codes that the page shows. */
async function expectOneEach(pseudonyms: ReadonlySet<string>, ending: Ending): Promise<void> {
  expect(ending.kind).toBe("cast");
  expect(pseudonyms.size).toBe(1);
  const own = ofPseudonyms(await boardOf(town), pseudonyms);
  expect(own.map(({ pool }) => pool).sort()).toEqual(["city", "north"]);
  expect(own.every(({ counted }) => counted)).toBe(true);
  expect([...(ending as Ending & { kind: "cast" }).codes].sort()).toEqual(own.map(({ code }) => code).sort());
}

const heading = (page: Page): Promise<string> => page.locator("main h1").first().innerText();
const ballots = (url: URL): boolean => url.pathname === "/api/v1/ballots";

test("reloads at every step", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  const ending = await one.vote({
    after: async () => {
      await page.reload();
    },
  });
  await expectOneEach(pseudonyms, ending);
  // The receipts are still there after one more, and nothing is sent again.
  await page.reload();
  await expect(page.locator(".receipt strong.code")).toHaveCount(2);
  await expectOneEach(pseudonyms, ending);
  await context.close();
});

test("the back button at every step, and after casting", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await page.goto(`${town.box}/`);
  await one.open();
  let presses = 0;
  const ending = await one.vote({
    after: async (step) => {
      // Once after each step, as somebody who wants to see what was there before.
      if (presses++ > 12 || step === "cast") return;
      await page.goBack();
      await page.waitForTimeout(150);
    },
  });
  await expectOneEach(pseudonyms, ending);
  for (let k = 0; k < 4; ++k) {
    await page.goBack();
    await page.waitForTimeout(150);
    expect(await page.getByRole("button", { name: /^Wyślij głos/ }).count()).toBe(0);
  }
  await expectOneEach(pseudonyms, ending);
  await context.close();
});

test("a network that goes as the ballot is sent, and comes back", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "cast" });
  await context.setOffline(true);
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.locator("main h1").first()).toHaveText("Nie wiadomo jeszcze, czy głos dotarł");
  await page.waitForTimeout(5000);
  expect(await heading(page)).not.toMatch(/oddan/);
  expect(ofPseudonyms(await boardOf(town), pseudonyms)).toEqual([]);
  await context.setOffline(false);
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("a ballot box that is killed when it has recorded the ballot, before it answers", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  let killed = 0;
  await page.route(ballots, async (route) => {
    if (++killed > 1) return route.fallback();
    await route.fetch();
    await box.kill();
    await route.abort("connectionreset");
  });
  await one.open();
  await one.vote({ until: "cast" });
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.locator("main h1").first()).toHaveText("Nie wiadomo jeszcze, czy głos dotarł");
  await box.start();
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("a ballot box that is killed before the ballot arrives, and a page that is reloaded meanwhile", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "cast" });
  await box.kill();
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.locator("main h1").first()).toHaveText("Nie wiadomo jeszcze, czy głos dotarł");
  await page.reload().catch(() => undefined);
  await box.start();
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("an answer that never comes", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await page.clock.install();
  let held = 0;
  await page.route(ballots, async (route) => {
    if (++held > 1) return route.fallback();
    // Recorded; the answer is on its way for ever.
    await route.fetch();
  });
  await one.open();
  await one.vote({ until: "cast" });
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect.poll(() => held).toBe(1);
  await page.clock.fastForward(31_000);
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("a second tab does not vote beside the first; it can take over", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "cast" });
  const second = await context.newPage();
  const others = await pseudonymsSeen(second);
  const again = new Voter(second, town, one.resident);
  await again.open();
  expect((await again.vote()).kind).toBe("elsewhere");
  await second.getByRole("button", { name: "Głosuj tutaj od początku" }).click();
  await expect(page.locator("main h1").first()).toHaveText("Głosowanie przeniesiono do innej karty");
  await expect(second.locator("main h1").first()).not.toHaveText(/innej karcie/);
  const ending = await again.vote();
  for (const pseudonym of others) pseudonyms.add(pseudonym);
  await expectOneEach(pseudonyms, ending);
  await context.close();
});

test("two browsers at once: both ballots are told truly, one counts", async ({ browser }) => {
  const first = await voter(browser);
  const context = await browser.newContext({ locale: "pl-PL" });
  const page = await context.newPage();
  const pseudonyms = await pseudonymsSeen(page);
  const second = new Voter(page, town, first.voter.resident);
  for (const one of [first.voter, second]) {
    await one.open();
    await one.vote({ until: "cast" });
  }
  expect((await first.voter.vote()).kind).toBe("cast");
  // What the second has encrypted comes too late; its page says so, and encrypts anew when told.
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.getByText("W międzyczasie zapisano w Twoim imieniu inny głos")).toHaveCount(2);
  expect(await heading(page)).toBe("Głos nie został zapisany");
  await page.getByRole("button", { name: "Przygotuj jeszcze raz" }).click();
  await expect(page.getByText("zapisano już 1 głos w Twoim imieniu")).toHaveCount(2);
  const ending = await second.vote();
  expect(ending.kind).toBe("cast");

  expect([...pseudonyms]).toEqual([...first.pseudonyms]);
  const own = ofPseudonyms(await boardOf(town), pseudonyms);
  expect(own.map(({ pool }) => pool).sort()).toEqual(["city", "city", "north", "north"]);
  const counted = own.filter((one) => one.counted);
  expect(counted.map(({ code }) => code).sort()).toEqual([...(ending as Ending & { kind: "cast" }).codes].sort());
  await first.context.close();
  await context.close();
});

test("a session that ends, and a wrong code", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "code" });
  await page.locator("#code").fill("000000");
  await page.getByRole("button", { name: "Potwierdź" }).click();
  await expect(page.locator("#code")).toHaveAttribute("aria-invalid", "true");
  // Ended elsewhere; the page learns it from the next answer.
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("urna.vote")!).session.token as string);
  const ended = await fetch(`${town.registrar}/api/v1/sessions/current`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(ended.status).toBe(204);
  await page.locator("#code").fill("123456");
  await page.getByRole("button", { name: "Potwierdź" }).click();
  await expect(page.getByText("Twój wybór został zachowany")).toBeVisible();
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("an acknowledgement that does not show the ballot is not believed", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  let lies = 0;
  await page.route(ballots, async (route) => {
    const response = await route.fetch();
    if (++lies > 1) return route.fulfill({ response });
    const told = (await response.json()) as { index: number };
    await route.fulfill({ response, json: { ...told, index: told.index + 1 } });
  });
  await one.open();
  await one.vote({ until: "cast" });
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.getByText("nie pokazała, że głos jest na tablicy")).toBeVisible();
  expect(await heading(page)).not.toMatch(/oddan/);
  await expectOneEach(pseudonyms, await one.vote());
  await context.close();
});

test("a ciphertext that was challenged is never cast", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "cast" });
  interface Kept {
    ticket: string;
    ballots: { pool: number; entry: string; code: string }[];
  }
  const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem("urna.vote")!) as Kept);
  const audited = (await boardOf(town)).audited;
  await page.locator("summary", { hasText: "Nie ufasz tej stronie" }).click();
  await page.getByRole("button", { name: /^Otwórz szyfr/ }).first().click();
  await expect(page.locator("main h1").first()).toHaveText("Szyfr został otwarty");
  await expect(page.locator("main strong.code")).toBeVisible();
  expect((await boardOf(town)).audited).toBe(audited + 1);

  const code = await page.locator("main strong.code").innerText();
  const challenged = kept.ballots.find((ballot) => ballot.code === code)!;
  const refused = await fetch(`${town.box}/api/v1/ballots`, {
    method: "POST",
    headers: { "content-type": "application/cbor", "urna-notice": kept.ticket },
    body: Buffer.from(challenged.entry, "base64"),
  });
  expect(refused.status).toBe(409);

  await page.getByRole("link", { name: /Wróć i wyślij/ }).click();
  const ending = await one.vote();
  await expectOneEach(pseudonyms, ending);
  expect((ending as Ending & { kind: "cast" }).codes).not.toContain(code);
  await context.close();
});

const officials = (): string[] => [0, 1].map((k) => path.join(town.dir, `edition/keys/official-${k}.key`));

test("an extension shows at once where people vote, with its reason", async ({ browser }) => {
  const state = async () => (await (await fetch(`${town.box}/api/v1/edition`)).json()) as { closes: number; entries: number };
  const before = await state();
  const until = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z/, "Z");
  const reasons = ["--reason-pl", "Awaria sieci telefonicznej.", "--reason-en", "The telephone network failed."];
  const extend = (seconds: number): string[] => ["box", "extend", "--config", path.join(town.dir, "serve.toml"), "--official", ...officials(), "--until", until(seconds), ...reasons];
  const refused = spawnSync(urna, extend(before.closes - 60), { encoding: "utf8" });
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain("not end later");
  program(...extend(before.closes + 86_400));
  await expect.poll(async () => (await state()).closes).toBe(before.closes + 86_400);

  const { page, context } = await voter(browser);
  await page.goto(town.box);
  await expect(page.getByText("Głosowanie przedłużono")).toBeVisible();
  await expect(page.getByText("Powód: Awaria sieci telefonicznej.")).toBeVisible();
  await expectAccessible(page, "extended");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByText("Reason: The telephone network failed.")).toBeVisible();
  await expectAccessible(page, "extended, English");
  await page.goto(`${town.box}/board/`);
  await expect(page.getByText("Extension of the vote").first()).toBeVisible();
  await context.close();
});

// Last: it closes the voting.
test("a vote that closes before the ballot arrives", async ({ browser }) => {
  const { voter: one, page, context, pseudonyms } = await voter(browser);
  await one.open();
  await one.vote({ until: "cast" });
  program("box", "close", "--config", path.join(town.dir, "serve.toml"), "--official", ...officials());
  await expect
    .poll(async () => ((await (await fetch(`${town.box}/api/v1/edition`)).json()) as { accepting: boolean }).accepting)
    .toBe(false);
  await page.getByRole("button", { name: /^Wyślij głos/ }).click();
  await expect(page.locator("main h1").first()).toHaveText("Głos nie został zapisany");
  await expect(page.getByText("Ten głos się nie liczy")).toHaveCount(2);
  expect(ofPseudonyms(await boardOf(town), pseudonyms)).toEqual([]);
  await page.reload();
  expect(await heading(page)).not.toMatch(/oddan/);
  await context.close();
  expect(readFileSync(path.join(town.dir, "logs/box.json"), "utf8")).not.toContain(one.resident.pesel);
});
