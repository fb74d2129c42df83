/** The boards' unpacking (host/baremetal/lzma.c) against xz, with the compiler's checks of memory and arithmetic on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { has } from "../../tools/package/debian.mjs";
import { cProgram } from "./machine/c_program.ts";
import { Random } from "../support/world/random.ts";

const MAIN = `#include "lzma.h"
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **words)
{
    static uint8_t in[1 << 22], out[1 << 23];
    size_t length = fread(in, 1, sizeof in, stdin), room = count > 1 ? (size_t)atol(words[1]) : sizeof out;
    uint8_t *exact = malloc(length + 1), *to = malloc(room + 1);

    for (size_t i = 0; i < length; i++)
        exact[i] = in[i];
    exact = realloc(exact, length ? length : 1);
    length = lzma_unpack(to, room, exact, length);
    fwrite(to, 1, length, stdout);
    free(exact);
    free(to);
    return 0;
}
`;
const skip = has("cc") && has("xz") ? false : "gcc or xz is missing";

describe("LZMA of the boards", { skip }, () => {
  const program = cProgram(MAIN, "host/baremetal/lzma.c");
  const pack = (data: Uint8Array): Buffer => {
    const { status, stdout } = spawnSync("xz", ["--format=raw", "--lzma1=preset=9e,lc=1,lp=1,pb=1", "--stdout"], { input: data, maxBuffer: 1 << 26 });
    assert.equal(status, 0);
    return stdout;
  };
  const unpack = (packed: Uint8Array, room?: number): Buffer => {
    const { status, stdout, stderr } = spawnSync(program, room === undefined ? [] : [String(room)], { input: packed, maxBuffer: 1 << 26 });
    assert.equal(status, 0, stderr.toString());
    return stdout;
  };

  const random = new Random(11);
  const inputs: [name: string, data: Uint8Array][] = [
    ["nothing", new Uint8Array(0)],
    ["one octet", new Uint8Array([0x5a])],
    ["noise", random.fill(new Uint8Array(20_000))],
    ["one octet many times", new Uint8Array(100_000).fill(7)],
    ["text", readFileSync("docs/CLI.md")],
    ["the module", readFileSync("build/postern.wasm")],
    ["far repetitions", Buffer.concat([readFileSync("README.md"), random.fill(new Uint8Array(300_000)), readFileSync("README.md")])],
  ];
  for (const [name, data] of inputs)
    it(`gives ${name} back, whole and in its beginning`, () => {
      const packed = pack(data);
      assert.ok(unpack(packed).equals(data));
      for (const room of [1, 2, 257, 5000]) assert.ok(unpack(packed, room).equals(data.subarray(0, room)), `room ${room}`);
    });

  it("survives damaged and cut streams", () => {
    const packed = pack(readFileSync("README.md"));
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      const broken = Buffer.from(packed);
      for (let k = 0; k <= random.below(3); k++) broken[random.below(broken.length)]! ^= 1 << random.below(8);
      if (unpack(broken, 40_000).length === 0) refused++;
      assert.equal(unpack(packed.subarray(0, random.below(packed.length - 8)), 40_000).length, 0);
    }
    assert.ok(refused > 0);
  });
});
