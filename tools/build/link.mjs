// Settles what can be settled of an AOT file before it is loaded. wamrc leaves every call to WAMR's loader, as a record of
// the relocation section and a symbol by name; but where one function is from another is known once they are compiled, and
// so is how much stack each takes. The file is smaller, the loader has less to hold and less to do, and no function fetches
// its stack size from a table. Nothing is moved: only fields of instructions change.
import { aligned, FUNCTIONS, INIT, machine as machineOf, RELOCATION, sections, TEXT } from "./aot_file.mjs";

const STACK_SIZES = ".aot_stack_sizes";

/** The relocation section: symbols' names, and groups of records { offset, addend, type, symbol }, a group for a section of code or data. */
function readRelocations(body, wide) {
  const count = body.readUInt32LE(0);
  const strings = 8 + 4 * count;
  const names = Array.from({ length: count }, (_, i) => {
    const at = strings + body.readUInt32LE(4 + 4 * i);
    return body.toString("latin1", at + 2, at + 1 + body.readUInt16LE(at));
  });
  let at = strings + body.readUInt32LE(strings - 4);
  const word = () => body.readUInt32LE((at = aligned(at) + 4) - 4);
  const groups = [];
  for (let left = word(); left > 0; left--) {
    const group = { name: names[word()], records: [] };
    for (let n = word(); n > 0; n--) {
      const [offset, addend] = wide ? [Number(body.readBigUInt64LE(at)), Number(body.readBigInt64LE(at + 8))] : [body.readUInt32LE(at), body.readInt32LE(at + 4)];
      at += wide ? 16 : 8;
      group.records.push({ offset, addend, type: word(), symbol: names[word()] });
    }
    groups.push(group);
  }
  return groups;
}

function writeRelocations(groups, wide) {
  const index = new Map();
  const texts = [];
  const offsets = [];
  let length = 0;
  const symbol = (name) => {
    if (!index.has(name)) {
      const text = Buffer.alloc((name.length + 4) & ~1);
      text.writeUInt16LE(name.length + 1);
      text.write(name, 2, "latin1");
      index.set(name, index.size);
      texts.push(text);
      offsets.push(length);
      length += text.length;
    }
    return index.get(name);
  };
  const words = (...values) => Buffer.from(Uint32Array.from(values).buffer);
  const records = groups.map(({ name, records }) => [
    words(symbol(name), records.length),
    ...records.map(({ offset, addend, type, symbol: of }) => {
      const place = wide ? Buffer.from(BigInt64Array.from([BigInt(offset), BigInt(addend)]).buffer) : words(offset, addend);
      return Buffer.concat([place, words(type, symbol(of))]);
    }),
  ]);
  const padding = Buffer.alloc(aligned(length) - length);
  return Buffer.concat([words(offsets.length, ...offsets, length), ...texts, padding, words(groups.length), ...records.flat()]);
}

/** Whether a halfword begins an instruction of two. */
const isLong = (halfword) => halfword >> 11 > 0x1c;

/** Where a Thumb-2 `ldr r, [pc, #n]` at `at` loads from; undefined for another instruction. */
function literal(first, second, at) {
  const base = (at + 4) & ~3;
  return first >> 11 === 0x09 ? base + (first & 0xff) * 4 : first === 0xf8df ? base + (second & 0xfff) : undefined;
}

/** The number that a Thumb-2 `movw` or `mov.w` of two halfwords puts into a register; undefined for another instruction. */
function immediate(first, second) {
  if (second >> 15 !== 0) return undefined;
  const [i, three, eight] = [(first >> 10) & 1, (second >> 12) & 7, second & 0xff];
  if ((first & 0xfbf0) === 0xf240) return ((first & 15) << 12) | (i << 11) | (three << 8) | eight;
  const turn = (i << 4) | (three << 1) | (eight >> 7);
  if ((first & 0xfbff) !== 0xf04f || turn < 8) return undefined;
  return (((eight | 0x80) >>> turn) | ((eight | 0x80) << (32 - turn))) >>> 0;
}

/** ARM's Thumb-2: BL (10) and B.W (30), PC-relative over 4 MB as WAMR's loader takes them; words with addresses (2). */
const thumb = {
  wide: false,
  calls: [10, 30],
  /** A jump to a symbol: its octets and its record's type. */
  jump: { octets: [0xff, 0xf7, 0xfe, 0xbf], type: 30 },
  call(code, at, { addend }, target) {
    const [first, second] = [code.readUInt16LE(at), code.readUInt16LE(at + 2)];
    if (first !== 0xf7ff || (second !== 0xfffe && second !== 0xbffe) || addend !== 0) return false;
    const distance = target - at - 4;
    if (Math.abs(distance) >= 1 << 22) return false;
    code.writeUInt16LE(0xf000 | ((distance >> 12) & 0x7ff), at);
    code.writeUInt16LE((second & 0xf800) | ((distance >> 1) & 0x7ff), at + 2);
    return true;
  },
  /**
   * A function begins with `ldr r, [pc, #n]`, for the table's address, and a load from there; what takes the stack pointer may
   * come between. The size is put in place of the address, with a nop for `ldr r, [r, #m]`; or, where `mov q, #m; ldr q, [r, q]`
   * follows, into that `mov`.
   */
  stackSize(code, { offset, type, addend }, sizes, begin) {
    if (type !== 2 || addend !== 0 || code.readUInt32LE(offset) !== 0) return false;
    const half = (at) => code.readUInt16LE(at);
    const loads = [];
    for (let at = begin; at < offset; at += isLong(half(at)) ? 4 : 2) if (literal(half(at), half(at + 2), at) === offset) loads.push(at);
    if (loads.length !== 1 || isLong(half(loads[0]))) return false;
    const r = (half(loads[0]) >> 8) & 7;
    let at = loads[0] + 2;
    // add s, sp, #n; mov s, sp
    while ((half(at) >> 11 === 0x15 && ((half(at) >> 8) & 7) !== r) || ((half(at) & 0xfff8) === 0x4668 && (half(at) & 7) !== r)) at += 2;
    const [first, second] = [half(at), half(at + 2)];
    const short = (first & 0xf83f) === (0x6800 | (r << 3) | r);
    if (short || (first === (0xf8d0 | r) && second >> 12 === r)) {
      const size = sizes(short ? ((first >> 6) & 31) * 4 : second & 0xfff);
      if (size === undefined) return false;
      code.writeUInt32LE(size, offset);
      if (short) code.writeUInt16LE(0xbf00, at);
      else code.writeUInt32LE(0x8000f3af, at);
      return true;
    }
    const q = (second >> 8) & 15;
    const size = sizes(immediate(first, second) ?? -1);
    if (size === undefined || size >= 1 << 16 || q > 7 || q === r || half(at + 4) !== (0x5800 | (q << 6) | (r << 3) | q)) return false;
    code.writeUInt16LE(0xf240 | ((size >> 12) & 15) | (((size >> 11) & 1) << 10), at);
    code.writeUInt16LE((((size >> 8) & 7) << 12) | (q << 8) | (size & 0xff), at + 2);
    code.writeUInt16LE(0xbf00, at + 4);
    return true;
  },
};

/**
 * RISC-V: auipc and jalr (19); auipc with the high half of a distance (23) and, by records that name it, loads with its low half (24).
 */
const riscv = {
  wide: true,
  calls: [19],
  jump: { octets: [0x17, 0x03, 0, 0, 0x67, 0, 0x03, 0], type: 19 },
  call(code, at, { addend }, target) {
    const [auipc, jalr] = [code.readUInt32LE(at), code.readUInt32LE(at + 4)];
    if (auipc >>> 12 !== 0 || jalr >>> 20 !== 0 || (auipc & 0x7f) !== 0x17 || (jalr & 0x7f) !== 0x67 || addend !== 0) return false;
    const distance = target - at;
    code.writeUInt32LE((((distance + 0x800) & 0xfffff000) | auipc) >>> 0, at);
    code.writeUInt32LE(((distance << 20) | jalr) >>> 0, at + 4);
    return true;
  },
  /** `auipc r, 0; ...; lwu q, 0(r)` becomes `lui r, n; ...; addi q, r, n`. */
  stackSize(code, { offset, type, addend }, sizes, begin, lows) {
    const load = lows.get(offset);
    const size = sizes(addend);
    if (type !== 23 || load === undefined || size === undefined || size >= 1 << 30) return false;
    const [auipc, lwu] = [code.readUInt32LE(offset), code.readUInt32LE(load)];
    const r = (auipc >> 7) & 31;
    if (auipc !== ((r << 7) | 0x17) || (lwu & 0xfffff07f) !== ((r << 15) | (6 << 12) | 0x03)) return false;
    code.writeUInt32LE((((size + 0x800) & 0xfffff000) | (r << 7) | 0x37) >>> 0, offset);
    code.writeUInt32LE(((size << 20) | (lwu & 0x000f8f80) | 0x13) >>> 0, load);
    lows.set(offset, SETTLED);
    return true;
  },
};
const SETTLED = -1;
const isLow = ({ type, symbol }) => (type === 24 || type === 25) && symbol === ".text";

const machines = { 40: thumb, 243: riscv };

/** The octets of `.aot_stack_sizes` in the section of data: behind its name and its length; undefined where there are none. */
function stackSizes(init, count) {
  const name = Buffer.from(`${String.fromCharCode(STACK_SIZES.length + 1, 0)}${STACK_SIZES}\0`, "latin1");
  const at = init.indexOf(name);
  if (at < 0 || init.indexOf(name, at + 1) >= 0) return undefined;
  const from = aligned(at + name.length);
  return init.readUInt32LE(from) === 4 * count ? init.subarray(from + 4, from + 4 + 4 * count) : undefined;
}

/**
 * An AOT file for a board's core with its calls settled. Where the code is not as expected, a record stays for the loader.
 */
export function link(aot) {
  const parts = sections(Buffer.from(aot));
  const part = (number) => parts.find((section) => section.number === number);
  const machine = machines[machineOf(aot)];
  if (!machine) throw new Error("postern: this AOT file is for a machine that tools/build/link.mjs does not know");
  const { wide } = machine;
  const relocation = part(RELOCATION);
  if (!relocation) return aot;
  const functions = part(FUNCTIONS);
  const literals = part(TEXT).body.readUInt32LE(0);
  const code = Buffer.from(part(TEXT).body.subarray(4 + literals));
  const count = functions.body.length / (wide ? 20 : 16);
  const start = (i) => (i < count ? (wide ? Number(functions.body.readBigUInt64LE(8 * i)) : functions.body.readUInt32LE(4 * i)) : undefined);
  const begins = Array.from({ length: count }, (_, i) => start(i)).sort((a, b) => a - b);
  const table = stackSizes(part(INIT).body, count);
  const sizes = (at) => (table && at >= 0 && at % 4 === 0 && at < table.length ? table.readUInt32LE(at) : undefined);
  const groups = readRelocations(relocation.body, wide);
  // The runtime's own functions are beyond the loader's table of jumps: one jump to each, behind the code, is settled there.
  const jumps = new Map();
  let end = code.length;
  const jumpTo = (symbol) => {
    if (!jumps.has(symbol)) {
      jumps.set(symbol, end);
      end += machine.jump.octets.length;
    }
    return jumps.get(symbol);
  };
  for (const group of groups.filter(({ name }) => /^\.rela?\.text$/.test(name))) {
    // Where the one load with an auipc's low half is; undefined: there is none, or several.
    const lows = new Map();
    for (const record of group.records) if (isLow(record)) lows.set(record.addend, lows.has(record.addend) ? undefined : record.offset);
    group.records = group.records.filter((record) => {
      const { offset, type, symbol } = record;
      if (symbol === STACK_SIZES) return !machine.stackSize(code, record, sizes, begins.findLast((at) => at <= offset), lows);
      if (!machine.calls.includes(type)) return true;
      const own = /^aot_func#(\d+)$/.exec(symbol);
      if (!own && !symbol.startsWith("aot_")) return true;
      const target = own ? start(Number(own[1])) : jumpTo(symbol);
      return target === undefined || !machine.call(code, offset, record, target);
    });
    group.records = group.records.filter((record) => !isLow(record) || lows.get(record.addend) !== SETTLED);
    for (const [symbol, offset] of jumps) group.records.push({ offset, addend: 0, type: machine.jump.type, symbol });
  }
  // What nobody reads any more: of the table only what would stop a function that still did, and of every function two sizes.
  if (groups.every(({ records }) => records.every(({ symbol }) => symbol !== STACK_SIZES))) table?.fill(0xff);
  functions.body.fill(0, (wide ? 12 : 8) * count);
  part(TEXT).body = Buffer.concat([part(TEXT).body.subarray(0, 4 + literals), code, ...[...jumps].map(() => Buffer.from(machine.jump.octets))]);
  relocation.body = writeRelocations(groups, wide);
  const out = [aot.subarray(0, 8)];
  for (const { number, body } of parts) {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(number);
    head.writeUInt32LE(body.length, 4);
    out.push(head, body, Buffer.alloc(aligned(body.length) - body.length));
  }
  return Buffer.concat(out);
}
