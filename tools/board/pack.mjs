// Packs a form of the module for the image, as boards/engine.c unpacks it.
import { spawnSync } from "node:child_process";
import { machine, sections, TEXT } from "../build/aot_file.mjs";

/** LZMA as host/baremetal/lzma.c has it. */
const LZMA = "preset=9e,lc=1,lp=1,pb=1";

/**
 * A call says how far it is to the function; to a compressor, calls of one function are alike when they say where it is. Each of
 * these puts the second in place of the first, in the code between `from` and `to`; boards/mcu/CORE/calls.c does the reverse,
 * and finds the same instructions: what tells them apart does not change.
 */
function thumb(file, from, to) {
  for (let at = from; at + 4 <= to; at += 2) {
    const [first, second] = [file.readUInt16LE(at), file.readUInt16LE(at + 2)];
    // BL, or B.W, of at most 4 MB.
    if (first >> 11 !== 0x1e || (second >> 11 !== 0x1f && second >> 11 !== 0x17)) continue;
    const target = (((first & 0x7ff) << 11) | (second & 0x7ff)) + (at - from) / 2;
    file.writeUInt16LE(0xf000 | ((target >> 11) & 0x7ff), at);
    file.writeUInt16LE((second & 0xf800) | (target & 0x7ff), at + 2);
    at += 2;
  }
}

function riscv(file, from, to) {
  for (let at = from; at + 8 <= to; at += 2) {
    const [auipc, jalr] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    // auipc r, n; jalr s, n(r)
    if ((auipc & 0x7f) !== 0x17 || (jalr & 0x707f) !== 0x67 || ((jalr >> 15) & 31) !== ((auipc >> 7) & 31)) continue;
    const target = ((auipc & 0xfffff000) + ((jalr | 0) >> 20) + (at - from)) >>> 0;
    // Half of it, for it is even, with the octets that differ side by side and the higher one first.
    const half = ((target >>> 1) | (target << 31)) >>> 0;
    file.writeUInt32LE(((auipc & 0xfff) | (((half >>> 16) & 0xf) << 12) | (((half >>> 8) & 0xff) << 16) | ((half & 0xff) << 24)) >>> 0, at);
    file.writeUInt32LE(((jalr & 0xfffff) | ((half >>> 20) << 20)) >>> 0, at + 4);
    at += 6;
  }
}

const cores = { arm: { machine: 40, change: thumb }, riscv64: { machine: 243, change: riscv } };

/**
 * A file packed for a board's core: its length, and from where to where in it calls are as above; then LZMA. There are such in an
 * AOT file for that core, and none in anything else. Throws one sentence if xz fails.
 */
export function pack(bytes, core) {
  const file = Buffer.from(bytes);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(file.length);
  const own = file.toString("latin1", 0, 4) === "\0aot" && machine(file) === cores[core]?.machine;
  const text = own && sections(file).find(({ number }) => number === TEXT);
  if (text) {
    const [from, to] = [text.at, text.at + text.body.length];
    cores[core].change(file, from, to);
    head.writeUInt32LE(from, 4);
    head.writeUInt32LE(to, 8);
  }
  const { stdout, status, error } = spawnSync("xz", ["--format=raw", `--lzma1=${LZMA}`, "--stdout"], { input: file, maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`xz can't pack: ${error?.message ?? `status ${status}`}`);
  return Buffer.concat([head, stdout]);
}
