// SPDX-License-Identifier: EUPL-1.2
// A person is asked whether a vote was theirs: what the page says, with a screen reader's rules, by
// keyboard alone, in a small window, in both languages.
import { expect as impatient, test } from "@playwright/test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  expectAccessible,
  expectNoOverflow,
  identify,
  open,
  pictures,
  startTown,
  urna,
  type Resident,
  type Town,
} from "./town";

const expect = impatient.configure({ timeout: 30_000 });
test.use({ actionTimeout: 30_000 });
test.describe.configure({ timeout: 300_000 });

let town: Town;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  town = await startTown([{ id: "city", kind: "katowice", options: ["--projects", 6] }]);
});
test.afterAll(async () => town?.stop());

function cases(...words: string[]): { number: string } {
  const done = spawnSync(
    urna,
    ["registrar", "cases", ...words, "--config", join(town.dir, "registrar.toml"), "--official", "a.nowak", "--json"],
    { encoding: "utf8" },
  );
  expect(done.status, done.stderr).toBe(0);
  return JSON.parse(done.stdout) as { number: string };
}

/** A case about this resident, whom an official has asked. */
async function ask(resident: Resident): Promise<string> {
  const token = readFileSync((town as unknown as { point_token: string }).point_token, "utf8").trim();
  const post = async (path: string, body: object, bearer: string): Promise<Record<string, string>> => {
    const answer = await fetch(`${town.registrar}/api/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
    return (await answer.json()) as Record<string, string>;
  };
  const person = {
    kind: "pesel",
    first_name: resident.first_name,
    last_name: resident.last_name,
    pesel: resident.pesel,
  };
  const { session } = await post("points/sessions", person, token);
  const { number } = await post("sessions/current/complaints", { reason: "vote-not-mine" }, session ?? "");
  cases("open", "--complaint", number ?? "", "--reason", "test");
  cases("hear", number ?? "");
  return number ?? "";
}

test("not me, in Polish: the answer is taken and leads to voting again", async ({ browser }) => {
  const resident = town.residents[0]!;
  const number = await ask(resident);
  const { page, complaints } = await open(browser, town, { viewport: { width: 390, height: 844 } });
  await page.goto(`${town.box}/check/`);
  await page.getByRole("button", { name: "Sprawdź użycie moich danych" }).click();
  await identify(page, town, resident);
  await expect(page.getByRole("heading", { name: "Pytanie o Twój głos" })).toBeVisible();
  await expectAccessible(page, "uses with a question");
  await page.getByRole("button", { name: "Odpowiedz na pytanie" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Czy to Twój głos?" })).toBeFocused();
  await expect(page.getByText(number)).toBeVisible();
  await expect(page.getByText("Odpowiedz przed")).toBeVisible();
  await expectAccessible(page, "the question");
  await expectNoOverflow(page, "the question");
  await page.screenshot({ path: join(pictures, "question-phone.png"), fullPage: true });
  for (const name of ["Tak, to mój głos", "Nie, to nie ja"]) {
    const box = await page.getByRole("button", { name }).boundingBox();
    expect(box?.height ?? 0, name).toBeGreaterThanOrEqual(64);
    expect(box?.width ?? 0, name).toBeGreaterThanOrEqual(220);
  }
  await page.getByLabel("Dopisz, jeśli chcesz").fill("Byłam w pracy");
  await page.getByRole("button", { name: "Nie, to nie ja" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Dziękujemy, zapisaliśmy odpowiedź" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Zagłosuj jeszcze raz" })).toHaveAttribute("href", "/vote/");
  await expectAccessible(page, "answered");
  await page.screenshot({ path: join(pictures, "answered-phone.png"), fullPage: true });
  await page.getByRole("button", { name: "Wróć do listy" }).click();
  await expect(page.getByText("Twoja odpowiedź: Nie, to nie ja.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Zmień odpowiedź" })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("it was me, in English and by keyboard alone", async ({ browser }) => {
  const resident = town.residents[1]!;
  await ask(resident);
  const { page, complaints } = await open(browser, town, { locale: "pl-PL" });
  await page.goto(`${town.box}/check/`);
  await page.getByRole("button", { name: "Sprawdź użycie moich danych" }).click();
  await identify(page, town, resident);
  await expect(page.getByRole("heading", { name: "Pytanie o Twój głos" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  const press = async (name: string): Promise<void> => {
    const button = page.getByRole("button", { name });
    await expect(button).toBeVisible();
    for (let k = 0; k < 60; ++k) {
      if (await button.evaluate((one) => one === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await expect(button).toBeFocused();
    await page.keyboard.press("Enter");
  };
  await press("Answer the question");
  await expect(page.getByRole("heading", { level: 1, name: "Was this vote yours?" })).toBeVisible();
  await expectAccessible(page, "the question, in English");
  await press("Yes, it was me");
  await expect(page.getByRole("heading", { level: 1, name: "Thank you, your answer is recorded" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Vote again" })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("nobody is asked: there is no question", async ({ browser }) => {
  const { page } = await open(browser, town);
  await page.goto(`${town.box}/check/`);
  await page.getByRole("button", { name: "Sprawdź użycie moich danych" }).click();
  await identify(page, town, town.residents[2]!);
  await expect(page.getByRole("heading", { name: "Nic nie zrobiono w Twoim imieniu" })).toBeVisible();
  await expect(page.getByText("Pytanie o Twój głos")).toHaveCount(0);
});
