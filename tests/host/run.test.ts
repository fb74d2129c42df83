/** `postern run` as a process: two routers on a `udp:` wire, consoles on sockets and pipes, NVRAM, events, keys, capture, signals. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseEvent } from "../../host/node/events.ts";
import { freePort } from "../../host/node/link/free_port.ts";
import { until } from "../support/world/until.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-run-"));
const command = fileURLToPath(new URL("../../host/node/postern.mjs", import.meta.url));
const demo = (name: string) => fileURLToPath(new URL(`../../demo/${name}.ios`, import.meta.url));
const children = new Set<ChildProcess>();
// A stale module is built once, before the clocks of the tests run.
before(() => void spawnSync(process.execPath, [command, "--version"]));
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function postern(...args: string[]) {
  const child = spawn(process.execPath, [command, "run", ...args], { stdio: "pipe" });
  children.add(child);
  const seen = { out: "", err: "" };
  child.stdout.on("data", (chunk) => (seen.out += chunk));
  child.stderr.on("data", (chunk) => (seen.err += chunk));
  const exit = new Promise<number | null>((resolve) => child.once("exit", (status) => resolve(status)));
  return { child, seen, exit };
}

class Client {
  text = "";
  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk) => (this.text += chunk));
    socket.on("error", () => {});
  }

  static async open(path: string): Promise<Client> {
    const socket = await until(`a console at ${path}`, () => {
      const socket = connect(path);
      return new Promise<Socket | false>((r) => socket.once("connect", () => r(socket)).once("error", () => r(false)));
    });
    return new Client(socket);
  }

  /** What is printed for a line until `end`. */
  async ask(line: string, end = /#$/): Promise<string> {
    await until("a prompt", () => /#$/.test(this.text));
    this.text = "";
    this.socket.write(`${line}\n`);
    await until(`an answer to ${line}`, () => end.test(this.text));
    return this.text;
  }
}

test("two routers, a tunnel between processes, and everything that is written on the way", async () => {
  const [a, b] = [await freePort(), await freePort()];
  const file = (name: string) => join(folder, name);
  const wan = [`wan=udp:${a}:127.0.0.1:${b}`, `wan=udp:${b}:127.0.0.1:${a}`];
  const lan = (name: string) => ["--port", `lan=stream:unix:${file(`${name}.lan`)}:listen`];
  const alpha = postern(demo("alpha"), ...lan("alpha"), "--port", wan[0]!, "--console", `unix:${file("alpha")}`, "--startup", file("nvram"), "--events", file("events"), "--keylog", file("keys"), "--pcap", file("alpha.pcapng"));
  const beta = postern(demo("beta"), ...lan("beta"), "--port", wan[1]!, "--console", `unix:${file("beta")}`, "--fault", "delay=2,dup=0.1,seed=5");
  const console = await Client.open(file("alpha"));
  await Client.open(file("beta"));
  const ping = await console.ask("ping 10.2.0.1 source 10.1.0.1", /percent[^\n]*\n(.*\n)*[^\n]*#$/);
  assert.match(ping, /Success rate is (100|[2468]0) percent/);
  assert.match(await console.ask("show crypto isakmp sa"), /192\.0\.2\.2 +192\.0\.2\.1 +QM_IDLE/);
  assert.match(await console.ask("write memory"), /#$/);
  assert.match(readFileSync(file("nvram"), "utf8"), /^hostname alpha$/m);
  assert.match(alpha.seen.err, /the configuration is .*alpha\.ios/);
  assert.match(alpha.seen.err, /Ethernet1 is wan, udp:/);
  assert.match(alpha.seen.err, /keys of sessions are written to/);

  // Another client sees the prompt at once, and the same router.
  const second = await Client.open(file("alpha"));
  assert.match(await second.ask("show version"), /host contract 2/);

  alpha.child.kill("SIGTERM");
  beta.child.kill("SIGINT");
  assert.deepEqual([await alpha.exit, await beta.exit], [0, 0]);
  const events = readFileSync(file("events"), "utf8").trim().split("\n").map((line) => parseEvent(line)!);
  assert.equal(events[0]!.event, "started");
  assert.ok(events.filter((e) => e.event === "ike.message").length >= 9);
  assert.ok(events.some((e) => e.event === "ipsec.sa" && e.state === "up"));
  assert.equal(readFileSync(file("keys/esp_sa"), "utf8").trim().split("\n").length, 3);
  assert.ok(readFileSync(file("alpha.pcapng")).length > 2000);
});

test("NVRAM is the configuration, and says so; erased, the default one is", async () => {
  const nvram = join(folder, "other.nvram");
  writeFileSync(nvram, "hostname from-nvram\n");
  const first = postern(demo("alpha"), "--startup", nvram, "--stay");
  await until("a prompt", () => /from-nvram#$/.test(first.seen.out));
  assert.match(first.seen.out, /the startup configuration is .*other\.nvram; .*alpha\.ios is the default one and was not used/);
  first.child.stdin.write("erase startup-config\n");
  await until("the file to be empty", () => readFileSync(nvram, "utf8") === "");
  // With --stay the end of the input does not end the router.
  first.child.stdin.end("show version\n");
  await until("an answer", () => first.seen.out.includes("host contract 2"));
  assert.equal(first.child.exitCode, null);
  first.child.kill("SIGHUP");
  assert.equal(await first.exit, 0);

  const second = postern(demo("alpha"), "--startup", nvram);
  await until("a prompt", () => /alpha#$/.test(second.seen.out));
  second.child.stdin.write("reload\n");
  await until("a reload", () => /% Reload:[^]*alpha#$/.test(second.seen.out));
  second.child.kill();
  assert.equal(await second.exit, 0);
});

test("on a pipe: each refused line has its number, and the end of the input is the end of the router, after what still runs", async () => {
  const one = postern("--port", `lan=udp:${await freePort()}:127.0.0.1:${await freePort()}`);
  one.child.stdin.end("show clock\nconfigure terminal\ninterface Ethernet0\nip address 10.0.0.1 255.0.0.0\nip adress 10.0.0.2 255.0.0.0\nend\nping 10.0.0.9 repeat 2");
  assert.equal(await one.exit, 0);
  assert.match(one.seen.out, /% Line 5 of the input was refused\.\nRouter\(config-if\)#end\n/);
  assert.match(one.seen.out, /Success rate is 0 percent \(0\/2\)\nRouter#\n$/);
});

test("a configuration that can't be stored: no [OK], and the startup configuration is what is stored", async () => {
  const nvram = join(folder, "small.nvram");
  writeFileSync(nvram, "hostname small\n");
  // No file may grow beyond nothing: what a full disk answers, also to root.
  const child = spawn("sh", ["-c", 'ulimit -f 0; trap "" XFSZ; exec "$@"', "sh", process.execPath, command, "run", "--startup", nvram], { stdio: "pipe" });
  children.add(child);
  let out = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stdin.end("write\nshow startup-config\n");
  await new Promise((resolve) => child.once("exit", resolve));
  assert.match(out, /% The startup configuration was not stored: EFBIG/);
  assert.match(out, /% Not stored: there is no room for it; what was stored before is stored still\./);
  assert.doesNotMatch(out, /\[OK\]/);
  assert.match(out, /small#show startup-config\nUsing 15 out of \d+ bytes\nhostname small\n/);
  assert.equal(readFileSync(nvram, "utf8"), "hostname small\n");
});
