// The boards there are, as data: boards/NAME/board.json of each name in boards/list.json, and what its core's folder says
// (boards/mcu/CORE/core.json).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

const folder = join(root, "boards");
const json = (...path) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));

function board(name) {
  const data = json(name, "board.json");
  const core = json("mcu", data.core, "core.json");
  return { name, ...data, toolchain: core.toolchain, needs: [...core.needs, ...data.needs], cpu: core };
}

/** The boards, by name. */
export const boards = Object.fromEntries(json("list.json").map((name) => [name, board(name)]));

/** The cores that they have, by the name of the AOT target: boards of one core share a file. */
export const cores = Object.fromEntries(Object.values(boards).map(({ core, cpu }) => [`bare-${core}`, cpu]));

/** The board's data; throws the list for a name that is none. */
export function boardNamed(name) {
  if (Object.hasOwn(boards, name)) return boards[name];
  const rows = Object.values(boards).map((known) => `  ${known.name.padEnd(12)}${known.what}`);
  throw new Error(`postern: ${name === undefined ? "a board must be named" : `there is no board "${name}"`}; there are:\n${rows.join("\n")}`);
}
