// `npm run size [-- NAME ...]`: what a board's firmware takes, by part, each beside its budget (boards/NAME/board.json).
// Status 1 over budget.
import { pathToFileURL } from "node:url";
import { boardNamed, boards } from "../boards.mjs";
import { excesses, measure } from "./budget.mjs";
import { firmware } from "./firmware.mjs";
import { setup } from "../setup.mjs";

const kB = (n) => (n === undefined ? "" : `${(n / 1024).toFixed(1)} kB`).padStart(11);

/** Prints the table. Returns whether everything is within budget. */
export async function report(name, log = (line) => console.log(line)) {
  const board = boardNamed(name);
  const built = await firmware(name, { check: false });
  const found = measure(board, built.elf, built.sizes);
  const { budget } = board;
  log(`\n${name}`);
  log(`${"part".padEnd(20)}${"image".padStart(11)}${"budget".padStart(11)}${"RAM".padStart(11)}${"budget".padStart(11)}`);
  const row = (what, image, ram, [imageBudget, ramBudget] = []) => log(`${what.padEnd(20)}${kB(image)}${kB(imageBudget)}${kB(ram)}${kB(ramBudget)}`.trimEnd());
  for (const [part, { image, ram }] of Object.entries(found.parts).sort((a, b) => b[1].image + b[1].ram - a[1].image - a[1].ram)) row(part, image, ram, budget.parts[part]);
  row("all", found.image, found.ram, [budget.image, budget.ram]);
  if (found.further > 0) log(`The interpreter, when it runs in place of AOT code, takes ${kB(found.further).trim()} of RAM more; allowed are ${kB(budget.further).trim()}.`);
  const rows = excesses(budget, found);
  for (const { what, is, allowed } of rows) log(`OVER BUDGET: ${what} is ${kB(is).trim()}, allowed are ${kB(allowed).trim()}`);
  return rows.length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setup();
  try {
    const names = process.argv.slice(2);
    for (const name of names.length > 0 ? names : Object.keys(boards)) if (!(await report(name))) process.exitCode = 1;
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
