/**
 * Rewrites a module so that everything which a machine's time may depend on is reported while it runs: the address of
 * every load and store, every condition (if, br_if, br_table and select, since an engine may make a branch of it), the
 * target of every indirect call, the operands of every division, and the addresses and lengths of bulk copies. Two runs
 * with the same reports took the same path over the same addresses.
 */
import binaryen from "binaryen";

export interface Site {
  what: string;
  inFunction: string;
}

export interface Instrumented {
  binary: Uint8Array;
  sites: Site[];
}

type Ref = number;

/** The wrapper classes of binaryen that its type declarations leave out of their static side. */
interface Accessors {
  [accessor: string]: (ref: Ref, ...args: number[]) => number;
}
const b = binaryen as unknown as Record<string, Accessors> & Record<string, number>;

/** For each kind of expression: the operands that are reported, and those that are only walked through. */
const SHAPES: Record<string, { report: string[]; walk: string[] }> = {
  If: { report: ["Condition"], walk: ["IfTrue", "IfFalse"] },
  Break: { report: ["Condition"], walk: ["Value"] },
  Switch: { report: ["Condition"], walk: ["Value"] },
  Select: { report: ["Condition"], walk: ["IfTrue", "IfFalse"] },
  Load: { report: ["Ptr"], walk: [] },
  Store: { report: ["Ptr"], walk: ["Value"] },
  CallIndirect: { report: ["Target"], walk: [] },
  MemoryCopy: { report: ["Dest", "Source", "Size"], walk: [] },
  MemoryFill: { report: ["Dest", "Size"], walk: ["Value"] },
  MemoryGrow: { report: ["Delta"], walk: [] },
  Loop: { report: [], walk: ["Body"] },
  LocalSet: { report: [], walk: ["Value"] },
  GlobalSet: { report: [], walk: ["Value"] },
  Unary: { report: [], walk: ["Value"] },
  Binary: { report: [], walk: ["Left", "Right"] },
  SIMDExtract: { report: [], walk: ["Vec"] },
  SIMDReplace: { report: [], walk: ["Vec", "Value"] },
  SIMDShuffle: { report: [], walk: ["Left", "Right"] },
  SIMDTernary: { report: [], walk: ["A", "B", "C"] },
  SIMDShift: { report: ["Shift"], walk: ["Vec"] },
  SIMDLoad: { report: ["Ptr"], walk: [] },
  SIMDLoadStoreLane: { report: ["Ptr"], walk: ["Vec"] },
  Drop: { report: [], walk: ["Value"] },
  Return: { report: [], walk: ["Value"] },
};
const LISTS: Record<string, string> = { Block: "Child", Call: "Operand", CallIndirect: "Operand" };
const LEAVES = ["Const", "LocalGet", "GlobalGet", "Nop", "Unreachable", "MemorySize"];

const DIVISIONS = ["DivSInt32", "DivUInt32", "RemSInt32", "RemUInt32", "DivSInt64", "DivUInt64", "RemSInt64", "RemUInt64"];

export function instrument(source: Uint8Array | string): Instrumented {
  const module = typeof source === "string" ? binaryen.parseText(source) : binaryen.readBinary(source);
  module.setFeatures(binaryen.Features.All);
  const kinds = new Map<number, string>();
  for (const name of [...Object.keys(SHAPES), ...Object.keys(LISTS), ...LEAVES]) kinds.set(b[`${name}Id`] as unknown as number, name);
  const divisions = new Set(DIVISIONS.map((name) => b[name] as unknown as number));
  const sites: Site[] = [];
  module.addFunctionImport("tap32", "trace", "tap32", binaryen.createType([binaryen.i32, binaryen.i32]), binaryen.i32);
  module.addFunctionImport("tap64", "trace", "tap64", binaryen.createType([binaryen.i32, binaryen.i64]), binaryen.i64);

  const tap = (value: Ref, what: string, inFunction: string): Ref => {
    const site = module.i32.const(sites.length);
    sites.push({ what, inFunction });
    return binaryen.getExpressionType(value) === binaryen.i64 ? module.call("tap64", [site, value], binaryen.i64) : module.call("tap32", [site, value], binaryen.i32);
  };

  const visit = (ref: Ref, name: string): void => {
    const kind = kinds.get(binaryen.getExpressionId(ref));
    if (kind === undefined) throw new Error(`expression kind ${binaryen.getExpressionId(ref)} is unknown here: add it to SHAPES`);
    if (LEAVES.includes(kind)) return;
    const access = b[kind] as Accessors;
    const list = LISTS[kind];
    if (list !== undefined) {
      const count = access[list === "Child" ? "getNumChildren" : "getNumOperands"]!(ref);
      for (let i = 0; i < count; i++) visit(access[`get${list}At`]!(ref, i), name);
    }
    const shape = SHAPES[kind];
    if (shape === undefined) return;
    const divides = kind === "Binary" && divisions.has(access["getOp"]!(ref));
    for (const operand of [...shape.report, ...shape.walk]) {
      const child = access[`get${operand}`]!(ref);
      if (child === 0) continue;
      visit(child, name);
      const constant = binaryen.getExpressionId(child) === binaryen.ConstId;
      if ((shape.report.includes(operand) || divides) && !constant) access[`set${operand}`]!(ref, tap(child, `${kind}.${operand}`, name));
    }
  };

  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (info.base === "" && info.body !== 0) visit(info.body, info.name);
  }
  if (!module.validate()) throw new Error("the instrumented module is not valid");
  const binary = module.emitBinary();
  module.dispose();
  return { binary, sites };
}

/** What one run reported, folded into a number for each site. */
export class Trace {
  private readonly folded: Int32Array;
  reports = 0;

  constructor(private readonly sites: Site[]) {
    this.folded = new Int32Array(sites.length);
  }

  readonly imports = {
    tap32: (site: number, value: number): number => {
      this.fold(site, value);
      return value;
    },
    tap64: (site: number, value: bigint): bigint => {
      this.fold(site, Number(value & 0xffffffffn) | 0);
      this.fold(site, Number((value >> 32n) & 0xffffffffn) | 0);
      return value;
    },
  };

  private fold(site: number, value: number): void {
    this.reports++;
    const h = Math.imul(this.folded[site]! ^ value, 0x9e3779b1);
    this.folded[site] = (h ^ (h >>> 15)) + 1;
  }

  start(): void {
    this.folded.fill(0);
    this.reports = 0;
  }

  take(): Int32Array {
    return this.folded.slice();
  }

  /** The sites where two runs differ, in words. */
  difference(a: Int32Array, c: Int32Array): string[] {
    return this.sites.flatMap((site, i) => (a[i] === c[i] ? [] : [`${site.what} in function ${site.inFunction}`]));
  }
}
