/**
 * `npm run fuzz -- --cases N --seed S`: a seeded mutation fuzzer over every message of every exchange, in both roles, and
 * over ESP and plain frames. Messages are changed as octets, and as payloads before HASH and encryption (so that changed
 * payloads get past both). Held to: no trap, no growth of memory, and an honest negotiation afterwards succeeds.
 */
import { parseArgs } from "node:util";
import { EXCHANGE, P, concat, u32 } from "../support/second/ike_peer.ts";
import { echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import { AggressiveNegotiation, PRIVATE_1024 } from "../support/second/aggressive.ts";
import { AGGRESSIVE } from "../support/second/fields.ts";
import { CONFIG, Negotiation, type Step } from "../support/second/negotiation.ts";
import { Random } from "../support/world/random.ts";
import { Halted } from "../support/world/world.ts";
import { mutateBytes, mutatePayloads } from "./mutate.ts";

const { values } = parseArgs({ options: { cases: { type: "string", default: "100000" }, seed: { type: "string", default: "1" }, quiet: { type: "boolean", default: false } } });
const cases = Number(values.cases);
const seed = Number(values.seed);
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(seed)) {
  console.error(`fuzz: --cases ${values.cases} --seed ${values.seed}: both are whole numbers, cases at least 1`);
  process.exit(2);
}

/** Changed messages for one step before the honest one follows. */
const BURST = 200;
const random = new Random(seed);
const counts = new Map<string, number>();
let done = 0;
let negotiations = 0;
let survived = 0;
let last = { name: "", data: new Uint8Array() as Uint8Array };

/** Routers under fire: one of Main Mode, one of Aggressive Mode, each with the ways to negotiate with it in both roles. */
interface Target { n: Negotiation; roles: (() => Generator<Step>)[] }
const main = new Negotiation(seed);
const aggressive = new AggressiveNegotiation(seed + 1, CONFIG + AGGRESSIVE);
const targets: Target[] = [
  { n: main, roles: [() => main.initiate(), () => main.respond()] },
  { n: aggressive, roles: [() => aggressive.aggressiveInitiate(), () => aggressive.aggressiveRespond()] },
];
let n: Negotiation = main;
const size = n.router.exports.memory.buffer.byteLength;
const started = Date.now();

function one(name: string, inject: (data: Uint8Array) => void, data: Uint8Array): void {
  last = { name, data };
  counts.set(name, (counts.get(name) ?? 0) + 1);
  inject(data);
  if (n.station.inbox.length > 200) n.station.inbox.length = 0;
  if (n.lan.received.length > 200) n.lan.received.length = 0;
  if (n.router.output.length > 100000) n.router.output = "";
  if (n.router.events.length > 5000) n.router.events.splice(0, 4000);
  done++;
  if (done % 20000 === 0 && !values.quiet) console.error(`fuzz: ${done} of ${cases}, ${Math.round(done / ((Date.now() - started) / 1000))} a second`);
}

const left = () => Math.min(BURST, cases - done);
const isakmp = (data: Uint8Array) => n.inject(data);
const wan = (protocol: number) => (data: Uint8Array) => {
  n.station.datagram(ipv4("192.0.2.2", "192.0.2.1", protocol, data, { id: done & 0xffff }));
  n.world.run(1);
};
const frame = (port: number) => (data: Uint8Array) => {
  n.router.frame(port, data.subarray(0, 1518));
  n.world.run(1);
};

/** Cookies that are not ours, or no longer: what a third message of a flood brings. */
function strange(message: Uint8Array): Uint8Array {
  const out = message.slice();
  if (out.length >= 16) random.fill(out.subarray(random.below(2) * 8, 16));
  return out;
}

/** A step's message, changed: its octets, or its payloads. */
function changed(step: { payloads: Parameters<typeof mutatePayloads>[1] | any; make: (p: any) => Uint8Array }): Uint8Array {
  const way = random.below(10);
  if (way < 5) return step.make(mutatePayloads(random, step.payloads));
  const honest = step.make(step.payloads);
  if (way === 5) return random.chance(0.5) ? strange(honest) : honest.map((b, i) => (i === 19 ? b | 2 : b));
  if (way < 7) return concat(honest.subarray(0, 28), mutateBytes(random, honest.subarray(28)));
  return mutateBytes(random, honest);
}

/** What an established tunnel gets: informational messages, ESP, plain frames. */
function established(): void {
  const informational = [
    [n.NOTIFY(random.below(40))],
    [n.NOTIFY(24578), n.NOTIFY(24576, n.spi, 3, concat([0x80, 1, 0, 1, 0x80, 2, 0, 60]))],
    [n.NOTIFY(36136, undefined, 1, new Uint8Array(u32(random.u32())))],
    [n.NOTIFY(36137, undefined, 1, new Uint8Array(u32(random.u32())))],
    [n.NOTIFY(16384, n.spi, 3), n.NOTIFY(24577, n.spi, 3, new Uint8Array(u32(random.below(2))))],
    [n.NOTIFY(24576, undefined, 1, concat([0x80, 1, 0, 2, 0, 2, 0, 4], u32(1000 + random.below(1e6)), [0x80, 1, 0, 1, 0x80, 2, 0x0e, 0x10]))],
    [n.DELETE_ESP(n.peer.bytes(4))],
    [{ type: P.D, body: concat(u32(1), [3, 4, 0, 200], n.peer.bytes(40)) }],
  ];
  for (let i = left(); i > 0; i--) {
    const payloads = random.pick(informational);
    one("informational", isakmp, random.chance(0.6) ? n.informational(mutatePayloads(random, payloads)) : mutateBytes(random, n.informational(payloads)));
  }
  for (let i = n === aggressive ? left() : 0; i > 0; i--) {
    // What is looked at at all comes ten seconds after the one before.
    if (i % 8 === 0) n.world.run(10_001);
    one("new group", isakmp, changed(aggressive.newGroupInitiate(PRIVATE_1024).next().value!));
  }
  for (let i = left(); i > 0; i--) one("informational unprotected", isakmp, mutateBytes(random, n.peer.message(EXCHANGE.INFORMATIONAL, 0, random.u32(), random.pick(informational))));
  const esp = concat(n.routerSpi, u32(1), n.peer.bytes(16 + 64 + 12));
  for (let i = left(); i > 0; i--) one("ESP", wan(50), mutateBytes(random, esp, 1400));
  const inner = ipv4("10.2.0.10", "10.1.0.10", 1, echo(8, 1, 1, n.peer.bytes(40)));
  const ah = (spi: Uint8Array) => concat([4, 4, 0, 0], spi, u32(1), n.peer.bytes(12), inner);
  for (let i = left(); i > 0; i--) one("AH", wan(51), mutateBytes(random, ah(random.chance(0.5) ? n.routerSpi : n.peer.bytes(4)), 1400));
  const ping = ethernet(new Uint8Array(6).fill(255), new Uint8Array([2, 0, 0, 0, 0, 9]), 0x0800, ipv4("10.1.0.10", "10.2.0.10", 1, echo(8, 1, 1, n.peer.bytes(40))));
  const ike4500 = ethernet(new Uint8Array(6).fill(255), new Uint8Array([2, 0, 0, 0, 0, 9]), 0x0800, ipv4("192.0.2.2", "192.0.2.1", 17, udp(4500, 4500, concat([0, 0, 0, 0], n.informational([n.NOTIFY(1)])))));
  const part = ethernet(new Uint8Array(6).fill(255), new Uint8Array([2, 0, 0, 0, 0, 9]), 0x0800, ipv4("192.0.2.2", "192.0.2.1", 17, n.peer.bytes(160), { mf: true, id: random.below(65536), offset: 8 * random.below(300) }));
  for (let i = left(); i > 0; i--) {
    const port = random.below(2);
    const data = random.pick([ping, ike4500, part]).slice();
    // The router's own station address, so that the frame is looked into.
    data.set([1, 0, 0x5e], 0);
    data.set(routerMac(port), 0);
    one("frame", frame(port), mutateBytes(random, data, 1514));
  }
}

const macs = new Map<string, Uint8Array>();
function routerMac(port: number): Uint8Array {
  const key = `${targets.findIndex((target) => target.n === n)} ${port}`;
  let mac = macs.get(key);
  if (!mac) {
    const shown = /address is ([0-9a-f.]{14})/i.exec(n.router.type(`show interfaces Ethernet${port}`))?.[1] ?? "ffff.ffff.ffff";
    macs.set(key, (mac = new Uint8Array(Buffer.from(shown.replaceAll(".", ""), "hex"))));
  }
  return mac;
}

/** Under fire the router may have taken a changed message that was no worse than the honest one: then this fails, and may. */
function went(step: Step): boolean {
  try {
    return step.go();
  } catch (error) {
    if (error instanceof Halted || error instanceof WebAssembly.RuntimeError) throw error;
    return false;
  }
}

function round(): void {
  const { n: chosen, roles } = random.chance(0.65) ? targets[0]! : targets[1]!;
  n = chosen;
  const target = random.below(6);
  let k = 0;
  let complete = true;
  for (const step of random.pick(roles)()) {
    if (k++ === target) {
      for (let i = left(); i > 0; i--) one(step.name, isakmp, changed(step));
    }
    if (!went(step)) {
      complete = false;
      break;
    }
  }
  negotiations++;
  if (complete) {
    survived++;
    if (target === 5 || random.chance(0.2)) established();
  }
  n.clear();
  // What the issue of every round is held to: an honest peer still gets its tunnel.
  const failed = honest(random.pick(roles));
  if (failed !== undefined) throw new Error(`an honest negotiation failed afterwards, at ${failed}; the router's console:\n${n.router.output.slice(-3000)}`);
  n.clear();
  if (n.router.exports.memory.buffer.byteLength !== size) throw new Error(`memory grew from ${size} to ${n.router.exports.memory.buffer.byteLength} octets`);
}

/** A whole negotiation as it ought to be. The step that was not answered, or nothing. */
function honest(steps: () => Generator<Step>): string | undefined {
  for (const step of steps()) if (!step.go()) return step.name;
  return n.world.run(100, () => n.tunnelUp()) ? undefined : "tunnel";
}

/** Pools and how many of their blocks are in use, from `show memory`. Neighbours in ARP come and go by themselves. */
const used = () =>
  n.router
    .type("show memory")
    .split("\n")
    .map((line) => /^(\S.*?)\s{2,}(\d+)\s+\d+\s+\d+/.exec(line))
    .flatMap((m) => (m && m[1] !== "ARP entries" ? [`${m[1]}: ${m[2]}`] : []));

try {
  const held = targets.map(({ n: one, roles }) => {
    n = one;
    const before = honest(roles[0]!);
    if (before !== undefined) throw new Error(`an honest negotiation fails before anything was changed, at ${before}; the router's console:\n${n.router.output.slice(-3000)}`);
    n.clear();
    const pools = used();
    if (pools.length < 10) throw new Error(`show memory lists ${pools.length} pools`);
    return pools;
  });
  while (done < cases) round();
  for (const [i, target] of targets.entries()) {
    n = target.n;
    n.clear(600_000);
    const after = used();
    if (JSON.stringify(held[i]) !== JSON.stringify(after)) throw new Error(`pools hold something that they did not hold before:\n${held[i]!.join("\n")}\n---\n${after.join("\n")}`);
  }
} catch (error) {
  console.error(`fuzz: seed ${seed}, case ${done} (${last.name}): ${(error as Error).stack}`);
  console.error(`fuzz: the message: ${Buffer.from(last.data).toString("hex")}`);
  console.log(`${done} passed, 1 failed`);
  process.exit(1);
}
const seconds = (Date.now() - started) / 1000;
for (const [name, count] of [...counts].sort()) console.log(`${String(count).padStart(9)}  ${name}`);
console.log(`fuzz: ${done} cases with seed ${seed} in ${seconds.toFixed(0)} s; ${survived} of ${negotiations} negotiations completed under fire; memory ${size} octets throughout`);
console.log(`${done} passed, 0 failed`);
