/**
 * Sixteen tunnels on the i.MX6UL, within its RAM: the firmware that is flashed is the centre, with a crypto map entry for each
 * of sixteen branches; the branches are routers in this process. Each branch pings through its tunnel.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { compileModule } from "../../host/node/contract.ts";
import { EmulatedBoard, freePort } from "../../host/node/demo/emulated.ts";
import { MemoryEnd } from "../../host/node/link/memory.ts";
import { UdpLink } from "../../host/node/link/udp.ts";
import { Nvram } from "../../host/node/nvram.ts";
import { Router } from "../../host/node/router.ts";
import { machine } from "../../tools/board.mjs";
import { measure } from "../../tools/budget.mjs";
import { boardNamed, firmware } from "../../tools/firmware.mjs";
import { branch, branchInside, CENTRE_INSIDE, centre } from "../support/branches.ts";
import { skipReason } from "./board_needs.ts";
import { until } from "./host.ts";

const NAME = "imx6ul";
const COUNT = 16;
const RAM = 2 << 20;
const branches = { count: COUNT, networks: 1, group: 14 };
const skip = skipReason(NAME);

describe("sixteen tunnels within 2 MB beside the image", skip === undefined ? {} : { skip }, () => {
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  for (const interpreter of [false, true])
    it(interpreter ? "the interpreter takes the configuration, and some further RAM" : "sixteen come up and carry packets", async () => {
      const { elf, sizes } = await firmware(NAME, { check: false, log: () => {} });
      const { ram, further } = measure(boardNamed(NAME), elf, sizes);
      assert.ok(ram <= RAM, `${ram} octets`);
      const [here, there] = [await freePort(), await freePort()];
      const board = new EmulatedBoard(machine(boardNamed(NAME), elf, { links: [`udp:${await freePort()}:127.0.0.1:${await freePort()}`, `udp:${there}:127.0.0.1:${here}`], config: centre(branches), console: "pipe", interpreter }));
      closing.push(() => board.kill());
      await board.until(interpreter ? /module run by interpreter/ : /module run by AOT/, 30_000);
      assert.doesNotMatch(board.text, /refused/);
      board.type("show version\r");
      const shown = await board.until(/^Memory: (\d+) of (\d+) kB/m, 10_000);
      assert.equal(Number(shown[2]) * 1024, sizes.arena + (interpreter ? further : 0));
      if (interpreter) return;

      const wan = new UdpLink("wan", here, "127.0.0.1", there);
      const ends: MemoryEnd[] = [];
      await wan.open((frame) => ends.forEach((end) => end.send(Uint8Array.from(frame))), () => {});
      closing.push(() => wan.close());
      const module = compileModule(readFileSync(new URL("../../build/postern.wasm", import.meta.url)));
      const said: string[] = [];
      const routers: Router[] = [];
      for (let n = 1; n <= COUNT; n++) {
        const [inside, outside, hub] = ["inside", "outside", "hub"].map((name) => new MemoryEnd(name, undefined)) as [MemoryEnd, MemoryEnd, MemoryEnd];
        outside.join(hub);
        hub.join(outside);
        ends.push(hub);
        await hub.open((frame) => wan.send(frame));
        const at = n - 1;
        said[at] = "";
        const router = new Router({ module, links: [inside, outside], nvram: new Nvram(undefined), defaultConfig: branch(n, branches), onConsole: (text) => (said[at] += text) });
        routers.push(router);
        closing.push(() => router.stop());
        await router.start();
      }
      // All at once, as after a power cut of the centre: it negotiates with sixteen at the same time.
      routers.forEach((router, i) => router.input(`ping ${CENTRE_INSIDE} source ${branchInside(i + 1)} repeat 3 timeout 20\n`));
      await until("every branch has its answers", () => said.every((text) => /Success rate is \d+ percent/.test(text)), 50_000);
      for (const [i, text] of said.entries()) assert.match(text, /Success rate is [1-9]\d* percent/, `branch ${i + 1}`);
      const sas = await board.ask("show crypto isakmp sa");
      assert.equal([...sas.matchAll(/QM_IDLE/g)].length, COUNT, sas);
      const memory = await board.ask("show memory");
      for (const [, pool, exhausted] of memory.matchAll(/^(\w.*?) {2,}.* (\d+)$/gm)) assert.equal(exhausted, "0", `${pool} was used up`);
      const from = board.text.length;
      board.type("show version\r");
      await board.until(/traps 0, assertions 0/, 10_000, from);
    });
});
