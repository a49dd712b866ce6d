// SPDX-License-Identifier: EUPL-1.2
// The voter's way through a real town: every type of ballot, challenge, receipts on a second device, voting
// again, an electronic identity, keyboard alone, small and large windows; in Polish and English.
import { expect, test, type Browser, type Page } from "@playwright/test";
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

// Each pool is the ballot of a city of design/city-rules: what it allows, and what it must refuse.
const KINDS = [
  { id: "czestochowa", kind: "czestochowa" },
  { id: "katowice", kind: "katowice", options: ["--points", 3] },
  { id: "wroclaw", kind: "wroclaw" },
  { id: "krakow", kind: "krakow" },
  { id: "knapsack", kind: "wieliczka" },
  { id: "swiecie", kind: "wieliczka" },
  { id: "wieliczka", kind: "wieliczka" },
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
    knapsack: { title: "Jak w Stalowej Woli", ...approval(1, 12, { knapsack: "300000" }) },
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

test.use({ actionTimeout: 10_000 });

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
      await expect(page.getByText("Razem mogą kosztować najwyżej 300 000 zł")).toBeVisible();
      const boxes = page.getByRole("checkbox", { name: /^Wybieram/ });
      let refused = false;
      for (let tries = 0; tries < 12 && !refused; ++tries) {
        const left = await boxes.count();
        if (left === 0) break;
        // Chosen ones are called otherwise, so the first of the rest moves on; dear ones are refused.
        await boxes.nth(Math.min(tries, left - 1)).click();
        refused = (await status(page).textContent())?.includes("nie zmieści") ?? false;
      }
      expect(refused, "something did not fit").toBe(true);
      await look("knapsack", "ballot-knapsack");
      if ((await page.getByRole("checkbox", { name: "Wybrano" }).count()) === 0) {
        for (let k = 0; k < 12; ++k) {
          await boxes.nth(k).click();
          if ((await page.getByRole("checkbox", { name: "Wybrano" }).count()) > 0) break;
        }
      }
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

    await test.step("a receipt, on a second device without a network", async () => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Pobierz potwierdzenie: Jak w Krakowie" }).click(),
      ]);
      const file = await download.path();
      const code = await page.getByRole("region", { name: "Jak w Krakowie" }).locator(".code").textContent();
      const other = await open(browser, town, {});
      await other.page.goto(`${town.box}/check/`);
      await expect(heading(other.page, "Sprawdź swój głos")).toBeVisible();
      await other.page.context().setOffline(true);
      await other.page.getByLabel("Plik potwierdzenia").setInputFiles(file);
      await expect(other.page.getByText("Potwierdzenie jest prawdziwe")).toBeVisible();
      await expect(other.page.locator("#receipt-verdict .code")).toHaveText(code ?? "");
      await expect(other.page.getByText("Nie udało się zapytać tablicy")).toBeVisible();
      other.expected.add(0);
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
    await page.context().close();
  });
});
