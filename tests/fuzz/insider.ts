/**
 * A peer with a key of its own that says more than tests/support/second's negotiations do: vendor IDs, NAT discovery, several
 * proposals of every kind, notifies in phase 1 and 2, the commit bit. All of it is honest; what is changed is changed afterwards.
 */
import { createHash, createPrivateKey } from "node:crypto";
import { AggressiveNegotiation, PRIVATE_1024 } from "../support/second/aggressive.ts";
import { modp, oakleyGroup, type OakleyGroup } from "../support/second/dh_groups.ts";
import { P, concat, tlv, tv, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { CONFIG, SUITE, type Place, type Step } from "../support/second/negotiation.ts";
import { publicOf } from "../support/second/signed_negotiation.ts";
import { SignedPeer } from "../support/second/signed_peer.ts";
import { saBody, type ProposalSpec } from "../support/second/sa_body.ts";
import { ip } from "../support/world/frame.ts";
import type { Forge } from "./certificates.ts";
import { CENTRE, GROUP, HUB, SETS, type Intruder } from "./configuration.ts";
import { HUB_KEY, HUB_RSA } from "./credentials.ts";

const md5 = (text: string): Uint8Array => new Uint8Array(createHash("md5").update(text).digest());
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const NATT = [md5("RFC 3947"), md5("draft-ietf-ipsec-nat-t-ike-03"), md5("draft-ietf-ipsec-nat-t-ike-02\n"), md5("draft-ietf-ipsec-nat-t-ike-02")];
const DPD = hex("afcad71368a1f1c96b8696fc77570100");
const VENDORS = [
  ...NATT,
  DPD,
  DPD,
  md5("draft-ietf-ipsec-nat-t-ike-01"),
  md5("draft-ietf-ipsec-nat-t-ike-00"),
  hex("cf159dbcb21dee3ab296f6b07fc9ed97"),
  hex("09002689dfd6b712"),
  hex("12f5f28c457168a9702d9fe274cc0100"),
  hex("4048b7d56ebce88525e7de7f00d6c2d3"),
  hex("1f07f70eaa6514d3b0fa96542a500100"),
  hex("434953434f2d44454c4554452d524541534f4e"),
  hex("882fe56d6fd20dbc2251613b2ebe5beb"),
  hex("4f452d4c69627265737761"),
  hex("7003cbc1097dbe9c2600ba6983bc8b35"),
  hex("1e2b516905991c7d7c96fcbfb587e46100000004"),
  hex("8299031757a36082c6a621de00050102"),
  hex("4865617274426561745f4e6f746966796b0100"),
];
const NAT_D = 20, NAT_D_DRAFT = 130, NAT_OA = 21, NAT_OA_DRAFT = 131;
const COMMIT = 2;
const MASK = "255.255.255.0";

/** The proposals of an SA payload's body, each with the octets of its transforms; whatever is wrong ends the list. */
export function proposalsOf(body: Uint8Array): { number: number; protocol: number; transforms: Uint8Array[] }[] {
  const out: { number: number; protocol: number; transforms: Uint8Array[] }[] = [];
  const u = (at: number) => (body[at]! << 8) | body[at + 1]!;
  for (let at = 8; at + 8 <= body.length; ) {
    const end = at + u(at + 2);
    if (end <= at || end > body.length) break;
    const transforms: Uint8Array[] = [];
    for (let t = at + 8 + body[at + 6]!; t + 8 <= end; ) {
      const length = u(t + 2);
      if (length < 8 || t + length > end) break;
      transforms.push(body.subarray(t, t + length));
      t += length;
    }
    out.push({ number: body[at + 4]!, protocol: body[at + 5]!, transforms });
    at = end;
  }
  return out;
}

/** One of what was offered, as an answer names it: the proposals of one number, a transform of each, SPIs of the answerer's. */
function answer(head: Uint8Array, chosen: { number: number; protocol: number; transform: Uint8Array; spi: Uint8Array }[]): Uint8Array {
  const parts = chosen.map(({ number, protocol, transform, spi }, i) => {
    const one = transform.slice();
    one[0] = 0;
    return concat([i === chosen.length - 1 ? 0 : 2, 0], u16(8 + spi.length + one.length), [number, protocol, spi.length, 1], spi, one);
  });
  return concat(head.subarray(0, 8), ...parts);
}

export class Insider extends AggressiveNegotiation {
  /** What it pretends of a NAT: nothing, one before itself, one before the router. */
  private nat: "none" | "own" | "theirs" = "none";
  private draft = false;
  private commit = 0;
  /** Begins where a flow of two addresses of what is inside does; all of it where nothing is said. */
  part: number | undefined;
  /** The flow of the next Quick Mode is between us and the hub themselves. */
  private hosts = false;

  constructor(
    seed: number,
    readonly who: Intruder,
    place: Omit<Place, "behindPeer" | "behindRouter">,
  ) {
    super(seed, CONFIG, who.suite ?? SUITE, who.psk, { ...place, behindPeer: [`${who.inside}.0`, MASK], behindRouter: [`${CENTRE}.0`, MASK] });
    if (who.forge) this.peer = this.signed(who.forge);
    if (who.name) this.identity = concat([2, 0, 0, 0], new TextEncoder().encode(who.name));
    if (who.pfs && who.pfs !== GROUP) this.pfs = { id: who.pfs, group: oakleyGroup(who.pfs) };
  }

  /** One that signs: with a curve's key against the hub's certificate, with RSA against its raw key. */
  private signed(forge: Forge): SignedPeer {
    const peer = new SignedPeer(this.world.random, "", this.who.suite ?? SUITE, ip(this.who.address));
    peer.credential = { ...forge, requests: [new Uint8Array()] };
    peer.trust = { key: publicOf(createPrivateKey(forge.key.asymmetricKeyType === "rsa" ? HUB_RSA : HUB_KEY)) };
    peer.identity = concat([2, 0, 0, 0], new TextEncoder().encode(this.who.name));
    return peer;
  }

  /** A whole negotiation, each step dressed up differently each time. */
  *steps(role: "initiate" | "respond"): Generator<Step> {
    const { random } = this.peer;
    this.nat = random.chance(0.5) ? "none" : random.chance(0.6) ? "own" : "theirs";
    this.draft = random.chance(0.3);
    this.commit = random.chance(0.15) ? COMMIT : 0;
    this.hosts = this.who.hosts === true && random.chance(0.4);
    this.encryptThird = random.chance(0.7);
    if (this.who.pfs === GROUP) this.pfs = undefined;
    this.port = 500;
    const { aggressive } = this.who;
    const all = role === "initiate" ? (aggressive ? this.aggressiveInitiate() : this.initiate()) : aggressive ? this.aggressiveRespond() : this.respond();
    for (const step of all) {
      this.dress(step);
      yield step;
    }
  }

  override *quickInitiate(): Generator<Step> {
    if (this.who.pfs === GROUP) {
      for (const step of this.newGroupInitiate(PRIVATE_1024)) yield step;
      this.pfs = { id: GROUP, group: PRIVATE_GROUP() };
    }
    yield* super.quickInitiate();
  }

  override *quickRespond(d: Uint8Array): Generator<Step> {
    let first = d;
    if (d[18] === 33) yield* this.newGroupRespond(d, (pfs) => (this.pfs = pfs), (next) => (first = next));
    yield* super.quickRespond(first);
  }

  /** One more Quick Mode under the phase 1 that is there. */
  *again(): Generator<Step> {
    for (const step of super.quickInitiate()) {
      this.dress(step);
      yield step;
    }
  }

  /** The hub forgets it, and only it. */
  forget(): void {
    const { router, station } = this;
    const shown = router.type("show crypto isakmp sa");
    const numbers = shown.split("\n").filter((line) => line.includes(station.address)).flatMap((line) => /\s(\d{4,})\s/.exec(line)?.[1] ?? []);
    router.type(`clear crypto sa peer ${station.address}\n${numbers.map((number) => `clear crypto isakmp ${number}\n`).join("")}`);
    this.world.run(20);
  }

  private vendors(): Payload[] {
    const { random } = this.peer;
    const some = Array.from({ length: random.below(5) }, () => random.pick(VENDORS));
    if (this.nat !== "none") some.unshift(this.draft ? random.pick(NATT.slice(1)) : NATT[0]!);
    return some.map((body) => ({ type: P.VID, body }));
  }

  /** NAT-D of the other end, then of ours (RFC 3947, 3.2); a lie where there shall seem to be a NAT. */
  private discovery(): Payload[] {
    if (this.nat === "none") return [];
    const { peer } = this;
    const of = (address: string, port: number, lie: boolean) => peer.hash(peer.ckyI, peer.ckyR, new Uint8Array(u32(ip(address))), new Uint8Array(u16(lie ? port + 1 : port)));
    const type = this.draft ? NAT_D_DRAFT : NAT_D;
    return [
      { type, body: of(HUB, 500, this.nat === "theirs") },
      { type, body: of(this.station.address, 500, this.nat === "own") },
    ];
  }

  private proposals(): ProposalSpec[] {
    const { random } = this.peer;
    if (this.hosts) {
      const mode = this.nat === "none" ? 2 : this.draft ? 61444 : 4;
      return [{ number: 1, protocol: 3, spi: this.spi, transforms: [{ id: 12, attributes: [...tv(1, 1), ...tlv(2, 3600), ...tv(4, mode), ...tv(5, 2), ...tv(6, 128)] }] }];
    }
    const natted = this.nat !== "none" && this.port === 4500;
    const mode = natted ? (this.draft ? 61443 : 3) : 1;
    const sets = SETS.filter(({ proposal }) => !natted || proposal.every(({ protocol }) => protocol === 3));
    return Array.from({ length: 1 + random.below(3) }, (_, i) => {
      const set = random.pick(sets);
      return set.proposal.map(({ protocol, id, auth, bits }) => ({
        number: i + 1,
        protocol,
        spi: protocol === 3 || set.proposal.length === 1 ? this.spi : concat([0x22], this.peer.bytes(3)),
        transforms: [
          { id, attributes: [...tv(1, 1), ...tlv(2, 600 + random.below(6000)), ...(random.chance(0.3) ? [...tv(1, 2), ...tlv(2, 100_000)] : []), ...(this.pfs ? tv(3, this.pfs.id) : []), ...tv(4, random.chance(0.9) ? mode : mode + 1), ...(auth ? tv(5, auth) : []), ...(bits ? tv(6, bits) : [])] },
        ],
      }));
    }).flat();
  }

  /** Another identity, under a HASH that is right for it. */
  pose(step: Step): void {
    const { peer } = this;
    const { random } = peer;
    const text = (type: number, name: string): Uint8Array => concat([type, 17, 1, 0xf4], new TextEncoder().encode(name));
    const body = random.pick([
      () => concat([1, 17, 1, 0xf4], u32(ip("198.51.100.2"))),
      () => concat([1, 0, 0, 0], u32(ip("10.9.9.9"))),
      () => concat([4, 0, 0, 0], u32(ip("198.51.100.0")), u32(0xffffff00)),
      () => concat([7, 0, 0, 0], u32(ip("198.51.100.0")), u32(ip("198.51.100.9"))),
      () => concat([1, 6, 0, 9], u32(ip(this.station.address))),
      () => concat([5, 0, 0, 0], peer.bytes(16)),
      () => text(2, random.pick(["three.example.org", "six.example.org", "new.example.org", "\u001b[2J"])),
      () => text(3, "a@example.org"),
      () => text(11, "me"),
      () => concat([9, 0, 0, 0], peer.bytes(30)),
      () => peer.bytes(random.below(40)),
    ])();
    // In place: a negotiation reckons its IV from the payloads that it gave.
    for (const [i, payload] of step.payloads.entries()) {
      if (payload.type === P.ID) step.payloads[i] = { ...payload, body };
      if (payload.type === P.SIG) step.payloads[i] = peer.proof(step.name === "main 5" ? peer.HASH_I(body) : peer.HASH_R(body)).find(({ type }) => type === P.SIG)!;
      if (payload.type === P.HASH) step.payloads[i] = { ...payload, body: step.name === "main 5" ? peer.HASH_I(body) : peer.HASH_R(body) };
    }
  }

  /** R-U-THERE as RFC 3706 draws it: the HASH behind the NOTIFY, over it as it came or as if it were the last. */
  behind(type: number, data: Uint8Array, asLast: boolean): Uint8Array {
    const { peer } = this;
    const mid = (peer.random.u32() | 1) >>> 0;
    const M_ID = new Uint8Array(u32(mid));
    const notify = this.NOTIFY(type, undefined, 1, data);
    const over = concat([asLast ? 0 : P.HASH, 0], u16(notify.body.length + 4), notify.body);
    return peer.message(5, 0, mid, [notify, { type: P.HASH, body: peer.prf(peer.SKEYID_a, M_ID, over) }], peer.phase2Iv(mid));
  }

  /** CONNECTED, under the last Quick Mode's message ID: as a message of its own exchange type, or as the fourth of Quick Mode. */
  connected(type: number): Uint8Array {
    const { peer } = this;
    const M_ID = new Uint8Array(u32(this.mid));
    const payloads = peer.hashed(M_ID, [this.NOTIFY(type, this.spi, 3)]);
    return peer.random.chance(0.5) ? peer.message(5, 0, this.mid, payloads, peer.phase2Iv(this.mid)) : peer.message(32, 0, this.mid, payloads, this.fourthIv.subarray(0, peer.block));
  }

  private OA(): Payload[] {
    const type = this.draft ? NAT_OA_DRAFT : NAT_OA;
    const of = (address: string): Payload => ({ type, body: concat([1, 0, 0, 0], u32(ip(address))) });
    return this.nat === "none" || this.peer.random.chance(0.5) ? [] : [of(this.station.address), of(HUB)];
  }

  private dress(step: Step): void {
    const { peer } = this;
    const { random } = peer;
    const { payloads } = step;
    const flags = this.commit;
    if (flags) {
      const make = step.make;
      step.make = (made) => {
        const message = make(made);
        message[19]! |= flags;
        return message;
      };
    }
    switch (step.name) {
      case "main 1":
      case "aggressive 1":
        payloads.push(...this.vendors());
        break;
      case "main 2":
      case "aggressive 2": {
        const offered = proposalsOf(peer.SAi_b)[0];
        const wanted = [tv(3, peer.method), tv(4, peer.suite.group)].map((one) => Buffer.from(concat(one)));
        const ours = offered?.transforms.find((one) => wanted.every((attribute) => Buffer.from(one).includes(attribute)));
        if (offered && ours) payloads[0]!.body = answer(peer.SAi_b, [{ number: offered.number, protocol: 1, transform: ours, spi: new Uint8Array() }]);
        payloads.push(...this.vendors(), ...(step.name === "main 2" ? [] : this.discovery()));
        break;
      }
      case "main 3":
      case "main 4":
        payloads.push(...this.discovery());
        break;
      case "aggressive 3":
        payloads.push(...this.discovery());
        if (this.nat !== "none") this.port = 4500;
        break;
      case "main 5":
      case "main 6":
        if (random.chance(0.1)) this.pose(step);
        if (step.name === "main 5" && this.nat !== "none") this.port = 4500;
        if (random.chance(0.3)) payloads.push(this.NOTIFY(24578));
        if (random.chance(0.2)) payloads.push({ type: P.VID, body: DPD });
        if (random.chance(0.2)) payloads.push(this.NOTIFY(24576, undefined, 1, concat([0x80, 11, 0, 1, 0x80, 12, 1, 44])));
        break;
      case "quick 1":
        payloads[0]!.body = random.chance(0.8) ? saBody({ proposals: this.proposals() }, 3, 12) : payloads[0]!.body;
        if (this.part !== undefined) payloads[payloads.length - 2]!.body = concat([7, 0, 0, 0], u32(ip(`${this.who.inside}.${this.part}`)), u32(ip(`${this.who.inside}.${this.part + 1}`)));
        if (this.hosts) payloads.splice(-2, 2, { type: P.ID, body: concat([1, 0, 0, 0], u32(ip(this.station.address))) }, { type: P.ID, body: concat([1, 0, 0, 0], u32(ip(HUB))) });
        if (random.chance(0.2)) payloads.push(this.NOTIFY(24578));
        payloads.push(...this.OA());
        break;
      case "quick 2": {
        const offered = proposalsOf(this.qmSA);
        const { number } = random.pick(offered);
        const chosen = offered.filter((one) => one.number === number).map((one) => ({ number, protocol: one.protocol, transform: random.pick(one.transforms), spi: one.protocol === 3 || offered.filter((other) => other.number === number).length === 1 ? this.spi : concat([0x23], peer.bytes(3)) }));
        payloads[0]!.body = answer(this.qmSA, chosen);
        if (random.chance(0.3)) payloads.push(this.NOTIFY(24576, this.spi, 3, concat([0x80, 1, 0, 1, 0x80, 2, 0, 120])));
        payloads.push(...this.OA());
      }
    }
  }
}

let privateGroup: OakleyGroup | undefined;
const PRIVATE_GROUP = () => (privateGroup ??= modp(PRIVATE_1024.prime));
