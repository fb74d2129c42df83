/**
 * One recorded timeline, one SHA-256: seven engines - V8, and WAMR ahead of time and interpreted on Linux, the i.MX6UL and
 * RISC-V - and Linux on foreign processors must send the same frames, octet for octet.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { EmulatedBoard } from "../support/world/emulated.ts";
import { machine } from "../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../tools/board/firmware.mjs";
import { programs, skipReason } from "./machine/board_needs.ts";
import { recordFiles, replay, type Recording } from "./machine/timeline.ts";

type Given = Recording & { path: string };
type Result = { engine: string; frames: number; sha256: string };
interface Engine {
  name: string;
  skip?: string;
  replays(given: Given): Result | Promise<Result>;
}

const WORDS = /replay engine=(\w+) records=\d+ frames=(\d+) sha256=([0-9a-f]{64})\b/;
const read = (match: RegExpExecArray | null, said: string): Result => {
  assert.ok(match, said);
  return { engine: match[1]!, frames: Number(match[2]), sha256: match[3]! };
};

const v8: Engine = {
  name: "V8",
  replays: ({ timeline }) => ({ engine: "V8", ...replay(timeline) }),
};

const compiledOrNot = (engine: (interpreter: boolean) => Engine): Engine[] => [engine(false), engine(true)];

/** What postern-linux makes of a timeline. */
function replayed(command: string[], path: string, ...options: string[]): Result {
  const [program, ...args] = [...command, "--replay", path, ...options];
  const { stdout, stderr } = spawnSync(program!, args, { encoding: "utf8" });
  return read(WORDS.exec(stdout), stderr);
}

const linux = programs().flatMap(({ name, command, skip }) =>
  compiledOrNot((interpreter) => ({
    name: `postern-linux ${name}`,
    ...(skip !== undefined && { skip }),
    replays: ({ path }) => replayed(command, path, ...(interpreter ? ["--interpreter"] : [])),
  })),
);

/** The forms that the program would not choose on this processor, if it can run them: the plain one, and AVX2's. */
const forms = programs(["x86_64"]).flatMap(({ command, skip }) =>
  ["", "-v3"].map((form): Engine => {
    const flags = process.arch === "x64" ? readFileSync("/proc/cpuinfo", "utf8") : "";
    const why = skip ?? (flags.includes(" avx2 ") || (form === "" && process.arch === "x64") ? undefined : "needs an x86-64 processor with AVX2");
    return { name: `postern-linux x86_64, the form "${form.slice(1) || "plain"}"`, ...(why !== undefined && { skip: why }), replays: ({ path }) => replayed(command, path, "--aot", fileURLToPath(new URL(`../../build/aot/linux-x86_64${form}.aot`, import.meta.url))) };
  }),
);

const boards = ["imx6ul", "riscv-virt"].flatMap((name) =>
  compiledOrNot((interpreter) => {
    const skip = skipReason(name);
    return {
      name,
      ...(skip !== undefined && { skip }),
      async replays({ timeline }) {
        const elf = await firmware(name, { log: () => {} });
        const running = new EmulatedBoard(machine(boardNamed(name), elf, { replay: timeline, interpreter, icount: true, console: "pipe" }));
        try {
          return read(await running.until(WORDS, 1_800_000), running.text);
        } finally {
          await running.kill();
        }
      },
    };
  }),
);

describe("one timeline, one SHA-256", () => {
  let recordings: Given[] = [];
  before(() => (recordings = recordFiles()));
  const wanted = (engine: string): Result[] => recordings.map(({ frames, sha256 }) => ({ engine, frames, sha256 }));
  const of = async (engine: Engine): Promise<Result[]> => {
    const results: Result[] = [];
    for (const given of recordings) {
      const { engine: name, frames, sha256 } = await engine.replays(given);
      results.push({ engine: name, frames, sha256 });
    }
    return results;
  };

  it("is recordings of both sides, and no empty ones", () => {
    assert.deepEqual(recordings.map(({ name }) => name), ["alpha", "beta", "everything-alpha", "everything-beta"]);
    for (const { frames } of recordings) assert.ok(frames > 50, `${frames} frames`);
    assert.equal(new Set(recordings.map(({ sha256 }) => sha256)).size, recordings.length);
  });
  it("V8", async () => assert.deepEqual(await of(v8), wanted("V8")));
  for (const form of forms) it(form.name, form.skip === undefined ? {} : { skip: form.skip }, async () => assert.deepEqual(await of(form), wanted("AOT")));
  for (const [i, engine] of [...linux, ...boards].entries()) {
    const how = i % 2 === 0 ? "AOT" : "interpreter";
    it(`${engine.name}, ${how}`, engine.skip === undefined ? {} : { skip: engine.skip }, async () => assert.deepEqual(await of(engine), wanted(how)));
  }
});
