/** Who sits at the console of a C host: a person is asked questions (`terminal editing`, host/abi.md), a program is not. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { boardNamed } from "../../tools/board/firmware.mjs";
import { machine } from "../../tools/board/board.mjs";
import { contract } from "../support/world/contract_module.ts";
import { EmulatedBoard } from "../support/world/emulated.ts";
import { until } from "../support/world/until.ts";
import { withModule } from "./machine/board_host.ts";
import { programs, skipReason } from "./machine/board_needs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "postern-person-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("postern-linux", () => {
  const given = process.env.POSTERN_LINUX;
  const { command, skip } = given ? { command: [given], skip: undefined } : programs(["x86_64"])[0]!;
  const terminal = skip ?? (existsSync("/usr/bin/script") ? undefined : "script, of util-linux, is not there");

  it("asks on a terminal what `ping` is to do, and shows no prompt before the startup configuration is read", { skip: terminal }, async () => {
    const config = join(folder, "config");
    writeFileSync(config, "hostname alpha\ninterface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n frobnicate\n");
    const child = spawn("script", ["-qfec", [...command, config].join(" "), "/dev/null"], { stdio: "pipe" });
    let seen = "";
    child.stdout.on("data", (chunk: Buffer) => (seen += chunk.toString().replaceAll("\r", "")));
    try {
      await until("the module runs", () => /the module runs in WAMR[^]*alpha#$/.test(seen));
      assert.doesNotMatch(seen, /[>#][^]*frobnicate/);
      child.stdin.write("ping\r");
      await until("a question", () => seen.endsWith("Protocol [ip]: "));
      child.stdin.write("\u0003");
      await until("the prompt", () => seen.endsWith("alpha#"));
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("asks nobody on a pipe", { skip }, () => {
    const { stdout } = spawnSync(command[0]!, command.slice(1), { encoding: "utf8", input: "ping\n", timeout: 120_000, cwd: root });
    assert.match(stdout, /Router#ping\n% Incomplete command\.\n/);
  });
});

describe("riscv-virt", { skip: skipReason("riscv-virt") }, () => {
  // What it is given it writes back.
  const echo = contract({ consoleIn: "(call $write (i32.const 0) (i32.const 8192) (local.get $length))" });
  for (const raw of [false, true]) {
    it(`${raw ? "a program" : "a person"} at the console: ${raw ? "it says nothing" : "it says so"} before the startup configuration`, async () => {
      const elf = await withModule("riscv-virt", folder, echo);
      const board = new EmulatedBoard(machine(boardNamed("riscv-virt"), elf, { console: "pipe", raw, config: "hostname alpha\n" }));
      try {
        await board.until(/Ready after \d+ ms/);
        const text = board.text.replaceAll("\r", "").replaceAll("\u001b[K", "");
        assert.match(text, /configure startup\n[^]*hostname alpha\n[^]*end startup\n/);
        assert.equal(/terminal editing\n[^]*configure startup\n/.test(text), !raw, text);
      } finally {
        await board.kill();
      }
    });
  }
});
