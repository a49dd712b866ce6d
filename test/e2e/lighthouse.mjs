// SPDX-License-Identifier: EUPL-1.2
// Lighthouse on a page in a Chromium of its own: what it says of accessibility and good practice. Its scores for speed
// depend on the machine and are not asked for; `./dev bench pages` measures times.
import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { freePort } from "../../demo/desk.mjs";

const CATEGORIES = ["accessibility", "best-practices"];
// Nothing of these pages comes late, and no time is measured: it need not wait for what might.
const WAITS = { pauseAfterFcpMs: 200, pauseAfterLoadMs: 200, networkQuietThresholdMs: 500, cpuQuietThresholdMs: 500 };

/** Starts a browser; `audit(url)` gives the scores out of 100 and, named, the audits that took something off them. */
export async function startLighthouse() {
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [`--remote-debugging-port=${port}`, "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  return {
    async audit(url) {
      const { lhr } = await lighthouse(url, {
        port,
        output: "json",
        logLevel: "error",
        onlyCategories: CATEGORIES,
        disableFullPageScreenshot: true,
        ...WAITS,
      });
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
      const failed = CATEGORIES.flatMap((category) =>
        lhr.categories[category].auditRefs
          .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
          .map(({ id }) => `${id}: ${lhr.audits[id].title} ${JSON.stringify(lhr.audits[id].details?.items ?? []).slice(0, 600)}`),
      );
      const score = (category) => Math.round(100 * (lhr.categories[category].score ?? 0));
      return { accessibility: score("accessibility"), bestPractices: score("best-practices"), failed };
    },
    stop: () => browser.close(),
  };
}
