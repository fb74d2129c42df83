/**
 * `node tools/test/works-with.mjs`: writes what works with whom, from the results of the last whole `npm run interop`
 * (build/interop/results.json): docs/INTEROP.md gets a row a scenario, the README a row a peer and feature, each between its
 * markers. A whole run in which nothing is skipped does it by itself. With `--check` it only says whether both are fresh.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../setup.mjs";

const BEGIN = "<!-- works-with:begin -->", END = "<!-- works-with:end -->";

const PEERS = {
  kernel: "strongSwan, the Linux kernel",
  libreswan: "libreswan, the Linux kernel",
  libipsec: "strongSwan, its own ESP in UDP",
};
const OTHERS = { "psk-crack": "ike-scan and psk-crack", "ike-scan": "ike-scan", tshark: "Wireshark (tshark)", scapy: "scapy" };

/** What a scenario shows, by its name; the first that fits. */
const FEATURES = [
  [/^board-/, "on emulated boards"],
  [/^linux-/, "as postern-linux"],
  [/wrong|no-proposal/, "refusals, and a sentence that says why"],
  [/psk-crack|ike-scan/, "what a stranger learns"],
  [/^dhcp-client/, "we as DHCP client"],
  [/^dhcp-server/, "we as DHCP server"],
  [/^services-/, "time, names, log"],
  [/^nat-(overload|static|exempt)/, "network address translation"],
  [/^filter-/, "access lists, inspection"],
  [/^(vti|gre)/, "route-based tunnels"],
  [/^(keyring|two-peers|idle|reverse-route)/, "keyrings, default peer, idle time, reverse routes"],
  [/^tshark/, "captures decrypted with exported keys"],
  [/^(ike-fragmentation|certificate-fragments|frags-)|fragments-/, "IKE fragmentation"],
  [/^(certificate|two-authorities|libreswan-rsa|(net2net|host2host|rw|ecdsa)-cert|host2host-transport|certreq|crls-|alg-|esp-alg-)/, "certificates, signatures, raw keys"],
  [/nat-rw|natt|double-nat/, "NAT traversal"],
  [/hub-/, "several peers at one hub"],
  [/aggressive/, "Aggressive Mode"],
  [/\bah\b/, "AH, tunnel and transport mode"],
  [/group-/, "Diffie-Hellman groups in both phases"],
  [/identity/, "identities by name"],
  [/rekey|simultaneous|responder-lifetime/, "lifetimes, rekeying of both phases"],
  [/delete|dpd|dynamic|restart/, "deletes, dead peers, restarts, new addresses"],
  [/loss|bad-wire|large/, "lost and damaged frames, large packets"],
  [/subnets|icmp-only|host-to-host/, "selectors"],
  [/./, "ciphers, authentication, ESP"],
];

const MARK = { passed: "yes", failed: "**no**", skipped: "not run" };

/** A result's thing shown, role of ours (undefined where it has none), and whom it is with. */
function read({ name, peer }) {
  const role = /-(initiator|responder)$/.exec(name)?.[1];
  const other = Object.keys(OTHERS).find((tool) => name.includes(tool));
  return { what: role ? name.slice(0, -role.length - 1) : name, role, peer: other ? OTHERS[other] : PEERS[peer] ?? peer };
}

/** The rows, one a thing shown: its two roles side by side, or one mark for what has no role. */
export function table(results) {
  const rows = new Map();
  for (const result of results) {
    const { what, role, peer } = read(result);
    const row = rows.get(what) ?? { what, peer, about: result.about, marks: {} };
    if (role === "responder" && row.about !== result.about) row.about = `${row.about}; as responder: ${result.about}`;
    row.marks[role ?? "both"] = MARK[result.outcome];
    rows.set(what, row);
  }
  const lines = ["| | with | we start | they start |", "|---|---|---|---|"];
  for (const { what, peer, about, marks } of rows.values()) lines.push(`| \`${what}\`: ${about.replaceAll("|", "\\|")} | ${peer} | ${marks.initiator ?? marks.both ?? ""} | ${marks.responder ?? ""} |`);
  return lines.join("\n");
}

/** The rows, one a peer and feature: how many of its scenarios work in each role. */
export function summary(results) {
  const rows = new Map();
  for (const result of results) {
    const { role = "initiator", peer } = read(result);
    const [, feature] = FEATURES.find(([pattern]) => pattern.test(result.name));
    const key = `${peer} | ${feature}`;
    const row = rows.get(key) ?? { initiator: [], responder: [] };
    row[role].push(result.outcome);
    rows.set(key, row);
  }
  const cell = (outcomes) => {
    if (outcomes.length === 0) return "";
    const passed = outcomes.filter((outcome) => outcome === "passed").length;
    return passed === outcomes.length ? `${passed}` : `**${passed} of ${outcomes.length}**`;
  };
  // The peers in the order of their tables above, then as they come; the ordinary case is the first of a peer's features.
  const peers = [...new Set([...Object.values(PEERS), ...Object.values(OTHERS), ...[...rows.keys()].map((key) => key.split(" | ")[0])])];
  const place = (key) => {
    const [peer, feature] = key.split(" | ");
    return peers.indexOf(peer) * FEATURES.length + (FEATURES.findIndex(([, words]) => words === feature) + 1) % FEATURES.length;
  };
  const lines = ["| with | what | we start | they start |", "|---|---|---|---|"];
  let last;
  for (const [key, { initiator, responder }] of [...rows].sort(([a], [b]) => place(a) - place(b))) {
    const [peer, feature] = key.split(" | ");
    lines.push(`| ${peer === last ? "" : peer} | ${feature} | ${cell(initiator)} | ${cell(responder)} |`);
    last = peer;
  }
  return lines.join("\n");
}

/** The documents with their tables made anew: path, what is there, what should be. */
function documents(results) {
  return [["docs/INTEROP.md", table], ["README.md", summary]].map(([path, make]) => {
    const text = readFileSync(join(root, path), "utf8");
    const from = text.indexOf(BEGIN), to = text.indexOf(END);
    if (from < 0 || to < from) throw new Error(`${path} has no markers ${BEGIN} and ${END}`);
    return { path, text, fresh: `${text.slice(0, from + BEGIN.length)}\n${make(results)}\n${text.slice(to)}` };
  });
}

/** Writes both tables. Returns the documents that it changed. Throws where the markers are gone. */
export function update(results) {
  const stale = documents(results).filter(({ text, fresh }) => text !== fresh);
  for (const { path, fresh } of stale) writeFileSync(join(root, path), fresh);
  return stale.map(({ path }) => path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    let results;
    try { ({ results } = JSON.parse(readFileSync(join(root, "build/interop/results.json"), "utf8"))); } catch {
      throw new Error("build/interop/results.json is not there: run npm run interop first");
    }
    if (process.argv.includes("--check")) {
      for (const { path } of documents(results).filter(({ text, fresh }) => text !== fresh)) {
        console.error(`${path}: the table of what works with whom is not that of the last run`);
        process.exitCode = 1;
      }
    } else {
      update(results);
      console.log(`docs/INTEROP.md, README.md: ${results.filter(({ outcome }) => outcome === "passed").length} of ${results.length} scenarios work`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}
