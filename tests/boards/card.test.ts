/**
 * What `npm run image` makes, booted as the board's README says. No boot loader is emulated, so its command is done here:
 * blocks of the card go to an address, and the core jumps there. The same card is in the board's slot.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { EmulatedBoard, type Machine } from "../support/world/emulated.ts";
import { machine } from "../../tools/board/board.mjs";
import { boardNamed } from "../../tools/board/firmware.mjs";
import { image } from "../../tools/board/image.mjs";
import { FIRMWARE_AT, readRecord, SEED } from "../../tools/board/store.mjs";
import { skipReason } from "./machine/board_needs.ts";

const BLOCK = 512;
const folder = mkdtempSync(join(tmpdir(), "postern-card-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const readme = (name: string): string => readFileSync(new URL(`../../boards/${name}/README.md`, import.meta.url), "utf8");

/** The octets of a file from `at` on. */
function octets(file: string, at: number, length: number): Buffer {
  const to = Buffer.alloc(length);
  const fd = openSync(file, "r");
  try {
    return to.subarray(0, readSync(fd, to, 0, length, at));
  } finally {
    closeSync(fd);
  }
}

/** Check sums and the bill of materials, and that the sums say something. */
function listed(made: string, name: string): void {
  const sums = (): number | null => spawnSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: made }).status;
  assert.equal(sums(), 0);
  const bill = JSON.parse(readFileSync(join(made, "bill-of-materials.json"), "utf8")) as { board: string; parts: { name: string; version: string; licence: string }[] };
  assert.equal(bill.board, name);
  assert.ok(bill.parts.length >= 4);
  for (const part of bill.parts) assert.ok(part.name && /\d+\.\d/.test(part.version) && part.licence, JSON.stringify(part));
  const parts = join(made, "bill-of-materials.json");
  const good = readFileSync(parts);
  writeFileSync(parts, `${good.toString()} `);
  assert.notEqual(sums(), 0);
  writeFileSync(parts, good);
}

for (const name of ["imx6ul", "imx7d"]) {
  const skip = skipReason(name);
  describe(`the card of the ${name}`, skip === undefined ? {} : { skip }, () => {
    it("boots by the README's command, with seed and store of its own, and keeps a configuration", async () => {
      const board = boardNamed(name);
      const made = await image(name, () => {});
      listed(made, name);
      const card = join(folder, `${name}.img`);
      copyFileSync(join(made, "sdcard.img"), card);

      const step = /`mmc dev \d; mmc read (0x\w+) (0x\w+) (0x\w+); dcache flush; go (0x\w+)`/.exec(readme(name));
      assert.ok(step, "the README has the command");
      const [, to, first, count, entry] = step as unknown as [string, string, string, string, string];
      const loaded = octets(card, Number(first) * BLOCK, Number(count) * BLOCK);
      const binary = readFileSync(join(made, "postern.bin"));
      assert.equal(Number(first) * BLOCK, FIRMWARE_AT);
      assert.ok(binary.length <= loaded.length, "the command reads all of it");
      assert.ok(loaded.subarray(0, binary.length).equals(binary));
      const blocks = join(folder, `${name}.blocks`);
      writeFileSync(blocks, loaded);

      const boot = (): Machine => {
        const made = machine(board, "-", { nvram: card, console: "pipe" });
        const at = made.args.indexOf("-kernel");
        made.args.splice(at, 2, "-device", `loader,file=${blocks},addr=${to},force-raw=on`, "-device", `loader,addr=${entry},cpu-num=0`);
        return made;
      };
      const run = async (act: (b: EmulatedBoard) => Promise<void>): Promise<void> => {
        const b = new EmulatedBoard(boot());
        try {
          await b.until(/Ready after \d+ ms, module run by AOT/);
          await act(b);
        } finally {
          await b.kill();
        }
      };
      const seeds = [readRecord(card, board.store, SEED)!.text.toString("hex")];
      await run(async (b) => {
        assert.match(b.text, /Entropy: (?!none).*seed/);
        assert.doesNotMatch(b.text, /NO_ENTROPY|no medium/);
        b.type("configure terminal\rhostname from-the-card\rend\rcopy running-config startup-config\r");
        await b.until(/\[OK\]/);
      });
      seeds.push(readRecord(card, board.store, SEED)!.text.toString("hex"));
      await run(async (b) => void (await b.until(/^from-the-card#/m)));
      assert.notEqual(seeds[0], seeds[1], "a seed is used once");
      assert.ok(octets(card, FIRMWARE_AT, binary.length).equals(binary), "the firmware on the card is as it was");
      assert.equal(statSync(card).size, board.store.size);
    });
  });
}

const skip = skipReason("riscv-virt");
describe("the firmware of riscv-virt", skip === undefined ? {} : { skip }, () => {
  it("boots by the README's command", async () => {
    listed(await image("riscv-virt", () => {}), "riscv-virt");
    const command = /^qemu-system-riscv64 .*$/m.exec(readme("riscv-virt"))![0].split(" ");
    const b = new EmulatedBoard({ program: command[0]!, args: command.slice(1), clean: () => {} });
    try {
      await b.until(/Ready after \d+ ms, module run by AOT/);
    } finally {
      await b.kill();
    }
  });
});
