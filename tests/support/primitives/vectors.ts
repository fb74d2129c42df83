/** Published test vectors: whole files from the folder named by VECTORS_DIR; without it each suite is skipped by name. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const vectorsDir = resolve(root, process.env.VECTORS_DIR ?? "../shared/vectors");

const present = existsSync(vectorsDir);

/** Every file of a folder whose name matches, as paths from the vectors' folder; none where the folder is absent. */
export function vectorFiles(folder: string, pattern: RegExp): string[] {
  const path = join(vectorsDir, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path).filter((name) => pattern.test(name)).sort().map((name) => `${folder}/${name}`);
}

/**
 * One test for a file; `check` returns how many cases it ran, and a file without any fails. Without the folder the test
 * is skipped, with the reason.
 */
export function vectorTest(path: string, check: (text: string) => number | Promise<number>): void {
  const reason = present ? false : `no folder of vectors at ${relative(root, vectorsDir)} (VECTORS_DIR)`;
  test(`vectors: ${path}`, { skip: reason }, async (t) => {
    const cases = await check(readFileSync(join(vectorsDir, path), "utf8"));
    if (cases === 0) throw new Error(`${path}: no case was found`);
    t.diagnostic(`${cases} cases`);
  });
}

/** As vectorTest for every matching file of a folder. */
export function vectorTests(folder: string, pattern: RegExp, check: (text: string, path: string) => number | Promise<number>): void {
  const files = vectorFiles(folder, pattern);
  if (files.length === 0) vectorTest(`${folder}/${pattern.source}`, () => 0);
  for (const path of files) vectorTest(path, (text) => check(text, path));
}

export interface Case {
  /** The `[...]` line above the case, without brackets. */
  section: string;
  [field: string]: string;
}

/** Parses a response file: `NAME = value` lines, a case ends at an empty line; names in lower case. */
export function responses(text: string): Case[] {
  const cases: Case[] = [];
  let section = "";
  let fields: Case | undefined;
  for (const raw of [...text.split(/\r?\n/), ""]) {
    const line = raw.trim();
    const head = /^\[(.*)\]$/.exec(line);
    const pair = /^(\w+)\s*=\s*(.*)$/.exec(line);
    if (head) {
      section = head[1]!.replace(/\s+/g, "");
    } else if (pair) {
      fields ??= { section };
      fields[pair[1]!.toLowerCase()] = pair[2]!;
    } else if (line === "" && fields) {
      cases.push(fields);
      fields = undefined;
    }
  }
  return cases;
}

export const hex = (text: string): Buffer => Buffer.from(text, "hex");
