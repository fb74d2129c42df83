/** The grammar table as the sources hold it: every row's modes and pattern. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../assembly/cli/", import.meta.url));

export interface Row {
  modes: string;
  pattern: string;
}

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(path, entry.name)) : [join(path, entry.name)]));
}

/** Every row, in the order of the files' names. */
export function rows(): Row[] {
  const found: Row[] = [];
  for (const file of sources(folder).sort()) {
    const text = readFileSync(file, "utf8");
    const constants = new Map<string, string>();
    const value = (expression: string): string => expression.split(" + ").map((part) => (part.startsWith('"') ? part.slice(1, -1) : constants.get(part.trim()) ?? "")).join("");
    for (const [, name = "", expression = ""] of text.matchAll(/const (\w+) = ([^;\n]*);/g)) constants.set(name, value(expression));
    for (const [, expression = ""] of text.matchAll(/^\s*row\(([^,]+),/gm)) {
      const whole = value(expression);
      const colon = whole.indexOf(":");
      found.push({ modes: whole.slice(0, colon), pattern: whole.slice(colon + 1) });
    }
  }
  return found;
}

/** Every word of a pattern with each word that may stand before it ("" at the start). */
export function pairs(pattern: string): [before: string, word: string][] {
  const words = pattern.match(/[^\s()[\]{}|~@!]+/g) ?? [];
  return words.map((word, i) => [i ? words[i - 1]! : "", word]);
}
