// SPDX-License-Identifier: EUPL-1.2
// What the ballot page loads, as the browser saw it: scripts and styles in the bytes that came over the line (compressed),
// until a ballot can be filled in, and with what comes while the voter chooses: all of the way but the drawing of QR codes.

/** Of script and style, before a ballot can be filled in. */
export const BALLOT_PAGE_BYTES_MAX = 60_000;

/** What a ballot is filled in with: the choices of a pool. */
const CONTROL = "main .projects input, main .projects button";

/** Notes in the page when the first control of a ballot, or what else a page is for, was there to be used. */
export async function watchForBallot(page, control = CONTROL) {
  await page.addInitScript((selector) => {
    const watch = new MutationObserver(() => {
      if (document.querySelector(selector) === null) return;
      watch.disconnect();
      // After what the browser does with it: style, layout, paint, and whatever script still runs.
      requestAnimationFrame(() => setTimeout(() => (globalThis.urnaBallotAt = performance.now())));
    });
    watch.observe(document, { childList: true, subtree: true });
  }, control);
}

/** Milliseconds since the navigation began at which that was so. */
export async function ballotAt(page) {
  await page.waitForFunction(() => globalThis.urnaBallotAt !== undefined, undefined, { timeout: 120_000 });
  return page.evaluate(() => globalThis.urnaBallotAt);
}

/** Scripts and styles that were asked for before `until` (milliseconds since the navigation). */
async function loaded(page, until) {
  const files = await page.evaluate(
    (end) =>
      performance
        .getEntriesByType("resource")
        .filter((one) => one.startTime <= end && /\.(js|css)$/.test(new URL(one.name).pathname))
        .map((one) => ({ name: new URL(one.name).pathname, bytes: one.encodedBodySize })),
    until,
  );
  return { bytes: files.reduce((sum, one) => sum + one.bytes, 0), files };
}

/** Opens the page in a context of its own, with nothing kept from before. */
export async function weighBallotPage(browser, url) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await watchForBallot(page);
    await page.goto(url);
    const at = await ballotAt(page);
    // What comes while the voter chooses.
    await page.waitForLoadState("networkidle");
    return { ballot: await loaded(page, at), whole: await loaded(page, Number.MAX_VALUE) };
  } finally {
    await context.close();
  }
}
