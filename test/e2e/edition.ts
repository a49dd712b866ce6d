// SPDX-License-Identifier: EUPL-1.2
// A town for tests of the pages: services, invented residents, and the built site at the ballot box.
// URNA_PROGRAM names the program, URNA_SITE the built pages.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const urna = process.env.URNA_PROGRAM ?? path.join(root, "build/release/urna");
export const site = process.env.URNA_SITE ?? path.join(root, "web/site/dist");

export interface Pool {
  readonly id: string;
  readonly file: string;
  /** Of the people who vote in it, if not of everybody. */
  readonly district?: string;
}

export interface Town {
  readonly box: string;
  readonly dir: string;
  stop(): Promise<void>;
}

/** Files of published votes, in the folder that URNA_DATA names or a sibling data folder. */
export function publishedPools(names: readonly string[]): string[] | undefined {
  const folders = [process.env.URNA_DATA, "data", "shared/data", "data/pabulib", "shared/data/pabulib"]
    .filter((folder) => folder !== undefined)
    .map((folder) => path.resolve(root, "..", folder));
  const folder = folders.find((one) => existsSync(path.join(one, names[0]!)));
  return folder === undefined ? undefined : names.map((name) => path.join(folder, name));
}

export function inventEdition(kind: string, districts: number, voters: number, projects: number): {
  pools: Pool[];
  geojson: string;
} {
  const folder = mkdtempSync(path.join(tmpdir(), "urna-edition-"));
  const out = path.join(folder, "edition");
  const words = [
    ...["generate", "--kind", kind, "--seed", "7", "--districts", String(districts)],
    ...["--voters", String(voters), "--projects", String(projects), "--quiet", "--out", out],
  ];
  const made = spawnSync(urna, words, { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  const files = readdirSync(out).filter((name) => name.endsWith(".pb")).sort((a, b) => a.length - b.length);
  const pools = files.map((name, k): Pool => {
    const file = path.join(out, name);
    if (k === 0) return { id: "city", file };
    const district = /^subunit;(.+)$/m.exec(readFileSync(file, "utf8"))![1]!;
    return { id: `district-${k}`, file, district };
  });
  return { pools, geojson: path.join(out, "districts.geojson") };
}

/** Starts a town; with "--full" among the words it is open once the result is announced. */
export async function startTown(pools: readonly Pool[], ...words: string[]): Promise<Town> {
  const folder = mkdtempSync(path.join(tmpdir(), "urna-pages-"));
  const dir = path.join(folder, "town");
  const child: ChildProcess = spawn(
    process.execPath,
    [
      ...[path.join(root, "demo/town.mjs"), "--urna", urna, "--dir", dir, "--site", site],
      ...pools.flatMap((pool) => ["--pool", `${pool.id}=${pool.file}`]),
      ...pools.flatMap((pool) => (pool.district ? ["--district", `${pool.district}=${pool.id}`] : [])),
      ...words,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  child.stderr!.on("data", (text) => (printed += text));
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on("data", (text) => {
      printed += text;
      if (printed.includes("Ctrl-C stops the town")) resolve();
    });
    child.once("exit", () => reject(new Error(printed)));
  });
  const { box } = JSON.parse(readFileSync(path.join(dir, "addresses.json"), "utf8")) as { box: string };
  return {
    box,
    dir,
    async stop() {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
