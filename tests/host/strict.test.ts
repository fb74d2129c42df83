/** What protects and was refused: `postern check` and a start end with status 2, unless told otherwise; the interfaces concerned stay shut down. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../host/node/postern.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "postern-strict-"));
after(() => rmSync(folder, { recursive: true }));

const open = join(folder, "open.ios");
writeFileSync(open, "hostname edge\nip cef\ninterface Ethernet0\n ip address 192.0.2.1 255.255.255.0\n ip access-group WAN-IN sideways\ninterface Ethernet1\n ip address 10.0.0.1 255.0.0.0\n");
const slip = join(folder, "slip.ios");
writeFileSync(slip, "hostname edge\nrouter rip\n network 10.0.0.0\n");

function postern(args: string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("postern check: 2 where something stays unprotected, 1 where a line is refused that protects nothing", () => {
  const one = postern(["check", open]);
  assert.equal(one.status, 2, one.stdout);
  assert.match(one.stdout, /startup-config line 5: {2}ip access-group WAN-IN sideways\n/);
  assert.match(one.stdout, /open\.ios: 1 line is refused\n.*open\.ios: 1 refused line would have filtered/);
  const two = postern(["check", slip]);
  assert.equal(two.status, 1, two.stdout);
  assert.match(two.stdout, /Routing protocols are missing here[^]*2 lines are refused\n$/);
});

test("postern run: strict is the default, and says what it ends for; --no-strict runs with the interface shut down", () => {
  for (const more of [[], ["--strict"]]) {
    const strict = postern(["run", open, ...more], "show clock\n");
    assert.equal(strict.status, 2, strict.stdout);
    assert.match(strict.stdout, /ip access-group WAN-IN sideways/);
    assert.match(strict.stderr, /1 refused line would have filtered.*--no-strict/);
  }
  const lenient = postern(["run", open, "--no-strict"], "show ip interface brief\n");
  assert.equal(lenient.status, 0, lenient.stdout);
  assert.match(lenient.stdout, /%IP-3-UNPROTECTED: Ethernet0 stays shut down: line 5 of the startup configuration/);
  assert.match(lenient.stdout, /1 line has no effect here: `show configuration ignored`/);
  assert.match(lenient.stdout, /Ethernet0 .*administratively down/);
  assert.doesNotMatch(lenient.stdout, /Ethernet1 .*administratively down/);
});
