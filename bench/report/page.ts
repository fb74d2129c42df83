/** Results as one HTML page that needs nothing else: no script, no network. */
import type { Result, Results } from "../results.ts";
import { plot } from "./plots.ts";
import { cells, contendersOf, groups } from "./table.ts";

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `body{font:15px/1.5 sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#222;background:#fff}table{border-collapse:collapse;font-size:13px;margin:.5em 0 2em;display:block;overflow-x:auto}
td,th{padding:2px 10px;text-align:right;border-bottom:1px solid #ddd;white-space:nowrap}td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.quick{background:#fee;padding:.5em}nav a{margin-right:1em}`;

function section(result: Result): string {
  const names = contendersOf(result.rows);
  const { machine } = result;
  let text = `<h2 id="${escape(result.name)}">${escape(result.name)}: ${escape(result.about)}</h2>\n<p><code>${escape(result.command)}</code> on ${escape(machine.processor)}, ${escape(machine.system)}, Node ${escape(machine.node)}, OpenSSL ${escape(machine.openssl)}, Postern ${escape(machine.postern)}; ${result.seconds} s.</p>\n`;
  if (result.quick) text += '<p class="quick">A trial (--quick): these figures mean nothing.</p>\n';
  for (const sentence of [...result.notes, ...result.missing]) text += `<p>${escape(sentence)}</p>\n`;
  for (const [group, rows] of groups(result.rows)) {
    const { head, lines } = cells(result, rows);
    text += `<h3>${escape(group)}</h3>\n${plot(result, group, rows, names)}\n<table><tr>${head.map((word) => `<th>${escape(word)}</th>`).join("")}</tr>\n${lines.map((line) => `<tr>${line.map((word) => `<td>${escape(word)}</td>`).join("")}</tr>`).join("\n")}</table>\n`;
  }
  return text;
}

export function page({ results }: Results): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Postern: benchmarks</title><style>${STYLE}</style></head><body>
<h1>Postern: benchmarks</h1>
<nav>${results.map(({ name }) => `<a href="#${escape(name)}">${escape(name)}</a>`).join("")}</nav>
<p>All contenders of a plot took turns in one run, each warmed up and its result compared first; processor time, medians of the rounds, bars from quartile to quartile.
A ratio is the first contender's speed in times of the line's: above 1 it is the faster one; its quartiles stand behind it.</p>
${results.map(section).join("\n")}
</body></html>\n`;
}
