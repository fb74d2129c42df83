/** What the host does with a module that stops: a fresh instance with the startup configuration, said and counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileModule, ModuleRefused, NO_DEADLINE } from "../../host/node/contract.ts";
import { Instance } from "../../host/node/instance.ts";
import { contractModule } from "./contract_module.ts";

function host(options: Parameters<typeof contractModule>[0] & { startup?: string; keylog?: boolean } = {}) {
  const seen = { now: 0, sent: [] as { port: number; frame: Uint8Array }[], console: "", events: "", nvram: [] as string[], keylog: "", said: [] as string[] };
  const instance = new Instance(compileModule(contractModule(options)), {
    now: () => seen.now,
    wall: () => 1,
    random: (into) => into.fill(7).length,
    send: (port, frame) => void seen.sent.push({ port, frame }),
    console: (text) => void (seen.console += text),
    event: (text) => void (seen.events += text),
    nvram: (text) => (seen.nvram.push(text), 0),
    ...(options.keylog && { keylog: (text: string) => void (seen.keylog += text) }),
    startup: () => options.startup,
    say: (line) => void seen.said.push(line),
  });
  return { instance, seen };
}

const frame = (first: number, length = 60) => new Uint8Array(length).fill(first);

test("frames go in and come out; the only buffer is given back each time", () => {
  const { instance, seen } = host();
  instance.start();
  const burst = [1, 2, 3].map((first) => ({ port: first, frame: frame(first) }));
  assert.equal(instance.frames(burst), NO_DEADLINE);
  assert.deepEqual(seen.sent, burst);
  assert.equal(instance.counters.noBuffer, 0);
  assert.equal(seen.events, "event=started t=0 version=test\n");
});

test("a frame that is longer than a frame stays outside", () => {
  const { instance, seen } = host();
  instance.start();
  instance.frames([{ port: 0, frame: frame(1, 1519) }]);
  assert.deepEqual([seen.sent.length, instance.counters.tooLong], [0, 1]);
});

test("a trap: said, counted, and the next instance has the startup configuration", () => {
  const { instance, seen } = host({ startup: "hostname x\r\nend" });
  instance.start();
  assert.equal(seen.console, "configure startup\nhostname x\nend\nend startup\n");
  seen.console = "";
  instance.frames([0xde, 1].map((first) => ({ port: 0, frame: frame(first) })));
  assert.equal(instance.counters.traps, 1);
  assert.equal(instance.counters.lostInRestart, 1);
  assert.equal(seen.said[0], "% The module stopped (trap in on_frame: unreachable); a fresh instance starts with the startup configuration (stop 1 since the host started).");
  assert.equal(seen.console, "configure startup\nhostname x\nend\nend startup\n");
  instance.frames([{ port: 0, frame: frame(9) }]);
  assert.equal(seen.sent.length, 1);
});

test("a trap in a console command, an assertion and a reload", () => {
  const { instance, seen } = host();
  instance.start();
  instance.input("Trap\n");
  instance.poll();
  seen.now += 10;
  instance.frames([{ port: 0, frame: frame(0xab) }]);
  seen.now += 10;
  instance.frames([{ port: 0, frame: frame(0xaa) }]);
  instance.poll();
  const { traps, assertions, reloads, starts } = instance.counters;
  assert.deepEqual({ traps, assertions, reloads, starts }, { traps: 1, assertions: 1, reloads: 1, starts: 4 });
  assert.match(seen.said[0]!, /trap in console_in/);
  assert.match(seen.said[1]!, /assertion in on_frame: assertion at line 77/);
  assert.match(seen.said[2]!, /^% Reload:/);
  assert.equal(instance.running, true);
});

test("restarts that come too fast wait, longer each time", () => {
  const { instance, seen } = host({ trapAtInit: true });
  instance.start();
  const first = instance.poll();
  assert.equal(instance.running, false);
  assert.equal(first, 1000);
  assert.equal(instance.counters.traps, 4);
  seen.now += first;
  const second = instance.poll();
  assert.ok(second >= 0 && instance.counters.traps <= 8, `${instance.counters.traps} traps`);
  for (let i = 0; i < 100; i++) seen.now += instance.poll() || 1;
  const before = instance.counters.traps;
  const start = seen.now;
  for (let i = 0; i < 10; i++) seen.now += instance.poll() || 1;
  assert.ok(seen.now - start >= 60000, "the pause has grown to a minute");
  assert.ok(instance.counters.traps - before <= 40);
  assert.match(seen.said.at(-1)!, / in 60 s /);
});

test("while no instance runs, frames are lost and counted and input goes nowhere", () => {
  const { instance } = host({ trapAtInit: true });
  instance.start();
  instance.poll();
  assert.ok(instance.frames([{ port: 0, frame: frame(1) }]) > 0);
  assert.equal(instance.input("show\n"), 0);
  assert.equal(instance.counters.lostInRestart, 1);
});

test("keys come out only when the host asked for them", () => {
  const without = host();
  without.instance.start();
  const wanted = host({ keylog: true });
  wanted.instance.start();
  assert.equal(without.seen.keylog, "");
  assert.equal(wanted.seen.keylog, "ikev1 0011223344556677 00112233445566778899aabbccddeeff\n");
});

test("NVRAM comes out whole, long input goes in at ends of lines", () => {
  const { instance, seen } = host();
  instance.start();
  instance.input("Nvram text\n");
  assert.deepEqual(seen.nvram, ["Nvram text\n"]);
  seen.console = "";
  const text = `${"x".repeat(99)}\n`.repeat(400);
  instance.input(text);
  assert.equal(seen.console, text);
});

test("another version of the contract is refused with both numbers", () => {
  const { instance } = host({ version: 7 });
  assert.throws(() => instance.start(), new ModuleRefused("the module speaks version 7 of the host contract, this host version 2"));
});

test("a module that lacks an export, and what is no module, are refused by one sentence", () => {
  assert.throws(() => compileModule(contractModule({ without: "poll" }), "x.wasm"), new ModuleRefused('x.wasm does not export "poll", which host/abi.md asks for'));
  assert.throws(() => compileModule(new Uint8Array([1, 2, 3]), "x.wasm"), /^Error: x\.wasm is not a WebAssembly module: /);
});

test("poll's answer is handed on as it is", () => {
  const { instance } = host({ wait: 250 });
  instance.start();
  assert.equal(instance.poll(), 250);
});
