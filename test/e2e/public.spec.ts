// SPDX-License-Identifier: EUPL-1.2
// What everybody can read: the edition, results, the board, verification. An invented edition with a map, and,
// where published votes are on this machine, pools of a real one.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { check as checkGeoJson } from "@placemarkio/check-geojson";
import { Ajv2020 } from "ajv/dist/2020.js";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareDesk, urnaRunner } from "../../demo/desk.mjs";
import { inventEdition, publishedPools, root, site, startTown, urna, type Town } from "./edition.js";
import { startLighthouse } from "./lighthouse.mjs";
import { BALLOT_PAGE_BYTES_MAX, weighBallotPage } from "./weight.mjs";

test.describe.configure({ timeout: 600_000 });

const pictures = path.join(root, "build/screenshots");
const schemas = path.join(root, "docs/schemas");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let voting: Town;
let counted: Town;

test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  const { pools, geojson } = inventEdition("czestochowa", 5, 2_400, 24);
  [voting, counted] = await Promise.all([
    startTown(pools, "--geojson", geojson, "--voters", "60"),
    startTown(pools, "--geojson", geojson, "--full"),
  ]);
});
test.afterAll(async () => {
  await Promise.all([voting?.stop(), counted?.stop()]);
});

// Opens a page and collects what must stay empty: requests to elsewhere, console messages of warning or worse
// (broken policies are among them), script errors.
async function open(page: Page, town: Town, address: string): Promise<string[]> {
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(town.box) && !url.startsWith("data:") && !url.startsWith("blob:")) {
      complaints.push(`request: ${url}`);
    }
  });
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  await page.goto(town.box + address);
  await page.waitForLoadState("networkidle");
  return complaints;
}

async function expectSound(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  const result = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  expect(
    result.violations.map(
      (one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`,
    ),
  ).toEqual([]);
}

const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));

async function json(town: Town, address: string): Promise<any> {
  const response = await fetch(town.box + address);
  expect(response.status, address).toBe(200);
  return response.json();
}

// Every page in every way that it may be looked at.
const pages: readonly (readonly [name: string, town: () => Town, address: string])[] = [
  ["home-voting", () => voting, "/"],
  ["home-counted", () => counted, "/"],
  ["results-voting", () => voting, "/results/"],
  ["results", () => counted, "/results/"],
  ["results-pool", () => counted, "/results/?pool=city"],
  ["board", () => counted, "/board/"],
  ["verify", () => counted, "/verify/"],
];
// Each language and width once, or with `./dev test --all` each with each.
const usual = ["pl light 320", "en dark 390", "en light 1280"];
for (const lang of ["pl", "en"] as const) {
  for (const [colorScheme, width] of [
    ["light", 320],
    ["dark", 390],
    ["light", 1280],
    ["dark", 1280],
  ] as const) {
    if (process.env.URNA_TEST_ALL !== "1" && !usual.includes(`${lang} ${colorScheme} ${width}`)) continue;
    test.describe(`${lang}, ${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, contextOptions: { reducedMotion: "reduce" } });
      for (const [name, town, address] of pages) {
        test(`${name} is accessible and fits`, async ({ page }) => {
          const complaints = await open(page, town(), `${address}${address.includes("?") ? "&" : "?"}lang=${lang}`);
          await expect(page.locator("html")).toHaveAttribute("lang", lang);
          await expect(page.locator("h1")).not.toBeEmpty();
          await page.screenshot({ path: path.join(pictures, `${name}-${lang}-${colorScheme}-${width}.png`), fullPage: true });
          await expectSound(page);
          if (width !== 390) {
            await unfold(page);
            await expectSound(page);
          }
          expect(complaints).toEqual([]);
        });
      }
    });
  }
}

test("the ballot page is light enough for a slow connection", async ({ browser }) => {
  const { ballot, whole } = await weighBallotPage(browser, `${voting.box}/vote/#in=Jagodowo`);
  const told = JSON.stringify({ ballot, whole }, null, 1);
  // The first of them is the page itself, not what it waits for.
  expect(ballot.files.length, told).toBeGreaterThan(3);
  expect(ballot.bytes, told).toBeGreaterThan(10_000);
  expect(ballot.bytes, told).toBeLessThanOrEqual(BALLOT_PAGE_BYTES_MAX);
  // With what encrypts, and every page of the way.
  expect(whole.bytes, told).toBeGreaterThan(ballot.bytes + 10_000);
  expect(whole.bytes, told).toBeLessThanOrEqual(2 * BALLOT_PAGE_BYTES_MAX);
});

test("Lighthouse finds nothing to better in accessibility and good practice", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "urna-lighthouse-"));
  const key = path.join(dir, "registrar.key");
  const registrar = JSON.parse(
    urnaRunner(urna)(..."edition keygen --role registrar --name registrar --no-passphrase --json --out".split(" "), key),
  );
  const prepared = await prepareDesk({
    ...{ urna, dir, registrarKey: registrar.public },
    site: process.env.URNA_DESK_SITE ?? path.join(root, "web/desk/dist"),
  });
  const desk = await prepared.desk();
  const lighthouse = await startLighthouse();
  try {
    for (const url of [
      ...["/", "/vote/#in=Jagodowo"].map((address) => voting.box + address),
      ...["/results/", "/board/", "/accessibility/"].map((address) => counted.box + address),
      `${prepared.origin}/`,
    ]) {
      expect(await lighthouse.audit(url), url).toEqual({ accessibility: 100, bestPractices: 100, failed: [] });
    }
  } finally {
    await lighthouse.stop();
    desk.child.kill("SIGTERM");
  }
});

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 390],
] as const) {
  test.describe(`maps of the ballot, ${colorScheme}, ${width} px`, () => {
    test.use({ colorScheme, viewport: { width, height: 900 } });
    test("show districts and projects, are not loaded before, and the list does the same", async ({ page }) => {
      const picture = (name: string): Promise<Buffer> =>
        page.screenshot({ path: path.join(pictures, `vote-map-${name}-${colorScheme}-${width}.png`), fullPage: true });
      const complaints = await open(page, voting, "/vote/");
      await expect(page.getByRole("radio")).not.toHaveCount(0);
      const drawn: string[] = [];
      page.on("request", (request) => drawn.push(request.url()));
      await page.locator("summary", { hasText: "Mapa dzielnic" }).click();
      await page.locator("path.district[data-district=Jagodowo]").click();
      await expect(page.getByRole("radio", { name: "Jagodowo", exact: true })).toBeChecked();
      expect(drawn.filter((url) => url.endsWith(".js"))).not.toEqual([]);
      await expectSound(page);
      await picture("where");
      await page.getByRole("button", { name: "Dalej" }).click();

      // Pabulib's words are told in the reader's language.
      await expect(page.locator("#topic option")).toContainText(["wszystkie", "edukacja"]);
      await page.getByRole("searchbox").fill("nothing like it");
      await expect(page.locator(".projects li")).toHaveCount(0);
      await page.locator("summary", { hasText: "Mapa projektów" }).click();
      const dots = page.locator("svg[role=img] circle");
      await expect(dots).not.toHaveCount(0);
      // Dots may lie upon each other.
      await dots.last().dispatchEvent("click");
      const marked = page.locator("p.marked");
      await expect(marked).toBeVisible();
      await expectSound(page);
      const name = await marked.locator("strong").innerText();
      await marked.getByRole("button", { name: "Pokaż na liście" }).click();
      const focused = page.locator(".projects li", { has: page.locator(":focus") });
      await expect(focused.locator("h2")).toHaveText(name);
      await picture("pool");
      await page.getByRole("button", { name: "English" }).click();
      await expect(page.locator("#topic option")).toContainText(["all", "education"]);
      expect(complaints).toEqual([]);
    });
  });
}

test("no result exists before the closing", async ({ page }) => {
  for (const address of ["/api/v1/results", "/api/v1/results/city", "/open-data/city.pb", "/open-data/results.json"]) {
    const response = await fetch(voting.box + address);
    expect(response.status, address).toBe(404);
    expect(((await response.json()) as { type: string }).type, address).toBe("/problems/results-not-yet");
  }
  const complaints = await open(page, voting, "/results/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Wyników jeszcze nie ma");
  expect(complaints).toEqual([]);
});

test("the page tells what the board says", async ({ page }) => {
  const results = await json(counted, "/api/v1/results");
  const pool = await json(counted, "/api/v1/results/city");
  await open(page, counted, "/results/");
  await expect(page.locator(".pools li")).toHaveCount(results.pools.length);
  await page.locator(".pools a").first().click();
  await expect(page).toHaveURL(/pool=city$/);
  await expect(page.locator(".projects > li")).toHaveCount(pool.count.winners.length);
  const names = await page.locator(".projects .name").allTextContents();
  const nameOf = new Map(pool.count.projects.map((one: any) => [one.id, one.name]));
  expect(names.map((name) => name.trim().replace(/\s+nr\s+\S+$/, ""))).toEqual(
    pool.count.winners.map((id: string) => nameOf.get(id)),
  );
  // The way back is the browser's.
  await page.goBack();
  await expect(page.locator(".pools li")).toHaveCount(results.pools.length);
});

test("a project is found, and says why it was not funded", async ({ page }) => {
  const pool = await json(counted, "/api/v1/results/city");
  const lost = pool.count.projects.find((one: any) => !one.selected);
  await open(page, counted, "/results/?pool=city");
  await page.getByLabel("Szukaj projektu").fill(lost.id);
  const row = page.locator(".projects > li").filter({ hasText: lost.name }).first();
  await row.getByText("Dlaczego?").click();
  await expect(row).toContainText(lost.reason.text.pl);
  await expectSound(page);
});

test("the map shows districts and marks a project that is pressed", async ({ page }) => {
  await open(page, counted, "/results/?pool=city");
  const map = page.locator("svg[role=img].places");
  await expect(map.locator("path.district")).toHaveCount(5);
  const circle = map.locator("circle.full").last();
  const name = (await circle.locator("title").textContent())!;
  await circle.dispatchEvent("click");
  await expect(page.locator("[aria-live=polite] .card")).toContainText(name);
});

test("an entry of the board is shown to be there, and a false proof is not believed", async ({ page }) => {
  await open(page, counted, "/board/?entry=20");
  const entry = page.locator(".entries > li").filter({ has: page.locator("details[open]") });
  await expect(entry).toHaveCount(1);
  await entry.getByRole("button").click();
  await expect(entry.getByRole("status")).toContainText("Zgadza się");
  await page.route("**/api/v1/receipts/*", async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    // A byte of the first hash of the proof: map, version, leaf, index, then the hashes.
    body[48] = body[48]! ^ 1;
    await route.fulfill({ response, body });
  });
  await entry.getByRole("button").click();
  await expect(entry.getByRole("status")).toContainText("Nie zgadza się");
});

test("the whole record verifies in the browser", async ({ page }) => {
  const complaints = await open(page, counted, "/verify/");
  const edition = await json(counted, "/api/v1/edition");
  await page.locator("#hash").fill(edition.edition);
  await page.getByRole("button", { name: "Sprawdź to głosowanie" }).click();
  await expect(page.locator("#verdict")).toContainText("Wszystko się zgadza", { timeout: 300_000 });
  await expectSound(page);
  await page.screenshot({ path: path.join(pictures, "verify-accepted.png"), fullPage: true });
  expect(complaints).toEqual([]);
});

test("a record that was changed is refused in the browser", async ({ page }) => {
  await page.route("**/result/0.pb", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()} ` });
  });
  await page.goto(`${counted.box}/verify/`);
  await page.getByRole("button", { name: "Sprawdź to głosowanie" }).click();
  await expect(page.locator("#verdict")).toContainText("Zapis się nie zgadza", { timeout: 300_000 });
  await expectSound(page);
});

// ---- The code of the pages

test("the site is the one that the edition names, and every changed file is found", async () => {
  const told = (...words: string[]): { status: number | null; out: string } => {
    const { status, stdout, stderr } = spawnSync(urna, words, { encoding: "utf8" });
    return { status, out: stdout + stderr };
  };
  const record = path.join(counted.dir, "record");
  const verified = told("verify", record, "--site", counted.box, "--quiet");
  expect(verified.status, verified.out).toBe(0);
  expect(verified.out).toContain("the site is this one");
  const hash = told("site", "hash", site).out.trim();
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verified.out).toContain(hash);

  // A server that sends one file with another byte at its end, to browsers and to whoever asks.
  const changed = Object.keys(JSON.parse(readFileSync(path.join(site, "code.json"), "utf8")).files).find((name) =>
    name.endsWith(".js"),
  )!;
  const liar = createServer(async (request, response) => {
    const answer = await fetch(counted.box + request.url!, { headers: { accept: "*/*" } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status).end(request.url === `/${changed}` ? Buffer.concat([bytes, Buffer.from("\n")]) : bytes);
  });
  await new Promise<void>((done) => liar.listen(0, "127.0.0.1", done));
  const copy = mkdtempSync(path.join(tmpdir(), "urna-site-"));
  try {
    const { port } = liar.address() as AddressInfo;
    const lied = await new Promise<{ status: number | null; out: string }>((done) => {
      let out = "";
      const words = ["site", "check", `http://127.0.0.1:${port}`, "--record", record];
      const child = spawn(urna, words, { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.on("data", (text) => (out += text));
      child.once("exit", (status) => done({ status, out }));
    });
    expect(lied.out).toContain(`DIFFERENT: 1 files are not as the list of the edition says\n  ${changed}\n`);
    expect(lied.status).toBe(1);

    cpSync(site, copy, { recursive: true });
    expect(told("site", "check", copy, "--record", record).status).toBe(0);
    expect(told("site", "check", copy, "--record", record, "--manifest", "0".repeat(64)).status).toBe(7);
    writeFileSync(path.join(copy, changed), "what nobody signed");
    const found = told("site", "check", copy, "--record", record);
    expect(found.out).toContain(changed);
    expect(found.status).toBe(1);
    expect(told("site", "hash", copy).status).toBe(7);
    // A list that fits the changed files is not the one that was signed.
    const list = JSON.parse(readFileSync(path.join(copy, "code.json"), "utf8"));
    list.files[changed] = createHash("sha256").update("what nobody signed").digest("hex");
    writeFileSync(path.join(copy, "code.json"), JSON.stringify(list));
    const other = told("site", "check", copy, "--record", record);
    expect(other.out).toContain(`DIFFERENT: the edition names the list ${hash}`);
    expect(other.status).toBe(1);
    expect(told("verify", record, "--site", copy, "--quiet").status).toBe(1);
  } finally {
    liar.close();
    rmSync(copy, { recursive: true, force: true });
  }
});

test("the page about the code says whether the edition names it", async ({ page }) => {
  const complaints = await open(page, counted, "/code/");
  await expect(page.locator("main .notice.good")).toContainText("podają dokładnie tę listę");
  await expectSound(page);
  await page.screenshot({ path: path.join(pictures, "code-same.png"), fullPage: true });
  expect(complaints).toEqual([]);
  await page.route("**/code.json", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()} ` });
  });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${counted.box}/code/?lang=en`);
  await expect(page.locator("main .notice.bad")).toContainText("name another list of files");
  await expectSound(page);
  await page.screenshot({ path: path.join(pictures, "code-other.png"), fullPage: true });
  // Whether it is the named one is not said where the manifest could not be read.
  await page.route("**/manifest.cbor", (route) => route.abort());
  await page.goto(`${counted.box}/code/?lang=pl`);
  await expect(page.locator("main .notice.warn")).toContainText("nie wiadomo");
});

test("a resident sees which points are official, and whom to tell of another one (A18)", async ({ page }) => {
  // The registrar has an origin of its own.
  const told = /^request: http:\/\/127\.0\.0\.1:\d+\/api\/v1\/points$/;
  const complaints = await open(page, voting, "/points/");
  await expect(page.locator("h1")).toHaveText("Czy to urzędowy punkt?");
  await expect(page.locator(".points li")).toHaveCount(1);
  await expect(page.locator(".points li")).toContainText("Punkt w bibliotece");
  await expect(page.locator(".points li")).toContainText("ul. Wymyślona 2");
  await expect(page.getByRole("link", { name: "+48 34 000 00 00" })).toHaveAttribute("href", "tel:+48340000000");
  await expectSound(page);
  await page.screenshot({ path: path.join(pictures, "points.png"), fullPage: true });
  expect(complaints.filter((one) => !told.test(one))).toEqual([]);
  await page.setViewportSize({ width: 320, height: 700 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.route("**/api/v1/points", (route) => route.fulfill({ json: { points: [] }, headers: { "access-control-allow-origin": "*" } }));
  await page.goto(`${voting.box}/points/?lang=en`);
  await expect(page.locator("main .notice.warn")).toContainText("no point open now");
  await expectSound(page);
  await page.screenshot({ path: path.join(pictures, "points-none.png"), fullPage: true });
  // What cannot be known is said to be so, and nothing is called official.
  await page.unroute("**/api/v1/points");
  await page.route("**/api/v1/points", (route) => route.abort());
  await page.goto(`${voting.box}/points/?lang=pl`);
  await expect(page.locator("main .notice.bad")).toContainText("Nie wiadomo");
  await expectSound(page);
});

// ---- Open data

async function expectSoundData(town: Town): Promise<void> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  for (const name of ["results", "pool-results", "presentation"]) {
    ajv.addSchema(JSON.parse(readFileSync(path.join(schemas, `${name}.schema.json`), "utf8")));
  }
  const valid = (name: string, value: unknown): void => {
    const validate = ajv.getSchema(`${name}.schema.json`)!;
    expect(validate(value), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  };
  const results = await json(town, "/open-data/results.json");
  valid("results", { ...results });
  valid("presentation", await json(town, "/presentation.json"));
  const folder = mkdtempSync(path.join(tmpdir(), "urna-open-data-"));
  for (const pool of results.pools) {
    if (pool.status !== "counted") continue;
    valid("pool-results", await json(town, `/open-data/${pool.slug}.json`));
    const places = await (await fetch(`${town.box}/open-data/${pool.slug}.geojson`)).text();
    expect(checkGeoJson(places).type).toBe("FeatureCollection");
    const file = path.join(folder, `${pool.slug}.pb`);
    writeFileSync(file, Buffer.from(await (await fetch(`${town.box}/open-data/${pool.slug}.pb`)).arrayBuffer()));
    const checked = spawnSync(urna, ["check", file, "--json"], { encoding: "utf8" });
    expect(checked.status, checked.stdout.slice(0, 2000)).toBe(0);
    const again = spawnSync(urna, ["count", file, "--json", "--no-margins"], { encoding: "utf8" });
    expect(JSON.parse(again.stdout).ballots).toBe(pool.ballots.valid);
    const table = await (await fetch(`${town.box}/open-data/${pool.slug}.csv`)).text();
    expect(table.split("\r\n").length).toBe(pool.projects + 2);
  }
  await expectCatalogue(town, await json(town, "/open-data/catalogue.jsonld"));
}

// The mandatory properties of DCAT-AP 3, and that what is named is there.
async function expectCatalogue(town: Town, catalogue: any): Promise<void> {
  expect(catalogue["@type"]).toBe("dcat:Catalog");
  const words = (value: unknown): void => {
    const list = value as { "@value": string; "@language": string }[];
    expect(list.map((one) => one["@language"])).toEqual(["pl", "en"]);
    for (const one of list) expect(one["@value"]).not.toBe("");
  };
  words(catalogue["dct:title"]);
  words(catalogue["dct:description"]);
  expect(catalogue["dct:publisher"]["@type"]).toBe("foaf:Agent");
  words(catalogue["dct:publisher"]["foaf:name"]);
  expect(catalogue["dcat:dataset"].length).toBeGreaterThan(0);
  for (const dataset of catalogue["dcat:dataset"]) {
    expect(dataset["@type"]).toBe("dcat:Dataset");
    words(dataset["dct:title"]);
    words(dataset["dct:description"]);
    expect(dataset["dcat:distribution"].length).toBe(4);
    for (const one of dataset["dcat:distribution"]) {
      expect(one["@type"]).toBe("dcat:Distribution");
      const address = new URL(one["dcat:accessURL"]["@id"], `${town.box}/open-data/catalogue.jsonld`).href;
      const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
      const hash = one["spdx:checksum"]?.["spdx:checksumValue"]["@value"];
      if (hash) expect(createHash("sha256").update(bytes).digest("hex")).toBe(hash);
      if (one["dcat:byteSize"]) expect(bytes.length).toBe(Number(one["dcat:byteSize"]["@value"]));
    }
  }
}

test("open data are what they claim to be", async () => {
  await expectSoundData(counted);
});

test("the protocol is signed twice and can be read aloud", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "urna-protocol-"));
  const file = path.join(folder, "protocol.pdf");
  expect((await json(counted, "/api/v1/results")).protocol).toBe("/open-data/protocol.pdf");
  writeFileSync(file, Buffer.from(await (await fetch(`${counted.box}/open-data/protocol.pdf`)).arrayBuffer()));
  const signatures = spawnSync("pdfsig", ["-nocert", file], { encoding: "utf8" }).stdout;
  expect(signatures.match(/Signature is Valid/g)).toHaveLength(2);
  expect(spawnSync("pdfinfo", [file], { encoding: "utf8" }).stdout).toContain("Tagged:          yes");
});

test("a real edition", async ({ page }) => {
  const files = publishedPools([
    "Poland_Katowice_2021.pb",
    "Poland_Katowice_2021_Bogucice.pb",
    "Poland_Katowice_2021_Giszowiec.pb",
  ]);
  test.skip(files === undefined, "there are no published votes on this machine: URNA_DATA names their folder");
  const town = await startTown(
    [
      { id: "city", file: files![0]! },
      { id: "bogucice", file: files![1]!, district: "Bogucice" },
      { id: "giszowiec", file: files![2]!, district: "Giszowiec" },
    ],
    ...["--full", "--voters", "400"],
  );
  try {
    await expectSoundData(town);
    const complaints = await open(page, town, "/results/?pool=city");
    await expect(page.locator("svg[role=img].places circle").first()).toBeVisible();
    await unfold(page);
    await expectSound(page);
    await page.screenshot({ path: path.join(pictures, "results-real.png"), fullPage: true });
    expect(complaints).toEqual([]);
  } finally {
    await town.stop();
  }
});
