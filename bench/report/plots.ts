/** Results as SVG, by Observable Plot on a document without a browser. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Row } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { more } from "../suite.ts";
import { figure } from "./table.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** Colours that are told apart by people who see few of them. */
const COLOURS = ["#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#cc79a7", "#999933", "#009e73", "#666666", "#882255"];

interface Point {
  name: string;
  size: number;
  low: number;
  value: number;
  high: number;
}

/** The SVG by itself: with its own styles, and a white ground for pages that are dark. */
function text(element: Element): string {
  const svg = element.tagName.toLowerCase() === "svg" ? element : element.querySelector("svg")!;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return svg.outerHTML.replace(/(<svg[^>]*>)/, '$1<rect width="100%" height="100%" fill="white"/>');
}

const points = ({ unit }: Pick<Suite, "unit">, rows: readonly Row[]): Point[] =>
  rows.flatMap(({ size, contenders }) =>
    contenders.map(({ name, cost }) => {
      const { q1, median, q3 } = figure(unit, cost, size);
      return { name, size, low: q1, value: median, high: q3 };
    }),
  );

/** One group: lines over the sizes, or bars where there is one size only. Contenders keep their colours over a suite. */
export function plot(suite: Pick<Suite, "unit" | "axis">, group: string, rows: readonly Row[], names: readonly string[]): string {
  const data = points(suite, rows);
  const shownNames = names.filter((name) => data.some((point) => point.name === name));
  const color = { domain: [...shownNames], range: shownNames.map((name) => COLOURS[names.indexOf(name) % COLOURS.length]!) };
  const sizes = [...new Set(rows.map(({ size }) => size))];
  const label = `${suite.unit}${more(suite.unit) ? ", more is better" : ", less is better"}`;
  const common = { document: document as unknown as Document, style: { fontFamily: "sans-serif", fontSize: "12px" }, color };
  if (sizes.length < 2)
    return text(
      Plot.plot({
        ...common,
        width: 760, height: 60 + 24 * shownNames.length, marginLeft: 240, marginRight: 60,
        x: { label: `${group}: ${label}`, grid: true, zero: true }, y: { label: null, domain: [...shownNames] },
        marks: [
          Plot.barX(data, { x: "value", y: "name", fill: "name" }),
          Plot.ruleY(data, { x1: "low", x2: "high", y: "name" }),
          Plot.text(data, { x: "value", y: "name", text: (d: Point) => d.value.toPrecision(3), textAnchor: "start", dx: 6 }),
        ],
      }) as unknown as Element,
    );
  // Names stand at the ends of their lines, apart from each other.
  const last = Math.max(...sizes);
  const ends = data.filter(({ size }) => size === last).sort((a, b) => b.value - a.value);
  const [width, height, right, top, bottom] = [860, 380, 250, 30, 44];
  const values = data.flatMap(({ low, high }) => [low, high]);
  const domain: [number, number] = [Math.min(...values) / 1.15, Math.max(...values) * 1.15];
  const place = (value: number): number => top + (1 - Math.log(value / domain[0]) / Math.log(domain[1] / domain[0])) * (height - top - bottom);
  const placed: { point: Point; y: number }[] = [];
  for (const point of ends) placed.push({ point, y: Math.max(place(point.value), (placed.at(-1)?.y ?? -Infinity) + 14) });
  const over = Math.max(0, (placed.at(-1)?.y ?? 0) - (height - bottom + 8));
  return text(
    Plot.plot({
      ...common,
      width, height, marginRight: right, marginLeft: 60, marginTop: top, marginBottom: bottom,
      x: { type: "log", label: suite.axis, ticks: sizes, tickFormat: () => "", grid: true }, y: { type: "log", label: `${group}: ${label}`, grid: true, domain, tickFormat: "~g" },
      marks: [
        // Plot leaves out labels of a logarithmic axis.
        Plot.text(sizes, { x: (d: number) => d, text: (d: number) => `${d}`, frameAnchor: "bottom", dy: 18 }),
        Plot.ruleX(data, { x: "size", y1: "low", y2: "high", stroke: "name", strokeWidth: 3, strokeOpacity: 0.4 }),
        Plot.line(data, { x: "size", y: "value", stroke: "name", z: "name", strokeWidth: 1.5 }),
        Plot.line(data.filter(({ name }) => name === names[0]), { x: "size", y: "value", stroke: "name", strokeWidth: 4 }),
        Plot.dot(data, { x: "size", y: "value", fill: "name" }),
        ...placed.map(({ point, y }) => Plot.text([point], { x: "size", y: "value", text: "name", fill: "name", textAnchor: "start", dx: 10, dy: y - over - place(point.value) })),
      ],
    }) as unknown as Element,
  );
}

export interface Bar {
  what: string;
  against: string;
  ratio: number;
}

/** The picture for the README: our speed in times of others', on a logarithmic scale around 1. */
export function picture(bars: readonly Bar[]): string {
  const ratios = bars.map(({ ratio }) => ratio);
  const rows = bars.map((bar) => ({ ...bar, label: `${bar.what} / ${bar.against}`, from: 1 }));
  return text(
    Plot.plot({
      document: document as unknown as Document,
      style: { fontFamily: "sans-serif", fontSize: "12px" },
      width: 1000, height: 76 + 20 * rows.length, marginLeft: 560, marginRight: 20, marginBottom: 44,
      x: { type: "log", label: "our speed in times of theirs; right of 1 we are faster", labelOffset: 40, grid: true, tickFormat: "~g", domain: [Math.min(...ratios, 1) / 1.6, Math.max(...ratios, 1) * 1.6] },
      y: { label: null, domain: rows.map(({ label }) => label) },
      marks: [
        Plot.barX(rows, { x1: "from", x2: "ratio", y: "label", fill: (d: Bar) => (d.ratio >= 1 ? "#0072b2" : "#e69f00") }),
        Plot.ruleX([1]),
        Plot.text(rows.filter(({ ratio }) => ratio >= 1), { x: "ratio", y: "label", text: (d: Bar) => d.ratio.toPrecision(2), textAnchor: "start", dx: 5 }),
        Plot.text(rows.filter(({ ratio }) => ratio < 1), { x: "ratio", y: "label", text: (d: Bar) => d.ratio.toPrecision(2), textAnchor: "end", dx: -5 }),
      ],
    }) as unknown as Element,
  );
}
