/** The demonstration as a stranger runs it: `npm start -- --batch`, and what tshark makes of its capture and keys. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "postern-first-light-"));
after(() => rmSync(folder, { recursive: true }));
const pcap = join(folder, "wan.pcapng");
const keys = join(folder, "keys");

const start = (...args: string[]) => spawnSync(process.execPath, ["tools/start.mjs", ...args], { cwd: root, encoding: "utf8", timeout: 300_000 });

/** Rows of fields of the frames that a filter lets through. */
function tshark(filter: string, fields: string[], decrypt: boolean): string[][] {
  const config = decrypt ? keys : join(folder, "none");
  const read = spawnSync("tshark", ["-r", pcap, "-Y", filter, "-T", "fields", ...fields.flatMap((f) => ["-e", f])], { encoding: "utf8", env: { ...process.env, WIRESHARK_CONFIG_DIR: config } });
  assert.equal(read.status, 0, read.stderr);
  return read.stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t"));
}

test("npm start -- --batch: the diagram, the pings, the tables, one summary line, status 0", () => {
  const run = start("--batch", "--pcap", pcap, "--keylog", keys);
  assert.equal(run.status, 0, run.stdout + run.stderr);
  const lines = run.stdout.trimEnd().split("\n");
  assert.match(lines.at(-1)!, /^first light: tunnel in \d+ ms, 9 messages, 5 of 5 pings answered, nothing in the clear, capture in .*wan\.pcapng$/);
  const arrows = lines.filter((line) => /[▶◀]/.test(line));
  assert.equal(arrows.length, 9);
  assert.deepEqual(arrows.map((line) => line.includes("▶")), [true, false, true, false, true, false, true, false, true]);
  assert.deepEqual(arrows.map((line) => line.includes("═")), [false, false, false, false, true, true, true, true, true]);
  assert.equal(lines.filter((line) => /icmp_seq=\d+ ttl=62 time=[\d.]+ ms/.test(line)).length, 5);
  for (const name of ["alpha", "beta"]) for (const command of ["isakmp", "ipsec"]) assert.ok(run.stdout.includes(`${name}# show crypto ${command} sa\n`));
  assert.equal(run.stdout.match(/QM_IDLE +\d+ ACTIVE/g)?.length, 2);
  assert.doesNotMatch(run.stdout, /\x1b/, "no colours without a terminal");
});

test("on the wire, without keys: nine ISAKMP messages before the first ESP, no ICMP, nothing else", { skip: existsSync("/usr/bin/tshark") ? false : "tshark is not installed: apt-get install -y tshark" }, () => {
  const kinds = tshark("ip", ["frame.interface_name", "ip.proto", "udp.port"], false).map(([port, protocol, udp]) => {
    assert.equal(port, "wan");
    return protocol === "50" ? "esp" : udp === "500,500" ? "isakmp" : "other";
  });
  assert.deepEqual(kinds.slice(0, 9), new Array(9).fill("isakmp"));
  assert.deepEqual(kinds.slice(9), new Array(10).fill("esp"));
  assert.deepEqual(tshark("icmp", ["frame.number"], false), []);
});

test("with the exported keys: every ICV is good, every ping is there, every encrypted message is read", { skip: existsSync("/usr/bin/tshark") ? false : "tshark is not installed: apt-get install -y tshark" }, () => {
  const esp = tshark("esp", ["esp.icv_good", "esp.icv_bad", "icmp.type", "ip.src"], true);
  assert.equal(esp.length, 10);
  for (const [good, bad] of esp) assert.deepEqual([good, bad], ["1", "0"]);
  assert.deepEqual(esp.map(([, , type]) => type), new Array(5).fill(["8", "0"]).flat());
  assert.equal(esp[0]![3], "192.0.2.1,10.1.0.10");
  // An encrypted Quick Mode message whose nonce and HASH tshark names has been decrypted.
  const quick = tshark("isakmp.exchangetype == 32", ["isakmp.typepayload", "_ws.malformed"], true);
  assert.equal(quick.length, 3);
  for (const [payloads = "", malformed] of quick) {
    assert.match(payloads, /^8\b/, "HASH is first");
    assert.equal(malformed ?? "", "");
  }
});

test("what can't be shown ends with a status: a bad argument 2", () => {
  assert.equal(start("--pings", "0").status, 2);
  assert.equal(start("--help").status, 0);
});
