// SPDX-License-Identifier: EUPL-1.2
// What tests do to a town besides voting in it: kill the ballot box, start it again, read the board as it would be tallied.
import { expect } from "@playwright/test";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root, urna, type Resident, type Town } from "./town";

/** The town's residents, each of whom is asked once. */
export class Residents {
  private next = 0;

  constructor(private readonly town: Town) {}

  /** Somebody who has not voted yet. */
  someone(of: (resident: Resident) => boolean = () => true): Resident {
    while (this.next < this.town.residents.length) {
      const resident = this.town.residents[this.next++]!;
      if (of(resident)) return resident;
    }
    throw new Error("nobody is left");
  }
}

/** The town's ballot box as a process. */
export class Box {
  private restarted: ChildProcess | undefined;

  constructor(private readonly town: Town) {}

  /** Kills it without warning; resolves when it is gone. */
  async kill(): Promise<void> {
    const id = this.restarted?.pid ?? this.town.processes.box!;
    process.kill(id, "SIGKILL");
    await expect.poll(() => isAlive(id), { timeout: 30_000 }).toBe(false);
  }

  /** Starts it again, at the same address. */
  async start(): Promise<void> {
    const { dir, box } = this.town;
    const child = spawn(urna, ["serve", "--config", path.join(dir, "serve.toml")], {
      stdio: ["ignore", "ignore", openSync(path.join(dir, "logs/box.json"), "a")],
    });
    this.restarted = child;
    const status = async (): Promise<number | undefined> => (await fetch(`${box}/readyz`).catch(() => undefined))?.status;
    await expect.poll(status, { timeout: 30_000 }).toBe(204);
    expect(child.exitCode, "the ballot box that was started again has ended").toBe(null);
  }

  /** Ends what was started here. */
  stop(): void {
    this.restarted?.kill("SIGTERM");
  }
}

/** The board, exported as for the tally and read by the independent verifier's code. */
export async function boardOf(town: Town): Promise<Board> {
  const folder = mkdtempSync(path.join(town.dir, "export-"));
  rmSync(folder, { recursive: true });
  program("box", "export", "--config", path.join(town.dir, "serve.toml"), folder);
  const { readBoard } = await reader();
  return readBoard((file) => readFileSync(path.join(folder, file)));
}

export interface Board {
  /** Ids. */
  readonly pools: readonly string[];
  readonly audited: number;
  /** In order, with the ids of their pools. */
  readonly ballots: readonly {
    readonly pool: string;
    readonly pseudonym: string;
    readonly code: string;
    readonly counted: boolean;
  }[];
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

export function program(...words: readonly (string | number)[]): string {
  const done = spawnSync(urna, words.map(String), { encoding: "utf8", maxBuffer: 1 << 28 });
  expect(done.status, `urna ${words.join(" ")}\n${done.stderr}`).toBe(0);
  return done.stdout;
}

// The verifier's code is TypeScript for other programs to bundle; so does this one.
let bundled: Promise<{ readBoard(read: (file: string) => Uint8Array): Promise<Board> }> | undefined;
function reader(): NonNullable<typeof bundled> {
  bundled ??= (async () => {
    const { build } = createRequire(path.join(root, "web/package.json"))("esbuild");
    const contents = `
      import { readLog } from "./verify/src/board.js";
      import { decodeManifest } from "./verify/src/manifest.js";
      import { countedBallots } from "./verify/src/counted.js";
      import { kindOf } from "./verify/src/entries.js";
      import { readBallot } from "./ballot/src/ballot.js";
      import { shortCode } from "./ballot/src/code.js";
      export async function readBoard(read) {
        const manifest = decodeManifest(read("manifest.cbor"));
        const log = await readLog(async (file) => read(file), undefined, async () => {});
        const ballots = log.entries.flatMap((entry, index) => {
          if (kindOf(entry) !== "ballot") return [];
          const { pool, pseudonym, level, ciphertext, pairs } = readBallot(entry, { manifest });
          return [{ index, pool, pseudonym, level, packed: ciphertext, points: pairs, annulled: false }];
        });
        const counted = new Set(countedBallots(manifest, manifest.pools.length, ballots).flat());
        return {
          pools: manifest.pools.map((pool) => pool.id),
          audited: log.entries.filter((entry) => kindOf(entry) === "audited").length,
          ballots: ballots.map((one) => ({
            pool: manifest.pools[one.pool].id,
            pseudonym: one.pseudonym,
            code: shortCode(log.hashes[one.index]),
            counted: counted.has(one),
          })),
        };
      }`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: path.join(root, "web") },
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
    });
    return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  })();
  return bundled;
}
