// SPDX-License-Identifier: EUPL-1.2
// Officials in browsers of their own, each with a virtual authenticator that makes signing keys; and
// a hand that has a keyboard only.
import { expect as plain, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareDesk, urnaRunner } from "../../demo/desk.mjs";
import { expectAccessible, expectNoOverflow, pictures, root, urna } from "./town";

// Machines that build and test at once are slow.
export const expect = plain.configure({ timeout: 20_000 });
export const run = urnaRunner(urna);
const pages = process.env.URNA_DESK_SITE ?? join(root, "web/desk/dist");

export interface Desk {
  origin: string;
  box: string;
  dir: string;
  invite: (name: string, role?: string) => { link: string; reference: string };
  startBox: () => Promise<{ child: ChildProcess }>;
  /** Processes that end with the desk. */
  others: ChildProcess[];
  stop: () => void;
}

export async function startDesk(): Promise<Desk> {
  const dir = mkdtempSync(join(tmpdir(), "urna-desk-e2e-"));
  const registrar = JSON.parse(
    run("edition", "keygen", "--role", "registrar", "--name", "registrar", "--no-passphrase", "--out", join(dir, "registrar.key"), "--json"),
  );
  const prepared = await prepareDesk({ urna, dir, registrarKey: registrar.public, site: pages });
  const others = [(await prepared.desk()).child];
  return {
    ...prepared,
    dir,
    others,
    stop: () => {
      for (const child of others.reverse()) child.kill("SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface Official {
  page: Page;
  complaints: string[];
  expected: Set<number>;
}

// A browser of its own with an authenticator of its own, and everything wrong with its pages.
export async function browserOf(browser: Browser, desk: Desk, options: BrowserContextOptions = {}): Promise<Official> {
  const context = await browser.newContext({ locale: "pl-PL", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const expected = new Set<number>();
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== desk.origin) complaints.push(`request: ${url.href}`);
  });
  page.on("console", (message) => {
    if (!["warning", "error"].includes(message.type())) return;
    const refused = /status of (\d{3})/.exec(message.text());
    if (refused !== null && expected.has(Number(refused[1]))) return;
    complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.stack ?? error.message}`));
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: true,
    },
  });
  return { page, complaints, expected };
}

// The page in both languages, narrow too, and then in Polish again.
export async function look(page: Page, name: string): Promise<void> {
  for (const language of ["English", "Polski"]) {
    await page.getByRole("button", { name: language }).click();
    await expectAccessible(page, `${name}, ${language}`);
  }
  const size = page.viewportSize()!;
  await page.screenshot({ path: join(pictures, `desk-${name}.png`), fullPage: true });
  await page.setViewportSize({ width: 320, height: 700 });
  await expectNoOverflow(page, name);
  await page.screenshot({ path: join(pictures, `desk-${name}-320.png`), fullPage: true });
  await page.setViewportSize(size);
}

// ---- By keyboard alone

const isFocused = (wanted: Locator): Promise<boolean> => wanted.evaluate((element) => element === document.activeElement);

/** Goes to the element by the tabulator, as whoever has no mouse; fails if it cannot be reached so, or shows no focus. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  const most = 120;
  for (let k = 0; k < most && !(await isFocused(wanted)); k++) await page.keyboard.press("Tab");
  expect(await isFocused(wanted), `${wanted} is reached by Tab`).toBe(true);
  const seen = await wanted.evaluate((element) => {
    const style = getComputedStyle(element);
    return element.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none");
  });
  expect(seen, `${wanted} shows that it has the focus`).toBe(true);
}

export async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

export async function write(page: Page, wanted: Locator, text: string): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
  await expect(wanted).toHaveValue(text);
}

/** Writes "2026-09-22T20:00" part by part, in whatever order this browser shows them. */
export async function writeTime(page: Page, wanted: Locator, local: string): Promise<void> {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/.exec(local)!;
  const twelve = String(Number(hour) % 12 || 12).padStart(2, "0");
  const ways = [
    [month!, day!, year!, "Right", twelve, minute!, Number(hour) < 12 ? "AM" : "PM"],
    [day!, month!, year!, "Right", hour!, minute!],
    [year!, "Right", month!, day!, hour!, minute!],
  ];
  for (const way of ways) {
    // From the element before it, so that the first part has the focus.
    await tabTo(page, wanted);
    await page.keyboard.press("Shift+Tab");
    while (await isFocused(wanted)) await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    for (const part of way) await (part === "Right" ? page.keyboard.press("ArrowRight") : page.keyboard.type(part));
    if ((await wanted.inputValue()) === local) return;
  }
  await expect(wanted).toHaveValue(local);
}

/** From the invitation to the list of editions. */
export async function register(official: Official, desk: Desk, name: string): Promise<void> {
  const { page } = official;
  await page.goto(desk.invite(name).link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Zaproszenie");
  await look(page, "invitation");
  await press(page, page.getByRole("button", { name: "Utwórz klucz dostępu" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Klucz podpisu");
  await look(page, "key");
  await press(page, page.getByRole("button", { name: "Utwórz klucz podpisu" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Edycje");
}

/** Signs out, and in again with the passkey. */
export async function signInAgain({ page }: Official): Promise<void> {
  await press(page, page.getByRole("button", { name: "Wyloguj" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Zaloguj się");
  await look(page, "sign-in");
  await press(page, page.getByRole("button", { name: "Zaloguj się kluczem dostępu" }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Edycje");
}

/** A new edition with its name, resolution and calendar. */
export async function beginEdition({ page }: Official, closesIn: number): Promise<void> {
  const next = page.getByRole("button", { name: "Zapisz i dalej" });
  await press(page, page.getByRole("button", { name: "Nowa edycja" }));
  await expect(page.getByRole("heading", { name: "Przygotowanie edycji" })).toBeVisible();
  await look(page, "tasks-empty");
  await press(page, page.getByRole("link", { name: "Nazwa i uchwała" }));
  await write(page, page.getByLabel("Tytuł, jak go zobaczą mieszkańcy"), "Budżet obywatelski na próbę");
  await write(page, page.getByLabel("Krótka nazwa"), "pl-test-2026");
  await write(page, page.getByLabel("Numer uchwały rady"), "XII/345/2026");
  await page.getByLabel("Data uchwały").fill("2026-05-04");
  await look(page, "basics");
  await press(page, next);
  await press(page, page.getByRole("link", { name: "Kalendarz" }));
  await writeTime(page, page.getByLabel("Początek głosowania"), localTime(-1));
  await writeTime(page, page.getByLabel("Koniec głosowania"), localTime(closesIn));
  await look(page, "calendar");
  await press(page, next);
  await expect(page.getByRole("heading", { name: "Przygotowanie edycji" })).toBeVisible();
}

/** So many hours from now, as a field for a local time has it. */
export function localTime(hours: number): string {
  const time = new Date(Date.now() + hours * 3_600_000);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
