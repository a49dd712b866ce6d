// SPDX-License-Identifier: EUPL-1.2
// Somebody who votes in a browser, and who does not give up: whatever the page shows, they do what it offers next.
import { expect, type Locator, type Page } from "@playwright/test";
import { smsTo, type Resident, type Town } from "./town";

/** What the page says in the end. */
export type Ending =
  /** "Your ballot was cast": `codes` are those on the receipts. */
  | { readonly kind: "cast"; readonly codes: string[] }
  /** A statement that nothing was cast, or that voting is over. */
  | { readonly kind: "not-cast"; readonly heading: string }
  | { readonly kind: "elsewhere"; readonly heading: string };

export interface Ways {
  /** Stops before this button is pressed. */
  readonly until?: "cast" | "code" | "who";
  /** Reloads the page that could not be loaded at all, as people do. */
  readonly reloads?: boolean;
  /** Called after every step, with what was done. */
  readonly after?: (step: string) => Promise<void> | void;
  /** How many steps before this counts as not ending. */
  readonly patience?: number;
}


export class Voter {
  /** Messages that this voter had before. */
  private seen = 0;
  /** What was done, in order; told when a test fails. */
  readonly steps: string[] = [];

  constructor(
    readonly page: Page,
    readonly town: Town,
    readonly resident: Resident,
  ) {}

  async open(): Promise<void> {
    this.seen = (await smsTo(this.town, this.resident.phone)).length;
    // The first request may be the one that fails.
    await this.page.goto(`${this.town.box}/vote/`).catch(() => undefined);
  }

  /** Goes on until the page says what became of the vote. */
  async vote(ways: Ways = {}): Promise<Ending> {
    const { patience = 150 } = ways;
    let idle = 0;
    let stuck = "";
    while (this.steps.length < patience && idle < 200) {
      const ending = await this.ending();
      if (ending !== undefined) return ending;
      if (ways.until !== undefined && (await this.at(ways.until))) return { kind: "not-cast", heading: ways.until };
      const step = await this.step(ways);
      if (step === undefined) {
        idle++;
        await this.page.waitForTimeout(50);
        continue;
      }
      idle = 0;
      this.steps.push(step);
      stuck = step;
      await ways.after?.(step);
    }
    const shown = await this.page.locator("body").innerText().catch(() => "nothing");
    throw new Error(`no ending after ${this.steps.length} steps, the last "${stuck}"\n${this.steps.join(" > ")}\n${shown}`);
  }

  private heading(): Promise<string> {
    return this.page
      .locator("main h1")
      .first()
      .innerText({ timeout: 1000 })
      .catch(() => "");
  }

  private async ending(): Promise<Ending | undefined> {
    const heading = await this.heading();
    if (/oddan[ye]/.test(heading)) {
      const codes = await this.page.locator(".receipt strong.code").allInnerTexts();
      return { kind: "cast", codes };
    }
    if (/innej karcie/.test(heading) || /przeniesiono/.test(heading)) return { kind: "elsewhere", heading };
    if (/zakończyło/.test(heading)) return { kind: "not-cast", heading };
    return undefined;
  }

  private async at(where: NonNullable<Ways["until"]>): Promise<boolean> {
    if (where === "cast") return enabled(this.page.getByRole("button", { name: /^Wyślij głos/ }));
    if (where === "code") return this.page.locator("#code").isVisible();
    return this.page.locator("#pesel").isVisible();
  }

  /** Does one thing that the page offers, and says which; undefined: the page is busy, or offers nothing. */
  private async step(ways: Ways): Promise<string | undefined> {
    const { page } = this;
    const button = (name: string | RegExp): Locator => page.getByRole("button", { name }).first();
    const press = async (what: string, it: Locator): Promise<string | undefined> => {
      try {
        await it.click({ timeout: 3000 });
        // What was asked is under way, or answered at once.
        await page.waitForTimeout(60);
        return what;
      } catch {
        return undefined;
      }
    };

    if (!(await page.locator("main").isVisible().catch(() => false))) {
      if (ways.reloads === false) return undefined;
      await page.waitForTimeout(400);
      if (await page.locator("main").isVisible().catch(() => false)) return undefined;
      await page.goto(`${this.town.box}/vote/`).catch(() => undefined);
      return "open again";
    }
    // Buttons of what was refused or not answered.
    for (const name of ["Spróbuj jeszcze raz", "Wyślij teraz", "Przygotuj jeszcze raz", "Zaszyfruj jeszcze raz", "Pobierz poświadczenie"]) {
      if (await enabled(button(name))) {
        await page.waitForTimeout(100);
        if (await enabled(button(name))) return press(name, button(name));
      }
    }
    const cast = button(/^Wyślij głos/);
    // The page may have come to where to stop since that was looked for.
    if (await enabled(cast)) return ways.until === "cast" ? undefined : press("cast", cast);
    if (await page.locator("#pesel").isVisible()) {
      if (ways.until === "who") return undefined;
      const { first_name, last_name, pesel } = this.resident;
      const send = button("Wyślij kod SMS-em");
      if (!(await enabled(send))) return undefined;
      try {
        for (const [id, text] of Object.entries({ first_name, last_name, pesel })) {
          await page.locator(`#${id}`).fill(text, { timeout: 2000 });
        }
      } catch {
        return undefined;
      }
      this.seen = (await smsTo(this.town, this.resident.phone)).length;
      return press("who", send);
    }
    if (await page.locator("#code").isVisible()) {
      if (ways.until === "code") return undefined;
      if (!(await enabled(button("Potwierdź")))) return undefined;
      const code = await this.code();
      if (code === undefined) {
        const again = button("Wyślij kod SMS-em");
        return (await enabled(again)) ? press("another code", again) : undefined;
      }
      await page
        .locator("#code")
        .fill(code, { timeout: 2000 })
        .catch(() => undefined);
      this.tried.push(code);
      return press("code", button("Potwierdź"));
    }
    const district = page.getByRole("radio", { name: this.resident.district, exact: true });
    if (await district.isVisible().catch(() => false)) {
      await district.check({ timeout: 2000 }).catch(() => undefined);
      return press("district", button("Dalej"));
    }
    if (await page.getByRole("searchbox").isVisible()) {
      const all = button(/^Daj wszystkie/);
      if (await all.isVisible().catch(() => false)) await all.click({ timeout: 2000 }).catch(() => undefined);
      return press("choice", button("Dalej"));
    }
    return undefined;
  }

  /** Codes that were typed; one that was refused is not typed a third time. */
  private readonly tried: string[] = [];

  /** The newest code that came since it was asked for; none after some seconds. */
  private async code(): Promise<string | undefined> {
    for (let k = 0; k < 60; ++k) {
      const texts = (await smsTo(this.town, this.resident.phone)).slice(this.seen);
      for (const text of texts.reverse()) {
        const found = /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0];
        if (found === undefined) continue;
        if (this.tried.filter((one) => one === found).length > 1) return undefined;
        return found;
      }
      await this.page.waitForTimeout(50);
    }
    return undefined;
  }
}

async function enabled(button: Locator): Promise<boolean> {
  const first = button.first();
  if (!(await first.isVisible().catch(() => false))) return false;
  return (await first.getAttribute("aria-disabled", { timeout: 500 }).catch(() => "true")) !== "true";
}

/** The pseudonym in a certificate of the registrar, from its answer. */
export async function pseudonymsSeen(page: Page): Promise<Set<string>> {
  const seen = new Set<string>();
  page.on("response", (response) => {
    if (!response.url().endsWith("/certificates") || response.status() !== 201) return;
    void response
      .json()
      .then(({ certificate }: { certificate: string }) => {
        // The map's first pair: key 1 and a byte string of 32 bytes.
        const bytes = Buffer.from(certificate, "base64");
        expect(bytes.subarray(0, 4).toString("hex")).toBe("a7015820");
        seen.add(bytes.subarray(4, 36).toString("hex"));
      })
      .catch(() => undefined);
  });
  return seen;
}
