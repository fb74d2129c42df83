/** AOT files of a few octets of code, in the layout of WAMR's loader (core/iwasm/aot/aot_loader.c). */

export interface Record {
  offset: number;
  addend?: number;
  type: number;
  symbol: string;
}

export interface Core {
  /** As ELF numbers it. */
  machine: 40 | 243;
  wide: boolean;
}
export const ARM: Core = { machine: 40, wide: false };
export const RISCV: Core = { machine: 243, wide: true };

const words = (...values: number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const pointers = (core: Core, values: number[]): Buffer => (core.wide ? Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer) : Buffer.from(Int32Array.from(values).buffer));
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
const text = (name: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(name.length + 1);
  return Buffer.concat([length, Buffer.from(`${name}\0`, "latin1"), Buffer.alloc(name.length % 2 === 0 ? 1 : 0)]);
};

/** The relocation section. */
export function relocations(core: Core, groups: { name: string; records: Record[] }[]): Buffer {
  const names = [...new Set(groups.flatMap(({ name, records }) => [name, ...records.map(({ symbol }) => symbol)]))];
  const texts = names.map(text);
  const offsets = texts.map((_, i) => texts.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const strings = Buffer.concat(texts);
  const rows = groups.map(({ name, records }) =>
    Buffer.concat([words(names.indexOf(name), records.length), ...records.map(({ offset, addend = 0, type, symbol }) => Buffer.concat([pointers(core, [offset, addend]), words(type, names.indexOf(symbol))]))]),
  );
  return Buffer.concat([words(names.length, ...offsets, strings.length), padded(strings), words(groups.length), ...rows]);
}

/** A file of functions that begin at `begins` in `code`; `stackSizes`: what each takes. */
export function aotFile(core: Core, { code, begins, stackSizes, records, groups = [] }: { code: Buffer; begins: number[]; stackSizes: number[]; records: Record[]; groups?: { name: string; records: Record[] }[] }): Buffer {
  const target = Buffer.alloc(48);
  target.writeUInt16LE(core.machine, 6);
  const table = Buffer.concat([padded(text(".aot_stack_sizes")), words(4 * stackSizes.length, ...stackSizes)]);
  const sections: [number, Buffer][] = [
    [0, target],
    [1, Buffer.concat([words(1, 2, 3), table])],
    [2, Buffer.concat([words(0), code])],
    [3, Buffer.concat([pointers(core, begins), ...[1, 2, 3].map((n) => words(...begins.map((_, i) => n * 10 + i)))])],
    [5, relocations(core, [{ name: core.wide ? ".rela.text" : ".rel.text", records }, ...groups])],
  ];
  return Buffer.concat([Buffer.from("\0aot\x05\0\0\0", "latin1"), ...sections.flatMap(([number, body]) => [words(number, body.length), padded(body)])]);
}
