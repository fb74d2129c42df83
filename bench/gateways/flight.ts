/**
 * What handshakes in flight do to a tunnel that is up. A packet that comes while the module computes waits until it is given back:
 * so what counts is how long a turn of the host is - the frames that have come, and one `poll` -, and how long the longest `poll`.
 *
 * A router of the hub profile has 200 peers, and a tunnel with one more. All 200 begin a phase 1 at once, and a packet goes through the
 * tunnel in every turn. The clock is virtual, so that each repetition makes the same calls: of each turn's times the least counts, which
 * is the one that nothing else on this machine was in the way of. When a packet comes is any moment: its delay is what is left of the
 * turn that it falls into, and its own.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadModule } from "../../host/node/contract.ts";
import { Crowd, crowdConfig, HOST, Member, memberHost } from "../../tests/support/second/crowd.ts";
import { Endpoint } from "../../tests/support/world/endpoint.ts";
import { ethernet, ETHERNET_IPV4, IP_UDP, ipv4, macBytes, udp } from "../../tests/support/world/frame.ts";
import { World, type Router } from "../../tests/support/world/world.ts";
import { build } from "../../tools/build/build.mjs";
import { cpu, type Effort, type Row, type Spread } from "../measure.ts";
import type { Suite } from "../suite.ts";

/** Frames that a host takes from a port in a turn (host/wamr/turn.h). */
const BURST = 32;
/** Turns in a millisecond of the virtual clock: about what they take here. */
const TURNS_A_MS = 10;
/** A peer that hears nothing says it again. */
const REPEAT_MS = 1000;

interface Times {
  /** Microseconds of processor time of each turn, and of the `poll` at its end. */
  turns: number[];
  polls: number[];
}

/** A router with `peers` tunnels and one that packets go through. */
class Flight {
  private readonly world = new World(12);
  private readonly router: Router;
  private readonly crowd: Crowd;
  private readonly waiting: { port: number; frame: Uint8Array }[] = [];
  private readonly packet: Uint8Array;

  constructor(module: WebAssembly.Module, readonly peers: number, readonly group: number) {
    const config = crowdConfig().replace("crypto isakmp key", `crypto isakmp policy 20\n encryption aes 128\n hash sha256\n authentication pre-share\n group ${group}\n lifetime 86400\ncrypto isakmp key`);
    this.router = this.world.router("hub", { module, config });
    this.crowd = new Crowd(this.world, this.router);
    const host = new Endpoint(HOST, "172.16.0.1", { prefix: 16 });
    this.world.wire(host, this.router.port(0), { delay: 0 });
    this.crowd.grow(peers + 1);
    host.ping("172.16.0.1", 1);
    this.world.run(10);
    const mac = /address is ([0-9a-f.]+)/i.exec(this.router.type("show interfaces Ethernet0"))![1]!.replaceAll(".", "").replace(/(..)(?=.)/g, "$1:");
    this.packet = ethernet(mac, macBytes("02:00:ac:10:00:0a"), ETHERNET_IPV4, ipv4(HOST, memberHost(peers), IP_UDP, udp(5000, 7, new Uint8Array(1372))));
  }

  /** Turns, `count` at the most, each with one packet of the tunnel's. `flight`: the peers begin a phase 1 before, and it ends when all are through. */
  turns(count: number, flight: boolean): Times {
    const { router, world, crowd } = this;
    router.frame = (port, frame) => void this.waiting.push({ port, frame });
    for (let n = 0; flight && n < this.peers; n++) {
      const member = new Member(crowd, n, world.random, this.group);
      member.pairs = crowd.members[n]!.pairs;
      crowd.members[n] = member;
      member.begin();
    }
    const made = crowd.made;
    const times: Times = { turns: [], polls: [] };
    for (let turn = 0; turn < count; turn++) {
      world.run(0);
      const frames = [...this.waiting.splice(0, BURST), { port: 0, frame: this.packet }];
      const sent = router.framesOut;
      const start = cpu();
      for (const { port, frame } of frames) router.give(port, frame);
      const given = cpu();
      router.poll();
      const end = cpu();
      if (router.framesOut === sent) throw new Error("the tunnel's packet does not go out in its turn");
      times.turns.push(end - start);
      times.polls.push(end - given);
      // The world must not poll by itself: a turn does.
      router.due = Infinity;
      if (turn % TURNS_A_MS === 0) {
        world.run(1);
        for (const member of crowd.members) if (!member.phase1 && world.now - member.saidAt >= REPEAT_MS) member.repeat();
      }
      if (flight && crowd.made - made >= this.peers) break;
    }
    return times;
  }
}

const least = (runs: readonly number[][]): number[] => runs[0]!.map((_, i) => Math.min(...runs.map((run) => run[i]!)));
/** The clock ticks in microseconds. */
const shown = (us: number): number => Math.max(us, 0.5);
const flat = (n: number): Spread => ({ q1: n, median: n, q3: n });

/** Median, 99 % and the longest of values with weights. */
function distribution(values: readonly number[], weights: readonly number[] = values.map(() => 1)): [number, number, number] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const at = (part: number): number => {
    let sum = 0;
    for (const i of order) if ((sum += weights[i]!) >= all * part) return values[i]!;
    return values[order.at(-1)!]!;
  };
  return [at(0.5), at(0.99), values[order.at(-1)!]!];
}

/** The wait of a packet that comes at any moment: longer turns are met more often, at any place in them. */
function delays(turns: readonly number[]): [number, number, number] {
  const PLACES = 20;
  const values = turns.flatMap((turn) => Array.from({ length: PLACES }, (_, i) => (turn * (i + 1)) / PLACES));
  return distribution(values, turns.flatMap((turn) => Array.from({ length: PLACES }, () => turn)));
}

/** The suite, for `npm run bench -- handshake`. */
export async function flight(effort: Effort, done: (row: Row) => void): Promise<Suite> {
  const name = effort.quick ? "postern.simd" : "postern.hub.simd";
  const file = fileURLToPath(new URL(`../../build/${name}.wasm`, import.meta.url));
  if (!effort.quick || !existsSync(file)) await build({ only: [name], log: () => {} });
  const module = loadModule(file);
  const peers = effort.quick ? 4 : 200;
  const rows: Row[] = [];
  const add = (group: string, size: number, found: [string, [number, number, number]][]): void => {
    const row: Row = { group, size, contenders: found.flatMap(([what, of]) => ["median", "99 %", "longest"].map((word, i) => ({ name: `${what}${word}`, cost: flat(shown(of[i]!)), ratio: flat(shown(of[i]!) / shown(found[0]![1][0])) }))) };
    rows.push(row);
    done(row);
  };
  for (const group of effort.quick ? [31] : [14, 16, 19, 31]) {
    const runs: { alone: Times; busy: Times }[] = [];
    for (let n = 0; n < (effort.quick ? 1 : 3); n++) {
      const one = new Flight(module, peers, group);
      one.turns(500, false);
      runs.push({ alone: one.turns(1000, false), busy: one.turns(effort.quick ? 200 : 60_000, true) });
    }
    const [alone, busy, polls] = [runs.map(({ alone }) => alone.turns), runs.map(({ busy }) => busy.turns), runs.map(({ busy }) => busy.polls)].map(least) as [number[], number[], number[]];
    const own = distribution(alone);
    add("a packet's wait and its own work", group, [["alone: ", own], [`${peers} handshakes in flight: `, delays(busy)]]);
    add("a turn: the frames that came, and poll", group, [["", distribution(busy)]]);
    add("poll", group, [["", distribution(polls)]]);
  }
  rows.sort((a, b) => a.group.localeCompare(b.group) || a.size - b.size);
  return {
    name: "flight", about: `a tunnel of the hub profile while ${peers} peers negotiate phase 1 at once, in this process`, unit: "µs", axis: "group", rows, missing: [],
    notes: [`The least of ${effort.quick ? 1 : 3} repetitions of the same calls: what else the machine does is not in it. A wait is what is left of the turn that a packet falls into, at any moment, and its own work.`],
  };
}
