/**
 * Sixteen branches with four networks each on the i.MX6UL, within its RAM: the firmware that is flashed is the centre, with a
 * crypto map entry for each branch and a line of its access list for each network; the branches are routers in this process.
 * A host in each of the 64 networks pings through a pair of SAs of its own.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { compileModule } from "../../host/node/contract.ts";
import { EmulatedBoard } from "../support/world/emulated.ts";
import { freePort } from "../../host/node/link/free_port.ts";
import { MemoryEnd } from "../../host/node/link/memory.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { UdpLink } from "../../host/node/link/udp.ts";
import { Nvram } from "../../host/node/nvram.ts";
import { Router } from "../../host/node/router.ts";
import { machine } from "../../tools/board/board.mjs";
import { measure } from "../../tools/board/budget.mjs";
import { boardNamed, firmware } from "../../tools/board/firmware.mjs";
import { branch, branchHost, branchInside, CENTRE_INSIDE, centre } from "../support/world/branches.ts";
import { skipReason } from "./machine/board_needs.ts";
import { until } from "../support/world/until.ts";

const NAME = "imx6ul";
const COUNT = 16;
const RAM = 4 * 1024 * 1024;
const NETWORKS = 4;
const branches = { count: COUNT, networks: NETWORKS, group: 14 };
const skip = skipReason(NAME);

describe("sixteen peers with four Quick Modes each within 4 MB beside the image", skip === undefined ? {} : { skip }, () => {
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  for (const interpreter of [false, true])
    it(interpreter ? "the interpreter takes the configuration, and some further RAM" : "all come up and carry packets", async () => {
      const { elf, sizes } = await firmware(NAME, { check: false, log: () => {} });
      const { ram, further } = measure(boardNamed(NAME), elf, sizes);
      assert.ok(ram <= RAM, `${ram} octets`);
      const [here, there] = [await freePort(), await freePort()];
      const board = new EmulatedBoard(machine(boardNamed(NAME), elf, { links: [`udp:${await freePort()}:127.0.0.1:${await freePort()}`, `udp:${there}:127.0.0.1:${here}`], config: centre(branches), console: "pipe", interpreter }));
      closing.push(() => board.kill());
      await board.until(interpreter ? /module run by interpreter/ : /module run by AOT/);
      assert.doesNotMatch(board.text, /refused/);
      board.type("show version\r");
      const shown = await board.until(/^Memory: (\d+) of (\d+) kB/m);
      assert.equal(Number(shown[2]) * 1024, sizes.arena + (interpreter ? further : 0));
      if (interpreter) return;

      const wan = new UdpLink("wan", here, "127.0.0.1", there);
      const ends: MemoryEnd[] = [];
      await wan.open((frame) => ends.forEach((end) => end.send(Uint8Array.from(frame))), () => {});
      closing.push(() => wan.close());
      const module = compileModule(readFileSync(new URL("../../build/postern.wasm", import.meta.url)));
      const hosts: Endpoint[] = [];
      for (let n = 1; n <= COUNT; n++) {
        const [inside, outside, hub] = ["inside", "outside", "hub"].map((name) => new MemoryEnd(name, undefined)) as [MemoryEnd, MemoryEnd, MemoryEnd];
        outside.join(hub);
        hub.join(outside);
        ends.push(hub);
        await hub.open((frame) => wan.send(frame));
        const router = new Router({ module, links: [inside, outside], nvram: new Nvram(undefined), defaultConfig: branch(n, branches), onConsole: () => {} });
        closing.push(() => router.stop());
        await router.start();
        const lan = new MemoryEnd("lan", undefined);
        lan.join(inside);
        inside.join(lan);
        const mine = Array.from({ length: NETWORKS }, (_, network) => new Endpoint(branchHost(n, network), branchInside(n), { prefix: 16 }));
        for (const host of mine) host.send = (frame) => lan.send(frame);
        await lan.open((frame) => mine.forEach((host) => host.receive(frame)));
        hosts.push(...mine);
      }
      // All at once, as after a power cut of the centre: it negotiates with sixteen at the same time.
      let sequence = 0;
      let next = 0;
      await until("every host has an answer", () => {
        if (Date.now() >= next) {
          next = Date.now() + 1000;
          sequence++;
          for (const host of hosts) if (host.replies.size === 0) host.ping(CENTRE_INSIDE, sequence);
        }
        return hosts.every(({ replies }) => replies.size > 0);
      }, 600_000);
      const sas = await board.ask("show crypto isakmp sa");
      assert.equal([...sas.matchAll(/QM_IDLE/g)].length, COUNT, sas);
      const pairs = await board.ask("show crypto ipsec sa | include outbound esp sas|spi: 0x");
      assert.equal([...pairs.matchAll(/outbound esp sas:\s+spi: 0x(?!0+\b)/g)].length, COUNT * NETWORKS, pairs);
      const memory = await board.ask("show memory");
      for (const [, pool, exhausted] of memory.matchAll(/^(\w.*?)(?: {2,}\d+){4} {2,}(\d+)$/gm)) assert.equal(exhausted, "0", `${pool} was used up`);
      const from = board.text.length;
      board.type("show version\r");
      await board.until(/traps 0, assertions 0/, undefined, from);
    });
});
