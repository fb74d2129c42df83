/**
 * Timelines: everything that an instance is given, in its order, with its times, so that any engine can be given the same
 * and must then send the same frames, octet for octet. The format stands in host/wamr/timeline.h, whose C replays it;
 * here it is recorded, and replayed in V8.
 *
 *   node --import tsx tests/boards/machine/timeline.ts       records build/timelines/*.ptl and prints their digests
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Instance, type Arrival } from "../../../host/node/instance.ts";
import { Endpoint } from "../../support/world/endpoint.ts";
import { echo, ipv4 } from "../../support/world/frame.ts";
import { configuration, DEFAULTS, type Settings } from "../../support/world/pair.ts";
import { PRIVATE_1024 } from "../../support/second/aggressive.ts";
import { module, World, type Port, type Router } from "../../support/world/world.ts";

const KIND = { FRAME: 1, POLL: 2, INPUT: 3 } as const;
/** 2026-01-01T00:00:00Z */
const WALL = 1767225600;

/** The entropy of a timeline. */
export class Entropy {
  constructor(private state: number) {}

  fill(into: Uint8Array): number {
    for (let i = 0; i < into.length; i++) {
      this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
      into[i] = this.state >>> 24;
    }
    return into.length;
  }
}

/** The digest of what an instance sends. */
export class Digest {
  frames = 0;
  private readonly hash = createHash("sha256");

  add(port: number, frame: Uint8Array): void {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(port, 0);
    head.writeUInt32LE(frame.length, 4);
    this.hash.update(head).update(frame);
    this.frames++;
  }

  hex(): string {
    return this.hash.copy().digest("hex");
  }
}

/** An instance on a clock, entropy and wires that are given; what it does not need is left out. */
function instanceOn(now: () => number, wall: number, entropy: Entropy, send: (port: number, frame: Uint8Array) => void, event: (text: string) => void = () => {}, printed: (text: string) => void = () => {}): Instance {
  const stop = (line: string) => {
    throw new Error(line);
  };
  return new Instance(module(), { now, wall: () => wall, random: (into) => entropy.fill(into), send, console: printed, event, nvram: () => 0, startup: () => undefined, say: stop });
}

/** A module that asks to be polled at once has more to do, and in so many slices as its kernels need. */
const SETTLES = 100_000;

/** Polls until nothing is to be done at once: builds whose long work has other slices come as far. */
function settle(instance: Instance, wait: number): number {
  for (let polls = 0; wait === 0 && polls < SETTLES; polls++) wait = instance.poll();
  return wait;
}

/** A router of a World that keeps its timeline. */
export class RecordedRouter {
  due = Infinity;
  readonly digest = new Digest();
  /** EVENT lines. */
  events = "";
  /** What the console printed. */
  output = "";
  private readonly parts: Buffer[] = [];
  private readonly ports: Port[] = [];
  private readonly instance: Instance;

  constructor(
    private readonly world: World,
    seed: number,
    config: string,
  ) {
    const header = Buffer.alloc(16);
    header.write("PTL1", "latin1");
    for (const [i, value] of [seed, WALL, world.now].entries()) header.writeUInt32LE(value, 4 + 4 * i);
    this.parts.push(header);
    this.instance = instanceOn(() => world.now, WALL, new Entropy(seed), (port, frame) => {
      this.digest.add(port, frame);
      this.ports[port]?.send(frame);
    }, (text) => (this.events += text), (text) => (this.output += text));
    this.instance.start();
    world.routers.push(this as unknown as Router);
    this.input(`configure startup\n${config.trim()}\nend startup\n`);
  }

  private record(kind: number, port: number, data: Uint8Array): void {
    const head = Buffer.alloc(8);
    head[0] = kind;
    head[1] = port;
    head.writeUInt16LE(data.length, 2);
    head.writeUInt32LE(this.world.now, 4);
    this.parts.push(head, Buffer.from(data), Buffer.alloc(-data.length & 3));
  }

  private wait(ms: number): void {
    this.due = ms === 0xffffffff ? Infinity : this.world.now + ms;
  }

  port(index: number): Port {
    return (this.ports[index] ??= {
      send: () => {},
      receive: (frame) => {
        this.record(KIND.FRAME, index, frame);
        this.record(KIND.POLL, 0, new Uint8Array());
        this.wait(settle(this.instance, this.instance.frames([{ port: index, frame }])));
      },
    });
  }

  poll(): void {
    this.record(KIND.POLL, 0, new Uint8Array());
    this.wait(settle(this.instance, this.instance.poll()));
  }

  input(text: string): void {
    this.record(KIND.INPUT, 0, Buffer.from(text));
    this.instance.input(text);
    this.poll();
  }

  timeline(): Buffer {
    return Buffer.concat(this.parts);
  }
}

export interface Replayed {
  records: number;
  frames: number;
  sha256: string;
}

/** Replays a timeline in V8. Throws when the module stops or the file is not of the format. */
export function replay(timeline: Buffer): Replayed {
  if (timeline.toString("latin1", 0, 4) !== "PTL1") throw new Error("it is not a timeline");
  let now = timeline.readUInt32LE(12);
  let burst: Arrival[] = [];
  let records = 0;
  const digest = new Digest();
  const instance = instanceOn(() => now, timeline.readUInt32LE(8), new Entropy(timeline.readUInt32LE(4)), (port, frame) => digest.add(port, frame));
  instance.start();
  for (let at = 16; at < timeline.length; records++) {
    const length = timeline.readUInt16LE(at + 2);
    const data = new Uint8Array(timeline.subarray(at + 8, at + 8 + length));
    now = timeline.readUInt32LE(at + 4);
    if (timeline[at] === KIND.FRAME) {
      // Instance gives a burst and polls: the poll that was recorded behind it.
      burst.push({ port: timeline[at + 1]!, frame: data });
    } else if (timeline[at] === KIND.POLL) {
      settle(instance, burst.length > 0 ? instance.frames(burst) : instance.poll());
      burst = [];
    } else if (timeline[at] === KIND.INPUT) instance.input(Buffer.from(data).toString());
    else throw new Error(`record ${records} is of no known kind`);
    at += 8 + length + (-length & 3);
  }
  return { records, frames: digest.frames, sha256: digest.hex() };
}

export interface Recording extends Replayed {
  /** "alpha", "beta", and the two sides of `recordEverything`. */
  name: string;
  timeline: Buffer;
}

/**
 * A negotiation between two gateways, packets of many lengths across the tunnel in both directions, one lost message,
 * a rekey under traffic, and a few commands. Both sides are recorded.
 */
export function record(settings: Partial<Settings> = {}, packets = 40): Recording[] {
  const world = new World(7);
  const chosen: Settings = { ...DEFAULTS, ipsecLifetime: 120, ...settings };
  const alpha = new RecordedRouter(world, 0x13579bdf, configuration(1, chosen));
  const beta = new RecordedRouter(world, 0x2468ace0, configuration(2, chosen));
  const a = new Endpoint("10.1.0.10", "10.1.0.1");
  const b = new Endpoint("10.2.0.10", "10.2.0.1");
  let crossed = 0;
  world.wire(a, alpha.port(0));
  world.wire(b, beta.port(0));
  // The third frame on the WAN is lost: a retransmission belongs to what must be the same everywhere.
  world.wire(alpha.port(1), beta.port(1), { delay: 5, fault: (frame) => (++crossed === 3 ? undefined : [{ frame }]) });
  a.ping(b.address, 1);
  if (!world.run(60_000, () => a.replies.has(1))) throw new Error("the tunnel did not come up");
  for (let i = 2; i < packets; i++) {
    const [source, target] = i & 1 ? [b, a] : [a, b];
    const data = Uint8Array.from({ length: (i * 61) % 1480 }, (_, n) => (n * 7 + i) & 255);
    source.datagram(ipv4(source.address, target.address, 1, echo(8, 1, i, data)));
    world.run(i % 5 === 0 ? 20_000 : 20);
  }
  alpha.input("show crypto ipsec sa\nshow crypto isakmp sa\nshow counters\n");
  world.run(1000);
  for (const wanted of [/event=ipsec\.sa .*state=rekeyed/, /retransmission=1/]) if (!wanted.test(alpha.events)) throw new Error(`the timeline lacks ${wanted}`);
  return [recording("alpha", alpha), recording("beta", beta)];
}

const recording = (name: string, router: RecordedRouter): Recording => ({ name, timeline: router.timeline(), records: 0, frames: router.digest.frames, sha256: router.digest.hex() });

/** What a crypto map entry of `everything` has: its transform set, and lines of its own. */
const ENTRIES: [transforms: string, ...lines: string[]][] = [
  ["esp-gcm 256", " set pfs group19"],
  ["esp-gcm 128 icv 8\n esn", " set pfs group3"],
  ["esp-aes-ctr 192 esp-sha256-hmac", " set pfs group4"],
  ["esp-null esp-aes-xcbc-mac", " set pfs group7"],
  ["esp-aes 256 esp-sha384-hmac\n esn", " set pfs group31"],
  ["esp-3des esp-md5-hmac", " set pfs group20"],
  ["esp-aes 192 esp-aes-xcbc-mac", " set pfs group21"],
  ["esp-ccm 256 icv 12\n esn"],
  ["esp-gmac 128"],
  ["esp-chacha20-poly1305\n esn"],
  ["esp-camellia 256 esp-sha256-hmac"],
  ["ah-sha256-hmac"],
  ["ah-sha512-hmac esp-aes 128 esp-sha-hmac\n esn"],
  // A group of alpha's own, which beta proves and takes.
  ["esp-gcm 192", " set pfs group 40000"],
];
const ALPHAS = ENTRIES.length - 1;

/** Each entry is for one host behind alpha; phase 1 is Aggressive Mode by names, on P-256, and looks after its peer. */
function everything(side: 1 | 2): string {
  const other = 3 - side;
  const of = (n: number): string => (n === 1 ? "alpha" : "beta");
  return `
hostname ${of(side)}
crypto isakmp policy 10
 encryption aes 192
 hash sha512
 group 19
 lifetime ${side === 1 ? 86400 : 300}
crypto isakmp profile PEER
 match identity host ${of(other)}.example.org
 self-identity fqdn ${of(side)}.example.org
 pre-shared-key correct-horse-battery-staple
 mode aggressive
crypto isakmp keepalive 10 3 periodic
${side === 1 ? `crypto isakmp group 40000\n prime ${PRIVATE_1024.prime.toString(16)}\n generator 02\n` : ""}${ENTRIES.map(([transforms, ...lines], n) => `crypto ipsec transform-set T${n} ${transforms}
ip access-list extended A${n}
 permit ip ${side === 1 ? `host 10.1.0.${10 + n} host 10.2.0.10` : `host 10.2.0.10 host 10.1.0.${10 + n}`}
crypto map CM ${10 + n} ipsec-isakmp
 set peer 192.0.2.${other}
 set isakmp-profile PEER
 set transform-set T${n}
 match address A${n}
${n === ALPHAS && side === 2 ? "" : lines.join("\n")}
`).join("")}interface Ethernet0
 ip address 10.${side}.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.${side} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.${other}
`;
}

/** Aggressive Mode, New Group Mode, every transform and every kind of group, AH, dead peer detection, a renewed phase 1. Both sides are recorded. */
export function recordEverything(): Recording[] {
  const world = new World(8);
  const alpha = new RecordedRouter(world, 0x0badcafe, everything(1));
  const beta = new RecordedRouter(world, 0x600dcafe, everything(2));
  const b = new Endpoint("10.2.0.10", "10.2.0.1");
  const lan: Port = { send: () => {}, receive: (frame) => hosts.forEach((host) => host.receive(frame)) };
  const hosts = ENTRIES.map((_, n) => {
    const host = new Endpoint(`10.1.0.${10 + n}`, "10.1.0.1");
    host.send = (frame) => lan.send(frame);
    return host;
  });
  world.wire(lan, alpha.port(0));
  world.wire(b, beta.port(0));
  world.wire(alpha.port(1), beta.port(1), { delay: 5 });
  for (const [n, host] of hosts.entries()) {
    for (let i = 1; i <= 6; i++) {
      host.ping(b.address, i, (i * 211) % 1400);
      world.run(i === 1 ? 10_000 : 20, () => host.replies.has(i));
    }
    if (host.replies.size !== 6) throw new Error(`the tunnel of ${ENTRIES[n]![0]} did not come up`);
  }
  // Quiet, so that each asks whether the other lives; until phase 1 is renewed.
  world.run(400_000);
  for (const host of hosts) {
    host.ping(b.address, 7);
    if (!world.run(60_000, () => host.replies.has(7))) throw new Error(`no answer for ${host.address} behind the renewal`);
  }
  alpha.input("show crypto ipsec sa\nshow crypto isakmp sa detail\nshow counters\n");
  world.run(1000);
  for (const wanted of [/exchange=aggressive/, /exchange=new-?group/, /exchange=informational/, /event=ike\.sa .*state=rekeyed/]) if (!wanted.test(alpha.events + beta.events)) throw new Error(`the timeline lacks ${wanted}`);
  return [recording("everything-alpha", alpha), recording("everything-beta", beta)];
}

/** Records both sides of both timelines into build/timelines. Returns them with the paths. */
export function recordFiles(): (Recording & { path: string })[] {
  const folder = fileURLToPath(new URL("../../../build/timelines", import.meta.url));
  mkdirSync(folder, { recursive: true });
  return [...record(), ...recordEverything()].map((one) => {
    const path = join(folder, `${one.name}.ptl`);
    writeFileSync(path, one.timeline);
    return { ...one, path };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const { name, path, timeline, frames, sha256 } of recordFiles()) console.log(`${name} ${path} octets=${timeline.length} frames=${frames} sha256=${sha256} V8=${replay(timeline).sha256}`);
