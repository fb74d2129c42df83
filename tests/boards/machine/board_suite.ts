/** What a board in QEMU must do, by both engines: the host contract, the store under power cuts, seeds, damaged images, idling. */
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { EmulatedBoard } from "../../support/world/emulated.ts";
import { machine } from "../../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../../tools/board/firmware.mjs";
import { CONFIG, makeStore, readRecord, record, SEED, writeRecord } from "../../../tools/board/store.mjs";
import { boardHost } from "./board_host.ts";
import { skipReason } from "./board_needs.ts";
import { until } from "../../support/world/until.ts";
import { conformance } from "./conformance.ts";
import { POWER_SEED, powerCuts, WRITES } from "./power_cuts.ts";

/** Defines the tests of one board. */
export function boardSuite(name: string): void {
  const folder = mkdtempSync(join(tmpdir(), "postern-boards-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const skip = skipReason(name);
  const board = boardNamed(name);
  for (const engine of ["AOT", "interpreter"] as const) conformance(boardHost(name, engine, folder), skip);

  describe(`the board ${name}`, skip === undefined ? {} : { skip }, () => {
    let elf = "";
    before(async () => {
      elf = await firmware(name, { log: () => {} });
    });
    const run = async <T>(options: Parameters<typeof machine>[2], act: (b: EmulatedBoard) => Promise<T>, image = elf): Promise<T> => {
      const running = new EmulatedBoard(machine(board, image, { console: "pipe", ...options }));
      try {
        return await act(running);
      } finally {
        await running.kill();
      }
    };

    it("runs Postern as compiled code, and by the interpreter when it is told to", async () => {
      await run({}, (b) => b.until(/Ready after \d+ ms, module run by AOT\./));
      await run({ interpreter: true }, (b) => b.until(/Ready after \d+ ms, module run by interpreter\./));
    });

    it("runs the interpreter, and says so, when the AOT section is damaged", async () => {
      const bytes = readFileSync(elf);
      const at = bytes.indexOf(readFileSync(join(elf, "../aot.z")).subarray(0, 1000));
      assert.ok(at >= 0);
      bytes[at + 20000]! ^= 1;
      const damaged = join(folder, `${name}-damaged.elf`);
      writeFileSync(damaged, bytes);
      await run({}, async (b) => {
        await b.until(/The AOT section is refused \(it is damaged\): the interpreter runs/);
        await b.until(/module run by interpreter/);
      }, damaged);
    });

    it("starts no IKE without entropy, and says why", () =>
      run({ seed: null }, async (b) => {
        await b.until(/Entropy: none: .*no seed was given/);
        await b.until(/NO_ENTROPY/);
        await b.until(/Ready after/);
        assert.match(await b.ask("show version"), /[Ee]ntropy.*(missing|no|not)/);
      }));

    it("uses a stored seed once", async () => {
      const nvram = join(folder, `${name}-seed.store`);
      makeStore(nvram, board, { seed: Buffer.alloc(64, 7) });
      const seeds = [];
      for (let i = 0; i < 2; i++) {
        await run({ nvram }, (b) => b.until(/Ready after/));
        const seed = readRecord(nvram, board.store, SEED)!.text;
        assert.equal(seed.length, 64);
        seeds.push(seed.toString("hex"));
      }
      assert.notEqual(seeds[0], "07".repeat(64));
      assert.notEqual(seeds[0], seeds[1]);
      // The old seed is nowhere on the medium.
      assert.equal(readFileSync(nvram).includes(Buffer.alloc(64, 7)), false);
    });

    it("takes the other slot when one of the configuration is damaged", async () => {
      const nvram = join(folder, `${name}-damaged.store`);
      makeStore(nvram, board);
      writeRecord(nvram, board.store, CONFIG, "hostname older\n");
      const fd = openSync(nvram, "r+");
      const newer = record("hostname newer\n", 2);
      newer[513]! ^= 1;
      writeSync(fd, newer, 0, undefined, board.store.at + board.store.slot);
      closeSync(fd);
      await run({ nvram }, async (b) => {
        await b.until(/A slot of the startup configuration is damaged; the other one is used/);
        await b.until(/^older#/m);
      });
    });

    it("keeps a stored configuration over a power cut, and takes no longer than 100 ms for a fresh instance of Postern", async () => {
      const nvram = join(folder, `${name}-kept.store`);
      makeStore(nvram, board);
      await run({ nvram, icount: "waits" }, async (b) => {
        await b.until(/^postern#/m);
        b.type("configure terminal\rhostname kept\rend\rcopy running-config startup-config\r");
        await b.until(/\[OK\]/);
        b.type("reload\r");
        // What is typed before the fresh instance runs is answered before it can be told when it ran.
        await b.until(/% Reload: a fresh instance[^]*kept#/);
        b.type("show version\r");
        const [, ms] = await b.until(/reloads 1,[^]*Last stop: reload; a fresh instance ran (\d+) ms later/);
        assert.ok(Number(ms) <= 100, `${ms} ms`);
      });
      await run({ nvram }, (b) => b.until(/^kept#/m));
    });

    it("leaves nothing on the medium of a configuration that is replaced or erased", async () => {
      const nvram = join(folder, `${name}-wiped.store`);
      makeStore(nvram, board);
      const key = (n: number, more: string): string => `configure terminal\r${more}crypto isakmp key wanderer-${n} address 192.0.2.2\rend\rcopy running-config startup-config\r`;
      const there = (n: number): boolean => readFileSync(nvram).includes(`wanderer-${n}`);
      // A long configuration with its key at the end, then a shorter one.
      const list = Array.from({ length: 40 }, (_, i) => `permit ip host 10.1.0.${i} host 10.2.0.${i}\r`).join("");
      await run({ nvram }, async (b) => {
        await b.until(/^postern#/m);
        b.type(key(1, `ip access-list extended LONG\r${list}exit\r`));
        await b.until(/\[OK\]/);
        assert.ok(there(1));
        b.type(`configure terminal\rno ip access-list extended LONG\rno crypto isakmp key wanderer-1 address 192.0.2.2\rend\r${key(2, "")}`);
        await b.until(/\[OK\][^]*\[OK\]/);
        assert.deepEqual([there(1), there(2)], [false, true]);
        b.type("erase startup-config\r");
        await b.until(/\[OK\][^]*\[OK\][^]*\[OK\]/);
        assert.deepEqual([there(1), there(2)], [false, false]);
      });
    });

    it(`has the old configuration or the new one when power is cut in ${WRITES} writes (seed ${POWER_SEED})`, (t) => powerCuts(name, folder, t));

    it("costs next to nothing while it idles", () =>
      run({ icount: false }, async (b) => {
        await b.until(/Ready after/);
        const ticks = (): number => {
          const fields = readFileSync(`/proc/${b.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
          return Number(fields[11]) + Number(fields[12]);
        };
        // What it does at its start may take a busy machine a while.
        let before = ticks();
        await until("three seconds of less than 60 hundredths of CPU", async () => {
          await setTimeout(3000);
          const last = before;
          before = ticks();
          return before - last < 60;
        });
      }));
  });
}
