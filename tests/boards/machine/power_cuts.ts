/**
 * Power cuts while a board stores its configuration. QEMU is killed at random moments of a write; what the next start reads
 * must be the old text or the new one, whole. The board runs tests/boards/machine/trap_module.ts, whose N is nothing but a write
 * through the firmware's own store: it starts in a tenth of a second, so every write can have its cut.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { EmulatedBoard } from "../../support/world/emulated.ts";
import { machine } from "../../../tools/board/board.mjs";
import { boardNamed } from "../../../tools/board/firmware.mjs";
import { CONFIG, makeStore, readRecord, writeRecord } from "../../../tools/board/store.mjs";
import { Random } from "../../support/world/random.ts";
import { withModule } from "./board_host.ts";
import { trapModule } from "./trap_module.ts";

export const WRITES = 200;
/** POSTERN_SEED=N: other moments, other lengths. */
export const POWER_SEED = Number(process.env.POSTERN_SEED ?? 1);

/** A millisecond is long for a write: the last part of a wait is spent looking at the clock. */
async function pause(ms: number): Promise<void> {
  const end = performance.now() + ms;
  if (ms > 2) await setTimeout(ms - 2);
  while (performance.now() < end);
}

export async function powerCuts(name: string, folder: string, test: TestContext): Promise<void> {
  const board = boardNamed(name);
  const elf = await withModule(name, folder, trapModule());
  const nvram = join(folder, `${name}-power.store`);
  const random = new Random(POWER_SEED);
  const text = (n: number): string => `N ${n} ${"abcdefghij".repeat(30).slice(random.below(250))}`;
  makeStore(nvram, board);
  let old = text(0);
  writeRecord(nvram, board.store, CONFIG, old);
  /** Milliseconds within which a write is cut off: a write's time at first. What the cuts find moves it, so that they stay on both sides of the end, whatever else the machine does. */
  let within = 0;
  const outcomes = { old: 0, new: 0 };
  let torn = 0;
  /** The board's view of its store: what the module is given at the start. */
  const started = async (board_: EmulatedBoard): Promise<string> => {
    const match = await board_.until(/configure startup\n([^]*?)\nend startup\n/);
    if (/A slot of the startup configuration is damaged/.test(board_.text)) torn++;
    assert.doesNotMatch(board_.text, /default configuration/);
    return match[1]!;
  };
  const boot = (): EmulatedBoard => new EmulatedBoard(machine(board, elf, { nvram, console: "pipe", raw: true }));

  for (let n = 1; n <= WRITES; n++) {
    const next = text(n);
    const b = boot();
    try {
      assert.equal(await started(b), old, `write ${n}, seed ${POWER_SEED}`);
      const begun = performance.now();
      b.type(`${next}\nstored ${n}\n`);
      if (n <= 5) {
        // These end well, and tell how long a write takes.
        await b.until(new RegExp(`^stored ${n}\\n`, "m"));
        within = performance.now() - begun;
      } else await pause((random.below(1000) / 1000) * within);
    } finally {
      await b.kill();
    }
    const stored = readRecord(nvram, board.store, CONFIG)?.text.toString().replace(/\n$/, "");
    assert.ok(stored === old || stored === next, `after the power cut in write ${n} (seed ${POWER_SEED}) the store holds ${JSON.stringify(stored)}, which is neither ${JSON.stringify(old)} nor ${JSON.stringify(next)}`);
    if (n <= 5) assert.equal(stored, next, "what was acknowledged is there");
    else {
      outcomes[stored === next ? "new" : "old"]++;
      within *= stored === next ? 0.97 : 1.03;
    }
    old = stored;
  }
  const last = boot();
  try {
    assert.equal(await started(last), old);
  } finally {
    await last.kill();
  }
  test.diagnostic(`${name}, seed ${POWER_SEED}: after ${WRITES - 5} cuts the old text ${outcomes.old} times, the new one ${outcomes.new} times; ${torn} times a header was half written`);
  assert.ok(outcomes.old >= 10 && outcomes.new >= 10, `the moments were on one side of the write: ${JSON.stringify(outcomes)}`);
}
