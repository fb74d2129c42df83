/** The boards in QEMU: the host contract, the timeline, the store under power cuts, seeds, damaged images, idling. Run by
 * name: node --import tsx --test tests/boards/boards_suite.ts (about five minutes). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { EmulatedBoard } from "../../host/node/demo/emulated.ts";
import { machine, netdev } from "../../tools/board.mjs";
import { boardNamed, boards, firmware } from "../../tools/firmware.mjs";
import { CONFIG, makeStore, readRecord, record, SEED, writeRecord } from "../../tools/store.mjs";
import { boardHost } from "./board_host.ts";
import { skipReason } from "./board_needs.ts";
import { conformance } from "./conformance.ts";
import { recordFiles, type Recording } from "./timeline.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-boards-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const quiet = { log: () => {} };

it("a board that is none gets the list", () => {
  const done = spawnSync(process.execPath, ["tools/board.mjs", "nosuch"], { encoding: "utf8" });
  assert.equal(done.status, 1);
  for (const word of ['"nosuch"', ...Object.keys(boards)]) assert.ok(done.stderr.includes(word), done.stderr);
});

it("links in the words of postern run", () => {
  assert.match(netdev("udp:1:127.0.0.1:2", "p"), /^dgram,id=p,.*local\.port=1,.*remote\.port=2$/);
  assert.match(netdev("stream:unix:/a,b:listen", "p"), /server=on,addr\.type=unix,addr\.path=\/a,,b$/);
  assert.throws(() => netdev("udp:0:x:2", "p"), /the link "udp:0:x:2" is not known; allowed are/);
});

for (const name of ["imx6ul", "riscv-virt"]) {
  const skip = skipReason(name);
  const board = boardNamed(name);
  for (const engine of ["AOT", "interpreter"] as const) conformance(boardHost(name, engine, folder), skip);

  describe(`the board ${name}`, skip === undefined ? {} : { skip }, () => {
    let elf = "";
    let recordings: (Recording & { path: string })[] = [];
    before(async () => {
      elf = await firmware(name, quiet);
      recordings = recordFiles();
    });
    const run = async <T>(options: Parameters<typeof machine>[2], act: (b: EmulatedBoard) => Promise<T>, image = elf): Promise<T> => {
      const running = new EmulatedBoard(machine(board, image, { console: "pipe", ...options }));
      try {
        return await act(running);
      } finally {
        await running.kill();
      }
    };

    for (const interpreter of [false, true])
      it(`gives the timeline's frames: ${interpreter ? "interpreter" : "AOT"}`, async () => {
        for (const { timeline, frames, sha256 } of recordings)
          await run({ replay: timeline, interpreter, icount: true }, async (b) => {
            const match = await b.until(/replay engine=(\w+) records=\d+ frames=(\d+) sha256=(\w{64})/, 60000);
            assert.deepEqual(match.slice(1), [interpreter ? "interpreter" : "AOT", String(frames), sha256]);
          });
      });

    it("runs the interpreter, and says so, when the AOT section is damaged", async () => {
      const bytes = readFileSync(elf);
      const at = bytes.indexOf(readFileSync(join(elf, "../aot.z")).subarray(0, 1000));
      assert.ok(at >= 0);
      bytes[at + 20000]! ^= 1;
      const damaged = join(folder, `${name}-damaged.elf`);
      writeFileSync(damaged, bytes);
      await run({}, async (b) => {
        await b.until(/The AOT section is refused \(it is damaged\): the interpreter runs/, 30000);
        await b.until(/module run by interpreter/, 30000);
      }, damaged);
    });

    it("starts no IKE without entropy, and says why", () =>
      run({ seed: null }, async (b) => {
        await b.until(/Entropy: none: .*no seed was given/, 30000);
        await b.until(/NO_ENTROPY/, 30000);
        await b.until(/Ready after/, 30000);
        assert.match(await b.ask("show version"), /[Ee]ntropy.*(missing|no|not)/);
      }));

    it("uses a stored seed once", async () => {
      const nvram = join(folder, `${name}-seed.store`);
      makeStore(nvram, board, { seed: Buffer.alloc(64, 7) });
      const seeds = [];
      for (let i = 0; i < 2; i++) {
        await run({ nvram }, (b) => b.until(/Ready after/, 30000));
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
        await b.until(/A slot of the startup configuration is damaged; the other one is used/, 30000);
        await b.until(/^older#/m, 30000);
      });
    });

    it("has the old configuration or the new one after power cuts during 200 writes", async () => {
      const nvram = join(folder, `${name}-power.store`);
      makeStore(nvram, board);
      writeRecord(nvram, board.store, CONFIG, "hostname n0\n");
      let next = 1;
      let cuts = 0;
      for (; next <= 200; cuts++) {
        const before = next;
        await run({ nvram }, async (b) => {
          await b.until(/Ready after/, 30000);
          assert.doesNotMatch(b.text, /default configuration/);
          const name = /^(n\d+)#/m.exec((await b.until(/^n\d+#/m, 10000))[0])![1]!;
          // What was acknowledged last is there, or what was under way.
          assert.ok(name === `n${before - 1}` || name === `n${before}`, `${name} after n${before - 1} was stored`);
          // Some writes that end well, then one that is cut at some moment.
          const good = Math.min(12, 200 - next);
          for (let i = 0; i < good; i++, next++) {
            const from = b.text.length;
            b.type(`configure terminal\rhostname n${next}\rend\rcopy running-config startup-config\r`);
            await b.until(/\[OK\]/, 20000, from);
          }
          b.type(`configure terminal\rhostname n${next}\rend\rcopy running-config startup-config\r`);
          await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 30));
        });
        const text = readRecord(nvram, board.store, CONFIG)?.text.toString() ?? "";
        const stored = Number(/^hostname n(\d+)$/m.exec(text)?.[1]);
        assert.ok(stored === next || stored === next - 1, `n${stored} is stored after n${next - 1} was acknowledged`);
        next = stored + 1;
      }
      assert.ok(cuts >= 10);
    });

    it("costs next to nothing while it idles", () =>
      run({ icount: false }, async (b) => {
        await b.until(/Ready after/, 30000);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const ticks = (): number => {
          const fields = readFileSync(`/proc/${b.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
          return Number(fields[11]) + Number(fields[12]);
        };
        const begun = ticks();
        await new Promise((resolve) => setTimeout(resolve, 3000));
        assert.ok(ticks() - begun < 60, `${ticks() - begun} hundredths of CPU in 3 s`);
      }));
  });
}
