/** postern-linux: the contract, the timeline, and what is its own, by engine and architecture. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { aot, compilerNeeds } from "../../tools/aot.mjs";
import { command, missing, type Need } from "../../tools/debian.mjs";
import { architectures, linux } from "../../tools/linux.mjs";
import { conformance } from "./conformance.ts";
import { linuxHost, nodeHost, until } from "./host.ts";
import { recordFiles, replay, type Recording } from "./timeline.ts";
import { trapModule } from "./trap_module.ts";

const quiet = { log: () => {} };
const folder = mkdtempSync(join(tmpdir(), "postern-linux-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Why an architecture's tests can't run here; undefined: they can. Builds what is missing. */
function prepare(name: string, needs: readonly Need[]): { skip?: string; program: string } {
  const absent = missing([...compilerNeeds, ...needs]);
  if (absent.length > 0) return { skip: `needs ${absent.join(", ")}: ${command(absent)}`, program: "" };
  try {
    return { program: linux(name, quiet) };
  } catch (error) {
    const said = (error as Error).message;
    if (/cargo/.test(said)) return { skip: said, program: "" };
    throw error;
  }
}

/** The processes that a process has started. */
const children = (pid: number): number[] => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

const emulated: Need[] = ["qemu_user"];
const built = Object.entries(architectures).map(([name, { needs, emulator }]) => ({ name, emulator, ...prepare(name, [...needs, ...(emulator.length > 0 ? emulated : [])]) }));

conformance(nodeHost);
for (const { name, emulator, program, skip } of built) {
  const run = [...emulator, program];
  conformance(linuxHost(`postern-linux ${name}, AOT`, run, folder, (wasm, out) => void aot(`linux-${name}`, { module: wasm, out, ...quiet })), skip);
  conformance(linuxHost(`postern-linux ${name}, interpreter`, run, folder), skip);
}

describe("one timeline, the same frames", () => {
  let recordings: (Recording & { path: string })[] = [];
  before(() => (recordings = recordFiles()));
  it("V8", () => {
    for (const { timeline, sha256, frames } of recordings) assert.deepEqual({ ...replay(timeline), records: 0 }, { records: 0, frames, sha256 });
  });
  for (const { name, emulator, program, skip } of built)
    for (const engine of ["AOT", "interpreter"])
      it(`postern-linux ${name}, ${engine}`, { skip }, () => {
        for (const { path, frames, sha256 } of recordings) {
          const [file, ...args] = [...emulator, program, "--replay", path, ...(engine === "AOT" ? [] : ["--interpreter"])];
          const done = spawnSync(file!, args, { encoding: "utf8" });
          assert.match(done.stdout, new RegExp(`^replay engine=${engine} records=\\d+ frames=${frames} sha256=${sha256}\n$`), done.stderr);
        }
      });
});

describe("postern-linux", { skip: built[0]!.skip }, () => {
  const { program, name } = built[0]!;
  const host = (compile?: (wasm: string, out: string) => void) => linuxHost("", [program], folder, compile);
  const run = (...args: string[]) => spawnSync(program, args, { encoding: "utf8", input: "", timeout: 10_000 });

  it("runs the interpreter when the AOT section is damaged or for another target, and says so", async () => {
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
    const foreign = aot("linux-aarch64", { module: wasm, out: join(folder, "foreign.aot"), ...quiet });
    const r = await host().start(trapModule(), { aot: foreign });
    assert.match(r.output(), /% The AOT section is refused \(.*aarch64.*\): the interpreter runs\./);
    await r.stop();
  });

  it("uses no processor while nothing happens", async () => {
    const r = await host().start(trapModule());
    try {
      const ticks = () =>
        [r.pid!, ...children(r.pid!)].map((pid) => {
          const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
          return Number(stat[11]) + Number(stat[12]);
        });
      const first = ticks();
      await new Promise((resolve) => setTimeout(resolve, 2000));
      assert.equal(first.length, 2);
      assert.deepEqual(ticks(), first);
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
    let written = 0;
    for (let round = 0; round < 10; round++) {
      const child = spawn(program, ["--module", wasm, "--interpreter", "--startup", nvram], { stdio: ["pipe", "ignore", "ignore"] });
      child.stdin.on("error", () => {});
      for (const text of texts.slice(round * 20, round * 20 + 20)) child.stdin.write(`${text}\n`);
      await new Promise((resolve) => setTimeout(resolve, 3 + ((round * 37) % 150)));
      // The process that writes is the watcher's child; both go at once.
      const writers = children(child.pid!);
      child.kill("SIGKILL");
      for (const pid of writers) process.kill(pid, "SIGKILL");
      await until("it has ended", () => child.signalCode !== null || child.exitCode !== null);
      // The line's end is given together with the line or by itself, as the pipe was read.
      const found = readFileSync(nvram, "utf8").trimEnd();
      assert.ok(texts.includes(found), `round ${round}: ${found.length} octets`);
      if (found !== texts[0]) written++;
    }
    assert.ok(written > 0, "some of the writes went through");
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
      [["--port"], /wants a value/],
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
