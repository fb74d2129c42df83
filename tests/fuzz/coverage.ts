/** What `--coverage` says: how many functions and branches of each room were reached, and which never were. */
import { readFileSync } from "node:fs";
import { BASE, PAGES, type Sites } from "../../tools/test/coverage/counters.mjs";
import { build } from "../../tools/test/coverage/build.mjs";

/** The rooms that packets and messages reach, and what of them a run must reach. */
const ROOMS = ["ike", "ipsec", "sadb", "net"];
const FUNCTIONS = 0.95;
const BRANCHES = 0.75;

/** The instrumented module, built where it is stale. */
export async function measured(): Promise<{ module: WebAssembly.Module; sites: Sites }> {
  const { wasm, sites } = await build();
  return { module: new WebAssembly.Module(readFileSync(wasm)), sites: JSON.parse(readFileSync(sites, "utf8")) as Sites };
}

const roomOf = (file: string): string => file.split("/")[1]!.replace(/\.ts$/, "");
const percent = (n: number, of: number): string => (of === 0 ? "-" : `${((100 * n) / of).toFixed(1)} %`);

/** A table by room and what was never reached. `memory` is that of the instance that ran; `all`: every branch by its line. */
export function report(sites: Sites, memory: ArrayBuffer, all = false): { text: string; reached: boolean } {
  const notes = new Uint8Array(memory, BASE, Math.min(memory.byteLength, PAGES * 65536) - BASE);
  const rooms = [...new Set([...sites.functions, ...sites.branches].map(({ file }) => roomOf(file)))].sort((a, b) => (ROOMS.indexOf(b) >= 0 ? 1 : 0) - (ROOMS.indexOf(a) >= 0 ? 1 : 0) || a.localeCompare(b));
  const lines = [`${"room".padEnd(12)}${"functions".padStart(18)}${"".padStart(9)}${"branches".padStart(18)}`];
  let reached = true;
  for (const room of rooms) {
    const functions = sites.functions.filter(({ file }) => roomOf(file) === room);
    const branches = sites.branches.filter(({ file }) => roomOf(file) === room).flatMap(({ at }) => [at, at + 1]);
    const f = functions.filter(({ at }) => notes[at]).length;
    const b = branches.filter((at) => notes[at]).length;
    lines.push(`${room.padEnd(12)}${`${f} of ${functions.length}`.padStart(18)}${percent(f, functions.length).padStart(9)}${`${b} of ${branches.length}`.padStart(18)}${percent(b, branches.length).padStart(9)}`);
    if (ROOMS.includes(room) && (f < FUNCTIONS * functions.length || b < BRANCHES * branches.length)) {
      lines.push(`${"".padEnd(12)}less than ${100 * FUNCTIONS} % of functions or ${100 * BRANCHES} % of branches`);
      reached = false;
    }
  }
  const never = sites.functions.filter(({ file, at }) => ROOMS.includes(roomOf(file)) && !notes[at]);
  lines.push("", `never reached: ${never.length} functions of ${ROOMS.join(", ")}`, ...never.map(({ name, file, line }) => `  ${file}:${line}  ${name.slice(file.length - 2)}`).sort());
  if (all) {
    const missed = sites.branches.filter(({ file }) => ROOMS.includes(roomOf(file))).flatMap(({ file, line, column, text, at }) => [[at, "true"], [at + 1, "false"]].filter(([k]) => !notes[k as number]).map(([, way]) => ({ file, line, column, text, way })));
    missed.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
    lines.push("", `never taken: ${missed.length} branches`, ...missed.map(({ file, line, column, text, way }) => `  ${file}:${line}:${column}  ${way}: ${text}`));
  }
  return { text: lines.join("\n"), reached };
}
