// SPDX-License-Identifier: EUPL-1.2
// The counting report in a real browser: accessible, alone, usable by keyboard and on a phone.
// URNA_REPORT names the page, made by `urna count FILE.pb --report PAGE.html`.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const report = resolve(process.env.URNA_REPORT ?? resolve(here, "../../build/report.html"));
const address = pathToFileURL(report).href;
const pictures = resolve(here, "../../build/screenshots");

test.beforeAll(() => {
  expect(existsSync(report), `no report at ${report}; set URNA_REPORT`).toBe(true);
  mkdirSync(pictures, { recursive: true });
});

// Opens the page and collects what must stay empty: requests to anywhere, console messages of
// warning or worse (broken policies are among them), and script errors.
async function open(page: Page, fragment = ""): Promise<string[]> {
  const complaints: string[] = [];
  page.on("request", (request) => {
    const url = request.url().split("#")[0];
    if (url !== address && !url.startsWith("data:")) complaints.push(`request: ${url}`);
  });
  page.on("console", (message) => {
    if (["warning", "error"].includes(message.type())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  await page.goto(address + fragment);
  return complaints;
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.querySelectorAll("details").forEach((details) => (details.open = true));
  });
}

// Each language, scheme and width once, or with `./dev test --all` each with each.
const usual = (language: string, colorScheme: string, width = language === "pl" ? 320 : 1280) =>
  process.env.URNA_TEST_ALL === "1" ||
  ((language === "pl") === (colorScheme === "light") && (language === "pl") === (width === 320));
for (const language of ["pl", "en"] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [320, 1280]) {
      if (!usual(language, colorScheme, width)) continue;
      test.describe(`${language}, ${colorScheme}, ${width} px`, () => {
        test.use({ colorScheme, viewport: { width, height: 800 } });

        test("has no accessibility violation and fits the width", async ({ page }) => {
          const complaints = await open(page, `#${language}`);
          await page.screenshot({
            path: resolve(pictures, `report-${language}-${colorScheme}-${width}.png`),
          });
          expect(await overflow(page)).toBe(0);
          await unfold(page);
          expect(await overflow(page)).toBe(0);
          const result = await new AxeBuilder({ page })
            .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
            .analyze();
          const found = result.violations.map(
            (violation) =>
              `${violation.id} (${violation.impact}): ` +
              violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "),
          );
          expect(found).toEqual([]);
          expect(complaints).toEqual([]);
        });
      });
    }
  }
}

// A contrast that axe cannot work out is unproved. That happens to what is scrolled out of a table's
// region, so this page is as wide as its widest table. A lone mark such as "≠" is never judged: it
// is hidden from assistive technology and has its words beside it.
for (const language of ["pl", "en"] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    if (!usual(language, colorScheme)) continue;
    test.describe(`${language}, ${colorScheme}, very wide`, () => {
      test.use({ colorScheme, viewport: { width: 5000, height: 900 } });

      test("the contrast of every word is proved", async ({ page }) => {
        await open(page, `#${language}`);
        await page.evaluate(() => {
          document.styleSheets[0].insertRule(".wrap{max-width:none!important}");
        });
        await unfold(page);
        const result = await new AxeBuilder({ page }).withRules(["color-contrast"]).analyze();
        const unproved = result.incomplete
          .flatMap((entry) => entry.nodes)
          .filter((node) =>
            node.any.some(
              (check) => !["shortTextContent", "nonBmp"].includes(check.data?.messageKey),
            ),
          )
          .map((node) => node.html.slice(0, 160));
        expect(result.violations).toEqual([]);
        expect(unproved).toEqual([]);
        expect(result.passes[0].nodes.length).toBeGreaterThan(100);
      });
    });
  }
}

test("shows one language at a time and switches by keyboard", async ({ page }) => {
  await open(page);
  await expect(page.locator("#pl")).toBeVisible();
  await expect(page.locator("#en")).toBeHidden();
  await expect(page.locator("html")).toHaveAttribute("lang", "pl");
  const polishTitle = await page.title();

  const english = page.getByRole("link", { name: "English" });
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("Tab");
    if (await english.evaluate((link) => link === document.activeElement)) break;
  }
  await expect(english).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#en")).toBeVisible();
  await expect(page.locator("#pl")).toBeHidden();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(english).toHaveAttribute("aria-current", "true");
  await expect(english).toBeFocused();
  expect(await page.title()).not.toBe(polishTitle);
});

test("a link to a section of the other language shows that language", async ({ page }) => {
  await open(page, "#en-ties");
  await expect(page.locator("#en-ties")).toBeInViewport();
  await expect(page.locator("#pl")).toBeHidden();
});

for (const [locale, language] of [["pl-PL", "pl"], ["en-GB", "en"], ["de-DE", "pl"]]) {
  test.describe(`reader who prefers ${locale}`, () => {
    test.use({ locale } as BrowserContextOptions);
    test(`first sees ${language}`, async ({ page }) => {
      await open(page);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expect(page.locator(`#${language}`)).toBeVisible();
    });
  });
}

test("the first stop of the keyboard skips to the content", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Tab");
  const skip = page.locator("a.skip");
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});

test("every focusable thing shows its focus", async ({ page }) => {
  await open(page);
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return "body";
      const style = getComputedStyle(element);
      return `${style.outlineStyle} ${style.outlineWidth}`;
    });
    expect(["body", "solid 3px"]).toContain(outline);
  }
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test("both languages are there, one after the other", async ({ page }) => {
    await open(page);
    await expect(page.locator("#pl")).toBeVisible();
    await expect(page.locator("#en")).toBeVisible();
    await expect(page.locator("#pl")).toHaveAttribute("lang", "pl");
    await expect(page.locator("#en")).toHaveAttribute("lang", "en");
  });
});

test.describe("at 200 % zoom", () => {
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  test("nothing is cut off sideways", async ({ page }) => {
    await open(page, "#pl");
    await unfold(page);
    expect(await overflow(page)).toBe(0);
  });
});

test("larger text alone does not break the page", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await open(page, "#pl");
  await page.evaluate(() => {
    for (const sheet of document.styleSheets) sheet.insertRule("html{font-size:200%!important}", 0);
  });
  expect(await overflow(page)).toBe(0);
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });
  test("nothing moves", async ({ page }) => {
    await open(page, "#pl");
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll("*")].filter((element) => {
        const style = getComputedStyle(element);
        return (
          style.scrollBehavior === "smooth" ||
          style.animationName !== "none" ||
          parseFloat(style.transitionDuration) > 0
        );
      }).length,
    );
    expect(moving).toBe(0);
  });
});

test("wide tables scroll inside a named region that the keyboard reaches", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await open(page, "#pl");
  await unfold(page);
  const regions = page.locator("#pl .scroll");
  for (const region of await regions.all()) {
    await expect(region).toHaveAttribute("tabindex", "0");
    await expect(region).toHaveAttribute("role", "region");
    expect(await region.getAttribute("aria-label")).toBeTruthy();
  }
});

test("the policy stops what is not part of the page", async ({ page }) => {
  await open(page, "#pl");
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.intruder = 'yes'";
    document.body.append(script);
    return document.documentElement.dataset.intruder === "yes";
  });
  expect(ran).toBe(false);
});

test("prints the language shown, without navigation", async ({ page }) => {
  await open(page, "#en");
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".languages")).toBeHidden();
  await expect(page.locator("#en .toc")).toBeHidden();
  await expect(page.locator("#en h1")).toBeVisible();
  await page.pdf({ path: resolve(pictures, "report-en.pdf"), format: "A4" });
});
