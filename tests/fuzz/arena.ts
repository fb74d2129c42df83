/**
 * Where the fuzzer fires: a hub, seven honest branches of different identity across a routed network - one known by its address, one by its
 * name in Aggressive Mode behind a NAT, one under a profile with another key, one by its certificate, one by its raw RSA key in Aggressive Mode, two met in a tunnel interface, of
 * IPsec and of GRE with protection -, and intruders that have keys of their own.
 * All on one virtual clock. The arena says when a branch has lost its tunnel, when memory is not flat, when a plain packet leaves.
 */
import { Endpoint } from "../support/world/endpoint.ts";
import { ETHERNET_IPV4, ethernet, inSubnet, ipText, IP_ICMP, echo, ipv4, parseFrame } from "../support/world/frame.ts";
import { Internet } from "../support/world/internet.ts";
import { Nat } from "../support/world/nat.ts";
import { Station } from "../support/world/station.ts";
import { World, type Router } from "../support/world/world.ts";
import { BRANCHES, CENTRE, CROWD, HUB, HUB_CONFIG, HUB_PASTES, INTRUDERS, OPEN_PORT, type Paste } from "./configuration.ts";
import { Insider } from "./insider.ts";
import { Keys } from "./seal.ts";

/** In whatever must never leave the hub's WAN in plain. */
export const CANARY = Buffer.from("what only tunnels carry");
const GATEWAY_MAC = new Uint8Array([2, 0, 0, 0xcc, 0, 1]);
/**
 * Milliseconds that a tunnel may take to come (back), whatever happened before: a Quick Mode whose other half an operator has cleared away is repeated for
 * 64 seconds before its peer begins anew.
 */
const PATIENCE = 75_000;
const RECORDED = 256;

export interface Branch {
  n: number;
  wan: string;
  router: Router;
  host: Endpoint;
}

/** A datagram that the hub was sent, or sent. */
export interface Recorded { datagram: Uint8Array; inward: boolean }

export class Arena {
  readonly world: World;
  readonly hub: Router;
  readonly internet: Internet;
  readonly lan = new Endpoint(`${CENTRE}.10`, `${CENTRE}.1`, { mtu: 1500 });
  readonly side = new Endpoint("10.99.0.20", "10.99.0.1");
  readonly branches: Branch[];
  readonly insiders: Insider[];
  readonly keys: Keys;
  nat!: Nat;
  /** The last datagrams between the hub and its honest branches. */
  readonly recorded: Recorded[] = [];
  /** Milliseconds that a slice of long work takes the hub, as on a slow board: what comes meanwhile has to wait. 0: none. */
  slice = 0;
  private recording = true;
  private sequence = 0;
  private hubMacs = new Map<number, Uint8Array>();
  private readonly memory: number;

  constructor(seed: number, module?: WebAssembly.Module) {
    this.world = new World(seed);
    this.internet = new Internet(this.world, 2);
    this.hub = this.world.router("hub", { config: HUB_CONFIG, seed, keylog: true, ...(module && { module }) });
    if (this.hub.refusedLines) throw new Error(`the hub's configuration is refused: ${this.hub.output}`);
    this.paste(this.hub, HUB_PASTES);
    this.memory = this.hub.exports.memory.buffer.byteLength;
    this.keys = new Keys(this.hub);
    const poll = this.hub.poll.bind(this.hub);
    this.hub.poll = () => {
      poll();
      if (this.hub.due <= this.world.now) this.hub.due = this.world.now + this.slice;
    };
    this.world.wire(this.lan, this.hub.port(0), { delay: 0 });
    this.world.wire(this.side, this.hub.port(2), { delay: 0 });
    this.internet.join(this.hub.port(1), HUB);
    this.watch();
    this.listen();
    this.branches = BRANCHES.map(({ n, wan, behind, config, pastes = [] }) => {
      const router = this.world.router(`branch${n}`, { config, seed: seed + n });
      if (router.refusedLines) throw new Error(`the configuration of branch ${n} is refused: ${router.output}`);
      this.paste(router, pastes);
      const host = new Endpoint(`10.${n}.0.10`, `10.${n}.0.1`);
      this.world.wire(host, router.port(0), { delay: 0 });
      if (n === 2) this.world.wire(new Endpoint("10.22.0.10", "10.22.0.1"), router.port(2), { delay: 0 });
      if (behind) {
        this.nat = new Nat(behind, "172.20.0.1", wan, HUB);
        this.world.wire(router.port(1), this.nat.inside, { delay: 0 });
        this.internet.join(this.nat.outside, wan);
      } else this.internet.join(router.port(1), wan);
      return { n, wan, router, host };
    });
    this.insiders = INTRUDERS.map((intruder, i) => {
      const station = new Station(intruder.address, HUB);
      this.internet.join(station, intruder.address);
      return new Insider(seed + 100 + i, intruder, { world: this.world, router: this.hub, station, lan: this.lan });
    });
  }

  /** Keys and certificates, at a console. */
  private paste(router: Router, pastes: readonly Paste[]): void {
    for (const { lines, until } of pastes) {
      router.output = "";
      router.type(lines);
      if (!this.world.run(60_000, () => until.test(router.output))) throw new Error(`a key or certificate is refused: ${router.output}`);
      router.type("end\n");
    }
  }

  private crowd: Insider[] = [];

  /** One of many that have a key in common. */
  member(i: number): Insider {
    let one = this.crowd[i];
    if (!one) {
      const address = `${CROWD.network}.9.${1 + i}`;
      const station = new Station(address, HUB);
      this.internet.join(station, address);
      one = this.crowd[i] = new Insider(200 + i, { address, inside: "10.8.0", psk: CROWD.psk, dynamic: true }, { world: this.world, router: this.hub, station, lan: this.lan });
    }
    one.station.inbox.length = 0;
    return one;
  }

  /** Sees every frame on the hub's WAN, before it goes on. */
  private watch(): void {
    const port = this.hub.port(1);
    const { send, receive } = port;
    port.send = (frame) => {
      this.leaving(frame);
      this.record(frame, false);
      send(frame);
    };
    port.receive = (frame) => {
      this.record(frame, true);
      receive(frame);
    };
  }

  /** The number that the hub's DHCP client asked with last. */
  asked = 0;

  private listen(): void {
    const port = this.hub.port(2);
    const { send } = port;
    port.send = (frame) => {
      // Behind a tag: UDP from 68.
      if (frame.length > 58 && frame[12] === 0x81 && frame[16] === 8 && frame[27] === 17 && frame[39] === 68) this.asked = ((frame[50]! << 24) | (frame[51]! << 16) | (frame[52]! << 8) | frame[53]!) >>> 0;
      send(frame);
    };
  }

  private record(frame: Uint8Array, inward: boolean): void {
    if (!this.recording || frame[12] !== 8 || frame[13] !== 0) return;
    const at = inward ? 26 : 30;
    const other = `${frame[at]}.${frame[at + 1]}.${frame[at + 2]}.${frame[at + 3]}`;
    if (!BRANCHES.some(({ wan }) => wan === other)) return;
    if (this.recorded.length >= RECORDED) this.recorded.splice(0, RECORDED / 4);
    this.recorded.push({ datagram: frame.slice(14, 14 + ((frame[16]! << 8) | frame[17]!)), inward });
  }

  private leaving(frame: Uint8Array): void {
    const { ip } = parseFrame(frame) ?? {};
    if (!ip) return;
    const inside = (address: string) => [...BRANCHES.map(({ n }) => `10.${n}.0.0/24`), ...INTRUDERS.map((one) => `${one.inside}.0/24`)].some((net) => inSubnet(address, net));
    // NULL and AH alone hide nothing, and are tunnels all the same.
    const sealed = ip.protocol === 50 || ip.protocol === 51 || (ip.protocol === 17 && ip.src === HUB && ip.payload.length > 12 && ip.payload.readUInt16BE(0) === 4500 && ip.payload.readUInt32BE(8) !== 0);
    const open = ip.protocol === 6 && ip.offset === 0 && ip.payload.length >= 4 && ip.payload.readUInt16BE(2) === OPEN_PORT;
    const plain = (!open && inSubnet(ip.src, `${CENTRE}.0/24`) && inside(ip.dst)) || (!sealed && (ip.src === HUB || inSubnet(ip.src, "10.0.0.0/8")) && Buffer.from(frame.buffer, frame.byteOffset, frame.length).includes(CANARY));
    // What belongs into a tunnel would be as plain under an address of ours. Errors go back to whoever a plain datagram said it was from.
    const error = ip.protocol === IP_ICMP && [3, 11, 12].includes(ip.payload[0]!) && ip.payload.length >= 28 && ipText(ip.payload.readUInt32BE(20)) === ip.dst;
    const disguised = !open && !sealed && !error && ip.src === HUB && inside(ip.dst);
    if (plain || disguised) throw new Error(`a plain packet left by the WAN: ${Buffer.from(frame).toString("hex")}`);
  }

  /** Octets from one end of the world to the hub's WAN, at once. */
  wan(datagram: Uint8Array, mac = GATEWAY_MAC): void {
    this.frame(1, ethernet(this.mac(1), mac, ETHERNET_IPV4, datagram));
  }

  /** A frame to a port of the hub, at once. */
  frame(port: number, bytes: Uint8Array): void {
    this.recording = false;
    this.hub.frame(port, bytes.subarray(0, 1518));
    this.recording = true;
  }

  /** Several frames in one burst, before the hub is polled. */
  burst(port: number, frames: Uint8Array[]): void {
    const { exports } = this.hub;
    for (const frame of frames) {
      const ptr = exports.frame_alloc();
      if (ptr === 0) break;
      new Uint8Array(exports.memory.buffer, ptr, Math.min(frame.length, 1518)).set(frame.subarray(0, 1518));
      exports.on_frame(this.hub.clock(), port, ptr, Math.min(frame.length, 1518));
    }
    this.hub.poll();
  }

  mac(port: number): Uint8Array {
    let mac = this.hubMacs.get(port);
    if (!mac) {
      const shown = /address is ([0-9a-f.]{14})/i.exec(this.hub.type(`show interfaces Ethernet${port}`))?.[1] ?? "";
      this.hubMacs.set(port, (mac = new Uint8Array(Buffer.from(shown.replaceAll(".", ""), "hex"))));
    }
    return mac;
  }

  /** Forgets what piles up. The hub's keys are read first. */
  trim(): void {
    this.keys.take(this.hub.events);
    for (const router of [this.hub, ...this.branches.map((branch) => branch.router)]) {
      router.events.length = 0;
      if (router.output.length > 20_000) router.output = router.output.slice(-5000);
    }
    for (const host of [this.lan, this.side, ...this.branches.map((branch) => branch.host)]) {
      host.received.length = 0;
      if (host.replies.size > 200) host.replies.clear();
    }
    for (const { station } of this.insiders) station.inbox.length = 0;
  }

  /** One ping through a branch's tunnel. */
  private ping(from: Endpoint, to: Endpoint, ms: number): boolean {
    const sequence = (this.sequence = (this.sequence + 1) & 0xffff);
    from.replies.delete(sequence);
    // Again each second: what waits for an SA may be dropped.
    const end = this.world.now + ms;
    while (this.world.now < end) {
      from.datagram(ipv4(from.address, to.address, IP_ICMP, echo(8, 1, sequence, CANARY), { id: from.nextId() }));
      if (this.world.run(Math.min(1000, end - this.world.now), () => from.replies.has(sequence))) return true;
    }
    return false;
  }

  /** Neighbours may have been told lies: ARP is believed by design. They ask anew. */
  private neighbours(): void {
    this.hub.type("clear ip arp");
    this.lan.forget();
    this.side.forget();
  }

  /** Every branch's tunnel carries traffic both ways, negotiated `afresh` or not. What fails, in words; or nothing. */
  proof(afresh: readonly number[]): string | undefined {
    this.neighbours();
    for (const { n, wan, router } of this.branches) {
      if (!afresh.includes(n)) continue;
      // Both ends forget; whoever says good-bye is heard or not.
      router.type("clear crypto sa\nclear crypto isakmp");
      this.hub.type(`clear crypto sa peer ${wan}`);
      this.world.run(50);
    }
    for (const { n, router, host } of this.branches) {
      const failed = !this.ping(host, this.lan, PATIENCE) ? "to the hub" : !this.ping(this.lan, host, PATIENCE) ? "from the hub" : undefined;
      if (failed) return `branch ${n} has no tunnel ${failed}; its console:\n${router.output.slice(-2000)}\nthe hub's:\n${this.hub.output.slice(-3000)}`;
    }
    const { byteLength } = this.hub.exports.memory.buffer;
    return byteLength === this.memory ? undefined : `memory grew from ${this.memory} to ${byteLength} octets`;
  }

  /** Tunnel interfaces negotiate by themselves: they are shut while nothing shall be in use. */
  private tunnels(command: string): void {
    for (const { tunnel } of BRANCHES) if (tunnel) this.hub.configure(`interface ${tunnel.name}\n ${command}`);
    for (const [i, { tunnel }] of BRANCHES.entries()) if (tunnel) this.branches[i]!.router.configure(`interface Tunnel0\n ${command}`);
  }

  /** Everything is forgotten, and what was half open runs out. @returns what of the pools is in use then */
  rest(ms: number): string[] {
    this.tunnels("shutdown");
    // Twice: what was on its way begins something anew.
    for (const pause of [120_000, ms]) {
      this.hub.type("clear crypto sa\nclear crypto isakmp\nclear ip arp\nclear ip dhcp conflict *");
      for (const { router } of this.branches) router.type("clear crypto sa\nclear crypto isakmp");
      this.world.run(pause);
    }
    this.trim();
    const used = this.used();
    this.tunnels("no shutdown");
    return used;
  }

  /** Pools and how many of their blocks are in use. Neighbours in ARP come and go by themselves; peers and addresses that clients had are remembered, as many as there is room for. */
  private used(): string[] {
    const pools = this.hub
      .type("show memory")
      .split("\n")
      .map((line) => /^(\S.*?)\s{2,}(\d+)\s+\d+\s+\d+/.exec(line))
      .flatMap((m) => (m && !["ARP entries", "isakmp peers", "DHCP bindings"].includes(m[1]!) ? [`${m[1]}: ${m[2]}`] : []));
    if (pools.length < 10) throw new Error(`show memory lists ${pools.length} pools`);
    return pools;
  }

  get octets(): number {
    return this.memory;
  }
}
