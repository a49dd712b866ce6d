// SPDX-License-Identifier: EUPL-1.2
// The officials' way in a real browser: two officials with a passkey each (virtual authenticators that
// make signing keys), from the invitation to the announced result; three trustees, the registrar and
// the residents are run by the test.
import { test, type Page } from "@playwright/test";
import { spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRole } from "../../demo/desk.mjs";
import { startRegistrar } from "../town/desk.mjs";
import { beginEdition, browserOf, expect, localTime, look, press, register, run, signInAgain, startDesk, tabTo, write, writeTime, type Desk, type Official } from "./office";
import { urna } from "./town";

test.use({ actionTimeout: 30_000, navigationTimeout: 60_000 });
const voters = 8;
let desk: Desk;
const others: ChildProcess[] = [];

test.skip(process.env.URNA_TEST_ALL !== "1", "takes minutes: ./dev test --all");
test.beforeAll(async () => {
  desk = await startDesk();
});
test.afterAll(() => {
  for (const child of others.reverse()) child.kill("SIGTERM");
  desk?.stop();
});

const at = (...names: string[]) => join(desk.dir, ...names);
const saved = (page: Page) => expect(page.getByText("Zapisano", { exact: true })).toBeVisible();

// The record to a trustee, as a download; the files that come back, to the desk.
async function trusteeStep(page: Page, name: string, step: string): Promise<void> {
  const folder = at(name);
  for (const old of ["record", "out"]) rmSync(join(folder, old), { recursive: true, force: true });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Pobierz zapis dla powierników (record.tar)" }).click(),
  ]);
  await download.saveAs(join(folder, "record.tar"));
  expect(spawnSync("tar", ["-xf", join(folder, "record.tar"), "-C", folder]).status).toBe(0);
  run("trustee", step, "--quiet", "--key", join(folder, "trustee.key"), "--record", join(folder, "record"), "--out", join(folder, "out"));
  const files = readdirSync(join(folder, "out")).map((file) => join(folder, "out", file));
  await page.getByLabel("Wczytaj").setInputFiles(files);
}

const stepIs = (page: Page, text: string) =>
  expect(page.locator("main .tag").filter({ hasText: text }).first()).toBeVisible({ timeout: 60_000 });

// One proposes, on a form of its own if `fill` says what goes there, and signs; the other one signs too. By keyboard.
const signButton = (of: Page) => of.getByRole("button", { name: "Podpisz kluczem dostępu" });

// One alone puts ballots into quarantine.
async function freezeBallots(one: Official, ballots: readonly number[]): Promise<void> {
  const { page } = one;
  await press(page, page.getByRole("link", { name: "Wstrzymaj głosy do decyzji" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wstrzymanie głosów do decyzji");
  await write(page, page.getByLabel("Głosy do wstrzymania"), ballots.join(", "));
  await chooseReason(page, "osoba", "complaint");
  await write(page, page.getByLabel("Uzasadnienie"), "Skarga osoby uprawnionej.");
  one.expected.add(422);
  await write(page, page.getByLabel("Numer sprawy"), "sprawa 7");
  await press(page, page.getByRole("button", { name: "Wstrzymaj głosy do decyzji" }));
  await expect(page.getByRole("alert")).toContainText("podaj numer sprawy");
  await expect(page.getByLabel("Numer sprawy")).toBeFocused();
  await look(page, "freeze-wrong");
  await write(page, page.getByLabel("Numer sprawy"), "abcde-fghjk");
  await press(page, page.getByRole("button", { name: "Wstrzymaj głosy do decyzji" }));
  await expect(page.getByText("Wystarczy jeden podpis.")).toBeVisible();
  await look(page, "sign-freeze");
  await press(page, signButton(page));
  await expect(page.getByText("Podpisano. Biuro wykonuje czynność.")).toBeVisible();
  await press(page, page.getByRole("link", { name: "Wróć" }));
}

async function chooseReason(page: Page, typed: string, value: string): Promise<void> {
  await tabTo(page, page.getByLabel("Powód", { exact: true }));
  await page.keyboard.type(typed);
  await expect(page.getByLabel("Powód", { exact: true })).toHaveValue(value);
}

async function bothSign(one: Official, other: Official, propose: string, heading: string, fill?: () => Promise<void>): Promise<void> {
  const { page } = one;
  const button = page.getByRole("button", { name: propose });
  if (fill) {
    await press(page, page.getByRole("link", { name: propose }));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await fill();
  }
  await press(page, button);
  await expect(page.getByText("Podpisujesz dokładnie to")).toBeVisible();
  await look(page, `sign-${heading.split(" ")[0]}`);
  const sign = signButton;
  await press(page, sign(page));
  await expect(page.getByText("Podpisano. Teraz musi podpisać druga osoba.")).toBeVisible();
  await expect(sign(page)).toHaveCount(0);
  await other.page.reload();
  await press(other.page, other.page.getByRole("link", { name: `${heading}: Obejrzyj i podpisz` }).first());
  await press(other.page, sign(other.page));
  await expect(other.page.getByText("Podpisały dwie osoby. Biuro wykonuje czynność.")).toBeVisible();
  for (const { page: theirs } of [one, other]) await press(theirs, theirs.getByRole("link", { name: "Wróć" }));
}

test("two officials lead an edition from the form to the announced result", async ({ browser }) => {
  test.setTimeout(900_000);
  const anna = await browserOf(browser, desk);
  const jan = await browserOf(browser, desk, { colorScheme: "dark", reducedMotion: "reduce" });
  await register(anna, desk, "Anna Nowak");
  await register(jan, desk, "Jan Kowalski");

  // The session ends; the passkey opens another one.
  await signInAgain(anna);
  const { page } = anna;
  await expect(page.getByText("Nie ma jeszcze żadnej edycji.")).toBeVisible();
  await beginEdition(anna, 48);
  await page.getByRole("link", { name: "Zasady głosowania" }).click();
  await page.getByLabel("Pula, w której jest mniej głosów, nie zostanie otwarta").fill("2");
  await look(page, "rules");
  await page.getByRole("button", { name: "Zapisz i dalej" }).click();

  // A pool out of a CSV file with a mistake, then without.
  await page.getByRole("link", { name: "Pule i projekty" }).click();
  await page.getByRole("button", { name: "Dodaj pulę" }).click();
  await page.getByLabel("Krótka nazwa puli").fill("city");
  await page.getByLabel("Nazwa puli", { exact: true }).fill("Całe miasto");
  await page.getByLabel("Pieniądze, w złotych").fill("1 000,50");
  await page.getByLabel("Wzór").selectOption({ label: "Do 3 projektów (np. Gdynia, Elbląg)" });
  const csv = (cost: string) => ({
    name: "projekty.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`numer;nazwa;koszt\n1;Ławki nad rzeką;600,50\n2;"Drzewa; dużo";${cost}\n3;Stojaki;300\n`),
  });
  await page.getByLabel("Plik z projektami").setInputFiles(csv("dużo"));
  await expect(page.getByRole("alert")).toContainText("wiersz 3: koszt nie jest kwotą");
  await look(page, "pool-wrong");
  await page.getByLabel("Plik z projektami").setInputFiles(csv("500"));
  await expect(page.getByRole("cell", { name: "Drzewa; dużo" })).toBeVisible();
  await saved(page);
  await look(page, "pool");
  await page.getByRole("button", { name: "Zapisz i dalej" }).click();
  await expect(page.getByText("3 projekty")).toBeVisible();
  await page.getByRole("link", { name: "Przygotowanie edycji" }).click();

  // Somebody else saves meanwhile; nothing of either is lost unseen.
  await jan.page.reload();
  await jan.page.getByRole("link", { name: "Budżet obywatelski na próbę" }).click();
  await jan.page.getByRole("link", { name: "Nazwa i uchwała" }).click();
  await page.getByRole("link", { name: "Nazwa i uchwała" }).click();
  await page.getByLabel("Numer uchwały rady").fill("XII/346/2026");
  await saved(page);
  jan.expected.add(409);
  await jan.page.getByLabel("Tytuł, jak go zobaczą mieszkańcy").fill("Inny tytuł");
  await expect(jan.page.getByText("Ktoś inny zmienił tę edycję.")).toBeVisible();
  await expect(jan.page.getByLabel("Tytuł, jak go zobaczą mieszkańcy")).toHaveValue("Inny tytuł");
  await look(jan.page, "conflict");
  await jan.page.getByRole("button", { name: "Pokaż tamte zmiany" }).click();
  await expect(jan.page.getByLabel("Numer uchwały rady")).toHaveValue("XII/346/2026");
  await page.getByRole("button", { name: "Zapisz i dalej" }).click();

  await page.getByRole("link", { name: "Podgląd karty do głosowania" }).click();
  await expect(page.getByText("Tak zobaczy ją głosujący.")).toBeVisible();
  await expect(page.getByText("Ławki nad rzeką")).toBeVisible();
  await look(page, "preview");
  await page.getByRole("link", { name: "Przygotowanie edycji" }).click();
  await page.getByRole("link", { name: "Próba", exact: true }).click();
  await page.getByLabel("Ile głosów w każdej puli").fill("20");
  await page.getByRole("button", { name: "Zacznij próbę" }).click();
  await expect(page.getByRole("cell", { name: "tak" })).toBeVisible({ timeout: 120_000 });
  await look(page, "rehearsal");
  await page.getByRole("link", { name: "Przygotowanie edycji" }).click();

  const trustees = ["Anna", "Bartek", "Celina"];
  for (const name of trustees) run("trustee", "keygen", "--no-passphrase", "--name", name, "--out", at(name));
  await page.getByRole("link", { name: "Powiernicy, osoby podpisujące, urna" }).click();
  await page.getByLabel("Dodaj pliki .card").setInputFiles(trustees.map((name) => at(name, `${name}.card`)));
  await expect(page.getByText("Celina", { exact: true })).toBeVisible();
  await expect(page.getByLabel("Ilu powierników musi odszyfrować głosy")).toHaveValue("2");
  await page.getByLabel("Anna Nowak").check();
  await saved(page);
  await page.getByRole("link", { name: "Przygotowanie edycji" }).click();
  await page.getByRole("link", { name: "Sprawdzenie i zamrożenie zasad" }).click();
  await expect(page.getByRole("heading", { name: "Do poprawienia" })).toBeVisible();
  await look(page, "problems");
  await page.getByRole("link", { name: "urna", exact: true }).click();
  await page.getByLabel("Jan Kowalski").check();
  await page.getByLabel("Urna").selectOption("next");
  await saved(page);
  await look(page, "people");
  await page.getByRole("button", { name: "Zapisz i dalej" }).click();
  await page.getByRole("link", { name: "Sprawdzenie i zamrożenie zasad" }).click();
  await expect(page.getByText("Wszystko się zgadza.")).toBeVisible();
  await look(page, "freeze");
  await page.getByRole("button", { name: "Zamroź zasady" }).click();
  await page.getByRole("button", { name: "Tak, zamroź zasady" }).click();
  await stepIs(page, "powiernicy tworzą klucz (1 z 3)");
  await look(page, "ceremony");

  // ---- Trustees, registrar
  const [manifest] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Pobierz zasady (manifest.cbor)" }).click(),
  ]);
  await manifest.saveAs(at("manifest.cbor"));
  const hash = await page.locator("dl.facts dd.code").nth(1).textContent();
  for (const [step, next] of [
    ["deal", "powiernicy tworzą klucz (2 z 3)"],
    ["deal", "powiernicy tworzą klucz (3 z 3)"],
    ["accept", "czeka na spis uprawnionych"],
  ] as const) {
    for (const name of trustees) await trusteeStep(page, name, step);
    await stepIs(page, next);
  }
  const inbox = await startRegistrar(desk.dir, voters, others);
  run("registrar", "import", at("register.csv"), "--config", at("registrar.toml"), "--official", "demo", "--quiet");
  run("registrar", "roll", "--config", at("registrar.toml"), "--official", "demo", "--out", at("roll.cbor"), "--entry", at("roll.entry"));
  await page.getByLabel("Wczytaj").setInputFiles([at("roll.cbor"), at("roll.entry")]);
  await stepIs(page, "czeka na otwarcie");

  // ---- Opening, voting, closing
  await jan.page.goto(`${desk.origin}/#/`);
  await jan.page.reload();
  await jan.page.getByRole("link", { name: "Budżet obywatelski na próbę" }).click();
  await bothSign(anna, jan, "Zaproponuj otwarcie", "Otwarcie głosowania");
  await expect(page.getByText("Biuro próbuje dalej samo.")).toBeVisible({ timeout: 60_000 });
  await look(page, "box-away");
  const { address: registrar, child } = await startRole(urna, desk.dir, "registrar", "registrar", "serve", "--config", at("registrar.toml"));
  others.push(child);
  const box = readFileSync(at("box.toml"), "utf8");
  writeFileSync(at("box.toml"), `registrar.url = "${registrar}"\nregistrar.token_file = "${at("box.token")}"\n${box}`);
  others.push((await desk.startBox()).child);
  await expect(page.getByText("Urna przyjmuje głosy.")).toBeVisible({ timeout: 60_000 });
  await look(page, "voting");
  mkdirSync(at("votes"), { recursive: true });
  const votes = ["META", "key;value", "description;x", "country;Poland", "unit;x", "instance;2026", "num_projects;3", `num_votes;${voters}`, "budget;1000.50", "rule;greedy", "vote_type;approval", "PROJECTS", "project_id;cost;name", "1;600.50;a", "2;500;b", "3;300;c", "VOTES", "voter_id;vote", ...Array.from({ length: voters }, (_, k) => `${k};${k % 2 === 0 ? "1,3" : "1"}`)];
  writeFileSync(at("votes/city.pb"), `${votes.join("\n")}\n`);
  run("simulate", "vote", "--registrar", registrar, "--box", desk.box, "--sms-inbox", inbox, "--residents", at("residents.json"), "--pool", `city=${at("votes/city.pb")}`);
  await expect(page.getByText(`Oddano dotąd: ${voters}.`)).toBeVisible({ timeout: 60_000 });

  // Put off, with what residents will read; one ballot is annulled.
  const end = localTime(72);
  await bothSign(anna, jan, "Zaproponuj przedłużenie", "Przedłużenie głosowania", async () => {
    const newEnd = page.getByLabel("Nowy koniec głosowania");
    await writeTime(page, newEnd, localTime(24));
    await write(page, page.getByLabel("Powód, po polsku"), "Awaria sieci telefonicznej.");
    await write(page, page.getByLabel("Powód, po angielsku"), "The telephone network failed.");
    anna.expected.add(409);
    await press(page, page.getByRole("button", { name: "Zaproponuj przedłużenie" }));
    await expect(page.getByRole("alert")).toContainText("nowy koniec musi być późniejszy niż obecny");
    await expect(newEnd).toBeFocused();
    await look(page, "extend-wrong");
    await writeTime(page, newEnd, end);
    await expect(page.getByText("Powód: Awaria sieci telefonicznej.")).toBeVisible();
    await look(page, "extend");
  });
  const state = async () => (await (await fetch(`${desk.box}/api/v1/edition`)).json()) as { entries: number; closes: number; extensions: { reason: { pl: string } }[] };
  await expect.poll(async () => (await state()).extensions.length).toBe(1);
  const extended = await state();
  expect(extended.closes).toBe(Date.parse(end) / 1000);
  expect(extended.extensions[0]!.reason.pl).toBe("Awaria sieci telefonicznej.");
  const ballot = extended.entries - 2;
  await bothSign(jan, anna, "Zaproponuj unieważnienie głosów", "Unieważnienie głosów", async () => {
    const { page: his } = jan;
    jan.expected.add(422);
    await write(his, his.getByLabel("Głosy do unieważnienia"), "0");
    await tabTo(his, his.getByLabel("Powód", { exact: true }));
    // "ś" is on no key: it would go to the field before.
    await his.keyboard.type("kto");
    await expect(his.getByLabel("Powód", { exact: true })).toHaveValue("stolen-identity");
    await write(his, his.getByLabel("Uzasadnienie"), "Zgłoszenie osoby uprawnionej.");
    await press(his, his.getByRole("button", { name: "Zaproponuj unieważnienie głosów" }));
    await expect(his.getByRole("alert")).toContainText("wpis 0 nie jest głosem w tej edycji");
    await look(his, "annul-wrong");
    await write(his, his.getByLabel("Głosy do unieważnienia"), String(ballot));
    await look(his, "annul");
  });
  await expect.poll(async () => (await state()).entries).toBe(extended.entries + 1);
  // Two ballots are contested; while people vote nobody decides.
  const [kept, thrownOut] = [ballot - 1, ballot - 2];
  await page.reload();
  await freezeBallots(anna, [kept, thrownOut]);
  await expect.poll(async () => (await state()).entries).toBe(extended.entries + 2);
  await page.reload();
  await bothSign(anna, jan, "Zaproponuj zamknięcie", "Zamknięcie głosowania");
  await stepIs(page, "zamknięta, czeka na liczbę zaświadczeń");

  // ---- Tally
  run("registrar", "issuance", "--config", at("registrar.toml"), "--out", at("issuance.entry"));
  await page.getByLabel("Wczytaj").setInputFiles(at("issuance.entry"));
  await stepIs(page, "czas na unieważnienia");
  // Nothing is counted over an open case.
  await expect(page.getByText(`numerach wpisów: ${thrownOut}, ${kept}.`)).toBeVisible();
  await look(page, "annulments-frozen");
  anna.expected.add(409);
  await page.getByRole("button", { name: "Nie będzie więcej unieważnień" }).click();
  await expect(page.getByRole("alert")).toContainText(`${thrownOut}, ${kept}`);
  await jan.page.reload();
  await bothSign(anna, jan, "Zaproponuj unieważnienie głosów", "Unieważnienie głosów", async () => {
    await write(page, page.getByLabel("Głosy do unieważnienia"), String(thrownOut));
    await chooseReason(page, "kto", "stolen-identity");
    await write(page, page.getByLabel("Uzasadnienie"), "Osoba potwierdziła, że nie głosowała.");
  });
  await jan.page.reload();
  await bothSign(jan, anna, "Zaproponuj utrzymanie głosów", "Utrzymanie głosów", async () => {
    const { page: his } = jan;
    await write(his, his.getByLabel("Głosy do utrzymania"), String(kept));
    await tabTo(his, his.getByLabel("Co się kończy"));
    await his.keyboard.type("wstrz");
    await expect(his.getByLabel("Co się kończy")).toHaveValue("freeze");
    await chooseReason(his, "osoba", "voter-confirmed");
    await write(his, his.getByLabel("Uzasadnienie"), "Osoba potwierdziła swój głos.");
    await write(his, his.getByLabel("Numer sprawy"), "ABCDE-FGHJK");
    await look(his, "uphold");
  });
  await expect(page.getByText("Najpierw decyzje o głosach wstrzymanych")).toHaveCount(0, { timeout: 60_000 });
  await page.getByRole("button", { name: "Nie będzie więcej unieważnień" }).click();
  await stepIs(page, "powiernicy mieszają głosy");
  await trusteeStep(page, "Celina", "mix");
  await expect(page.getByText("mix-0-1.entry")).toBeAttached({ timeout: 60_000 });
  await expect(page.getByText("Anna, Bartek; trzeba 2")).toBeVisible({ timeout: 60_000 });
  await trusteeStep(page, "Anna", "mix");
  await stepIs(page, "powiernicy odszyfrowują głosy");
  await trusteeStep(page, "Bartek", "decrypt");
  await trusteeStep(page, "Anna", "decrypt");
  await stepIs(page, "wynik gotowy, czeka na ogłoszenie");
  await look(page, "result");
  await jan.page.reload();
  await bothSign(anna, jan, "Zaproponuj ogłoszenie", "Ogłoszenie wyniku");
  await stepIs(page, "wynik ogłoszony");
  await expect(page.getByText("Ławki nad rzeką (1), 600.50")).toBeVisible();
  await look(page, "announced");
  await page.getByRole("link", { name: "Historia" }).last().click();
  await expect(page.getByRole("cell", { name: "wykonano czynność" }).first()).toBeVisible();
  await look(page, "log");
  await page.getByRole("link", { name: "Osoby" }).click();
  await expect(page.getByRole("rowheader", { name: "Jan Kowalski" })).toBeVisible();
  await look(page, "people-list");
  const verified = spawnSync(urna, ["verify", "--quiet", "--manifest", hash!.trim(), desk.box], { encoding: "utf8" });
  expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  expect(anna.complaints).toEqual([]);
  expect(jan.complaints).toEqual([]);
});

test("the pages' policy stops scripts, strings as HTML, and frames", async ({ browser }) => {
  const { page } = await browserOf(browser, desk);
  const response = await page.goto(desk.origin);
  const policy = response!.headers()["content-security-policy"];
  expect(policy).not.toContain("unsafe");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).toContain("frame-ancestors 'none'");
  const stopped = await page.evaluate(() => {
    try {
      document.body.innerHTML = "<b>x</b>";
      return false;
    } catch {
      return true;
    }
  });
  expect(stopped).toBe(true);
});
