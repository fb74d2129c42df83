/** Which file imports which, and where imports go round in a circle. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

const SOURCE = /(?<!\.d)\.(ts|mjs)$/;

/** The sources below a folder, as absolute paths. */
export function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : SOURCE.test(entry.name) ? [resolve(folder, entry.name)] : []))
    .sort();
}

/** The files that a file imports, by absolute path: their types too, and those it asks for later. Packages are left out. */
export function imports(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  const relative = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."));
  // AssemblyScript's have no ending.
  return [...new Set(relative.map((name) => resolve(dirname(file), name)).map((path) => (existsSync(`${path}.ts`) ? `${path}.ts` : path)))];
}

/** Every file of `files` with what it imports. */
export const graphOf = (files: readonly string[]): Map<string, Set<string>> => new Map(files.map((file) => [file, new Set(imports(file))]));

/** The largest sets of files each of which reaches every other of its set (Tarjan), sorted; a file alone is one if it imports itself. */
export function circles(graph: Map<string, Set<string>>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const path: string[] = [];
  const onPath = new Set<string>();
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    path.push(file);
    onPath.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (onPath.has(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const circle = path.splice(path.indexOf(file));
    for (const member of circle) onPath.delete(member);
    if (circle.length > 1 || graph.get(file)?.has(file)) found.push(circle.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
