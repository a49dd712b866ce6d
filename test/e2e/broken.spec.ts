// SPDX-License-Identifier: EUPL-1.2
// The voter's way over broken connections: every request fails once, in every way that requests fail, while somebody votes
// who presses what the page offers. In the end the page says "cast" and each pool holds exactly one ballot of theirs,
// which counts and has the code that the page shows.
import { expect, test, type Page, type Route } from "@playwright/test";
import { boardOf, Residents, type Board } from "./board";
import { pseudonymsSeen, Voter, type Ending } from "./resident";
import { startTown, type Town } from "./town";

/** Voters at a time. */
const AT_ONCE = 3;

let town: Town;
let residents: Residents;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  const options = ["--projects", 8, "--voters", 400, "--turnout", 100];
  town = await startTown([
    { id: "city", kind: "katowice", options },
    { id: "north", kind: "katowice", options, district: "Północ" },
  ]);
  residents = new Residents(town);
});
test.afterAll(() => town?.stop());

type Mishap =
  /** The connection breaks before the request arrives. */
  | "lost"
  /** The service has carried it out; its answer is lost. */
  | "answer lost"
  | "503"
  | "429";

/** A request without what differs between voters, so that runs can be compared. */
function nameOf(method: string, url: string): string {
  const { pathname } = new URL(url);
  return `${method} ${pathname.replace(/[0-9a-f]{64}/g, "HASH").replace(/-[A-Za-z0-9_-]{8}\.(js|css)$/, ".$1")}`;
}

const isService = (url: string): boolean =>
  (url.startsWith(town.box) && new URL(url).pathname.startsWith("/")) || url.startsWith(town.registrar);

async function fail(route: Route, mishap: Mishap): Promise<void> {
  switch (mishap) {
    case "lost":
      return route.abort("connectionreset");
    case "answer lost":
      await route.fetch().catch(() => undefined);
      return route.abort("connectionreset");
    default:
      return route.fulfill({
        status: Number(mishap),
        headers: { "retry-after": "1", "access-control-allow-origin": "*" },
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "/problems/overloaded", title: "Zajęte", status: Number(mishap) }),
      });
  }
}

/** Makes the request of that name fail the n-th time that it is sent. */
async function failing(page: Page, name: string, nth: number, mishap: Mishap): Promise<() => boolean> {
  let count = 0;
  let happened = false;
  await page.route(
    (url) => isService(url.href),
    async (route) => {
      const request = route.request();
      if (nameOf(request.method(), request.url()) !== name || ++count !== nth) return route.fallback();
      happened = true;
      await fail(route, mishap);
    },
  );
  return () => happened;
}

/** The board holds exactly one ballot of the voter in each of the pools, it counts, and has the code that the page shows. */
function expectOneEach(board: Board, pseudonyms: ReadonlySet<string>, ending: Ending, pools: number): void {
  expect(ending.kind).toBe("cast");
  expect(pseudonyms.size).toBe(1);
  const [pseudonym] = pseudonyms;
  const own = board.ballots.filter((ballot) => ballot.pseudonym === pseudonym);
  expect(own.map((ballot) => ballot.pool).sort()).toEqual([...new Set(own.map((ballot) => ballot.pool))].sort());
  expect(own).toHaveLength(pools);
  expect(own.every((ballot) => ballot.counted)).toBe(true);
  expect([...(ending as Ending & { kind: "cast" }).codes].sort()).toEqual(own.map((ballot) => ballot.code).sort());
}

/** One voter's whole way with one failure; then what the board says. */
interface Case {
  readonly title: string;
  readonly pseudonyms: ReadonlySet<string>;
  readonly ending: Ending;
  readonly pools: number;
}

test("every request of the voter's way fails once, in every way", async ({ browser }) => {
  test.setTimeout(3_000_000);
  // The requests of a way without failures.
  const requests: string[] = [];
  const run = async (prepare: (page: Page) => Promise<() => boolean>, title: string): Promise<Case> => {
    const context = await browser.newContext({ locale: "pl-PL" });
    try {
      const page = await context.newPage();
      const happened = await prepare(page);
      const pseudonyms = await pseudonymsSeen(page);
      const voter = new Voter(page, town, residents.someone());
      await voter.open();
      const ending = await voter.vote();
      expect(happened(), `${title}: the request was not sent`).toBe(true);
      return { title, pseudonyms, ending, pools: voter.resident.pools.length };
    } catch (error) {
      throw new Error(`${title}: ${String(error)}`);
    } finally {
      await context.close();
    }
  };

  const cases: Case[] = [];
  const plain = await run(async (page) => {
    page.on("request", (request) => {
      if (isService(request.url()) && !request.url().endsWith("/icon.svg")) requests.push(nameOf(request.method(), request.url()));
    });
    return () => true;
  }, "no failure");
  cases.push(plain);

  const counts = new Map<string, number>();
  const numbered = requests.map((name) => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    return { name, nth };
  });
  expect(numbered.length).toBeGreaterThan(12);
  const every = numbered.flatMap(({ name, nth }) => {
    const mishaps: Mishap[] = name.startsWith("POST")
      ? ["lost", "answer lost", "503", "429"]
      : name.includes("/api/")
        ? ["lost", "503"]
        : ["lost"];
    return mishaps.map((mishap) => ({ name, nth, mishap }));
  });
  // The ballots themselves fail in every way; of the others, without `./dev test --all`, some spread evenly.
  const STEP = 8;
  const isBallot = (name: string): boolean => name === "POST /api/v1/ballots";
  const failures = every.filter(
    ({ name }, number) => process.env.URNA_TEST_ALL === "1" || isBallot(name) || number % STEP === 0,
  );
  expect(failures.some(({ name }) => isBallot(name))).toBe(true);
  // Several voters at a time: most of the time they wait.
  const voters = Array.from({ length: AT_ONCE }, async () => {
    for (let one = failures.shift(); one !== undefined; one = failures.shift()) {
      const { name, nth, mishap } = one;
      cases.push(await run((page) => failing(page, name, nth, mishap), `${name} (${nth}): ${mishap}`));
    }
  });
  await Promise.all(voters);

  const board = await boardOf(town);
  for (const one of cases) {
    await test.step(one.title, async () => expectOneEach(board, one.pseudonyms, one.ending, one.pools));
  }
});
