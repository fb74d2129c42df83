/**
 * One recorded timeline, one SHA-256: seven engines - V8, and WAMR ahead of time and interpreted on Linux, the i.MX6UL and
 * RISC-V - and Linux on foreign processors must send the same frames, octet for octet.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, describe, it } from "node:test";
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

const linux = programs().flatMap(({ name, command, skip }) =>
  compiledOrNot((interpreter) => ({
    name: `postern-linux ${name}`,
    ...(skip !== undefined && { skip }),
    replays({ path }) {
      const [program, ...args] = [...command, "--replay", path, ...(interpreter ? ["--interpreter"] : [])];
      const { stdout, stderr } = spawnSync(program!, args, { encoding: "utf8" });
      return read(WORDS.exec(stdout), stderr);
    },
  })),
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
  for (const [i, engine] of [...linux, ...boards].entries()) {
    const how = i % 2 === 0 ? "AOT" : "interpreter";
    it(`${engine.name}, ${how}`, engine.skip === undefined ? {} : { skip: engine.skip }, async () => assert.deepEqual(await of(engine), wanted(how)));
  }
});
