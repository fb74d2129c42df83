/**
 * docs/rfc/*.md (a clause, the file that does it, the test that shows it) and docs/BAD-INPUTS.md are true: every row names
 * a test or a reason, every file that is named exists, and every test that is named is a test of that file.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(root + path, "utf8");

/** What begins a cell that gives a reason in a test's place. */
const REASONS = /^(does not apply|not done|otherwise here): \S/;
const LEVELS = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
/** `path` "name": a test. */
const REFERENCE = /`(tests\/[\w./-]+\.ts)` "([^"]+)"/g;

interface Line {
  file: string;
  number: number;
  cells: string[];
}

/** Rows of the tables of a document, without their heads. */
export function rowsOf(file: string, text: string): Line[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (!line.startsWith("|") || /^\|[\s|:-]+$/.test(line) || /^\|[\s|:-]+$/.test(lines[i + 1] ?? "")) return [];
    const cells = line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
    return [{ file, number: i + 1, cells }];
  });
}

const named = new Map<string, (name: string) => boolean>();

/** Whether a file has a test of this name: what test() and it() are given, and `name` in the rows of a table. */
function hasTest(path: string): (name: string) => boolean {
  let known = named.get(path);
  if (known) return known;
  const names = new Set<string>();
  const patterns: RegExp[] = [];
  const add = (node: ts.Expression | undefined) => {
    if (!node) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) names.add(node.text);
    else if (ts.isTemplateExpression(node)) {
      const escaped = (s: string) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const spans = node.templateSpans.map((span) => `.*${escaped(span.literal.text)}`);
      // A name of nothing but values names no test in particular.
      if (node.head.text + node.templateSpans.map((span) => span.literal.text).join("") !== "") patterns.push(new RegExp(`^${escaped(node.head.text)}${spans.join("")}$`));
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && ["test", "it"].includes(node.expression.text)) add(node.arguments[0]);
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === "name") add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
  known = (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
  named.set(path, known);
  return known;
}

/** What is wrong with the tests and the files that a line names. */
function faults({ file, number, cells }: Line, where: string | undefined, shown: string): string[] {
  const at = `${file}:${number}: `;
  const wrong: string[] = [];
  const references = [...shown.matchAll(REFERENCE)];
  if (references.length === 0 && !REASONS.test(shown)) wrong.push(`${at}neither a test nor a reason: ${cells.join(" | ")}`);
  for (const [, path = "", name = ""] of references) {
    if (!existsSync(root + path)) wrong.push(`${at}${path} does not exist`);
    else if (!hasTest(path)(name)) wrong.push(`${at}${path} has no test "${name}"`);
  }
  if (where === undefined) return wrong;
  const files = [...where.matchAll(/`([\w./-]+)`/g)].map(([, path = ""]) => path);
  if (files.length === 0 && !REASONS.test(shown)) wrong.push(`${at}no file does it: ${cells.join(" | ")}`);
  for (const path of files) if (!existsSync(root + path)) wrong.push(`${at}${path} does not exist`);
  return wrong;
}

const maps = existsSync(`${root}docs/rfc`) ? readdirSync(`${root}docs/rfc`).filter((name) => name.endsWith(".md")).map((name) => `docs/rfc/${name}`) : [];

test("every clause of the RFCs has its file and its test, or a reason", () => {
  for (const rfc of ["1035", "2131", "2407", "2408", "2409", "2784", "3022", "3704", "3706", "3947", "3948", "4301", "4302", "4303", "4309", "4312", "4330", "4543", "4754", "4787", "4945", "5280", "5382", "5424", "5508", "7634"]) assert.ok(maps.includes(`docs/rfc/${rfc}.md`), `docs/rfc/${rfc}.md is there`);
  const wrong = maps.flatMap((file) => {
    const rows = rowsOf(file, read(file));
    assert.ok(rows.length >= 8, `${file} has ${rows.length} rows`);
    return rows.flatMap((line) => {
      const [section = "", clause = "", level = "", where = "", shown = ""] = line.cells;
      if (line.cells.length !== 5 || !section || !clause) return [`${file}:${line.number}: not section, clause, level, where, test or reason`];
      if (!LEVELS.includes(level)) return [`${file}:${line.number}: level ${level}`];
      return faults(line, where, shown);
    });
  });
  assert.deepEqual(wrong, []);
});

test("every class of bad input has its test", () => {
  const rows = rowsOf("docs/BAD-INPUTS.md", read("docs/BAD-INPUTS.md"));
  assert.ok(rows.length >= 15);
  assert.deepEqual(rows.flatMap((line) => (line.cells.length === 4 ? faults(line, undefined, line.cells[3]!) : [`docs/BAD-INPUTS.md:${line.number}: not class, seen in, here, test`])), []);
});

test("the check sees a row with nothing, a file that is not there, and a test that is not there", () => {
  const line = (shown: string, where = "`assembly/ike/engine/dispatch.ts`") => faults({ file: "x.md", number: 1, cells: [] }, where, shown).length;
  assert.equal(line('`tests/checks/clauses.test.ts` "every class of bad input has its test"'), 0);
  assert.equal(line("does not apply: IPv6"), 0);
  assert.equal(line("does not apply: IPv6", "-"), 0);
  assert.equal(line(""), 1);
  assert.equal(line("certainly"), 1);
  assert.equal(line('`tests/checks/clauses.test.ts` "no such test"'), 1);
  assert.equal(line('`tests/checks/nothing.test.ts` "no such test"'), 1);
  assert.equal(line('`tests/checks/clauses.test.ts` "every class of bad input has its test"', "`assembly/nothing.ts`"), 1);
  assert.equal(line('`tests/checks/clauses.test.ts` "every class of bad input has its test"', "-"), 1);
  assert.equal(line('`tests/exchange/messages.test.ts` "message 4 lost"'), 0);
});
