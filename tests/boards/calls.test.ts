/** Calls as the image has them (tools/board/pack.mjs), and back by the boards' code (boards/mcu/CORE/calls.c), the compiler's checks on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { pack } from "../../tools/board/pack.mjs";
import { has } from "../../tools/package/debian.mjs";
import { Random } from "../support/world/random.ts";
import { ARM, RISCV, aotFile, type Core } from "./machine/aot_file.ts";
import { cProgram } from "./machine/c_program.ts";

/** Without an argument as boards/engine.c does it; "raw": calls as they are packed; "code": the input is code. */
const MAIN = `#include "lzma.h"
#include "mcu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words)
{
    static uint8_t in[1 << 20];
    size_t length = fread(in, 1, sizeof in, stdin);
    uint32_t head[3] = { 0 };
    uint8_t *to;

    if (count > 1 && strcmp(words[1], "code") == 0) {
        to = malloc(length);
        memcpy(to, in, length);
        mcu_unpack_calls(to, length);
        fwrite(to, 1, length, stdout);
        free(to);
        return 0;
    }
    memcpy(head, in, sizeof head);
    to = malloc(head[0]);
    length = lzma_unpack(to, head[0], in + sizeof head, length - sizeof head);
    if (count == 1)
        mcu_unpack_calls(to + head[1], head[2] - head[1]);
    fwrite(to, 1, length, stdout);
    free(to);
    return 0;
}
`;
const skip = has("cc") && has("xz") ? false : "gcc or xz is missing";

const halves = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const words = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

const cores: { name: string; core: Core; nop: Buffer; call: (distance: number) => Buffer }[] = [
  { name: "arm", core: ARM, nop: halves(0xbf00), call: (distance) => halves(0xf000 | (((distance - 4) >> 12) & 0x7ff), 0xf800 | (((distance - 4) >> 1) & 0x7ff)) },
  { name: "riscv64", core: RISCV, nop: halves(0x0001), call: (distance) => words((((distance + 0x800) & 0xfffff000) | 0x97) >>> 0, ((distance << 20) | 0x80e7) >>> 0) },
];

for (const { name, core, nop, call } of cores)
  describe(`packed calls of ${name}`, { skip }, () => {
    const program = cProgram(MAIN, "host/baremetal/lzma.c", `boards/mcu/${name}/calls.c`);
    const run = (input: Uint8Array, ...args: string[]): Buffer => {
      const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 1 << 26 });
      assert.equal(status, 0, stderr.toString());
      return stdout;
    };
    const file = (code: Buffer): Buffer => aotFile(core, { code, begins: [0], stackSizes: [16], records: [] });
    const back = (code: Buffer): void => {
      const whole = file(code);
      assert.ok(run(pack(whole, name)).equals(whole));
    };

    it("are the same octets wherever the same function is called from", () => {
      const distances = [200, 200 - 100, -300, 0x7fe, 0x800, 0x802, -0x800, -0x802];
      for (const target of [0, 4096, 70_000]) {
        const places = distances.map((_, i) => 20 + 40 * i);
        const code = Buffer.concat(Array.from({ length: 200 }, () => nop));
        for (const at of places) call(target - at).copy(code, at);
        const whole = file(code);
        const raw = run(pack(whole, name), "raw").subarray(whole.indexOf(code));
        const size = call(0).length;
        for (const at of places.slice(1)) assert.deepEqual(raw.subarray(at, at + size), raw.subarray(places[0]!, places[0]! + size));
        back(code);
      }
      for (const distance of distances) back(Buffer.concat([nop, call(distance), call(distance), nop, call(-distance)]));
    });

    it("come back from code of any octets, cut anywhere", () => {
      const random = new Random(40);
      for (let i = 0; i < 25; i++) {
        const parts = Array.from({ length: random.below(60) }, () => (random.below(2) === 0 ? call(random.below(1 << 21) * 2 - (1 << 21)) : random.fill(new Uint8Array(random.below(12)))));
        const code = Buffer.concat(parts);
        back(code.subarray(0, Math.max(0, code.length - random.below(9))));
      }
      // Every second octet that of a call: many begin in another.
      for (let i = 0; i < 25; i++) {
        const code = Buffer.from(random.fill(new Uint8Array(400)));
        const one = call(2);
        for (let at = 0; at < code.length; at++) if (random.below(3) > 0) code[at] = one[random.below(one.length)]!;
        back(code);
        assert.equal(run(code.subarray(0, random.below(400) + 1), "code").length > 0, true);
      }
    });

    it("are left alone in what is no code, or another core's", () => {
      const calls = Buffer.concat([call(100), call(100)]);
      for (const data of [calls, aotFile(core === ARM ? RISCV : ARM, { code: calls, begins: [0], stackSizes: [16], records: [] })]) {
        const packed = pack(data, name);
        assert.deepEqual([packed.readUInt32LE(0), packed.readUInt32LE(4), packed.readUInt32LE(8)], [data.length, 0, 0]);
        assert.ok(run(packed, "raw").equals(data));
      }
    });
  });
