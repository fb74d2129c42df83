/**
 * Sixteen peers of four Quick Modes each, one of them hostile in every way that SECURITY.md names: the other fifteen lose no
 * packet, and renew on time. The i.MX6UL, given the same timeline, sends the same frames, octet for octet.
 */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { EmulatedBoard } from "../support/world/emulated.ts";
import { machine } from "../../tools/board/board.mjs";
import { boardNamed, firmware } from "../../tools/board/firmware.mjs";
import { skipReason } from "./machine/board_needs.ts";
import { siege, type Siege } from "./machine/siege.ts";

const NAME = "imx6ul";
const skip = skipReason(NAME);

describe("sixteen peers, one of them hostile", () => {
  let seen: Siege;
  before(() => (seen = siege()));

  it("the other fifteen lose no packet", () => {
    assert.ok(seen.pings >= 480, `${seen.pings} pings`);
    assert.deepEqual(seen.lost, []);
  });
  it("and renew both phases, each flow once", () => {
    assert.deepEqual(seen.renewals, seen.renewals.map(() => ({ phase1: 2, pairs: 8 })));
    assert.equal(seen.renewals.length, 15);
  });
  it("while it does all that it can, several times over", () => {
    assert.ok(seen.rounds >= 8, `${seen.rounds} rounds`);
    const of = (pattern: RegExp) => seen.events.split("\n").filter((line) => line.includes("peer=192.0.2.116") && pattern.test(line)).length;
    // It is who it says: its phase 1s and Quick Modes come up, others' networks are refused to it.
    assert.ok(of(/event=ike\.sa .*state=up/) >= 20, `${of(/event=ike\.sa .*state=up/)} phase 1s`);
    assert.ok(of(/event=ipsec\.sa .*state=rekeyed/) >= 30, `${of(/event=ipsec\.sa .*state=rekeyed/)} pairs`);
    assert.ok(of(/reason=invalid-id-information/) >= 1, `${of(/reason=invalid-id-information/)} refused networks`);
  });
  it("and the i.MX6UL sends the same frames", skip === undefined ? {} : { skip }, async () => {
    const { timeline, frames, sha256 } = seen.recording;
    const elf = await firmware(NAME, { log: () => {} });
    const running = new EmulatedBoard(machine(boardNamed(NAME), elf, { replay: timeline, console: "pipe" }));
    try {
      const said = await running.until(/replay engine=(\w+) records=\d+ frames=(\d+) sha256=([0-9a-f]{64})\b/, 1_800_000);
      assert.deepEqual({ engine: said[1], frames: Number(said[2]), sha256: said[3] }, { engine: "AOT", frames, sha256 });
    } finally {
      await running.kill();
    }
  });
});
