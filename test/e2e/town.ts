// SPDX-License-Identifier: EUPL-1.2
// A town for browser tests, and what they share: watched pages, messages, axe.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const urna = process.env.URNA_PROGRAM ?? join(root, "build/release/urna");
export const site = process.env.URNA_SITE ?? join(root, "web/site/dist");
export const pictures = resolve(root, "build/screenshots");
mkdirSync(pictures, { recursive: true });

export interface Resident {
  first_name: string;
  last_name: string;
  pesel: string;
  phone: string;
  email: string;
  district: string;
  pools: string[];
}

export interface Town {
  box: string;
  registrar: string;
  identity_provider: string;
  sms_control: string;
  dir: string;
  residents: Resident[];
  processes: Record<string, number>;
  stop(): Promise<void>;
}

/** Of `urna generate`: the manner of a city, with what differs from it. */
export interface PoolWish {
  id: string;
  kind: string;
  district?: string;
  options?: (string | number)[];
}

export function generate(folder: string, wish: PoolWish): string {
  const file = join(folder, `${wish.id}.pb`);
  const usual = { "--projects": 12, "--voters": 60, "--turnout": 40 };
  const wished = wish.options ?? [];
  const options = [...Object.entries(usual).filter(([name]) => !wished.includes(name)).flat(), ...wished];
  const made = spawnSync(
    urna,
    ["generate", "--kind", wish.kind, "--seed", "5", ...options.map(String), "--out", file, "--quiet"],
    { encoding: "utf8" },
  );
  expect(made.status, made.stderr).toBe(0);
  // Where the pool is of a district, its file says so, as published ones do.
  if (wish.district !== undefined) {
    const text = readFileSync(file, "utf8").replace(/^unit;.*$/m, `$&\nsubunit;${wish.district}`);
    writeFileSync(file, text);
  }
  return file;
}

/** Starts a town; resolves once it is open. `edition` goes over what the town says of its edition. */
export async function startTown(wishes: PoolWish[], edition: object = {}, more: string[] = []): Promise<Town> {
  const folder = mkdtempSync(join(tmpdir(), "urna-e2e-"));
  const dir = join(folder, "town");
  writeFileSync(join(folder, "edition.json"), JSON.stringify(edition));
  const words = wishes.flatMap((wish) => [
    "--pool",
    `${wish.id}=${generate(folder, wish)}`,
    ...(wish.district === undefined ? [] : ["--district", `${wish.district}=${wish.id}`]),
  ]);
  const child = spawn(
    process.execPath,
    [
      join(root, "demo/town.mjs"),
      ...["--urna", urna, "--dir", dir, "--site", site, "--edition", join(folder, "edition.json")],
      ...words,
      ...more,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  child.stderr.on("data", (text) => (printed += text));
  await new Promise<void>((done, fail) => {
    child.stdout.on("data", (text) => {
      printed += text;
      if (printed.includes("Ctrl-C stops the town")) done();
    });
    child.once("exit", () => fail(new Error(printed)));
  });
  return {
    ...JSON.parse(readFileSync(join(dir, "addresses.json"), "utf8")),
    residents: JSON.parse(readFileSync(join(dir, "residents.json"), "utf8")),
    dir,
    async stop() {
      child.removeAllListeners("exit");
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await new Promise((done) => child.once("exit", done));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A page of which everything wrong is collected: console messages, script errors, requests to strangers. */
export interface Watched {
  page: Page;
  complaints: string[];
  /** Refusals of these statuses are part of the test: browsers write them to the console. */
  expected: Set<number>;
}

export async function open(
  browser: Browser,
  town: Town,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ locale: "pl-PL", ...options });
  const page = await context.newPage();
  const watched: Watched = { page, complaints: [], expected: new Set() };
  const friends = [town.box, town.registrar, town.identity_provider].map((url) => new URL(url).origin);
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && !friends.includes(url.origin)) {
      watched.complaints.push(`request: ${url.href}`);
    }
  });
  page.on("console", (message) => {
    if (!["warning", "error"].includes(message.type())) return;
    const refused = /status of (\d{3})/.exec(message.text());
    if (refused !== null && watched.expected.has(Number(refused[1]))) return;
    if (watched.expected.has(0) && message.text().includes("net::ERR_")) return;
    // The pages of the test's identity provider are its own.
    if (message.location().url.startsWith(town.identity_provider)) return;
    watched.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => watched.complaints.push(`script: ${error.stack ?? error.message}`));
  return watched;
}

/** What axe finds against WCAG 2.1 A and AA, and its best practices. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    (one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`,
  );
  expect(found, what).toEqual([]);
}

/** No line of the page is wider than the window. */
export async function expectNoOverflow(page: Page, what: string): Promise<void> {
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(wider, what).toBeLessThanOrEqual(0);
}

export async function smsTo(town: Town, phone: string): Promise<string[]> {
  const answer = await fetch(`${town.sms_control}/messages`);
  const { messages } = (await answer.json()) as { messages: { to: string; text: string }[] };
  return messages.filter((one) => one.to === phone).map((one) => one.text);
}

/** The newest code sent to a telephone, after `before` messages. */
export async function codeTo(town: Town, phone: string, before = 0): Promise<string> {
  let code: string | undefined;
  await expect
    .poll(async () => {
      const texts = (await smsTo(town, phone)).slice(before);
      code = texts.map((text) => /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0]).find((found) => found !== undefined);
      return code;
    }, { timeout: 30_000 })
    .toBeDefined();
  return code ?? "";
}

/** Ballots on the board. */
export async function ballotsOn(town: Town): Promise<number> {
  const answer = await fetch(`${town.box}/api/v1/edition`);
  return ((await answer.json()) as { ballots: number }).ballots;
}

/** Fills in who one is, on the page that asks for it, and the code that comes. */
export async function identify(page: Page, town: Town, resident: Resident, language: "pl" | "en" = "pl"): Promise<void> {
  const words = {
    pl: { first: "Imię", last: "Nazwisko", sms: "Wyślij kod SMS-em", code: "Kod", go: "Potwierdź" },
    en: { first: "First name", last: "Last name", sms: "Send a code by SMS", code: "Code", go: "Confirm" },
  }[language];
  const before = (await smsTo(town, resident.phone)).length;
  await page.getByLabel(words.first).fill(resident.first_name);
  await page.getByLabel(words.last).fill(resident.last_name);
  await page.getByLabel("PESEL").fill(resident.pesel);
  await page.getByRole("button", { name: words.sms }).click();
  await page.getByLabel(words.code, { exact: true }).fill(await codeTo(town, resident.phone, before));
  await page.getByRole("button", { name: words.go }).click();
}
