/**
 * `node tools/test/works-with.mjs`: writes the README's table of what works with whom, between its markers, from the results
 * of the last whole `npm run interop` (build/interop/results.json). With `--check` it only says whether the table is fresh.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const BEGIN = "<!-- works-with:begin -->", END = "<!-- works-with:end -->";

const PEERS = {
  kernel: "strongSwan, the Linux kernel",
  libreswan: "libreswan, the Linux kernel",
  libipsec: "strongSwan, its own ESP in UDP",
};
const OTHERS = { "psk-crack": "ike-scan and psk-crack", "ike-scan": "ike-scan", tshark: "Wireshark (tshark)", scapy: "scapy" };

const MARK = { passed: "yes", failed: "**no**", skipped: "not run" };

/** The rows, one a thing shown: its two roles side by side, or one mark for what has no role. */
export function table(results) {
  const rows = new Map();
  for (const { name, about, peer, outcome } of results) {
    const role = /-(initiator|responder)$/.exec(name)?.[1];
    const what = role ? name.slice(0, -role.length - 1) : name;
    const other = Object.keys(OTHERS).find((tool) => name.includes(tool));
    const row = rows.get(what) ?? { what, peer: other ? OTHERS[other] : PEERS[peer] ?? peer, about, marks: {} };
    if (role === "responder" && row.about !== about) row.about = `${row.about}; as responder: ${about}`;
    row.marks[role ?? "both"] = MARK[outcome];
    rows.set(what, row);
  }
  const lines = ["| | with | we start | they start |", "|---|---|---|---|"];
  for (const { what, peer, about, marks } of rows.values()) {
    lines.push(`| \`${what}\`: ${about.replaceAll("|", "\\|")} | ${peer} | ${marks.initiator ?? marks.both ?? ""} | ${marks.responder ?? (marks.both ? "" : "")} |`);
  }
  return lines.join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let results;
  try { ({ results } = JSON.parse(readFileSync(path("build/interop/results.json"), "utf8"))); } catch {
    console.error("build/interop/results.json is not there: run npm run interop first");
    process.exit(2);
  }
  const readme = readFileSync(path("README.md"), "utf8");
  const from = readme.indexOf(BEGIN), to = readme.indexOf(END);
  if (from < 0 || to < from) {
    console.error(`README.md has no markers ${BEGIN} and ${END}`);
    process.exit(2);
  }
  const fresh = `${readme.slice(0, from + BEGIN.length)}\n${table(results)}\n${readme.slice(to)}`;
  if (process.argv.includes("--check")) {
    if (fresh !== readme) console.error("README.md: the table of what works with whom is not that of the last run");
    process.exit(fresh === readme ? 0 : 1);
  }
  if (fresh !== readme) writeFileSync(path("README.md"), fresh);
  const passed = results.filter(({ outcome }) => outcome === "passed").length;
  console.log(`README.md: ${passed} of ${results.length} scenarios work`);
}
