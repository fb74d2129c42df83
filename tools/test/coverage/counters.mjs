// A compiler transform that notes what is reached: every function, and both ways of every condition (if, loop, && and ||, ?: where
// it branches; selects are no branches). The notes are octets behind the module's own memory, set before anything is optimized,
// so that no function is lost in another. What the compiler wrote several times - inlined, for several types - is one site: where
// it stands in the source.
import binaryen from "assemblyscript/binaryen";

/** Octets of memory of the module as it is; the notes begin behind them. */
const MODULE_PAGES = 40;
/** Where the notes begin. */
export const BASE = MODULE_PAGES * 65536;
/** Pages of the instrumented module. */
export const PAGES = MODULE_PAGES + 2;

/** Where the operands of an expression are: getters, and lists of them. */
const SHAPES = {
  If: ["Condition", "IfTrue", "IfFalse"],
  Break: ["Condition", "Value"],
  Switch: ["Condition", "Value"],
  Select: ["Condition", "IfTrue", "IfFalse"],
  Load: ["Ptr"],
  Store: ["Ptr", "Value"],
  CallIndirect: ["Target"],
  MemoryCopy: ["Dest", "Source", "Size"],
  MemoryFill: ["Dest", "Value", "Size"],
  MemoryGrow: ["Delta"],
  Loop: ["Body"],
  LocalSet: ["Value"],
  GlobalSet: ["Value"],
  Unary: ["Value"],
  Binary: ["Left", "Right"],
  Drop: ["Value"],
  Return: ["Value"],
  SIMDExtract: ["Vec"],
  SIMDReplace: ["Vec", "Value"],
  SIMDShuffle: ["Left", "Right"],
  SIMDTernary: ["A", "B", "C"],
  SIMDShift: ["Vec", "Shift"],
  SIMDLoad: ["Ptr"],
};
const LISTS = { Block: ["Child", "getNumChildren"], Call: ["Operand", "getNumOperands"], CallIndirect: ["Operand", "getNumOperands"] };
const LEAVES = ["Const", "LocalGet", "GlobalGet", "Nop", "Unreachable", "MemorySize"];
const kinds = new Map([...new Set([...Object.keys(SHAPES), ...Object.keys(LISTS), ...LEAVES])].filter((name) => binaryen[`${name}Id`] !== undefined).map((name) => [binaryen[`${name}Id`], name]));

export class Counters {
  /** Functions and conditions: { file, line, column, name, at }; of a condition `at` is that of yes, and no is behind it. */
  functions = [];
  branches = [];
  #places = new Map();
  #next = 0;
  #program;

  afterInitialize(program) {
    this.#program = program;
  }

  afterCompile(module) {
    const located = this.#located();
    for (let i = 0; i < module.getNumFunctions(); i++) {
      const ref = module.getFunctionByIndex(i);
      const { name, base, body } = binaryen.getFunctionInfo(ref);
      if (base !== "" || body === 0 || !name.startsWith("assembly/")) continue;
      const of = located.get(name);
      // Fields are read and written by functions that no source has, and calls through a class by others.
      if (!of || of.debugLocations.size === 0) continue;
      const { range } = of.prototype.declaration;
      if (!range.source.normalizedPath.startsWith("assembly/")) continue;
      const at = this.#place(this.functions, `f ${name.replace(/<.*?>/g, "")}`, { name: name.replace(/<.*?>/g, ""), file: range.source.normalizedPath, line: range.source.lineAt(range.start) }, 1);
      this.#walk(module, body, of.debugLocations);
      binaryen.Function.setBody(ref, module.block(null, [this.#note(module, at), body], binaryen.getExpressionType(body)));
    }
  }

  /** Functions by the name that they have in the module. */
  #located() {
    const found = new Map();
    for (const [, element] of this.#program.instancesByName) if (element.debugLocations) found.set(element.internalName, element);
    return found;
  }

  #place(list, key, what, octets) {
    let at = this.#places.get(key);
    if (at === undefined) {
      this.#places.set(key, (at = this.#next));
      this.#next += octets;
      list.push({ ...what, at });
    }
    return at;
  }

  #note(module, at) {
    return module.i32.store8(0, 1, module.i32.const(BASE + at), module.i32.const(1));
  }

  #walk(module, ref, locations) {
    const kind = kinds.get(binaryen.getExpressionId(ref));
    if (kind === undefined) throw new Error(`expression kind ${binaryen.getExpressionId(ref)} is unknown here: add it to SHAPES`);
    const list = LISTS[kind];
    if (list) for (let i = 0; i < binaryen[kind][list[1]](ref); i++) this.#walk(module, binaryen[kind][`get${list[0]}At`](ref, i), locations);
    const operands = SHAPES[kind] ?? [];
    const condition = (kind === "If" || kind === "Break") && binaryen[kind].getCondition(ref);
    const range = condition && (locations.get(condition) ?? locations.get(ref));
    for (const operand of operands) {
      const child = binaryen[kind][`get${operand}`](ref);
      if (child !== 0) this.#walk(module, child, locations);
    }
    if (kind === "Switch") throw new Error("a br_table before optimization: note its targets");
    // What is known when it is compiled is no branch.
    if (!condition || !range || !range.source.normalizedPath.startsWith("assembly/") || binaryen.getExpressionId(condition) === binaryen.ConstId) return;
    const file = range.source.normalizedPath;
    const line = range.source.lineAt(range.start);
    const column = range.source.columnAt();
    const at = this.#place(this.branches, `b ${file} ${range.start} ${range.end}`, { file, line, column, text: range.toString().replace(/\s+/g, " ").slice(0, 80) }, 2);
    const way = (offset, value) => module.block(null, [this.#note(module, at + offset), module.i32.const(value)], binaryen.i32);
    binaryen[kind].setCondition(ref, module.if(condition, way(0, 1), way(1, 0)));
  }
}
