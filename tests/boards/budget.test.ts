/** A firmware that is over its board's budget is none: the build fails, and names part, size and limit. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { excesses, measure } from "../../tools/board/budget.mjs";
import { boardNamed, boards, firmware } from "../../tools/board/firmware.mjs";
import { skipReason } from "./machine/board_needs.ts";
import { trapModule } from "./machine/trap_module.ts";

const NAME = "imx6ul";
const board = boardNamed(NAME);
const quiet = { log: () => {} };
const skip = skipReason(NAME);
const folder = mkdtempSync(join(tmpdir(), "postern-budget-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A module with another number of pages in its memory section (5: one memory, minimum and maximum). */
function withPages(module: Uint8Array, pages: number): Uint8Array {
  const bytes = Uint8Array.from(module);
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = bytes[at++]!;
      size |= (octet & 127) << shift;
      if (octet < 128) break;
    }
    if (id === 5) {
      assert.ok(bytes[at] === 1 && bytes[at + 2]! < 128 && pages < 64);
      bytes[at + 2] = pages;
      if (bytes[at + 1] === 1) bytes[at + 3] = pages;
    }
    at += size;
  }
  return bytes;
}

it("every board's budget is 4 MB beside an image of at most 1 MB", () => {
  for (const { budget } of Object.values(boards)) {
    assert.equal(budget.ram, 4 << 20);
    assert.equal(budget.image, 1 << 20);
  }
});

describe("a build over budget fails", skip === undefined ? {} : { skip }, () => {
  it("for a module that wants more memory than the board has", async () => {
    const module = join(folder, "large.wasm");
    writeFileSync(module, withPages(trapModule(), 63));
    await assert.rejects(firmware(NAME, { module, suffix: "-test-large", ...quiet }), (error: Error) => {
      assert.match(error.message, /^postern: the firmware of imx6ul is over its budget \(boards\/imx6ul\/board\.json\): /);
      assert.match(error.message, /the memory beside the image is \d{4}\.\d kB, allowed are 4096\.0 kB/);
      assert.ok(error.message.includes(`module's memory, in RAM is 4032.0 kB, allowed are ${(board.budget.parts["module's memory"]![1] / 1024).toFixed(1)} kB`), error.message);
      return true;
    });
  });

  it("and not for one that fits", async () => {
    const module = join(folder, "small.wasm");
    writeFileSync(module, withPages(trapModule(), 2));
    assert.ok(readFileSync(await firmware(NAME, { module, suffix: "-test-small", ...quiet })).length > 0);
  });

  it("for a part of the image, and for all of it", async () => {
    const { elf, sizes } = await firmware(NAME, { ...quiet, check: false });
    const found = measure(board, elf, sizes);
    const is = found.parts["AOT code"]!.image;
    const tight = { ...board.budget, image: found.image - 1, parts: { ...board.budget.parts, "AOT code": [is - 1, 1 << 20] as [number, number] } };
    assert.deepEqual(
      excesses(tight, found).filter(({ what }) => /image$/.test(what) && !/beside/.test(what)),
      [
        { what: "AOT code, in the image", is, allowed: is - 1 },
        { what: "the image", is: found.image, allowed: found.image - 1 },
      ],
    );
  });

  it("and the parts are all that there is", async () => {
    const { elf, sizes } = await firmware(NAME, { ...quiet, check: false });
    const { parts, image, ram } = measure(board, elf, sizes);
    const sum = (where: "image" | "ram"): number => Object.values(parts).reduce((total, part) => total + part[where], 0);
    assert.equal(sum("image"), image);
    assert.equal(sum("ram"), ram);
    // What belongs to nobody is alignment: little, and never less than none.
    for (const where of ["image", "ram"] as const) assert.ok(parts.alignment![where] >= 0 && parts.alignment![where] < 40960, `${parts.alignment![where]}`);
  });

  for (const { name, budget } of Object.values(boards))
    it(`every part of ${name} has a budget`, { ...(skipReason(name) !== undefined && { skip: skipReason(name)! }) }, async () => {
      const { elf, sizes } = await firmware(name, { ...quiet, check: false });
      for (const part of Object.keys(measure(boardNamed(name), elf, sizes).parts)) assert.ok(budget.parts[part], `${name}: "${part}" has none`);
    });
});
