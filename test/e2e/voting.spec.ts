// SPDX-License-Identifier: EUPL-1.2
// The voter's way through a real town: every type of ballot, challenge, receipts on a second device, voting
// again, an electronic identity, keyboard alone, small and large windows; in Polish and English.
import { expect as impatient, test, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ballotsOn,
  codeTo,
  expectAccessible,
  expectNoOverflow,
  identify,
  open,
  pictures,
  smsTo,
  startTown,
  type Resident,
  type Town,
} from "./town";

// Machines that test are busy.
const expect = impatient.configure({ timeout: 30_000 });
test.use({ actionTimeout: 30_000 });
test.describe.configure({ timeout: 600_000 });

// Each pool is the ballot of a city of design/city-rules: what it allows, and what it must refuse.
const KINDS = [
  { id: "czestochowa", kind: "czestochowa" },
  { id: "katowice", kind: "katowice", options: ["--points", 3] },
  { id: "wroclaw", kind: "warszawa" },
  { id: "krakow", kind: "krakow" },
  { id: "knapsack", kind: "warszawa" },
  { id: "swiecie", kind: "warszawa" },
  { id: "wieliczka", kind: "warszawa" },
  { id: "praga", kind: "warszawa" },
  { id: "wola", kind: "warszawa" },
  { id: "baluty", kind: "warszawa" },
  { id: "gorna", kind: "warszawa" },
  { id: "polesie", kind: "warszawa" },
];
const approval = (fewest: number, most: number, more: object = {}): object => ({
  ballot: { form: "approval", fewest, most, blank_valid: false, ...more },
});
const EDITION = {
  title: "Budżet obywatelski wszystkich miast",
  pools: {
    czestochowa: {
      title: "Jak w Częstochowie",
      ballot: { form: "points", fewest: 1, most: 10, points_each: [1, 10], points_in_all: [1, 10], blank_valid: true },
    },
    katowice: {
      title: "Jak w Katowicach",
      ballot: { form: "points", fewest: 1, most: 3, points_each: [1, 3], points_in_all: [3, 3], blank_valid: false },
    },
    wroclaw: { title: "Jak we Wrocławiu", ...approval(1, 1) },
    krakow: {
      title: "Jak w Krakowie",
      ballot: { form: "ranking", fewest: 3, most: 3, blank_valid: false },
    },
    knapsack: { title: "Jak w Stalowej Woli", ...approval(1, 12, { knapsack: "5000000" }) },
    swiecie: { title: "Jak w Świeciu", ...approval(3, 12) },
    wieliczka: { title: "Dowolnie wiele", ...approval(1, 12, { blank_valid: true }) },
    praga: { title: "Praga", ...approval(1, 15 - 3) },
    wola: { title: "Wola", ...approval(1, 12) },
    baluty: { title: "Bałuty", ...approval(1, 5) },
    gorna: { title: "Górna", ...approval(1, 5) },
    polesie: { title: "Polesie", ...approval(1, 5) },
  },
  groups: [
    { name: "Dzielnica jak w Warszawie", pools: ["praga", "wola"], most: 1 },
    { name: "Dzielnice jak w Łodzi", pools: ["baluty", "gorna", "polesie"], most: 2 },
  ],
};

const next = (page: Page) => page.getByRole("button", { name: "Dalej", exact: true });
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });
const status = (page: Page) => page.locator(".bar [role=status]");

test.describe("every type of ballot", () => {
  let town: Town;
  test.beforeAll(async () => {
    town = await startTown(KINDS, EDITION);
  });
  test.afterAll(async () => town?.stop());

  test("is filled in as its rule says, cast, and found again", async ({ browser }) => {
    const watched = await open(browser, town, { viewport: { width: 390, height: 844 } });
    const { page } = watched;
    const resident = town.residents[0]!;
    const look = async (what: string, picture?: string): Promise<void> => {
      await expectAccessible(page, what);
      await expectNoOverflow(page, what);
      if (picture !== undefined) await page.screenshot({ path: join(pictures, `${picture}-phone.png`) });
    };

    await page.goto(town.box);
    await expect(heading(page, EDITION.title)).toBeVisible();
    await expect(page.getByText("Głosowanie trwa do")).toBeVisible();
    await look("the first page", "home");
    await page.getByRole("link", { name: "Zagłosuj" }).or(page.getByRole("link", { name: "Głosowanie" })).first().click();

    await test.step("groups: at most so many", async () => {
      await expect(heading(page, "Dzielnica jak w Warszawie")).toBeVisible();
      await page.getByLabel("Praga").check();
      await page.getByLabel("Wola").check();
      await expect(page.getByLabel("Praga")).not.toBeChecked();
      for (const name of ["Bałuty", "Górna", "Polesie"]) await page.getByLabel(name).check();
      await next(page).click();
      await expect(page.getByRole("alert")).toContainText("najwyżej 2");
      await look("too many districts");
      await page.getByLabel("Górna").uncheck();
      await look("where", "where");
      await next(page).click();
    });

    await test.step("points, stackable, some unused", async () => {
      await expect(heading(page, "Jak w Częstochowie")).toBeVisible();
      await expect(page.getByText("Część 1 z 10")).toBeVisible();
      await look("the ballot", "ballot");
      await next(page).click();
      await expect(page.getByRole("button", { name: "Oddaję pusty głos" })).toBeVisible();
      await look("asked about nothing");
      await page.getByRole("button", { name: "Wróć do projektów" }).click();
      const fields = page.getByRole("textbox", { name: /^Punkty dla/ });
      await fields.nth(0).fill("7");
      await fields.nth(0).blur();
      await expect(status(page)).toContainText("Zostało 3 z 10 punktów");
      await fields.nth(1).fill("9");
      await fields.nth(1).blur();
      await expect(fields.nth(1)).toHaveValue("3");
      await expect(status(page)).toContainText("Zostało 0 z 10");
      // Marked as disabled, and says why when it is pressed all the same.
      await page.getByRole("button", { name: "Dodaj punkt" }).nth(2).click({ force: true });
      await expect(status(page)).toContainText("Nie masz już punktów");
      await page.getByRole("button", { name: "Odejmij punkt" }).nth(1).click();
      await expect(status(page)).toContainText("Zostało 1 z 10");
      await look("points given", "ballot-points");
      await page.getByRole("searchbox").fill("nic takiego");
      await expect(page.getByText("Pokazuję 0 z 12")).toBeVisible();
      await page.getByRole("searchbox").fill("");
      await page.getByLabel("Tylko wybrane").check();
      await expect(page.getByText("Pokazuję 2 z 12")).toBeVisible();
      await next(page).click();
    });

    await test.step("three points, all of them", async () => {
      await expect(heading(page, "Jak w Katowicach")).toBeVisible();
      await page.getByRole("button", { name: "Dodaj punkt" }).nth(0).click();
      await next(page).click();
      await expect(page.getByRole("alert")).toContainText("Rozdaj jeszcze 2 punkty");
      await look("too few points");
      await page.getByRole("button", { name: "Daj wszystkie (2)" }).nth(1).click();
      await next(page).click();
    });

    await test.step("one project", async () => {
      await expect(heading(page, "Jak we Wrocławiu")).toBeVisible();
      await page.getByRole("checkbox", { name: "Wybieram" }).nth(0).check();
      await page.getByRole("checkbox", { name: "Wybieram" }).nth(3).check();
      await expect(page.getByRole("checkbox", { name: "Wybrano" })).toHaveCount(1);
      await look("one chosen");
      await next(page).click();
    });

    await test.step("exactly three in order", async () => {
      await expect(heading(page, "Jak w Krakowie")).toBeVisible();
      await page.getByRole("button", { name: "Wybierz jako 1." }).nth(4).click();
      await page.getByRole("button", { name: "Wybierz jako 2." }).nth(2).click();
      await next(page).click();
      await expect(page.getByRole("alert")).toContainText("Wybierz jeszcze 1 projekt");
      await page.getByRole("button", { name: "Wybierz jako 3." }).nth(0).click();
      await page.getByRole("button", { name: "Wybieram", exact: true }).nth(0).click();
      await expect(status(page)).toContainText("Nie możesz wybrać więcej");
      const places = page.locator("ol.ranking > li > span:first-child");
      const order = await places.allTextContents();
      await page.getByRole("button", { name: /^Niżej/ }).nth(0).click();
      await expect(places).toHaveText([order[1]!, order[0]!, order[2]!]);
      await look("ranking", "ballot-ranking");
      await next(page).click();
    });

    await test.step("as many as the money allows", async () => {
      await expect(heading(page, "Jak w Stalowej Woli")).toBeVisible();
      await expect(page.getByText("Razem mogą kosztować najwyżej 5 000 000 zł")).toBeVisible();
      const boxes = page.locator("ul.projects input[type=checkbox]");
      let refused = 0;
      for (let k = 0; k < 12; ++k) {
        await boxes.nth(k).click();
        if (await boxes.nth(k).isChecked()) continue;
        ++refused;
        await expect(status(page)).toContainText("Ten projekt się nie zmieści");
      }
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(12);
      await look("knapsack", "ballot-knapsack");
      await next(page).click();
    });

    await test.step("at least three", async () => {
      await expect(heading(page, "Jak w Świeciu")).toBeVisible();
      const boxes = page.getByRole("checkbox", { name: "Wybieram" });
      await boxes.nth(0).check();
      await boxes.nth(0).check();
      await next(page).click();
      await expect(page.getByRole("alert")).toContainText("Wybierz jeszcze 1 projekt");
      await boxes.nth(0).check();
      await next(page).click();
    });

    await test.step("blank", async () => {
      await expect(heading(page, "Dowolnie wiele")).toBeVisible();
      await next(page).click();
      await page.getByRole("button", { name: "Oddaję pusty głos" }).click();
    });

    await test.step("districts chosen", async () => {
      await expect(heading(page, "Wola")).toBeVisible();
      await page.getByRole("checkbox", { name: "Wybieram" }).nth(0).check();
      await next(page).click();
      await expect(heading(page, "Bałuty")).toBeVisible();
      for (let k = 0; k < 5; ++k) await page.getByRole("checkbox", { name: "Wybieram" }).nth(0).check();
      await page.getByRole("checkbox", { name: "Wybieram" }).nth(0).click();
      await expect(status(page)).toContainText("Nie możesz wybrać więcej");
      await next(page).click();
      await expect(heading(page, "Polesie")).toBeVisible();
      await next(page).click();
      await expect(page.getByRole("button", { name: "Oddaję pusty głos" })).toHaveCount(0);
      await page.getByRole("button", { name: "Nie głosuję w tej części" }).click();
    });

    await test.step("identified, with a wrong code first", async () => {
      await expect(heading(page, "Potwierdź, kim jesteś")).toBeVisible();
      await look("who", "who");
      await page.getByRole("button", { name: "Wyślij kod SMS-em" }).click();
      await expect(page.getByRole("alert")).toContainText("Uzupełnij: Imię");
      await look("who, with errors", "who-errors");
      await page.getByRole("link", { name: "Uzupełnij: Imię" }).click();
      await expect(page.getByLabel("Imię")).toBeFocused();
      await page.getByLabel("Imię").fill(resident.first_name);
      await page.getByLabel("Nazwisko").fill(resident.last_name);
      await page.getByLabel("PESEL").fill(`${resident.pesel.slice(0, 10)}${(Number(resident.pesel[10]) + 1) % 10}`);
      watched.expected.add(422);
      await page.getByRole("button", { name: "Wyślij kod SMS-em" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expect(page.getByLabel("PESEL")).toHaveAttribute("aria-invalid", "true");
      await page.getByLabel("PESEL").fill(resident.pesel);
      await page.getByRole("button", { name: "Wyślij kod SMS-em" }).click();
      await expect(heading(page, "Wpisz kod")).toBeVisible();
      await look("code", "code");
      const code = await codeTo(town, resident.phone);
      watched.expected.add(403);
      await page.getByLabel("Kod", { exact: true }).fill(code === "000000" ? "000001" : "000000");
      await page.getByRole("button", { name: "Potwierdź" }).click();
      await expect(page.getByRole("alert")).toContainText("Kod jest błędny");
      await look("a wrong code");
      // Reloaded in the middle: nothing is lost.
      await page.reload();
      await expect(heading(page, "Wpisz kod")).toBeVisible();
      await page.getByLabel("Kod", { exact: true }).fill(code);
      await page.getByRole("button", { name: "Potwierdź" }).click();
    });

    await test.step("reviewed, challenged on another device, cast", async () => {
      await expect(heading(page, "Sprawdź swój głos")).toBeVisible();
      await expect(page.getByText("Kod zaszyfrowanego głosu")).toHaveCount(9);
      await expect(page.getByText("Zostaje 1 niewykorzystany punkt.")).toBeVisible();
      await look("review", "review");
      await page.getByText("Nie ufasz tej stronie?").click();
      const first = page.getByRole("region", { name: "Jak w Częstochowie" });
      const code = await first.locator(".code").textContent();
      await page.getByRole("button", { name: "Otwórz szyfr: Jak w Częstochowie" }).click();
      await expect(page.getByRole("img", { name: "Kod QR z otwartym szyfrem" })).toBeVisible();
      await look("challenge", "challenge");
      await page.getByText("Adres do sprawdzenia").click();
      const link = await page.locator("details .code").textContent();
      const chosen = await page.locator(".rows .name").allTextContents();

      const other = await open(browser, town, { viewport: { width: 390, height: 844 } });
      await other.page.goto(`${town.box}/check/`);
      await expect(heading(other.page, "Sprawdź swój głos")).toBeVisible();
      // From here on the second device has no network.
      other.expected.add(0);
      await other.page.context().setOffline(true);
      await other.page.evaluate((hash) => (location.hash = hash), new URL(link ?? "").hash);
      await expect(other.page.getByText("Szyfr jest poprawny")).toBeVisible();
      await expect(other.page.locator("#challenge-verdict .code")).toHaveText(code ?? "");
      expect(await other.page.locator(".rows .name").allTextContents()).toEqual(chosen);
      await other.page.context().setOffline(false);
      await expectAccessible(other.page, "a challenge checked");
      await other.page.screenshot({ path: join(pictures, "challenge-checked-phone.png") });
      expect(other.complaints).toEqual([]);
      await other.page.context().close();

      await page.getByRole("link", { name: "Wróć i wyślij nowy szyfr" }).click();
      await expect(page.getByText("Kod zaszyfrowanego głosu")).toHaveCount(9);
      expect(await first.locator(".code").textContent()).not.toBe(code);
      await page.getByRole("button", { name: "Wyślij głosy" }).click();
      await expect(heading(page, "Głosy oddane")).toBeVisible();
      await look("cast", "done");
    });
    expect(await ballotsOn(town)).toBe(9);

    expect(watched.complaints).toEqual([]);
    await page.context().close();
  });
});

test.describe("a town of two districts", () => {
  let town: Town;
  let nobody = 10;
  const newcomer = (): Resident => town.residents[nobody++]!;

  test.beforeAll(async () => {
    const pools = [
      { id: "city", kind: "czestochowa" },
      { id: "Rakow", kind: "czestochowa", district: "Raków" },
      { id: "Mirow", kind: "czestochowa", district: "Mirów" },
    ];
    town = await startTown(pools, {}, ["--children", "6"]);
  });
  test.afterAll(async () => town?.stop());

  // Fills in both pools, from the first page on; how many interactions it took.
  async function fill(page: Page, resident: Resident): Promise<number> {
    await page.goto(town.box);
    await page.getByRole("link", { name: resident.district }).click();
    await page.getByRole("button", { name: "Dodaj punkt" }).first().click();
    await next(page).click();
    await expect(page.getByText("Część 2 z 2")).toBeVisible();
    await page.getByRole("button", { name: "Dodaj punkt" }).first().click();
    await next(page).click();
    await expect(heading(page, "Potwierdź, kim jesteś")).toBeVisible();
    return 5;
  }
  const cast = (page: Page) => page.getByRole("button", { name: /^Wyślij głos/ });
  async function ready(page: Page): Promise<void> {
    await expect(heading(page, "Sprawdź swój głos")).toBeVisible();
    await expect(cast(page)).toHaveAttribute("aria-disabled", "false");
  }

  test("takes a first-time voter twelve interactions for two pools", async ({ browser }) => {
    const { page, complaints } = await open(browser, town, { viewport: { width: 390, height: 844 } });
    const resident = newcomer();
    let interactions = await fill(page, resident);
    // Three fields, the button, the code, its button.
    await identify(page, town, resident);
    interactions += 6;
    await ready(page);
    await cast(page).click();
    interactions += 1;
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    expect(interactions).toBeLessThanOrEqual(12);
    // Told of both on the telephone of the register.
    await expect.poll(async () => (await smsTo(town, resident.phone)).length).toBe(3);
    expect(complaints).toEqual([]);
  });

  test("a receipt is checked on a second device without a network; nothing secret stays", async ({ browser }) => {
    const watched = await open(browser, town);
    const { page } = watched;
    const resident = newcomer();
    await fill(page, resident);
    await identify(page, town, resident);
    await ready(page);
    await cast(page).click();
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    await test.step("a receipt, on a second device without a network", async () => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Pobierz potwierdzenie: Całe miasto" }).click(),
      ]);
      const file = await download.path();
      const code = await page.getByRole("region", { name: "Całe miasto" }).locator(".code").textContent();
      const other = await open(browser, town, {});
      await other.page.goto(`${town.box}/check/`);
      await expect(heading(other.page, "Sprawdź swój głos")).toBeVisible();
      other.expected.add(0);
      await other.page.context().setOffline(true);
      await other.page.getByLabel("Plik potwierdzenia").setInputFiles(file);
      await expect(other.page.getByText("Potwierdzenie jest prawdziwe")).toBeVisible();
      await expect(other.page.locator("#receipt-verdict .code")).toHaveText(code ?? "");
      await expect(other.page.getByText("Nie udało się zapytać tablicy")).toBeVisible();

      await other.page.context().setOffline(false);
      await other.page.getByRole("button", { name: "Zapytaj tablicę jeszcze raz" }).click();
      await expect(other.page.getByText("na razie nic nie stoi na przeszkodzie")).toBeVisible();
      await expectAccessible(other.page, "a receipt checked");
      await other.page.screenshot({ path: join(pictures, "receipt-checked-desktop.png") });

      // Forged: one character of the hash.
      const forged = readFileSync(file, "utf8").replace(/"entry":\s*"(.)/, (whole, digit: string) =>
        whole.slice(0, -1) + (digit === "0" ? "1" : "0"),
      );
      await other.page.getByRole("button", { name: "Sprawdź coś innego" }).click();
      await other.page
        .getByLabel("Plik potwierdzenia")
        .setInputFiles({ name: "forged.json", mimeType: "application/json", buffer: Buffer.from(forged) });
      await expect(other.page.getByText("Potwierdzenie nie jest prawdziwe")).toBeVisible();
      expect(other.complaints).toEqual([]);
      await other.page.context().close();
    });

    await test.step("nothing secret stays", async () => {
      const kept = await page.evaluate(() => JSON.parse(sessionStorage.getItem("urna.vote") ?? "null"));
      expect(kept.key).toBeUndefined();
      expect(kept.certificate).toBeUndefined();
      expect(kept.session).toBeUndefined();
      expect(kept.choices.flatMap((one: { chosen: unknown[] }) => one.chosen)).toEqual([]);
      expect(kept.ballots.every((one: { secret: string }) => one.secret === "")).toBe(true);
      // The page after a way back is still the receipt.
      await page.goBack();
      await expect(heading(page, "Głosy oddane")).toBeVisible();
    });
    expect(watched.complaints).toEqual([]);
  });

  test("a vote again supersedes, is announced, and the older receipt says so", async ({ browser }) => {
    const { page, complaints } = await open(browser, town);
    const resident = newcomer();
    await fill(page, resident);
    await identify(page, town, resident);
    await ready(page);
    await cast(page).click();
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^Pobierz potwierdzenie: Całe/ }).click(),
    ]);
    const file = await download.path();
    await page.getByRole("button", { name: "Zagłosuj jeszcze raz" }).click();
    await expect(heading(page, "Gdzie mieszkasz?")).toBeVisible();
    await fill(page, resident);
    await identify(page, town, resident);
    await ready(page);
    await expect(page.getByText("W tej części zapisano już 1 głos w Twoim imieniu.")).toHaveCount(2);
    await expectAccessible(page, "review of a vote again");
    await page.screenshot({ path: join(pictures, "again-desktop.png") });
    await cast(page).click();
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    // What the board shows is what its witnesses have cosigned, a moment behind the ballots.
    await expect(async () => {
      await page.goto(`${town.box}/check/`);
      await page.getByLabel("Plik potwierdzenia").setInputFiles(file);
      await expect(page.getByText("Potwierdzenie jest prawdziwe")).toBeVisible();
      await expect(page.getByText("zastąpił go inny głos")).toBeVisible({ timeout: 5_000 });
    }).toPass({ timeout: 60_000 });
    expect(complaints).toEqual([]);
  });

  test("somebody asks what was done in their name, and says that it was not them", async ({ browser }) => {
    const { page, complaints } = await open(browser, town, { viewport: { width: 390, height: 844 } });
    const resident = newcomer();
    await page.goto(`${town.box}/check/`);
    await page.getByRole("button", { name: "Sprawdź użycie moich danych" }).click();
    await identify(page, town, resident);
    await expect(heading(page, "Nic nie zrobiono w Twoim imieniu")).toBeVisible();
    await page.getByRole("button", { name: "Zakończ" }).click();
    await fill(page, resident);
    await identify(page, town, resident);
    await ready(page);
    await cast(page).click();
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    await page.goto(`${town.box}/check/`);
    await expect
      .poll(async () => (await smsTo(town, resident.phone)).some((text) => /zapisano|głos/i.test(text)))
      .toBe(true);
    await page.getByRole("button", { name: "Sprawdź użycie moich danych" }).click();
    await identify(page, town, resident);
    await expect(heading(page, "Co zrobiono w Twoim imieniu")).toBeVisible();
    await expect(page.getByText("Wydano poświadczenie do głosowania")).toBeVisible();
    await expect(page.getByText("kodem SMS na telefon z rejestru").first()).toBeVisible();
    await expectAccessible(page, "uses");
    await expectNoOverflow(page, "uses");
    await page.screenshot({ path: join(pictures, "uses-phone.png") });
    await page.getByRole("button", { name: "To nie ja" }).click();
    await page.getByRole("button", { name: "Wyślij zgłoszenie" }).click();
    await expect(page.getByRole("alert")).toContainText("Wybierz, co się stało");
    await expectAccessible(page, "a complaint with an error");
    await page.getByLabel("Zapisano głos, który nie jest mój").check();
    await page.getByLabel("Opisz, jeśli chcesz").fill("Zażółć gęślą jaźń");
    await page.getByRole("button", { name: "Wyślij zgłoszenie" }).click();
    await expect(heading(page, "Sprawa otwarta")).toBeVisible();
    await expect(page.locator("dl .code")).toHaveText(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/);
    await expectAccessible(page, "a case");
    expect(complaints).toEqual([]);
  });

  test("a guardian votes for a child, and for nobody else's", async ({ browser }) => {
    const watched = await open(browser, town, { viewport: { width: 320, height: 700 } });
    const { page } = watched;
    const children = JSON.parse(readFileSync(join(town.dir, "children.json"), "utf8")) as (Resident & { guardian_pesel: string })[];
    const guardian = town.residents[0]!;
    const own = children.find((one) => one.guardian_pesel === guardian.pesel)!;
    const foreign = children.find((one) => one.guardian_pesel !== guardian.pesel)!;
    await fill(page, guardian);
    await page.getByRole("radio", { name: /rodzicem lub opiekunem/ }).check();
    await expect(page.getByText("Najpierw potwierdź, kim jesteś Ty")).toBeVisible();
    await expectAccessible(page, "for whom");
    await identify(page, town, guardian);
    await expect(heading(page, "Za które dziecko głosujesz?")).toBeVisible();
    await expectAccessible(page, "which child");
    await expectNoOverflow(page, "which child");
    await page.screenshot({ path: join(pictures, "ward-phone.png"), fullPage: true });
    const name = async (child: Resident): Promise<void> => {
      await page.getByLabel("Imię").fill(child.first_name);
      await page.getByLabel("Nazwisko").fill(child.last_name);
      await page.getByLabel("PESEL").fill(child.pesel);
      await page.getByRole("button", { name: "Dalej" }).click();
    };
    await page.getByRole("button", { name: "Dalej" }).click();
    await expect(page.getByRole("alert")).toContainText("Uzupełnij");
    await expectAccessible(page, "nothing given");
    watched.expected.add(403);
    await name(foreign);
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(heading(page, "Za które dziecko głosujesz?")).toBeVisible();
    await expectAccessible(page, "another's child");
    // The page can be loaded again here; what was typed of the child is not kept.
    await page.reload();
    await expect(heading(page, "Za które dziecko głosujesz?")).toBeVisible();
    await expect(page.getByLabel("PESEL")).toHaveValue("");
    const before = await ballotsOn(town);
    await name(own);
    await ready(page);
    await cast(page).click();
    await expect(heading(page, /Głosy? oddan[ey]/)).toBeVisible();
    expect(await ballotsOn(town)).toBeGreaterThan(before);
    expect(watched.complaints).toEqual([]);
  });

  test("signs in at an identity provider, in English, and takes back what others cast", async ({ browser }) => {
    // resident-1 … resident-3 of the identity provider are the first of the register.
    const resident = town.residents[1]!;
    const thief = await open(browser, town);
    await fill(thief.page, resident);
    await identify(thief.page, town, resident);
    await ready(thief.page);
    await cast(thief.page).click();
    await expect(heading(thief.page, "Głosy oddane")).toBeVisible();

    const { page, complaints } = await open(browser, town, { locale: "en-GB", viewport: { width: 1280, height: 900 } });
    await page.goto(`${town.box}/vote/`);
    await expect(heading(page, "Where do you live?")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await expectAccessible(page, "where, in English");
    await page.getByLabel(resident.district).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Give all (10)" }).first().click();
    await expectAccessible(page, "the ballot, in English");
    await page.screenshot({ path: join(pictures, "ballot-desktop.png") });
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "I do not vote in this part" }).click();
    await expect(heading(page, "Confirm who you are")).toBeVisible();
    await expectAccessible(page, "who, in English");
    await page.screenshot({ path: join(pictures, "who-desktop.png") });
    await page.getByRole("button", { name: /^Sign in with/ }).click();
    await page.waitForURL(`${town.identity_provider}/**`);
    await page.locator("input[name=account]").fill("resident-2");
    await page.locator("button, input[type=submit]").first().click();
    await page.waitForURL(`${town.box}/vote/**`);
    await expect(heading(page, "Check your ballot")).toBeVisible();
    await expect(page.getByText("1 ballot was recorded in your name in this part already.")).toBeVisible();
    await expect(page.getByText("No ballot in this part")).toBeVisible();
    await expectAccessible(page, "review, in English");
    await page.screenshot({ path: join(pictures, "review-desktop.png") });
    await page.getByRole("button", { name: "Cast my ballot" }).click();
    await expect(heading(page, "Your ballot is cast")).toBeVisible();
    await expectAccessible(page, "cast, in English");
    await page.screenshot({ path: join(pictures, "done-desktop.png"), fullPage: true });
    expect(complaints).toEqual([]);

    // Whoever has only codes cannot take its place again: the surer ballot counts.
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /^Download the receipt/ }).click(),
    ]);
    const file = await download.path();
    await thief.page.getByRole("button", { name: "Zagłosuj jeszcze raz" }).click();
    await fill(thief.page, resident);
    await identify(thief.page, town, resident);
    await ready(thief.page);
    await cast(thief.page).click();
    await expect(heading(thief.page, "Głosy oddane")).toBeVisible();
    await page.goto(`${town.box}/check/`);
    await page.getByLabel("Receipt file").setInputFiles(file);
    await expect(page.getByText("so far nothing stands in the way")).toBeVisible();
  });

  test("by keyboard alone", async ({ browser }) => {
    const { page, complaints } = await open(browser, town);
    const resident = newcomer();
    await page.goto(`${town.box}/vote/`);
    await expect(heading(page, "Gdzie mieszkasz?")).toBeVisible();
    const press = (key: string) => page.keyboard.press(key);
    // Tab until what has the focus is called so.
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let k = 0; k < 120; ++k) {
        await press("Tab");
        const label = await page.evaluate(() => {
          const one = document.activeElement as HTMLElement | null;
          const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])].map((l) => l.textContent) : [];
          return [one?.getAttribute("aria-label"), ...labels, one?.textContent].filter(Boolean).join(" ").trim();
        });
        if (name.test(label)) return;
      }
      throw new Error(`no ${name} by Tab`);
    };
    await press("Tab");
    await expect(page.getByRole("link", { name: "Przejdź do treści" })).toBeFocused();
    await press("Enter");
    await tabTo(/Mirów|Raków/);
    while (!(await page.getByLabel(resident.district).isChecked())) await press("ArrowDown");
    await tabTo(/^Dalej$/);
    await press("Enter");
    await expect(page.getByText("Część 1 z 2")).toBeVisible();
    await expect(page.locator("h1")).toBeFocused();
    for (const part of [1, 2]) {
      await expect(page.getByText(`Część ${part} z 2`)).toBeVisible();
      await tabTo(/^Dodaj punkt/);
      await press("Space");
      // What has the focus is not covered by the bar.
      const covered = await page.evaluate(() => {
        const box = document.activeElement!.getBoundingClientRect();
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !(at !== null && (at === document.activeElement || document.activeElement!.contains(at)));
      });
      expect(covered).toBe(false);
      await tabTo(/^Dalej$/);
      await press("Enter");
    }
    await expect(heading(page, "Potwierdź, kim jesteś")).toBeVisible();
    await tabTo(/^Imię$/);
    await page.keyboard.type(resident.first_name);
    await press("Tab");
    await page.keyboard.type(resident.last_name);
    await press("Tab");
    await page.keyboard.type(resident.pesel);
    const before = (await smsTo(town, resident.phone)).length;
    await press("Enter");
    await expect(heading(page, "Wpisz kod")).toBeVisible();
    await tabTo(/^Kod$/);
    await page.keyboard.type(await codeTo(town, resident.phone, before));
    await press("Enter");
    await ready(page);
    await tabTo(/^Wyślij głosy$/);
    await press("Enter");
    await expect(heading(page, "Głosy oddane")).toBeVisible();
    await tabTo(/^Pobierz potwierdzenie/);
    expect(complaints).toEqual([]);
  });

  for (const [name, options] of [
    ["320 px", { viewport: { width: 320, height: 640 } }],
    ["200 % zoom", { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
    ["dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
    ["reduced motion", { viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" }],
  ] as const) {
    test(`fits and is accessible: ${name}`, async ({ browser }) => {
      const { page, complaints } = await open(browser, town, options);
      const resident = newcomer();
      const look = async (what: string): Promise<void> => {
        await expectAccessible(page, `${what}, ${name}`);
        await expectNoOverflow(page, `${what}, ${name}`);
        await page.screenshot({ path: join(pictures, `${what.replace(/ /g, "-")}-${name.replace(/\W/g, "")}.png`) });
      };
      for (const [path, title] of [
        ["", "Budżet obywatelski na niby"],
        ["check/", "Sprawdź swój głos"],
        ["accessibility/", "Deklaracja dostępności"],
        ["privacy/", /Informacja o przetwarzaniu danych/],
        ["code/", "Sprawdź kod strony"],
      ] as const) {
        await page.goto(`${town.box}/${path}`);
        await expect(heading(page, title)).toBeVisible();
        await look(path === "" ? "home" : path.slice(0, -1));
      }
      await fill(page, resident);
      await page.goBack();
      await expect(page.getByText("Część 2 z 2")).toBeVisible();
      await look("ballot");
      await page.goForward();
      await expect(heading(page, "Potwierdź, kim jesteś")).toBeVisible();
      await look("who");
      await identify(page, town, resident);
      await ready(page);
      await look("review");
      await page.getByText("Nie ufasz tej stronie?").click();
      await page.getByRole("button", { name: /^Otwórz szyfr/ }).first().click();
      await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
      await look("challenge");
      await page.getByRole("link", { name: "Wróć i wyślij nowy szyfr" }).click();
      await ready(page);
      await cast(page).click();
      await expect(heading(page, "Głosy oddane")).toBeVisible();
      await page.getByText("Kod QR potwierdzenia").first().click();
      await look("done");
      expect(complaints).toEqual([]);
    });
  }

  test("goes on or says what happened when something breaks", async ({ browser }) => {
    const watched = await open(browser, town);
    const { page } = watched;
    watched.expected.add(0);
    watched.expected.add(401);
    const resident = newcomer();
    await fill(page, resident);

    await test.step("the registrar does not answer", async () => {
      await page.route(`${town.registrar}/api/v1/sessions`, (route) => route.abort());
      await page.getByLabel("Imię").fill(resident.first_name);
      await page.getByLabel("Nazwisko").fill(resident.last_name);
      await page.getByLabel("PESEL").fill(resident.pesel);
      await page.getByRole("button", { name: "Wyślij kod SMS-em" }).click();
      await expect(page.getByRole("alert")).toContainText("Brak odpowiedzi");
      await page.unroute(`${town.registrar}/api/v1/sessions`);
    });
    await test.step("the session is over", async () => {
      await page.getByRole("button", { name: "Wyślij kod SMS-em" }).click();
      await expect(heading(page, "Wpisz kod")).toBeVisible();
      await page.route(`${town.registrar}/api/v1/sessions/current/code`, (route) =>
        route.request().method() === "OPTIONS"
          ? route.continue()
          : route.fulfill({
              status: 401,
              contentType: "application/problem+json",
              headers: { "access-control-allow-origin": new URL(town.box).origin },
              body: JSON.stringify({ type: "/problems/session-over", title: "Sesja wygasła", status: 401 }),
            }),
      );
      await page.getByLabel("Kod", { exact: true }).fill("123456");
      await page.getByRole("button", { name: "Potwierdź" }).click();
      await expect(heading(page, "Potwierdź, kim jesteś")).toBeVisible();
      await expect(page.getByRole("alert")).toContainText("Potwierdzenie tożsamości wygasło");
      await expectAccessible(page, "session over");
      await page.unroute(`${town.registrar}/api/v1/sessions/current/code`);
    });
    await test.step("a second tab is told, and takes over only if asked to", async () => {
      const second = await page.context().newPage();
      await second.goto(`${town.box}/vote/`);
      await expect(heading(second, "Głosujesz już w innej karcie")).toBeVisible();
      await expectAccessible(second, "elsewhere");
      await second.close();
    });
    const before = await ballotsOn(town);
    await test.step("answers of the ballot box are lost; the page is reloaded; each ballot is recorded once", async () => {
      await identify(page, town, resident);
      await ready(page);
      let lost = 0;
      await page.route(`${town.box}/api/v1/ballots`, async (route) => {
        // The ballot arrives, its answer does not; twice.
        if (lost < 2) {
          ++lost;
          await route.fetch();
          await route.abort();
        } else {
          await route.continue();
        }
      });
      await cast(page).click();
      await expect(heading(page, "Nie wiadomo jeszcze, czy głos dotarł")).toBeVisible();
      await expectAccessible(page, "not known");
      page.on("dialog", (dialog) => void dialog.accept());
      await page.reload();
      await expect(heading(page, "Głosy oddane")).toBeVisible();
      expect(lost).toBe(2);
    });
    expect(await ballotsOn(town)).toBe(before + 2);
    expect(watched.complaints).toEqual([]);
  });
});
