/**
 * What is fired at the hub: bouts of changed messages and packets, each bout of one kind. Everything is drawn from one seed.
 */
import { EXCHANGE, P, concat, u32, type Payload } from "../support/second/ike_peer.ts";
import { PRIVATE_1024 } from "../support/second/aggressive.ts";
import { cutMessage } from "../support/second/ike_fragments.ts";
import type { Step } from "../support/second/negotiation.ts";
import { ETHERNET_IPV4, IP_ICMP, IP_UDP, echo, ethernet, fragments, ipv4, udp } from "../support/world/frame.ts";
import { Random } from "../support/world/random.ts";
import { Halted } from "../support/world/world.ts";
import type { Arena } from "./arena.ts";
import { hostile } from "./certificates.ts";
import { BRANCHES, CENTRE, CROWD, HUB } from "./configuration.ts";
import { configured, shown } from "./console.ts";
import type { Insider } from "./insider.ts";
import { lineFrame, tagged } from "./line.ts";
import { mutateBytes, mutateHeader, mutatePayloads } from "./mutate.ts";
import { seal, type Inbound } from "./seal.ts";
import { HOST_MAC, OPTIONS, carried, frame, inner, repaired, text } from "./seeds.ts";

/** Milliseconds of the world's clock behind a case. */
const PAUSES = [0, 0, 0, 1, 1, 5];
const NON_ESP_MARKER = new Uint8Array(4);

export class Fire {
  readonly random: Random;
  readonly counts = new Map<string, number>();
  done = 0;
  /** Negotiations of insiders: begun, and complete in spite of what was fired between their steps. */
  negotiations = 0;
  /** Fragments of a message that are not sent yet. */
  private pieces: Uint8Array[] = [];
  completed = 0;
  last = { name: "", data: new Uint8Array() as Uint8Array };
  /** Branches whose SAs were used by somebody who has their keys: they lose packets until they negotiate anew. */
  readonly afresh = new Set<number>();
  onCase: (() => void) | undefined;
  private changes = 0;

  constructor(
    private arena: Arena,
    seed: number,
    private cases: number,
  ) {
    this.random = new Random(seed);
  }

  get left(): number {
    return Math.max(0, this.cases - this.done);
  }

  /** One bout, of any kind. */
  bout(): void {
    const { random: r } = this;
    const kinds: [number, () => void][] = [
      [18, () => this.negotiation(r.pick(this.arena.insiders), "initiate")],
      [14, () => this.negotiation(r.pick(this.arena.insiders.filter(({ who }) => !who.dynamic)), "respond")],
      [12, () => this.established(r.pick(this.arena.insiders))],
      [30, () => this.certificates(r.pick(this.arena.insiders.filter(({ who }) => who.forge)))],
      [14, () => this.sealed(200)],
      [10, () => this.frames(250)],
      [12, () => this.line(250)],
      [12, () => this.path(200)],
      [5, () => this.flood(r.pick(this.arena.insiders))],
      [2, () => this.idle()],
      [0.7, () => this.volume()],
      [0.5, () => shown(this.arena)],
      [1.2, () => configured(this.arena, r, 6 * this.changes++)],
      [1, () => this.greedy(r.pick(this.arena.insiders))],
      [0.2, () => this.crowd()],
      [1.5, () => this.scan()],
    ];
    let at = r.below(1000) / 1000 * kinds.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, run] of kinds) if ((at -= weight) < 0) return run();
  }

  private one(name: string, data: Uint8Array, deliver: (data: Uint8Array) => void): void {
    this.last = { name, data };
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    this.done++;
    deliver(data);
    const pause = this.random.pick(PAUSES);
    if (pause) this.arena.world.run(pause);
    if (this.done % 64 === 0) {
      if (this.arena.hub.output.length > 200_000) this.arena.hub.output = "";
      for (const { station } of this.arena.insiders) if (station.inbox.length > 200) station.inbox.length = 0;
    }
    this.onCase?.();
  }

  /** A burst of cases of one kind. */
  private some(name: string, most: number, make: () => Uint8Array, deliver: (data: Uint8Array) => void): void {
    for (let i = Math.min(most, this.left); i > 0; i--) this.one(name, make(), deliver);
  }

  /** An ISAKMP message from an insider, or from who says so, at once; long ones in fragments, some with others in one burst. */
  private isakmp(who: Insider, from = who.station.address): (data: Uint8Array) => void {
    return (data) => {
      const port = who.port;
      const datagram = ipv4(from, HUB, IP_UDP, udp(port, port, port === 500 ? data : concat(NON_ESP_MARKER, data)), { id: this.done & 0xffff });
      const parts = fragments(datagram, 1500);
      if (parts.length === 1) this.arena.wan(datagram);
      else this.arena.burst(1, parts.map((part) => ethernet(this.arena.mac(1), HOST_MAC, ETHERNET_IPV4, part)));
    };
  }

  /** Cookies that are not ours, or no longer: what a third message of a flood brings. */
  private strange(message: Uint8Array): Uint8Array {
    const out = message.slice();
    if (out.length >= 16) this.random.fill(out.subarray(this.random.below(2) * 8, 16));
    return out;
  }

  /** A step's message, changed: its octets, or its payloads before HASH and encryption. */
  private changed(step: { payloads: Payload[]; make: (payloads: Payload[]) => Uint8Array; pose?: (step: Step) => void } & Partial<Step>): Uint8Array {
    const { random: r } = this;
    const way = r.below(12);
    if (way === 0 && step.pose) {
      const posed = { ...step, payloads: [...step.payloads] } as Step;
      step.pose(posed);
      return posed.make(r.chance(0.5) ? posed.payloads : mutatePayloads(r, posed.payloads));
    }
    if (way < 7) return step.make(mutatePayloads(r, step.payloads));
    const honest = step.make(step.payloads);
    if (way === 7) return r.chance(0.5) ? this.strange(honest) : honest.map((octet, i) => (i === 19 ? octet | 2 : octet));
    if (way === 8) return mutateHeader(r, honest);
    if (way < 10) return concat(honest.subarray(0, 28), mutateBytes(r, honest.subarray(28)));
    return mutateBytes(r, honest);
  }

  /** The next of a changed message's fragments, or of the honest one's: in order mostly, some of them changed themselves. */
  private piece(step: Step): Uint8Array {
    const { random: r } = this;
    if (this.pieces.length === 0) {
      const message = r.chance(0.3) ? step.make(step.payloads) : this.changed(step);
      this.pieces = message.length < 28 ? [message] : cutMessage(message, 16 + r.below(r.chance(0.5) ? 100 : 1200), r.chance(0.5) ? 1 : r.below(65536));
      if (r.chance(0.3)) this.pieces.reverse();
    }
    const piece = r.chance(0.1) ? r.pick(this.pieces) : this.pieces.shift()!;
    if (r.chance(0.7)) return piece;
    return r.chance(0.5) ? concat(piece.subarray(0, 28), mutateBytes(r, piece.subarray(28))) : mutateHeader(r, piece);
  }

  /** Under fire the hub may have taken a changed message that was no worse than the honest one: then this fails, and may. */
  private went(step: Step): boolean {
    try {
      return step.go() || (step.name === "quick 3" && this.arena.world.run(1500));
    } catch (error) {
      if (error instanceof Halted || error instanceof WebAssembly.RuntimeError || /plain packet/.test((error as Error).message)) throw error;
      return false;
    }
  }

  private *begun(who: Insider, role: "initiate" | "respond"): Generator<Step> {
    try {
      yield* who.steps(role);
    } catch (error) {
      if (error instanceof Halted || error instanceof WebAssembly.RuntimeError || /plain packet/.test((error as Error).message)) throw error;
    }
  }

  /** An insider negotiates; before one of its steps' honest messages come changed ones. Complete or not. */
  negotiation(who: Insider, role: "initiate" | "respond", target = this.random.below(7), most = 120): boolean {
    if (who.who.dynamic) role = "initiate";
    if (role === "respond" || this.random.chance(0.5)) who.forget();
    // What the hub had begun itself and nobody answered must be over, before it begins anew.
    if (role === "respond") this.arena.world.run(40_000);
    this.negotiations++;
    let k = 0;
    let complete = true;
    for (const step of this.begun(who, role)) {
      const poses = step.name === "main 5" || step.name === "main 6";
      if (k++ === target) {
        // Before, since the changed ones may end the exchange; or else behind them.
        const early = this.random.chance(0.5);
        if (early) this.between(who, step);
        this.some(step.name, most, () => this.changed({ ...step, ...(poses && { pose: (posed: Step) => who.pose(posed) }) }), this.isakmp(who));
        this.some("fragment", Math.min(most, 24), () => this.piece(step), this.isakmp(who));
        this.pieces = [];
        if (!early) this.between(who, step);
      }
      if (!this.went(step)) {
        complete = false;
        break;
      }
    }
    if (complete && k > 1) this.completed++;
    this.arena.trim();
    return complete;
  }

  /**
   * What certificates, requests and signatures come to: one message in a negotiation that was honest until then, since the first proof that is none ends it. Whole, or in
   * fragments in any order.
   */
  private certificates(who: Insider): void {
    const { random: r } = this;
    const role = r.chance(0.7) ? "initiate" : "respond";
    for (let i = role === "initiate" ? 12 : 4; i > 0 && this.left > 0; i--) {
      who.forget();
      if (role === "respond") this.arena.world.run(40_000);
      const proof = r.chance(0.85);
      for (const step of this.begun(who, role)) {
        const { payloads } = step;
        if (!payloads.some(({ type }) => type === (proof ? P.SIG : P.CERTREQ))) {
          if (!this.went(step)) break;
          continue;
        }
        const message = step.make(hostile(r, payloads));
        const name = `${step.name}, certificates`;
        if (r.chance(0.8)) this.one(name, message, this.isakmp(who));
        else {
          const pieces = cutMessage(message, Math.max(200, Math.ceil(message.length / 250)) + r.below(1200));
          if (r.chance(0.3)) pieces.reverse();
          for (const piece of pieces) this.one(`${name} in fragments`, r.chance(0.02) ? mutateBytes(r, piece) : piece, this.isakmp(who));
        }
        this.arena.world.run(r.below(30));
        // The honest one behind it, and all that comes after, or nothing.
        if (r.chance(0.7) || !this.went(step)) break;
      }
    }
    this.arena.trim();
  }

  /** What comes at the wrong time: behind a message whose power is still being computed, or about a phase 1 that is not complete. */
  private between(who: Insider, step: Step): void {
    const { random: r, arena } = this;
    const { peer } = who;
    const datagram = (data: Uint8Array) => ethernet(arena.mac(1), HOST_MAC, ETHERNET_IPV4, ipv4(who.station.address, HUB, IP_UDP, udp(who.port, who.port, who.port === 500 ? data : concat(NON_ESP_MARKER, data))));
    const unprotected = (type: number): Uint8Array => peer.message(EXCHANGE.INFORMATIONAL, 0, 0, [who.NOTIFY(type)]);
    const encrypted = (): Uint8Array => {
      const message = peer.message(r.pick([EXCHANGE.QUICK, EXCHANGE.QUICK, EXCHANGE.INFORMATIONAL, EXCHANGE.INFORMATIONAL, EXCHANGE.NEW_GROUP, EXCHANGE.MAIN]), 1, r.u32(), [{ type: P.HASH, body: r.fill(new Uint8Array(20)) }, who.NOTIFY(24578)]);
      return message.subarray(0, 28 + ((message.length - 28) & ~15));
    };
    if (r.chance(0.5)) {
      const honest = step.make(step.payloads);
      this.one("behind", honest, () => arena.burst(1, [datagram(honest), datagram(encrypted()), datagram(r.chance(0.5) ? encrypted() : honest)]));
    }
    if (peer.key.length > 0 && (step.name === "main 6" || step.name === "main 5")) this.some("informational early", 10, () => who.informational([who.NOTIFY(r.pick([14, 18, 24, 24578]))]), this.isakmp(who));
    if (r.chance(0.4)) this.some("informational unprotected", 4, () => (r.chance(0.5) ? unprotected(r.pick([4, 14, 18, 24])) : mutateBytes(r, unprotected(4))), this.isakmp(who));
  }

  /** A peer that takes what it can: phase 1 after phase 1, Quick Mode after Quick Mode, flow after flow. */
  private greedy(who: Insider): void {
    const { random: r } = this;
    for (let i = 0; i < 8; i++) if (!this.negotiation(who, "initiate", -1) && r.chance(0.5)) break;
    for (let i = 0; i < 40; i++) {
      // A part of what its access list permits: another flow each time.
      who.part = r.chance(0.7) ? 2 * r.below(120) : undefined;
      const last = r.chance(0.8) ? 3 : 1;
      let k = 0;
      for (const step of who.again()) if (k++ >= last || !this.went(step)) break;
    }
    who.part = undefined;
    this.arena.trim();
  }

  /** More peers than there are places, each as honest as can be. */
  private crowd(): void {
    const { arena } = this;
    for (let i = 0; i < 110; i++) {
      const member = arena.member(i);
      for (const step of this.begun(member, "initiate")) if (step.name === "quick 1" || !this.went(step)) break;
      if (i % 20 === 0) arena.trim();
    }
    arena.trim();
  }

  /** Addresses that nobody has, one after the other, from outside and from inside. */
  private scan(): void {
    const { random: r, arena } = this;
    for (let i = Math.min(150, this.left); i > 0; i--) {
      const port = r.pick([0, 1, 1, 2]);
      const source = port === 0 ? `${CENTRE}.10` : port === 2 ? "10.99.0.20" : `203.0.113.${1 + r.below(20)}`;
      const to = r.chance(0.7) ? `${CENTRE}.${11 + (i % 200)}` : `10.99.0.${30 + (i % 200)}`;
      this.one("scan", ethernet(arena.mac(port), HOST_MAC, ETHERNET_IPV4, ipv4(source, to, IP_UDP, udp(7, 7, r.fill(new Uint8Array(20))))), (data) => arena.burst(port, [data, data, data]));
    }
  }

  /** What comes under an insider's phase 1: Informationals with a right HASH, New Group Mode, further Quick Modes. */
  private established(who: Insider): void {
    const { random: r } = this;
    if (!this.negotiation(who, r.chance(0.7) ? "initiate" : "respond", -1)) return;
    const bytes = (n: number) => r.fill(new Uint8Array(n));
    const seconds = (n: number) => concat([0x80, 1, 0, 1, 0x80, 2], [n >> 8, n & 255]);
    const informational = (): Payload[] => r.pick([
      () => [who.NOTIFY(r.pick([1, 7, 9, 14, 16, 18, 24, 30, r.below(40)]))],
      () => [who.NOTIFY(14, who.spi, 3)],
      () => [who.NOTIFY(24578), who.NOTIFY(24576, who.spi, 3, seconds(60))],
      () => [who.NOTIFY(36136, undefined, 1, new Uint8Array(u32(r.u32())))],
      () => [who.NOTIFY(36137, undefined, 1, new Uint8Array(u32(r.u32())))],
      () => [who.NOTIFY(16384, who.spi, 3), who.NOTIFY(24577, who.spi, 3, new Uint8Array(u32(r.below(2))))],
      () => [who.NOTIFY(24576, undefined, 1, concat([0x80, 11, 0, 2, 0, 12, 0, 4], u32(1000 + r.below(1e6)), [0x80, 11, 0, 1, 0x80, 12, 0x0e, 0x10]))],
      () => [who.DELETE_ESP(bytes(4))],
      () => [{ type: P.D, body: concat(u32(1), [3, 4, 0, 200], bytes(40)) }],
      () => [{ type: P.D, body: concat(u32(1), [1, 16, 0, 1], bytes(16)) }],
      () => [{ type: P.D, body: concat(u32(1), [2, 4, 0, 1], bytes(4)) }],
      () => [who.NOTIFY(36136, undefined, 1, new Uint8Array(u32(r.u32()))), who.DELETE_ESP(bytes(4))],
    ])();
    for (const kind of [0, 1, 2, 3, 4, 5].filter(() => r.chance(0.5))) {
      if (kind === 4) this.some("R-U-THERE, HASH behind", 20, () => { const whole = who.behind(36136 + r.below(2), new Uint8Array(u32(r.u32())), r.chance(0.5)); return r.chance(0.6) ? whole : mutateHeader(r, whole); }, this.isakmp(who));
      if (kind === 5) this.some("CONNECTED", 10, () => who.connected(r.chance(0.7) ? 16384 : 24577), this.isakmp(who));
      if (kind === 0) this.some("informational", 100, () => { const p = informational(); return r.chance(0.75) ? who.informational(mutatePayloads(r, p)) : mutateBytes(r, who.informational(p)); }, this.isakmp(who));
      if (kind === 1) this.some("informational unprotected", 40, () => mutateBytes(r, who.peer.message(EXCHANGE.INFORMATIONAL, 0, r.chance(0.5) ? 0 : r.u32(), informational())), this.isakmp(who));
      if (kind === 2) for (let i = 0; i < 3; i++) {
        // What is looked at at all comes ten seconds after the one before.
        this.arena.world.run(10_001);
        this.some("new group", 10, () => this.changed(who.newGroupInitiate(PRIVATE_1024).next().value!), this.isakmp(who));
      }
      if (kind === 3) for (let i = 0; i < 3; i++) {
        const target = r.below(2);
        let k = 0;
        for (const step of who.again()) {
          if (k++ === target) this.some(`${step.name} again`, 40, () => this.changed(step), this.isakmp(who));
          if (!this.went(step)) break;
        }
      }
    }
    // Goes in the end, by words of its own.
    const good: Payload[] = r.pick([[who.DELETE_ESP(who.spi)], [{ type: P.D, body: concat(u32(1), [1, 16, 0, 1], who.peer.ckyI, who.peer.ckyR) }], [who.NOTIFY(24578)], [who.NOTIFY(11, who.spi, 3)]]);
    who.inject(who.informational(good));
    this.arena.world.run(20);
    this.arena.trim();
  }

  /** ESP and AH under the right keys, whatever is inside. */
  private sealed(most: number): void {
    const { random: r, arena } = this;
    arena.keys.take(arena.hub.events);
    for (let i = Math.min(most, this.left); i > 0 && arena.keys.inbound.length > 0; i--) {
      if (i % 40 === 0) {
        arena.keys.take(arena.hub.events);
        arena.hub.events.length = 0;
        if (arena.keys.inbound.length === 0) break;
      }
      const sa = r.pick(arena.keys.inbound);
      const branch = BRANCHES.find(({ wan }) => wan === sa.peer);
      if (branch) this.afresh.add(branch.n);
      const honest = inner(r, sa, arena);
      const way = r.below(10);
      let datagram = way < 5 ? honest : mutateBytes(r, honest, 1400);
      if (way < 8) datagram = repaired(datagram.slice());
      let { text: octets, next } = text(sa, carried(sa, datagram, r), r.chance(0.85) ? 4 : r.pick([41, 50, 51, 59, 1, 17, 0, 255]));
      // Padding and trailer, too.
      if (way === 9) {
        octets = mutateBytes(r, octets, 1400);
        if (r.chance(0.5) && octets.length > 2) octets[octets.length - 2] = r.below(256);
      }
      if (r.chance(0.05)) sa.sequence = Math.max(0, sa.sequence + r.pick([-3, -40, -70, 5, 100, 5000]));
      this.one(branch?.tunnel ? `ESP into ${branch.tunnel.name}` : sa.ah ? (sa.esp ? "AH and ESP" : "AH") : sa.encapsulated ? "ESP in UDP" : "ESP", this.enveloped(sa, octets, next), (data) => arena.wan(data));
    }
    arena.trim();
  }

  private enveloped(sa: Inbound, octets: Uint8Array, next: number): Uint8Array {
    const { random: r } = this;
    const port = sa.encapsulated ? (sa.peer === BRANCHES.find(({ behind }) => behind)?.wan ? (this.arena.nat.mapping.get(4500) ?? 4500) : 4500) : undefined;
    const whole = seal(sa, HUB, octets, next, r.fill(new Uint8Array(16)), port, r.chance(0.15) ? r.pick(OPTIONS) : []);
    return r.chance(0.05) && sa.esp?.suite.cipher ? repaired(mutateBytes(r, whole, 1500)) : whole;
  }

  /** Frames of every port: plain traffic, ARP, ICMP, fragments. */
  private frames(most: number): void {
    const { random: r, arena } = this;
    if (arena.recorded.length === 0) arena.proof([]);
    for (let i = Math.min(most, this.left); i > 0; i--) {
      const made = frame(r, arena);
      let bytes = made.frame;
      if (r.chance(0.5)) bytes = concat(bytes.subarray(0, 14), mutateBytes(r, bytes.subarray(14), 1500));
      if (made.datagram && r.chance(0.7)) bytes = concat(bytes.subarray(0, 14), repaired(bytes.slice(14)));
      if (r.chance(0.05)) bytes = mutateBytes(r, bytes, 1518);
      if (r.chance(0.02)) bytes = concat(bytes.subarray(0, 12), [0x81, 0, 0, r.below(4)], bytes.subarray(12));
      if (r.chance(0.02)) bytes = bytes.subarray(0, r.below(64));
      this.one(made.datagram ? "frame" : "ARP", bytes, (data) => (r.chance(0.1) ? arena.burst(made.port, [data, data]) : arena.frame(made.port, data)));
    }
    arena.trim();
  }

  /** What comes from a provider's line and from inside: flows, errors about them, DHCP, VLANs, GRE. */
  private line(most: number): void {
    const { random: r, arena } = this;
    for (let i = Math.min(most, this.left); i > 0; i--) {
      const { name, port, frame: made, vlan } = lineFrame(r, arena);
      const head = made.subarray(0, 14);
      let datagram: Uint8Array = made.slice(14);
      if (r.chance(0.4)) {
        const at = r.pick([0, 20, 28, 28]);
        datagram = concat(datagram.subarray(0, at), mutateBytes(r, datagram.subarray(at), 1480));
        if (r.chance(0.7) && datagram.length >= 20) new DataView(datagram.buffer).setUint16(2, datagram.length);
      }
      if (r.chance(0.9) && datagram.length >= 20) repaired(datagram);
      const bytes = concat(head, datagram);
      this.one(name, vlan === undefined ? bytes : tagged(vlan, bytes), (data) => (r.chance(0.1) ? arena.burst(port, [data, data]) : arena.frame(port, data)));
    }
    arena.trim();
  }

  /** Whoever stands on the path: what the honest branches sent, changed, cut up, again, from elsewhere, or sent back. */
  private path(most: number): void {
    const { random: r, arena } = this;
    const negotiating = r.chance(0.6);
    if (negotiating) {
      // Something to change that is under way.
      const { n, router } = r.pick(arena.branches);
      router.type("clear crypto sa\nclear crypto isakmp");
      this.afresh.add(n);
      arena.branches.find((one) => one.n === n)!.host.ping(`${CENTRE}.10`, 1);
    }
    for (let i = Math.min(most, this.left); i > 0; i--) {
      if (negotiating && i % 10 === 0) arena.world.run(1);
      const { recorded } = arena;
      if (recorded.length === 0) return;
      const recent = recorded.length > 8 && negotiating ? recorded.slice(-8) : recorded;
      const { datagram } = r.pick(recent);
      let bytes: Uint8Array = datagram.slice();
      switch (r.below(6)) {
        case 0: break;
        case 1:
          bytes = mutateBytes(r, bytes, 1500);
          break;
        case 2: // from elsewhere
          r.fill(bytes.subarray(14 + r.below(2), 16));
          break;
        case 3: // in fragments, one of them perhaps changed or missing
          for (const part of fragments(bytes, 20 + 8 * (1 + r.below(40)))) if (r.chance(0.85)) this.one("fragment", r.chance(0.2) ? repaired(mutateBytes(r, part, 1500)) : part, (data) => arena.wan(data));
          continue;
        default:
          bytes = concat(bytes.subarray(0, 20), mutateBytes(r, bytes.subarray(20), 1480));
          if (bytes.length > 27 && bytes[9] === 17) bytes[26] = bytes[27] = 0;
          new DataView(bytes.buffer).setUint16(2, bytes.length);
      }
      if (bytes.length >= 20) repaired(bytes);
      this.one("path", bytes, (data) => arena.wan(data));
    }
    arena.trim();
  }

  /** Strangers by the dozen until the hub answers without state; then an insider's negotiation under that. */
  private flood(who: Insider): void {
    const { random: r, arena } = this;
    const stranger = () => (r.chance(0.1) ? "203.0.113.77" : `${CROWD.network}.${r.below(4)}.${1 + r.below(200)}`);
    const first = (): Uint8Array => {
      who.peer.ckyI = r.fill(new Uint8Array(8));
      who.peer.ckyR = new Uint8Array(8);
      const SA = who.peer.SA(r.pick([3600, 86400, 60 + r.below(1000)]));
      if (who.who.aggressive) return who.peer.message(EXCHANGE.AGGRESSIVE, 0, 0, [SA, { type: P.KE, body: r.fill(new Uint8Array(96)) }, { type: P.NONCE, body: r.fill(new Uint8Array(16)) }, { type: P.ID, body: who.identity! }]);
      return who.peer.message(EXCHANGE.MAIN, 0, 0, [SA, ...(r.chance(0.4) ? [{ type: P.VID, body: r.fill(new Uint8Array(r.below(200))) }] : [])]);
    };
    who.port = 500;
    const one = (): void => {
      const message = r.chance(0.7) ? first() : mutateBytes(r, first(), 1400);
      this.one("flood", message, this.isakmp(who, r.chance(0.2) ? who.station.address : stranger()));
    };
    for (let i = Math.min(40, this.left); i > 0; i--) one();
    if (!who.who.aggressive && r.chance(0.4)) {
      // Its offer is pushed out by others before the third message comes.
      const steps = this.begun(who, "initiate");
      const begun = steps.next();
      if (!begun.done) {
        // One that nobody has proved himself with: such offers stay.
        const SA = who.peer.SA(60 + r.below(80_000));
        who.peer.SAi_b = SA.body;
        begun.value.payloads[0] = SA;
      }
      if (!begun.done && this.went(begun.value)) {
        const { ckyI, ckyR } = who.peer;
        for (let i = Math.min(500, this.left); i > 0; i--) one();
        [who.peer.ckyI, who.peer.ckyR] = [ckyI, ckyR];
        const next = steps.next();
        if (!next.done) this.went(next.value);
      }
    }
    // The third message brings the cookie back, or another.
    this.negotiation(who, "initiate", 1, 60);
    for (let i = Math.min(20, this.left); i > 0; i--) one();
    this.negotiation(who, "initiate", this.random.below(4), 40);
    if (r.chance(0.3)) arena.world.run(20_000);
  }

  /** Time passes: renewals, dead peers, lifetimes; now and then somebody is cut off. */
  private idle(): void {
    const { random: r, arena } = this;
    const silent = r.chance(0.3) ? r.pick(arena.branches) : undefined;
    const address = silent && silent.wan.split(".").reduce((n, part) => n * 256 + Number(part), 0);
    if (address) arena.internet.silent.add(address);
    if (r.chance(0.2)) arena.nat.remap();
    for (let end = arena.world.now + 1000 * r.pick([30, 130, 400, 1000]); arena.world.now < end; arena.world.run(7000)) {
      for (const { host } of arena.branches) if (host !== silent?.host) host.ping(`${CENTRE}.10`, 7);
      if (r.chance(0.5)) arena.lan.ping(r.pick(["10.2.0.10", "10.3.0.10", "10.4.0.10", "10.22.0.10", "10.5.0.10", "10.8.0.10", "10.17.0.10", "10.18.0.10", "10.55.0.10", "10.66.0.1"]), 7);
      arena.trim();
    }
    if (r.chance(0.3)) {
      arena.hub.type(`ping ${r.pick(["198.51.100.4", "198.51.100.5", "10.2.0.10 source Ethernet0 size 1400", "10.22.0.10 source Ethernet0", "203.0.113.1", "10.98.0.1", `${CENTRE}.10 size 3000 repeat 2`, HUB, `${CENTRE}.99 timeout 1`, "10.97.0.1 size 1400 df-bit"])}`);
      arena.world.run(r.pick([10, 12_000]));
      arena.hub.type("\u0003");
    }
    if (address) arena.internet.silent.delete(address);
    if (silent) this.afresh.add(silent.n);
  }

  /** More octets than an SA's lifetime has. */
  private volume(): void {
    const { random: r, arena } = this;
    arena.keys.take(arena.hub.events);
    const sa = arena.keys.inbound.filter(({ peer }) => !BRANCHES.some(({ wan }) => wan === peer)).at(-1);
    if (sa && r.chance(0.5)) {
      // Under an SA that comes in: an intruder's, who may use it up.
      const there = sa.remote.replace(/\.0$/, ".10"), here = sa.local.replace(/\.0$/, ".10");
      const made = text(sa, ipv4(there, here, IP_ICMP, echo(0, 7, 7, new Uint8Array(1300))));
      for (let i = 0; i < 2100; i++) {
        arena.wan(seal(sa, HUB, made.text, made.next, r.fill(new Uint8Array(16)), sa.encapsulated ? 4500 : undefined));
        if (i % 50 === 0) arena.world.run(5);
      }
      arena.trim();
      return;
    }
    const big = ethernet(arena.mac(0), HOST_MAC, ETHERNET_IPV4, ipv4(`${CENTRE}.10`, "10.4.0.10", IP_ICMP, echo(0, 7, 7, new Uint8Array(1300)), { df: false }));
    for (let i = 0; i < 2100; i++) {
      arena.hub.frame(0, big);
      if (i % 50 === 0) arena.world.run(5);
    }
    arena.world.run(1000);
    arena.trim();
  }
}
