// SPDX-License-Identifier: EUPL-1.2
// A town whose ballot box shows the built pages (web/site/dist), for tests in a browser; and what stands on its board.
import { expect } from "@playwright/test";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const urna = path.resolve(process.env.URNA_PROGRAM ?? path.join(root, "build/release/urna"));
export const site = path.resolve(process.env.URNA_SITE ?? path.join(root, "web/site/dist"));

export interface Resident {
  readonly first_name: string;
  readonly last_name: string;
  readonly pesel: string;
  readonly phone: string;
  readonly district: string;
  readonly pools: readonly string[];
}

export interface Pool {
  readonly id: string;
  /** City whose manner to follow (`urna generate --kind`). */
  readonly kind: string;
  /** The district whose residents it is for; everybody's without one. */
  readonly district?: string;
  /** More words for `urna generate`. */
  readonly words?: readonly string[];
}

export class Town {
  readonly box!: string;
  readonly registrar!: string;
  readonly sms_control!: string;
  readonly dir: string;
  readonly residents!: Resident[];
  private readonly processes!: Record<string, number>;
  private restarted: ChildProcess | undefined;
  private next = 0;

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {
    this.dir = path.join(folder, "town");
    for (const file of ["addresses", "residents"]) {
      const told: unknown = JSON.parse(readFileSync(path.join(this.dir, `${file}.json`), "utf8"));
      Object.assign(this, file === "residents" ? { residents: told } : told);
    }
  }

  static async start(pools: readonly Pool[], voters: number): Promise<Town> {
    expect(existsSync(urna), `no program at ${urna}`).toBe(true);
    expect(existsSync(path.join(site, "vote/index.html")), `no built pages at ${site}`).toBe(true);
    const folder = mkdtempSync(path.join(tmpdir(), "urna-e2e-"));
    const words = ["--site", site];
    for (const [seed, pool] of pools.entries()) {
      const file = path.join(folder, `${pool.id}.pb`);
      program("generate", "--kind", pool.kind, "--seed", seed + 3, "--voters", voters, "--turnout", 100, ...(pool.words ?? []), "--out", file, "--quiet");
      words.push("--pool", `${pool.id}=${file}`);
      if (pool.district !== undefined) words.push("--district", `${pool.district}=${pool.id}`);
    }
    const log = openSync(path.join(folder, "town.log"), "w");
    const child = spawn(
      process.execPath,
      [path.join(root, "demo/town.mjs"), "--urna", urna, "--dir", path.join(folder, "town"), ...words],
      { stdio: ["ignore", "pipe", log] },
    );
    let printed = "";
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on("data", (text) => {
        printed += text;
        if (printed.includes("Ctrl-C stops the town")) resolve();
      });
      child.once("exit", (code) =>
        reject(new Error(`the town ended with ${code}\n${printed}${readFileSync(path.join(folder, "town.log"), "utf8")}`)),
      );
    });
    return new Town(folder, child);
  }

  async stop(): Promise<void> {
    this.restarted?.kill("SIGTERM");
    if (this.child.exitCode === null) {
      this.child.kill("SIGTERM");
      await new Promise((resolve) => this.child.once("exit", resolve));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Somebody who has not voted yet. */
  someone(of: (resident: Resident) => boolean = () => true): Resident {
    for (; this.next < this.residents.length; ) {
      const resident = this.residents[this.next++]!;
      if (of(resident)) return resident;
    }
    throw new Error("nobody is left");
  }

  async messages(phone: string): Promise<string[]> {
    const { messages } = (await (await fetch(`${this.sms_control}/messages`)).json()) as {
      messages: { to: string; text: string }[];
    };
    return messages.filter((one) => one.to === phone).map((one) => one.text);
  }

  /** Kills the ballot box without warning; resolves when it is gone. */
  async killBox(): Promise<void> {
    const id = this.restarted?.pid ?? this.processes.box!;
    process.kill(id, "SIGKILL");
    await expect.poll(() => isAlive(id), { timeout: 30_000 }).toBe(false);
  }

  /** Starts it again, at the same address. */
  async startBox(): Promise<void> {
    const log = openSync(path.join(this.dir, "logs/box.json"), "a");
    const child = spawn(urna, ["serve", "--config", path.join(this.dir, "serve.toml")], {
      stdio: ["ignore", "ignore", log],
    });
    this.restarted = child;
    const status = async (): Promise<number | undefined> => (await fetch(`${this.box}/readyz`).catch(() => undefined))?.status;
    await expect.poll(status, { timeout: 30_000 }).toBe(204);
    expect(child.exitCode, "the ballot box that was started again has ended").toBe(null);
  }

  /** The board, exported as for the tally and read by the independent verifier's code. */
  async board(): Promise<Board> {
    const folder = mkdtempSync(path.join(this.folder, "export-"));
    rmSync(folder, { recursive: true });
    program("box", "export", "--config", path.join(this.dir, "serve.toml"), folder);
    const code = await reader();
    return code.readBoard((file: string) => readFileSync(path.join(folder, file)));
  }
}

export interface Board {
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
