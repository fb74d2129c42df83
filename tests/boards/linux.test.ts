/** postern-linux: the contract by engine and architecture, and what is its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { aot } from "../../tools/build/aot.mjs";
import { programs } from "./machine/board_needs.ts";
import { conformance } from "./machine/conformance.ts";
import { linuxHost, nodeHost } from "./machine/host.ts";
import { trapModule } from "./machine/trap_module.ts";
import { contract } from "../support/world/contract_module.ts";
import { Endpoint } from "../support/world/endpoint.ts";
import { until } from "../support/world/until.ts";

const quiet = { log: () => {} };
const folder = mkdtempSync(join(tmpdir(), "postern-linux-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The processes that a process has started. */
const children = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

const built = programs();

conformance(nodeHost);
for (const { name, command, skip } of built) {
  conformance(linuxHost(`postern-linux ${name}, AOT`, command, folder, (wasm, out, target = `linux-${name}`) => void aot(target, { module: wasm, out, ...quiet }), name === "aarch64" ? "linux-x86_64" : "linux-aarch64"), skip);
  conformance(linuxHost(`postern-linux ${name}, interpreter`, command, folder), skip);
}

describe("postern-linux", { skip: built[0]!.skip }, () => {
  const { command, name } = built[0]!;
  const program = command[0] ?? "";
  const host = (compile?: (wasm: string, out: string) => void) => linuxHost("", [program], folder, compile);
  const run = (...args: string[]) => spawnSync(program, args, { encoding: "utf8", input: "", timeout: 120_000 });

  it("runs the interpreter when the AOT section is damaged, and says so", async () => {
    const wasm = join(folder, "own.wasm");
    writeFileSync(wasm, trapModule());
    const own = aot(`linux-${name}`, { module: wasm, out: join(folder, "own.aot"), ...quiet });
    const damaged = join(folder, "damaged.aot");
    for (const at of [3, 100, 1000]) {
      const bytes = readFileSync(own);
      bytes[at]! ^= 0x40;
      writeFileSync(damaged, bytes);
      const r = await host().start(trapModule(), { aot: damaged });
      assert.match(r.output(), /% The AOT section is refused \(it is damaged\): the interpreter runs\./);
      await r.stop();
    }
  });

  it("ends with status 2 where a refused line would have protected something, unless --no-strict; and with its input, unless --stay", () => {
    const wasm = join(folder, "unprotected.wasm");
    // It prints its input, and a prompt behind it.
    const says = (unprotected: number) =>
      contract({ unprotected, more: '(data (i32.const 64) "R#")', consoleIn: "(call $write (i32.const 0) (i32.const 8192) (local.get $length)) (call $write (i32.const 0) (i32.const 64) (i32.const 2))" });
    writeFileSync(wasm, says(3));
    const strict = run("--module", wasm, "--interpreter");
    assert.equal(strict.status, 2);
    assert.match(strict.stderr, /^postern-linux: 3 refused lines would have filtered, translated, authenticated or encrypted; --no-strict starts all the same/m);
    const lenient = spawnSync(program, ["--module", wasm, "--interpreter", "--no-strict"], { encoding: "utf8", input: "one\n", timeout: 120_000 });
    assert.equal(lenient.status, 0, lenient.stderr);
    assert.match(lenient.stdout, /one\nR#\n$/);
    writeFileSync(wasm, says(0));
    assert.equal(spawnSync(program, ["--module", wasm, "--interpreter"], { input: "one\n", timeout: 120_000 }).status, 0);
    const staying = spawnSync(program, ["--module", wasm, "--interpreter", "--stay"], { input: "one\n", timeout: 3000 });
    assert.equal((staying.error as NodeJS.ErrnoException | undefined)?.code, "ETIMEDOUT", "it runs until it is ended");
  });

  it("uses no processor while nothing happens", async () => {
    const r = await host().start(trapModule());
    try {
      const ticks = () =>
        [r.pid!, ...children(r.pid!)].map((pid) => {
          const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
          return Number(stat[11]) + Number(stat[12]);
        });
      assert.equal(ticks().length, 2);
      // What it does at its start may take a busy machine a while.
      let before = ticks();
      await until("two seconds without computing", async () => {
        await setTimeout(2000);
        const last = before;
        before = ticks();
        return before.every((n, i) => n === last[i]);
      });
    } finally {
      await r.stop();
    }
  });

  it("keeps the old startup configuration or the new one when it is killed while it writes", async () => {
    const nvram = join(folder, "killed.nvram");
    const wasm = join(folder, "own.wasm");
    writeFileSync(wasm, trapModule());
    const texts = Array.from({ length: 200 }, (_, n) => `N ${String(n).padStart(3, "0")} ${"x".repeat(2000)}`);
    const { spawn } = await import("node:child_process");
    writeFileSync(nvram, texts[0]!);
    for (let round = 0; round < 10; round++) {
      const mine = texts.slice(round * 20, round * 20 + 20);
      const child = spawn(program, ["--module", wasm, "--interpreter", "--startup", nvram], { stdio: ["pipe", "ignore", "ignore"] });
      child.stdin.on("error", () => {});
      for (const text of mine) child.stdin.write(`${text}\n`);
      if (round > 0) await until("the first writes of this round", () => mine.includes(readFileSync(nvram, "utf8").trimEnd()));
      await setTimeout((round * 7) % 20);
      // The process that writes is the watcher's child; both go at once.
      const writers = children(child.pid!);
      child.kill("SIGKILL");
      for (const pid of writers) process.kill(pid, "SIGKILL");
      await until("it has ended", () => child.signalCode !== null || child.exitCode !== null);
      // The line's end is given together with the line or by itself, as the pipe was read.
      const found = readFileSync(nvram, "utf8").trimEnd();
      assert.ok(texts.includes(found), `round ${round}: ${found.length} octets`);
    }
  });

  it("stores the startup configuration whatever has the names beside it, and follows no link", async () => {
    const r = await host().start(trapModule(), { startup: "old\n" });
    try {
      const victim = join(folder, "victim");
      writeFileSync(victim, "untouched");
      // The names that earlier versions took for the new file, by process: left behind, and put there.
      const [file] = readdirSync(folder).filter((name) => name.endsWith(".nvram") && readFileSync(join(folder, name), "utf8") === "old\n");
      for (const pid of [r.pid!, ...children(r.pid!)]) symlinkSync(victim, join(folder, `${file}.${pid}.new`));
      const old = openSync(join(folder, file!), "r");
      r.type("N one\n");
      await until("the text", () => r.nvram() === "N one\n");
      // What had the name before held keys: zeros stand there now.
      const octets = Buffer.alloc(8);
      await until("the old text to be gone", () => octets.subarray(0, readSync(old, octets, 0, 8, 0)).equals(Buffer.alloc(4)));
      closeSync(old);
      assert.equal(readFileSync(victim, "utf8"), "untouched");
      // It holds keys: its owner's alone, whatever it was.
      assert.equal(lstatSync(join(folder, file!)).mode & 0o170777, 0o100600);
      // Nothing is left beside it but the device key, and that is its owner's alone.
      assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith(`${file}.`) && !name.endsWith(".new")), [`${file}.key`]);
      assert.equal(lstatSync(join(folder, `${file}.key`)).mode & 0o170777, 0o100600);
    } finally {
      await r.stop();
    }
  });

  it("takes frames that have come together in their order, and answers each", async () => {
    const wasm = readFileSync(fileURLToPath(new URL("../../build/postern.wasm", import.meta.url))) as Uint8Array<ArrayBuffer>;
    const r = await host().start(wasm, { startup: "interface Ethernet0\n ip address 10.1.0.1 255.255.255.0\n" });
    try {
      const a = new Endpoint("10.1.0.10", "10.1.0.1");
      a.send = (frame) => r.frame(0, frame);
      const order: number[] = [];
      a.onReply = (_, { seq }) => void order.push(seq);
      const seen = (count: number) => () => {
        for (let next = r.frames.shift(); next; next = r.frames.shift()) a.receive(next.frame);
        return order.length === count;
      };
      a.ping("10.1.0.1", 0);
      await until("the first answer", seen(1));
      // More than are read at once, and fewer than the module has buffers for.
      const [worker] = children(r.pid!);
      process.kill(worker!, "SIGSTOP");
      for (let i = 1; i <= 75; i++) a.ping("10.1.0.1", i, (i * 37) % 1400);
      await setTimeout(200);
      process.kill(worker!, "SIGCONT");
      await until("every answer", seen(76));
      assert.deepEqual(order, Array.from({ length: 76 }, (_, i) => i));
      r.type("show version\n");
      await until("the version", () => /Cryptography: scalar/.test(r.output()));
      assert.doesNotMatch(r.output(), /Frames lost/);
    } finally {
      await r.stop();
    }
  });

  it("takes its options as getopt_long does", () => {
    for (const args of [["--seed=5", "-h"], ["-pa=udp:1:127.0.0.1:2", "--help"], ["a.ios", "--interp", "--help"]]) assert.equal(run(...args).status, 0, args.join(" "));
  });

  it("says what it can't use, with status 2", () => {
    for (const [args, said] of [
      [["--nosuch"], /the option "--nosuch" is not known/],
      [["--port", "a=foo:1"], /the link "foo:1" is not known; allowed are udp:/],
      [["--port", "a=udp:70000:127.0.0.1:1"], /allowed are 1 to 65535/],
      [["--port", "a=tap:x/y"], /not an interface's name/],
      [["--console", "tcp:1"], /allowed are stdio and unix:PATH/],
      [["/nosuch/file"], /\/nosuch\/file can't be read: No such file/],
      [["--seed", "many"], /"many" is not a number/],
      [["--module", "/dev/null"], /./],
      [["--port"], /the option "--port" wants a value/],
      [["-p"], /the option "-p" wants a value/],
      [["-x"], /the option "-x" is not known/],
      [["--interpreter=yes"], /the option "--interpreter=yes" takes no value/],
      [["a.ios", "b.ios"], /one configuration is enough; "b\.ios" is the second/],
    ] as const) {
      const done = run(...args);
      assert.equal(done.status, 2, args.join(" "));
      assert.match(done.stderr, said);
      assert.equal(done.stderr.trim().split("\n").length, 1, done.stderr);
    }
    const help = run("--help");
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--startup FILE/);
  });
});
