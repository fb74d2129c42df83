/** `show logging` and `show clock` as scripts parse them: by ntc_templates, where pip can get it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Lan } from "../net/lan.ts";
import { packagesOf } from "../support/python/packages.ts";

const packages = packagesOf("ntc_templates");
const skip = "reason" in packages && packages.reason;

/** Rows that ntc_templates makes of a command's output. */
function parsed(command: string, output: string): Record<string, unknown>[] {
  const program = "import json,sys\nfrom ntc_templates.parse import parse_output\nprint(json.dumps(parse_output('cisco_ios', sys.argv[1], sys.stdin.read())))";
  const env = { ...process.env, PYTHONPATH: "path" in packages ? packages.path : "" };
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program, command], { input: output, encoding: "utf8", env });
  if (status === 0) return JSON.parse(stdout) as Record<string, unknown>[];
  throw new Error(`ntc_templates does not parse ${command}: ${stderr}`);
}

const WALL = Date.UTC(2026, 1, 3, 4, 5, 6) / 1000;

test("show logging: the template of ntc_templates takes every line", { skip }, () => {
  const lan = new Lan("", { wall: WALL });
  lan.router.configure("interface Ethernet3\n shutdown\n no shutdown");
  const output = lan.router.type("show logging").replace(/\n[^\n]*#$/, "\n");
  const rows = parsed("show logging", output);
  assert.equal(rows.length, 2);
  assert.deepEqual({ ...rows[0], message: undefined }, { number: "", month: "Feb", day: "3", time: rows[0]!.time, timezone: "", facility: "LINK", severity: "5", mnemonic: "CHANGED", message: undefined });
  assert.deepEqual(rows[0]!.message, ["Interface Ethernet3, changed state to administratively down"]);
});

test("show clock: the template of ntc_templates takes it", { skip }, () => {
  const lan = new Lan("", { wall: WALL });
  const rows = parsed("show clock", lan.router.type("show clock").replace(/\n[^\n]*#$/, "\n"));
  assert.deepEqual({ ...rows[0], time: undefined }, { time: undefined, timezone: "UTC", dayweek: "Tue", month: "Feb", day: "3", year: "2026" });
});
