/**
 * docs/examples/branch-office on the i.MX6UL: its text typed at the console of a board that has no configuration, and what it promises; then the
 * power is cut, and all is there again by itself. The provider, the Internet and the head office are in this process, on the clock of the wall.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../host/node/link/free_port.ts";
import { UdpLink } from "../../host/node/link/udp.ts";
import { machine } from "../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../tools/board/firmware.mjs";
import { BranchOffice, password, typed, USER } from "../support/second/branch_office.ts";
import { standsAtItsLine, type Seat } from "../support/second/branch_office_checks.ts";
import { EmulatedBoard } from "../support/world/emulated.ts";
import { until } from "../support/world/until.ts";
import { World, type Port } from "../support/world/world.ts";
import { skipReason } from "./machine/board_needs.ts";

const NAME = "imx6ul";
const PATIENCE = 240_000;
const skip = skipReason(NAME);

const seatAt = (board: EmulatedBoard): Seat => ({
  ask: (command) => board.ask(command, PATIENCE),
  until: async (what, check) => void (await until(what, check, PATIENCE)),
  pass: (seconds) => setTimeout(seconds * 1000),
});

describe("the branch office on a board, typed from its document", skip === undefined ? {} : { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-office-"));
  const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  it("stands at its provider's line, and again after a power cut", async () => {
    const { elf } = await firmware(NAME, { check: false, log: () => {} });
    const world = new World(21);
    const cables: string[] = [];
    const port = async (name: string): Promise<Port> => {
      const [here, there] = [await freePort(), await freePort()];
      cables.push(`udp:${there}:127.0.0.1:${here}`);
      const link = new UdpLink(name, here, "127.0.0.1", there);
      const end: Port = { send: () => {}, receive: (frame) => link.send(frame) };
      await link.open((frame) => end.send(Uint8Array.from(frame)), () => {});
      closing.push(() => link.close());
      return end;
    };
    const office = new BranchOffice(world, await port("lan"), await port("wan"));
    const begun = Date.now();
    const clock = setInterval(() => world.run(Math.max(0, Date.now() - begun - world.now)), 2);
    closing.push(() => clearInterval(clock));
    const boot = (): EmulatedBoard => {
      const board = new EmulatedBoard(machine(boardNamed(NAME), elf, { links: cables, nvram: join(folder, "card"), console: "pipe" }));
      closing.push(() => board.kill());
      return board;
    };

    const blank = boot();
    await blank.until(/module run by AOT/);
    for (const line of typed()) assert.doesNotMatch(await blank.ask(line, PATIENCE), /^% (?!NOTE)/m, line);
    await standsAtItsLine(office, seatAt(blank));
    await blank.kill();

    const again = boot();
    await again.until(/Username: /, PATIENCE);
    assert.doesNotMatch(again.text, /refused/);
    const login = async (secret: string, answer: RegExp): Promise<void> => {
      const from = again.text.length;
      again.type(`${USER}\r`);
      await again.until(/Password: /, PATIENCE, from);
      again.type(`${secret}\r`);
      await again.until(answer, PATIENCE, from);
    };
    await login("not-the-password", /% Login invalid[^]*Username: /);
    await login(password(), /branch#/);
    assert.doesNotMatch(again.text, new RegExp(password()));
    await standsAtItsLine(office, seatAt(again));
  });
});
