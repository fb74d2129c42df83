/** `show logging` and `show clock` as scripts parse them: by ntc_templates where Python has it, and by IOS's layout. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Lan } from "../net/lan.ts";

/** Rows that ntc_templates makes of a command's output; undefined: it is not there. */
function parsed(command: string, output: string): Record<string, unknown>[] | undefined {
  const program = "import json,sys\nfrom ntc_templates.parse import parse_output\nprint(json.dumps(parse_output('cisco_ios', sys.argv[1], sys.stdin.read())))";
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program, command], { input: output, encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout) as Record<string, unknown>[];
  if (/ModuleNotFoundError|ENOENT/.test(stderr ?? "ENOENT")) return undefined;
  throw new Error(`ntc_templates does not parse ${command}: ${stderr}`);
}

const WALL = Date.UTC(2026, 1, 3, 4, 5, 6) / 1000;

test("show logging: the template of ntc_templates takes every line", (t) => {
  const lan = new Lan("", { wall: WALL });
  lan.router.configure("interface Ethernet3\n shutdown\n no shutdown");
  const output = lan.router.type("show logging").replace(/\n[^\n]*#$/, "\n");
  const rows = parsed("show logging", output);
  if (!rows) return t.skip("pip install ntc_templates");
  assert.equal(rows.length, 2);
  assert.deepEqual({ ...rows[0], message: undefined }, { number: "", month: "Feb", day: "3", time: rows[0]!.time, timezone: "", facility: "LINK", severity: "5", mnemonic: "CHANGED", message: undefined });
  assert.deepEqual(rows[0]!.message, ["Interface Ethernet3, changed state to administratively down"]);
});

test("show clock: the template of ntc_templates takes it", (t) => {
  const lan = new Lan("", { wall: WALL });
  const rows = parsed("show clock", lan.router.type("show clock").replace(/\n[^\n]*#$/, "\n"));
  if (!rows) return t.skip("pip install ntc_templates");
  assert.deepEqual({ ...rows[0], time: undefined }, { time: undefined, timezone: "UTC", dayweek: "Tue", month: "Feb", day: "3", year: "2026" });
});
