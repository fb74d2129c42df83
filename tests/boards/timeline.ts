/**
 * Timelines: everything that an instance is given, in its order, with its times, so that any engine can be given the same
 * and must then send the same frames, octet for octet. The format stands in host/wamr/timeline.h, whose C replays it;
 * here it is recorded, and replayed in V8.
 *
 *   node --import tsx tests/boards/timeline.ts       records build/timelines/{alpha,beta}.ptl and prints their digests
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Instance, type Arrival } from "../../host/node/instance.ts";
import { Endpoint } from "../../host/node/net/endpoint.ts";
import { echo, ipv4 } from "../../host/node/net/frame.ts";
import { configuration, DEFAULTS, type Settings } from "../support/pair.ts";
import { module, World, type Port, type Router } from "../support/world.ts";

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
function instanceOn(now: () => number, wall: number, entropy: Entropy, send: (port: number, frame: Uint8Array) => void, event: (text: string) => void = () => {}): Instance {
  const stop = (line: string) => {
    throw new Error(line);
  };
  return new Instance(module(), { now, wall: () => wall, random: (into) => entropy.fill(into), send, console() {}, event, nvram() {}, startup: () => undefined, say: stop });
}

/** A router of a World that keeps its timeline. */
export class RecordedRouter {
  due = Infinity;
  readonly digest = new Digest();
  /** EVENT lines. */
  events = "";
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
    }, (text) => (this.events += text));
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
        this.wait(this.instance.frames([{ port: index, frame }]));
      },
    });
  }

  poll(): void {
    this.record(KIND.POLL, 0, new Uint8Array());
    this.wait(this.instance.poll());
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
      if (burst.length > 0) instance.frames(burst);
      else instance.poll();
      burst = [];
    } else if (timeline[at] === KIND.INPUT) instance.input(Buffer.from(data).toString());
    else throw new Error(`record ${records} is of no known kind`);
    at += 8 + length + (-length & 3);
  }
  return { records, frames: digest.frames, sha256: digest.hex() };
}

export interface Recording extends Replayed {
  name: "alpha" | "beta";
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
  return ([["alpha", alpha], ["beta", beta]] as const).map(([name, router]) => {
    const timeline = router.timeline();
    return { name, timeline, records: 0, frames: router.digest.frames, sha256: router.digest.hex() };
  });
}

/** Records both sides into build/timelines. Returns them with the paths. */
export function recordFiles(): (Recording & { path: string })[] {
  const folder = fileURLToPath(new URL("../../build/timelines", import.meta.url));
  mkdirSync(folder, { recursive: true });
  return record().map((recording) => {
    const path = join(folder, `${recording.name}.ptl`);
    writeFileSync(path, recording.timeline);
    return { ...recording, path };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const { name, path, timeline, frames, sha256 } of recordFiles()) console.log(`${name} ${path} octets=${timeline.length} frames=${frames} sha256=${sha256} V8=${replay(timeline).sha256}`);
