// SPDX-License-Identifier: EUPL-1.2
// Measures, in Chromium with its processor slowed down four times: how long the ballot code takes to load, to check a
// certificate, to encrypt and sign the widest ballot of a published edition, and to check a challenge; and its size.
//
//   node test/e2e/ballot-speed.mjs [SLOWDOWN]        (after npm ci here and in web/)
import { chromium } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const slowdown = Number(process.argv[2] ?? 4);
const root = fileURLToPath(new URL("../../", import.meta.url));
const { build } = createRequire(`${root}web/package.json`)("esbuild");
const { cases } = JSON.parse(readFileSync(`${root}test/vectors/ballots.json`, "utf8"));

const bundled = async (contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: `${root}web/ballot/src`, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    globalName: "urna",
    target: "es2022",
  });
  return outputFiles[0].text;
};
const page = await bundled(
  'export { castBallot, checkChoice, forgetSecret, forgetVoterKey, loadEdition, makeBallot, makeReceipt, newVoterKey, nextBallot, readCertificate, revealChallenge, submitAudited, warmUp } from "./index.js";',
);
const everything = await bundled(
  'export * from "./index.js"; export { decodeElement } from "../../verify/src/group.js"; export { fromHex } from "../../verify/src/bytes.js";',
);
const kB = (text) => `${(gzipSync(text, { level: 9 }).length / 1000).toFixed(1)} kB`;
console.log(`what a ballot page needs, compressed: ${kB(page)}; with all checks: ${kB(everything)}`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const tab = await (await browser.newContext()).newPage();
const session = await tab.context().newCDPSession(tab);
await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
for (const about of ["at most 15 of 97 (Warszawa, district)", "10 points, the widest", "three elements"]) {
  const one = cases.find((each) => each.about.startsWith(about));
  await tab.goto("about:blank");
  const figures = await tab.evaluate(
    async ([script, c]) => {
      const figures = {};
      const timed = (name, work) => {
        const before = performance.now();
        const result = work();
        (figures[name] ??= []).push(performance.now() - before);
        return result;
      };
      timed("load", () => (0, eval)(`${script};globalThis.urna = urna`));
      const { urna } = globalThis;
      const points = c.rule["4"];
      const pool = {
        width: c.width,
        ballotRule: {
          form: c.rule["1"],
          least: c.rule["2"],
          most: c.rule["3"],
          points: points && { leastEach: points[0], mostEach: points[1], leastInAll: points[2], mostInAll: points[3] },
          knapsack: c.rule["5"],
          blank: c.rule["6"],
        },
        projects: c.costs.map((cost, i) => ({ id: String(i), cost, name: "" })),
      };
      const edition = {
        jointKey: urna.fromHex(c.joint_key),
        manifest: {
          hash: urna.fromHex(c.edition),
          assurance: 2,
          registrarKey: urna.decodeElement(urna.fromHex(c.registrar_key), "key"),
          pools: [pool, pool, pool],
        },
      };
      const before = performance.now();
      await urna.warmUp(edition);
      figures["warm-up, when idle, in pieces"] = [performance.now() - before];
      const key = timed("voter's key", () => urna.restoreVoterKey(urna.fromHex(c.voter_secret)));
      const choice = points
        ? { kind: "points", points: new Map(c.projects.map((project, i) => [project, c.points[i]])) }
        : { kind: c.rule["1"], projects: c.projects };
      for (let round = 0; round < 5; ++round) {
        const certificate = timed("certificate", () => urna.readCertificate(urna.fromHex(c.certificate), edition));
        const next = { counter: c.counter, previous: c.previous };
        const ballot = timed("encrypt and sign", () =>
          urna.makeBallot(edition, c.pool, choice, certificate, key, next),
        );
        const { text } = urna.revealChallenge(ballot, edition);
        const checked = timed("check a challenge", () => urna.checkChallenge(text, edition));
        if (!checked.ok) throw new Error(checked.reason);
        figures["characters of a challenge"] = [text.length];
      }
      return figures;
    },
    [everything, one],
  );
  console.log(`\n${one.about}: ${one.width} element(s)`);
  for (const [name, values] of Object.entries(figures)) {
    const shown = values.map((value) => value.toFixed(0)).join(" ");
    console.log(`  ${name.padEnd(30)} ${shown}${name.startsWith("characters") ? "" : " ms"}`);
  }
}
await browser.close();
