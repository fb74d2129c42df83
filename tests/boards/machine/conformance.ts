/**
 * The host contract (host/abi.md) as one suite for every host: `conformance(host)` defines its tests. A host passes when a
 * module can't tell it from another, and when a module that stops takes nothing down with it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trapModule } from "./trap_module.ts";
import { until } from "../../support/world/until.ts";
import { type Host, type Running, type StartOptions } from "./host.ts";

const STOPPED = /% The module stopped \(([^)]*)\)/g;

/** What each letter of the trap module ends in, in the words of the engines. */
export const TRAPS: readonly [letter: string, what: string, said: RegExp][] = [
  ["U", "unreachable", /unreachable/],
  ["O", "a load behind the memory", /out of bounds/],
  ["W", "a store across the memory's end", /out of bounds/],
  ["H", "a load with a huge offset", /out of bounds/],
  ["D", "a division by zero", /divide by zero|division by zero/],
  ["R", "endless recursion", /stack/i],
];

/** Frames of `length` octets that are all different. */
const patterned = (length: number, n = length): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + n * 7 + (i >> 8)) & 255);

export function conformance(host: Host, skip?: string): void {
  const options = skip === undefined ? {} : { skip };
  const running = async (act: (r: Running) => Promise<void>, start: StartOptions = {}, module = trapModule()) => {
    const r = await host.start(module, start);
    try {
      await act(r);
    } finally {
      await r.stop();
    }
  };
  /** The console answers: the instance runs. */
  let asked = 0;
  const answers = async (r: Running) => {
    const text = `hello ${++asked}`;
    r.type(`${text}\n`);
    await until(`"${text}" comes back`, () => r.output().includes(text));
  };

  describe(`the host contract: ${host.name}`, options, () => {
    it("refuses a module of another version with both numbers", async () => {
      await assert.rejects(host.start(trapModule({ version: 7 })), /the module speaks version 7 of the host contract, this host version 2/);
    });

    it("gives the startup configuration in its frame, and console input", () =>
      running(
        async (r) => {
          await until("the startup configuration", () => /configure startup\nhostname x\nip route\nend startup\n/.test(r.output()));
          await answers(r);
        },
        { startup: "hostname x\r\nip route" },
      ));

    it("carries frames of 14 to 1518 octets on both ports unaltered, and no longer ones", () =>
      running(async (r) => {
        for (const [n, length] of [60, 64, 128, 576, 1499, 1500, 1514, 1518].entries()) {
          const sent = patterned(length);
          r.frame(n & 1, sent);
          const { port, frame } = await until(`the frame of ${length} octets`, () => r.frames.shift());
          assert.equal(port, n & 1);
          assert.deepEqual(Buffer.from(frame), Buffer.from(sent));
        }
        r.frame(0, patterned(1519));
        r.frame(0, patterned(99));
        const { frame } = await until("the frame behind the long one", () => r.frames.shift());
        assert.equal(frame.length, 99);
      }));

    for (const pages of [1, 2])
      it(`sends no frame of ${pages * 65536} octets that the module makes, and goes on`, () =>
        running(
          async (r) => {
            r.type("S\n");
            await answers(r);
            r.frame(0, patterned(99));
            const { frame } = await until("the frame behind the long one", () => r.frames.shift());
            assert.equal(frame.length, 99);
            assert.doesNotMatch(r.output(), STOPPED);
            if (!host.shows) return;
            r.type("show version\n");
            await until("the counters", () => /instances 1, traps 0[^]*Frames lost at the module: no buffer 0, too long 1,/.test(r.output()));
          },
          { instructions: true, faults: "delay=1" },
          trapModule({ pages }),
        ));

    it("gives entropy, and hands events out", () =>
      running(async (r) => {
        r.type("E\n");
        await until("the line about entropy", () => r.output().includes("entropy whole"));
        await until("the event", () => r.events().includes("event=started t=0 version=test\n"));
      }));

    it("stores NVRAM whole, and gives it to the next instance", () =>
      running(async (r) => {
        r.type("N interface Ethernet0\n");
        await until("NVRAM is written", () => r.nvram() === "N interface Ethernet0\n");
        r.type("Q\n");
        await until("the fresh instance has it", () => /% Reload: a fresh instance/.test(r.output()) && /configure startup\nN interface Ethernet0\nend startup/.test(r.output()));
        await answers(r);
      }));

    if (host.foreign !== undefined)
      it(`runs the interpreter, and says so, when the compiled code is for ${host.foreign}`, () =>
        running(
          async (r) => {
            await until("the refusal", () => /% The AOT section is refused \([^)]+\): the interpreter runs\./.test(r.output()));
            assert.doesNotMatch(r.output(), /is damaged/);
            await answers(r);
            r.type("show version\n");
            await until("the engine", () => /, interpreter; instances 1,/.test(r.output()));
          },
          { target: host.foreign! },
        ));

    for (const [letter, what, said] of TRAPS)
      it(`survives ${what}: a clean restart within ${host.restartWithin} ms, counted, with the reason`, () =>
        running(
          async (r) => {
            await answers(r);
            r.type(`${letter}\n`);
            const stops = await until("the host says so", () => [...r.output().matchAll(STOPPED)].at(-1));
            assert.match(stops[1]!, /^trap in console_in: /);
            assert.match(stops[1]!, said);
            await answers(r);
            if (!host.shows) return;
            r.type("show version\n");
            const counted = await until("the counters", () => /instances 2, traps 1, assertions 0, reloads 0,[^]*Last stop: trap in console_in: ([^;\n]*); a fresh instance ran (\d+) ms later/.exec(r.output()) ?? undefined);
            assert.match(counted[1]!, said);
            assert.ok(Number(counted[2]) <= host.restartWithin, `${counted[2]} ms`);
          },
          { instructions: true },
        ));

    it("counts assertions and traps, and says where", () =>
      running(async (r) => {
        r.type("A\n");
        await until("the host says so", () => /assertion[^\n]*line 77/.test(r.output()));
        await answers(r);
        r.type("U\n");
        await until("the second stop", () => /stop 2 since the host started/.test(r.output()));
        await answers(r);
        if (!host.shows) return;
        r.type("show version\n");
        await until("the counters", () => /instances 3, traps 1, assertions 1, reloads 0/.test(r.output()));
        await until("the reason", () => /Last stop: trap in console_in: /.test(r.output()));
      }));

    it("waits longer and longer for a module that stops at once", () =>
      running(
        async (r) => {
          await until("a pause", () => /startup configuration in 1 s/.test(r.output()));
          await until("a longer one", () => /startup configuration in 2 s/.test(r.output()));
        },
        {},
        trapModule({ trapAtInit: true }),
      ));

    if (host.watchdog)
      it("is reset by its watchdog when the module does not return", () =>
        running(async (r) => {
          await answers(r);
          r.type("L\n");
          await until("the fresh start", () => /started again \(watchdog|[Ww]atchdog reset/.test(r.output()));
          await answers(r);
          r.type("show version\n");
          await until("the counter", () => /watchdog resets 1\b/.test(r.output()));
          await until("the reason", () => /Last stop: watchdog/.test(r.output()));
        }));
  });
}
