// SPDX-License-Identifier: EUPL-1.2
// The rehearsal with authors in a browser: an official makes a link; an author follows it, sees the ballot on the
// voters' own pages, says what is wrong, goes the whole way without casting anything; the official answers; the link is
// revoked. Polish and English, 320 px, by keyboard where somebody has to write, and no complaint of a browser.
import { type Browser, type Page, test } from "@playwright/test";
import { join } from "node:path";
import { browserOf, expect, look, press, register, startDesk, write, type Desk, type Official } from "./office";
import { expectAccessible, expectNoOverflow, pictures } from "./town";

test.use({ actionTimeout: 30_000, navigationTimeout: 60_000 });
let desk: Desk;
test.beforeAll(async () => {
  desk = await startDesk();
});
test.afterAll(() => desk?.stop());

const project = (id: string, name: string, cost: string) => ({ id, name, cost });
const meta = { country: "Poland", description: "x", unit: "x", instance: "2026", rule: "greedy" };
const draft = {
  edition: "pl-test-2026",
  title: "Budżet obywatelski na próbę",
  resolution: { number: "XII/345/2026", date: "2026-05-04" },
  opens: "2036-09-01T08:00:00Z",
  closes: "2036-09-15T20:00:00Z",
  repeated_ballots: "last",
  lowest_level: 2,
  ties: "draw",
  privacy_minimum: 2,
  presentation: "presentation.json",
  pools: [
    {
      id: "city",
      title: "Całe miasto",
      money: "1000.00",
      ballot: { form: "points", fewest: 1, most: 2, points_each: [1, 10], points_in_all: [1, 10], blank_valid: true },
      counting: { rule: "greedy" },
      meta: { ...meta, vote_type: "cumulative" },
      projects: [project("1", "Ławki nad rzeką", "600.00"), project("2", "Drzewa przy szkole", "500.00")],
    },
    {
      id: "north",
      title: "Dzielnica Północ",
      money: "500.00",
      ballot: { form: "approval", fewest: 1, most: 2, blank_valid: true },
      counting: { rule: "greedy" },
      meta: { ...meta, vote_type: "approval", subunit: "Północ" },
      projects: [project("7", "Stojaki rowerowe", "300.00"), project("8", "Plac zabaw", "200.00")],
    },
  ],
};
const square = (x: number, y: number) => [[[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]];
const feature = (name: string, pools: string[], y: number) => ({ type: "Feature", properties: { name, pools }, geometry: { type: "Polygon", coordinates: square(19, y) } });
const presentation = {
  version: 1,
  city: { pl: "Miasto na niby" },
  districts: { type: "FeatureCollection", features: [feature("Północ", ["city", "north"], 50.1), feature("Południe", ["city"], 50)] },
  projects: [
    { pool: "city", id: "1", description: { pl: "Dwadzieścia ławek z drewna.", en: "Twenty wooden benches." }, topics: ["public space"], districts: ["Północ"], place: [19.05, 50.15] },
    { pool: "city", id: "2", districts: ["Południe"], place: [19.03, 50.05] },
  ],
};

/** A draft at the desk, through the official's own session. */
async function prepare({ page }: Official): Promise<string> {
  return page.evaluate(
    async ([text, story]) => {
      const send = async (method: string, path: string, body: string, headers: Record<string, string> = {}) => {
        const answer = await fetch(`/api/v1/desk/editions${path}`, { method, body, headers: { "urna-desk": "1", "content-type": "application/json", ...headers } });
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
        return answer;
      };
      const { id } = (await (await send("POST", "", "{}")).json()) as { id: string };
      await send("PUT", `/${id}/files/presentation.json`, story!, { "content-type": "application/octet-stream" });
      await send("PUT", `/${id}/draft`, text!, { "urna-version": "1" });
      return id;
    },
    [JSON.stringify(draft), JSON.stringify(presentation)],
  );
}

/** The authors' page in both languages, narrow too, and then in Polish again. */
async function see(page: Page, name: string): Promise<void> {
  await look(page, `authors-${name}`);
}

async function authorOf(browser: Browser, link: string): Promise<Official> {
  const author = await browserOf(browser, desk);
  await author.page.goto(link);
  return author;
}

test("authors rehearse the ballot by a link, and the office hears what is wrong", async ({ browser }) => {
  test.setTimeout(300_000);
  const anna = await browserOf(browser, desk);
  await register(anna, desk, "Anna Nowak");
  const id = await prepare(anna);

  // ---- The office makes a link
  await anna.page.goto(`${desk.origin}/#/edition/${id}`);
  await anna.page.reload();
  await press(anna.page, anna.page.getByRole("link", { name: "Próba z autorami" }));
  await expect(anna.page.getByText("Nikt jeszcze nic nie napisał.")).toBeVisible();
  anna.expected.add(422);
  await write(anna.page, anna.page.getByLabel("Przez ile dni odnośnik ma działać"), "90");
  await press(anna.page, anna.page.getByRole("button", { name: "Utwórz odnośnik" }));
  await expect(anna.page.getByRole("alert")).toContainText("podaj liczbę dni od 1 do 60");
  await look(anna.page, "authors-link-wrong");
  await write(anna.page, anna.page.getByLabel("Przez ile dni odnośnik ma działać"), "14");
  await press(anna.page, anna.page.getByRole("button", { name: "Utwórz odnośnik" }));
  const link = await anna.page.getByLabel("Odnośnik dla autorów").inputValue();
  expect(link).toMatch(new RegExp(`^${desk.origin}/rehearsal/#${id}\\.[0-9a-f]{64}$`));
  await look(anna.page, "authors-link");

  // ---- An author sees the whole ballot and goes the whole way
  const author = await authorOf(browser, link);
  const { page } = author;
  const banner = page.getByText("To jest próba. Nic się nie liczy i żaden głos nie zostanie oddany.");
  await expect(page.getByRole("heading", { name: "Gdzie mieszkasz?" })).toBeVisible();
  await expect(banner).toBeVisible();
  expect(page.url(), "the token is not in the address").not.toContain(link.split(".").pop()!);
  await see(page, "where");
  await page.locator("summary", { hasText: "Mapa dzielnic" }).click();
  await expect(page.locator("main svg").first()).toBeVisible();
  await page.getByLabel("Północ").check();
  await page.getByRole("button", { name: "Dalej" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Całe miasto");
  await expect(banner).toBeVisible();
  // Filtered by district, and all of them again.
  await page.getByLabel("Dzielnica", { exact: true }).selectOption("Południe");
  await expect(page.getByText("Pokazuję 1 z 2")).toBeVisible();
  await expect(page.getByText("Ławki nad rzeką")).toHaveCount(0);
  await page.getByLabel("Dzielnica", { exact: true }).selectOption("");
  await expect(page.getByText("Pokazuję 2 z 2")).toBeVisible();
  await page.locator("summary", { hasText: /Ławki nad rzeką/ }).first().click();
  await expect(page.getByText("Dwadzieścia ławek z drewna.")).toBeVisible();
  await page.getByLabel("Punkty dla: Ławki nad rzeką").fill("4");
  await page.keyboard.press("Tab");

  // By keyboard: nothing written, somebody's number, then what is wrong.
  const card = page.locator("li.card", { hasText: "Ławki nad rzeką" });
  await press(page, card.locator("summary", { hasText: "Coś się tu nie zgadza" }));
  const field = card.getByLabel("Co się nie zgadza w tym projekcie?");
  const send = card.getByRole("button", { name: "Wyślij uwagę do biura" });
  await press(page, send);
  await expect(card.getByRole("alert")).toHaveText("Napisz, co się nie zgadza.");
  await expect(field).toBeFocused();
  author.expected.add(422);
  await write(page, field, "Koszt jest zły, dzwoń 501 234 567");
  await press(page, send);
  await expect(card.getByRole("alert")).toContainText("W tekście są chyba czyjeś dane");
  await see(page, "remark-refused");
  await write(page, field, "Koszt jest z zeszłego roku: powinno być 450 zł.");
  await press(page, send);
  await expect(card.getByText("Biuro dostało uwagę.")).toBeVisible();
  await expect(field).toHaveValue("");
  await see(page, "ballot");
  await page.setViewportSize({ width: 1000, height: 900 });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(pictures, "authors-rehearsal.png") });

  await page.getByRole("button", { name: "Dalej" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dzielnica Północ");
  await page.locator("#project-2").check();
  // A reload goes on where it was.
  await page.reload();
  await expect(page.locator("#project-2")).toBeChecked();
  await page.getByRole("button", { name: "Dalej" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Potwierdzenie tożsamości");
  await see(page, "who");
  await page.getByRole("button", { name: "Dalej, bez podawania danych" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sprawdź swój głos");
  await expect(page.getByText("4 punkty")).toBeVisible();
  await expect(page.getByText("Nie ufasz tej stronie?")).toHaveCount(0);
  await see(page, "review");
  await page.getByRole("button", { name: "Wyślij głosy" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Koniec próby");
  await expect(page.getByText("Nic nie zostało wysłane i nic się nie liczy.")).toBeVisible();
  await see(page, "done");
  await page.getByRole("button", { name: "Zacznij od początku" }).click();
  await expect(page.getByRole("heading", { name: "Gdzie mieszkasz?" })).toBeVisible();

  // ---- The office reads it, answers, and corrects the draft
  await anna.page.reload();
  await expect(anna.page.getByRole("heading", { name: "Ławki nad rzeką (1, Całe miasto)" })).toBeVisible();
  await expect(anna.page.getByText("Koszt jest z zeszłego roku: powinno być 450 zł.")).toBeVisible();
  await look(anna.page, "authors-remark");
  await write(anna.page, anna.page.getByLabel("Odpowiedź (może być pusta)"), "Dziękujemy, poprawiliśmy koszt.");
  await press(anna.page, anna.page.getByRole("button", { name: /^Załatwione: uwaga o projekcie Ławki/ }));
  await expect(anna.page.locator(".tag", { hasText: "załatwiona" })).toBeVisible();
  await look(anna.page, "authors-handled");

  // ---- Another author reads the answer, in English, on a dark narrow screen
  const other = await browserOf(browser, desk, { locale: "en-GB", colorScheme: "dark", reducedMotion: "reduce", viewport: { width: 320, height: 700 } });
  await other.page.goto(link);
  await expect(other.page.getByText("This is a rehearsal. Nothing is counted, and no ballot is cast.")).toBeVisible();
  await other.page.getByLabel("Południe").check();
  await other.page.getByRole("button", { name: "Continue" }).click();
  await expect(other.page.getByText("Dziękujemy, poprawiliśmy koszt.")).toBeVisible();
  await expectAccessible(other.page, "answered, English, dark");
  await expectNoOverflow(other.page, "answered");
  await other.page.screenshot({ path: join(pictures, "authors-answered-dark-320.png"), fullPage: true });

  // ---- Revoked: whoever has it sees nothing any more
  await press(anna.page, anna.page.getByRole("button", { name: /^Odwołaj odnośnik utworzony/ }));
  await expect(anna.page.getByRole("cell", { name: "odwołany" })).toBeVisible();
  author.expected.add(404);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ten odnośnik jest nieważny");
  await see(page, "void");
  await page.goto(`${desk.origin}/rehearsal/#`);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Otwórz odnośnik, który przysłało biuro");
  await see(page, "no-link");

  await press(anna.page, anna.page.getByRole("link", { name: "Historia" }).first());
  await expect(anna.page.getByRole("cell", { name: "autor (przez odnośnik)" })).toBeVisible();
  for (const one of [anna, author, other]) expect(one.complaints).toEqual([]);
});

// Opening takes a whole ceremony: that the link is over then is in test/town/desk_life.test.mjs; what the page says of it
// is here.
test("what an author is told once the voting is open, and while the ballot is changed", async ({ browser }) => {
  const author = await browserOf(browser, desk);
  const token = `${"0".repeat(32)}.${"0".repeat(64)}`;
  for (const [kind, status, title] of [
    ["rehearsal-over", 410, "Próba się skończyła"],
    ["rehearsal-not-ready", 409, "Karty nie można teraz pokazać"],
  ] as const) {
    author.expected.add(status);
    await author.page.route("**/api/v1/rehearsal*", (route) =>
      route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ type: `/problems/${kind}`, title: kind, status }) }),
    );
    await author.page.route("**/api/v1/rehearsal/*", (route) => route.fulfill({ status, body: "" }));
    await author.page.goto(`${desk.origin}/rehearsal/#${token}`);
    await author.page.reload();
    await expect(author.page.getByRole("heading", { level: 1 })).toHaveText(title);
    await see(author.page, kind);
    await author.page.unrouteAll();
  }
  expect(author.complaints).toEqual([]);
});
