// How large a board's arena is: boards/engine.c and WAMR's loader take what is reckoned here, and nothing else.
import { INIT, RELOCATION, sections, TEXT } from "../build/aot_file.mjs";
import { shape } from "../build/segments.mjs";

const PAGE = 4096;
const pages = (n) => Math.ceil(n / PAGE) * PAGE;
/** Of the loader's own: the table of jumps behind the code, and rounding. */
const CODE_SLACK = 3 * PAGE;
/** The runtime's own structures. */
const POOL_BASE = 8192;

/**
 * What the module takes in the RAM of a board, in octets: `pool` of the runtime, `code` compiled ahead of time with its
 * constants, `memory` of the module (or what the loader holds before there is one, if that is more), `arena` their sum; and for
 * the interpreter its `interpreterPool`, and `further`: what it takes beyond the arena. Given are the interpreter's module (`wasm`),
 * the one that was `compiled`, and what it was compiled to (`aot`).
 */
export function reckon({ wasm, compiled, aot }, board) {
  const { functions, data, memory } = shape(compiled);
  const interpreted = shape(wasm);
  const { runtime } = board.cpu;
  const part = Object.fromEntries(sections(aot).map(({ number, body }) => [number, body.length]));
  const pool = pages(POOL_BASE + functions * runtime.function);
  const text = pages(part[TEXT] + CODE_SLACK) + pages(Math.max(0, part[INIT] - data));
  const held = Math.max(pages(memory), pages(aot.length) + pages(part[RELOCATION] * runtime.relocation));
  const arena = pool + text + held;
  // Beside the pool: the interpreter's table of functions.
  const interpreterPool = pages(POOL_BASE + board.ram.wasm_stack + interpreted.code * runtime.interpreter);
  const interpreter = interpreterPool + pages(interpreted.code) + Math.max(pages(interpreted.memory), pages(wasm.length));
  return { pool, code: text, memory: held, arena, interpreterPool, further: Math.max(0, interpreter - arena) };
}
