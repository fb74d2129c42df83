/** Results as text: ratios first, then the figures. */
import type { Row, Spread } from "../measure.ts";
import { shown, type Suite, type Unit } from "../suite.ts";

/** A number with three digits that matter. */
export function short(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return digits > 6 ? value.toExponential(1) : value.toFixed(digits);
}

export const ratioText = ({ q1, median, q3 }: Spread): string => (short(q1) === short(q3) ? short(median) : `${short(median)} (${short(q1)}-${short(q3)})`);

/** A spread of costs as it is shown, its quartiles in order. */
export function figure(unit: Unit, cost: Spread, size: number): Spread {
  const [a, b] = [shown(unit, cost.q1, size), shown(unit, cost.q3, size)];
  return { q1: Math.min(a, b), median: shown(unit, cost.median, size), q3: Math.max(a, b) };
}

/** The rows of each group, in order. */
export function groups(rows: readonly Row[]): [string, Row[]][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(row.group, [...(found.get(row.group) ?? []), row]);
  return [...found];
}

/** Every contender of some rows, in order. */
export const contendersOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap(({ contenders }) => contenders.map(({ name }) => name)))];

/** Cells of one group: a line a contender; for each size the ratio to the first, then the figure. */
export function cells({ unit }: Pick<Suite, "unit">, rows: readonly Row[]): { head: string[]; lines: string[][] } {
  const head = ["", ...rows.flatMap(({ size }) => [`${size}: ratio`, unit])];
  const lines = contendersOf(rows).map((name) => [
    name,
    ...rows.flatMap(({ size, contenders }) => {
      const one = contenders.find((c) => c.name === name);
      if (!one) return ["", ""];
      return [one === contenders[0] ? "1" : ratioText(one.ratio), short(figure(unit, one.cost, size).median)];
    }),
  ]);
  return { head, lines };
}

/** A group as a table for the terminal. */
export function table(suite: Pick<Suite, "unit" | "axis">, group: string, rows: readonly Row[]): string {
  const { head, lines } = cells(suite, rows);
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]!.length)));
  const line = (words: string[]): string => words.map((word, i) => (i === 0 ? word.padEnd(widths[i]!) : word.padStart(widths[i]!))).join("  ").trimEnd();
  return [`${group} (by ${suite.axis})`, line(head), ...lines.map(line)].join("\n");
}
