// SPDX-License-Identifier: EUPL-1.2
// A case in a real browser: an official freezes ballots, the data protection officer advises, two officials
// decide, an appeal is recorded, and the effect on the outcome is told. Two more officials, the trustees and
// the registrar are run by the test.
import { test, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SigningKey } from "../town/authenticator.mjs";
import { caseFile, openVoting, pseudonyms, reached, signCase, tally, twoSign } from "../town/desk_cases.mjs";
import { Official as Helper } from "../town/desk.mjs";
import { browserOf, expect, look, press, register, run, startDesk, tabTo, write, type Desk, type Official } from "./office";
import { urna } from "./town";

test.use({ actionTimeout: 30_000, navigationTimeout: 60_000 });
const number = "ABCDE-FGHJK";
let desk: Desk;
const others: { kill: (signal: string) => void }[] = [];

test.skip(process.env.URNA_TEST_ALL !== "1", "takes minutes: ./dev test --all");
test.beforeAll(async () => {
  desk = await startDesk();
});
test.afterAll(() => {
  for (const child of others.reverse()) child.kill("SIGTERM");
  desk?.stop();
});

const referenceOf = (page: Page): Promise<string> =>
  page.evaluate(async () => ((await (await fetch("/api/v1/desk")).json()) as { official: { reference: string } }).official.reference);

async function tick(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Space");
  await expect(wanted).toBeChecked();
}

/** Of a group of which none is chosen Tab reaches the first one, and the arrows go on. */
async function choice(page: Page, group: string, wanted: Locator): Promise<void> {
  await tick(page, page.locator(`input[name="${group}"]`).first());
  for (let k = 0; k < 5 && !(await wanted.isChecked()); k++) await page.keyboard.press("ArrowDown");
  await expect(wanted).toBeChecked();
}

/** Chooses out of a list by keyboard: its first letters lead there, the arrows go on. */
async function choose(page: Page, wanted: Locator, value: string): Promise<void> {
  await tabTo(page, wanted);
  for (let k = 0; k < 10 && (await wanted.inputValue()) !== value; k++) await page.keyboard.press("ArrowDown");
  await expect(wanted).toHaveValue(value);
}

// What is done about the ballots that a button chooses, up to the page for signing.
async function decide({ page }: Official, pick: string | RegExp, way: string | RegExp, reason: string, texts: Readonly<Record<string, string>>): Promise<void> {
  await press(page, page.getByRole("button", { name: pick }));
  await choice(page, "action", page.getByRole("radio", { name: way }));
  await choose(page, page.getByLabel("Powód", { exact: true }).first(), reason);
  for (const [label, text] of Object.entries(texts)) await write(page, page.getByLabel(label, { exact: true }).first(), text);
}
const toSigning = async ({ page }: Official): Promise<void> => {
  await press(page, page.getByRole("button", { name: "Zaproponuj i przejdź do podpisu" }));
  await expect(page.getByText("Podpisujesz dokładnie to")).toBeVisible();
};
const sign = async ({ page }: Official, told: string): Promise<void> => {
  await press(page, page.getByRole("button", { name: "Podpisz kluczem dostępu" }));
  await expect(page.getByText(told)).toBeVisible();
  await press(page, page.getByRole("link", { name: `Wróć do sprawy ${number}` }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Sprawa ${number}`);
};
const stateIs = (page: Page, text: string) => expect(page.locator(".notice .title").filter({ hasText: text })).toBeVisible({ timeout: 60_000 });

test("a case from the registrar's file to the effect on the outcome", async ({ browser }) => {
  test.setTimeout(900_000);
  const anna = await browserOf(browser, desk);
  const jan = await browserOf(browser, desk, { colorScheme: "dark", reducedMotion: "reduce" });
  const iwona = await browserOf(browser, desk);
  await register(anna, desk, "Anna Nowak");
  await register(jan, desk, "Jan Kowalski");
  await iwona.page.goto(desk.invite("Iwona Inspektor", "dpo").link);
  await press(iwona.page, iwona.page.getByRole("button", { name: "Utwórz klucz dostępu" }));
  await expect(iwona.page.getByRole("heading", { level: 1 })).toHaveText("Edycje");

  const town = { ...desk, urna, address: desk.origin, startBox: async () => void others.push((await desk.startBox()).child) };
  const ola = await new Helper(town).register("Ola Zima");
  const piotr = await new Helper(town).register("Piotr Lis");
  const officials = [await referenceOf(anna.page), await referenceOf(jan.page), ola.reference, piotr.reference];
  const { id, hash } = await openVoting(town, ola, piotr, officials, 8, others);
  const key = new SigningKey(readFileSync(join(desk.dir, "registrar.key")));
  const list = (await pseudonyms(desk.box)).slice(0, 6);
  const now = Math.floor(Date.now() / 1000);
  const document = (more: object) => signCase(caseFile(hash, list, { number, ...more }), key);
  const upload = (page: Page, text: string) =>
    page.getByLabel("Wczytaj akta sprawy").setInputFiles({ name: "case.json", mimeType: "application/json", buffer: Buffer.from(text) });

  // ---- Hand-in
  const { page } = anna;
  await page.goto(`${desk.origin}/#/edition/${id}`);
  await press(page, page.getByRole("link", { name: "Sprawy o wątpliwe głosy" }));
  await expect(page.getByText("Nie ma żadnej sprawy.")).toBeVisible();
  anna.expected.add(422);
  await upload(page, document({}).replace("przez 2 telefony", "przez 1 telefon"));
  await expect(page.getByRole("alert")).toContainText("akta zmieniono po podpisaniu");
  await look(page, "cases-refused");
  await upload(page, document({}));
  await expect(page.getByText("Akta przyjęte, wersja 1.")).toBeVisible();
  await expect(page.getByText("6 osób, 6 głosów")).toBeVisible();
  await look(page, "cases-list");
  await press(page, page.getByRole("link", { name: `Sprawa ${number}` }));
  await stateIs(page, "czeka na pierwszą decyzję");
  await expect(page.getByText(/Pierwsza decyzja: zostało: 2\d godzin/)).toBeVisible();
  await look(page, "case-received");

  // ---- Freeze, by one
  await decide(anna, /Zaznacz wszystkie niewstrzymane/, /Wstrzymać/, "suspicion", { Uzasadnienie: "Sygnał: dwa telefony w jednej sieci." });
  await look(page, "case-freeze-form");
  await toSigning(anna);
  await look(page, "case-sign-freeze");
  await sign(anna, "Podpisano. Biuro wykonuje czynność.");
  await stateIs(page, "głosy wstrzymane, trwa wysłuchanie");
  await look(page, "case-frozen");

  // ---- The voters were heard
  await press(page, page.getByRole("link", { name: "Wszystkie sprawy" }));
  await upload(page, document({ version: 2, asked: now - 700_000, until: now - 60, answers: ["not-mine", "not-mine", "mine", "none", "not-mine", "undelivered"] }));
  await expect(page.getByText("Akta przyjęte, wersja 2.")).toBeVisible();
  await press(page, page.getByRole("link", { name: `Sprawa ${number}` }));
  await stateIs(page, "wysłuchani, czeka na opinię inspektora");
  await look(page, "case-heard");

  // ---- The officer advises, and cannot decide
  const officer = iwona.page;
  await officer.goto(`${desk.origin}/#/edition/${id}/cases/${number}`);
  await stateIs(officer, "wysłuchani");
  await expect(officer.getByRole("checkbox")).toHaveCount(0);
  await expect(officer.getByText("Inspektor opiniuje i nie decyduje.")).toBeVisible();
  await choice(officer, "advice", officer.getByRole("radio", { name: "unieważnić", exact: true }));
  iwona.expected.add(422);
  await write(officer, officer.getByLabel("Treść opinii"), "Osoba o numerze PESEL 44051401458 zaprzecza.");
  await press(officer, officer.getByRole("button", { name: "Zapisz opinię" }));
  await expect(officer.getByRole("alert")).toContainText("w tekście są chyba czyjeś dane");
  await look(officer, "case-opinion-wrong");
  await write(officer, officer.getByLabel("Treść opinii"), "Trzy osoby zaprzeczają, dwa telefony obce.");
  await press(officer, officer.getByRole("button", { name: "Zapisz opinię" }));
  await stateIs(officer, "jest opinia, czeka na decyzje");
  await look(officer, "case-advised-dpo");

  // ---- Two decide
  await page.reload();
  await stateIs(page, "jest opinia, czeka na decyzje");
  await decide(anna, /to nie ja/, /Unieważnić/, "stolen-identity", { Uzasadnienie: "Osoby v1, v2, v5: „to nie ja”." });
  await expect(page.getByLabel("Dlaczego inaczej, niż radzi inspektor")).toHaveCount(0);
  await look(page, "case-annul-form");
  await toSigning(anna);
  await sign(anna, "Podpisano. Teraz musi podpisać druga osoba.");
  await jan.page.goto(`${desk.origin}/#/edition/${id}/cases/${number}`);
  await press(jan.page, jan.page.getByRole("link", { name: /Unieważnienie głosów, 3 głosy/ }));
  await sign(jan, "Podpisały dwie osoby. Biuro wykonuje czynność.");
  await expect(jan.page.getByText("unieważnione: 3")).toBeVisible({ timeout: 60_000 });
  for (const pick of [/to ja/, /pozostałych/]) {
    await decide(jan, pick, /Utrzymać/, "no-proof", { Uzasadnienie: "Nikt nie zaprzecza.", "Dlaczego inaczej, niż radzi inspektor": "Osoby nie zaprzeczają." });
    await look(jan.page, "case-uphold-form-dark");
    await toSigning(jan);
    await look(jan.page, "case-sign-uphold-dark");
    await sign(jan, "Podpisano. Teraz musi podpisać druga osoba.");
    await page.reload();
    await press(page, page.getByRole("link", { name: /Utrzymanie głosów/ }).last());
    await sign(anna, "Podpisały dwie osoby. Biuro wykonuje czynność.");
  }
  await stateIs(page, "zdecydowano, biegnie czas na odwołanie");
  await expect(page.getByText("unieważnione: 3, utrzymane: 3")).toBeVisible();
  await look(page, "case-decided");
  await jan.page.reload();
  await stateIs(jan.page, "zdecydowano");
  await look(jan.page, "case-decided-dark");

  // ---- An appeal, decided by others
  await tick(page, page.locator("#ballots input[type=checkbox]").first());
  await press(page, page.getByText("Zapisz odwołanie").first());
  await page.getByLabel("Dzień złożenia lub nadania").fill(new Date().toISOString().slice(0, 10));
  await write(page, page.getByLabel("Co pisze odwołujący się"), "To jednak moja wypowiedź.");
  await look(page, "case-appeal-form");
  await press(page, page.getByRole("button", { name: "Zapisz odwołanie" }));
  await stateIs(page, "odwołanie czeka na decyzję");
  await look(page, "case-appealed");
  anna.expected.add(403);
  await decide(anna, /o których jest odwołanie/, /Utrzymać/, "no-proof", { Uzasadnienie: "Odwołanie zasadne.", "Dlaczego inaczej, niż radzi inspektor": "Osoba pokazała dowód." });
  await toSigning(anna);
  await press(page, page.getByRole("button", { name: "Podpisz kluczem dostępu" }));
  await expect(page.getByRole("alert")).toContainText("odwołani");
  for (const one of [ola, piotr]) {
    const { proposals } = await one.edition(id);
    expect((await one.sign(id, proposals.at(-1).id)).status).toBe(201);
  }
  await page.goto(`${desk.origin}/#/edition/${id}/cases/${number}`);
  await stateIs(page, "zdecydowano");
  await expect(page.locator("#ballots tbody tr").first()).toContainText("przywrócony po odwołaniu", { timeout: 60_000 });

  // ---- The count, and the effect
  await twoSign(ola, piotr, id, "close");
  await reached(ola, id, "issuance");
  run("registrar", "issuance", "--config", join(desk.dir, "registrar.toml"), "--out", join(desk.dir, "issuance.entry"));
  await ola.put(id, "inbox", "issuance.entry", readFileSync(join(desk.dir, "issuance.entry")));
  await reached(ola, id, "annulments");
  expect((await ola.call("POST", `/api/v1/desk/editions/${id}/end-of-annulments`)).status).toBe(204);
  await reached(ola, id, "mixing");
  await tally(town, ola, id);
  await page.reload();
  await expect(page.getByText(/przez unieważnienia różni się 2 głosy/)).toBeVisible({ timeout: 60_000 });
  await look(page, "case-effect");
  await press(page, page.getByText("Zamknij sprawę").first());
  await write(page, page.getByLabel("Uzasadnienie").last(), "Odwołanie rozpatrzone, wynik policzony.");
  await press(page, page.getByRole("button", { name: "Zamknij sprawę" }));
  await stateIs(page, "zamknięta");
  await look(page, "case-closed");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Pobierz sprawę jako dowód" }).click()]);
  const evidence = JSON.parse(readFileSync((await download.path())!, "utf8"));
  expect(evidence.format).toBe("urna/1 case at the desk");
  expect(JSON.parse(evidence.case_file).number).toBe(number);
  for (const one of [anna, jan, iwona]) expect(one.complaints).toEqual([]);
});
