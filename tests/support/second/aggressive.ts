/** Aggressive Mode (RFC 2409, 5.4) and New Group Mode (5.6) of the second implementation, in both roles. */
import { modp } from "./dh_groups.ts";
import { EXCHANGE, P, concat, tv, u16, u32, type Payload } from "./ike_peer.ts";
import { Negotiation, midOf, type Pfs, type Step } from "./negotiation.ts";

/** An attribute of any length in its variable form. */
const long = (type: number, value: Uint8Array): Uint8Array => concat(u16(type), u16(value.length), value);

/** What New Group Mode says of a group of powers modulo a prime: attributes of RFC 2409, appendix A. */
export interface ModpGroup { id: number; prime: bigint; generator: bigint }

export const bytesOf = (n: bigint): Uint8Array => {
  const hex = n.toString(16);
  return new Uint8Array(Buffer.from(hex.padStart(hex.length + (hex.length & 1), "0"), "hex"));
};

export class AggressiveNegotiation extends Negotiation {
  /** Body of our ID payload: an address where nothing else is said. */
  identity: Uint8Array | undefined;
  /** Whether our third message is encrypted, which RFC 2409 leaves open. */
  encryptThird = true;
  /** The identity that the router showed. */
  shown: Uint8Array = new Uint8Array();
  /** What the router answered or offered in New Group Mode. */
  offered: Uint8Array = new Uint8Array();

  protected ID(): Payload {
    return this.identity ? { type: P.ID, body: this.identity } : this.peer.ID();
  }

  /** --> HDR, SA, KE, Ni, IDii; <-- HDR, SA, KE, Nr, IDir, HASH_R; --> HDR[*], HASH_I; then Quick Mode. */
  *aggressiveInitiate(): Generator<Step> {
    const { peer } = this;
    peer.begin(true);
    const SA = peer.SA(), ID = this.ID();
    peer.SAi_b = SA.body;
    const plain = (payloads: Payload[]) => peer.message(EXCHANGE.AGGRESSIVE, 0, 0, payloads);
    yield this.send({ name: "aggressive 1", payloads: [SA, peer.KE(), peer.NONCE(), ID, ...peer.requests()], make: plain }, (d) => this.cookies(d, EXCHANGE.AGGRESSIVE, P.SA), (d) => {
      peer.ckyR = d.slice(8, 16);
      const payloads = peer.open(d);
      peer.g_xr = peer.take(payloads, P.KE);
      peer.Nr_b = peer.take(payloads, P.NONCE);
      peer.derive();
      this.shown = peer.take(payloads, P.ID);
      peer.checkProof(payloads, peer.HASH_R(this.shown), "HASH_R is wrong");
    });
    yield* this.thirdAggressive(peer.proof(peer.HASH_I(ID.body)));
  }

  /** Message 3, encrypted or not, and Quick Mode behind it. */
  protected *thirdAggressive(third: Payload[]): Generator<Step> {
    const { peer } = this;
    const make = (payloads: Payload[]) => peer.message(EXCHANGE.AGGRESSIVE, 0, 0, payloads, this.encryptThird ? peer.iv : undefined);
    const last: Step = {
      name: "aggressive 3",
      payloads: third,
      make,
      go: () => {
        const message = last.make(last.payloads);
        if (this.encryptThird) peer.iv = peer.lastBlock(message);
        this.inject(message);
        return this.world.run(50, () => this.router.events.some((e) => e.event === "ike.sa" && e.state !== "down" && String(e.peer).startsWith(this.station.address)));
      },
    };
    yield last;
    yield* this.quickInitiate();
  }

  /** The router begins, since its host has something to send. */
  *aggressiveRespond(): Generator<Step> {
    const { peer } = this;
    this.station.inbox.length = 0;
    this.lan.ping(this.hostBehindPeer, 1);
    const m1 = this.await((d) => d[18] === EXCHANGE.AGGRESSIVE && d.slice(8, 16).every((b) => b === 0), 40000);
    if (!m1) throw new Error("the router did not begin");
    peer.begin(false);
    peer.ckyI = m1.slice(0, 8);
    const first = peer.open(m1);
    peer.SAi_b = peer.take(first, P.SA);
    peer.g_xi = peer.take(first, P.KE);
    peer.Ni_b = peer.take(first, P.NONCE);
    peer.heard(first);
    this.shown = peer.take(first, P.ID);
    peer.derive();
    const ID = this.ID();
    const second = [{ type: P.SA, body: peer.SAi_b }, peer.KE(), peer.NONCE(), ID, ...peer.proof(peer.HASH_R(ID.body))];
    let quick: Uint8Array = new Uint8Array();
    yield this.send({ name: "aggressive 2", payloads: second, make: (payloads) => peer.message(EXCHANGE.AGGRESSIVE, 0, 0, payloads) }, (d) => this.cookies(d, EXCHANGE.AGGRESSIVE) && [P.HASH, P.SIG, P.CERT].includes(d[16] as 8), (d) => {
      const encrypted = (d[19]! & 1) === 1;
      peer.checkProof(peer.open(d, encrypted ? peer.iv : undefined), peer.HASH_I(this.shown), "HASH_I is wrong");
      if (encrypted) peer.iv = peer.lastBlock(d);
      const next = this.await((one) => this.phase2Begins(one), 3000);
      if (!next) throw new Error("no Quick Mode behind Aggressive Mode");
      quick = next;
    });
    yield* this.quickRespond(quick);
  }

  /** The SA payload of a new group: one proposal of protocol ISAKMP, one transform KEY_IKE. */
  GROUP_SA({ id, prime: p, generator }: ModpGroup): Payload {
    const attributes = concat(tv(4, id), tv(5, 1), long(6, bytesOf(p)), long(7, bytesOf(generator)));
    const transform = concat([0, 0], u16(8 + attributes.length), [1, 1, 0, 0], attributes);
    const proposal = concat([0, 0], u16(8 + transform.length), [1, 1, 0, 1], transform);
    return { type: P.SA, body: concat(u32(1), u32(1), proposal) };
  }

  /** --> HDR*, HASH(1), SA; <-- HDR*, HASH(2), SA. `offered` is the body of the answer's SA. */
  *newGroupInitiate(group: ModpGroup): Generator<Step> {
    const { peer } = this;
    const mid = (peer.random.u32() | 1) >>> 0;
    const M_ID = new Uint8Array(u32(mid));
    const payloads = [this.GROUP_SA(group)];
    const make = (made: Payload[]) => peer.message(EXCHANGE.NEW_GROUP, 0, mid, peer.hashed(M_ID, made), peer.phase2Iv(mid));
    let sent: Uint8Array = new Uint8Array();
    yield this.send({ name: "new group 1", payloads, make: (made) => (sent = make(made)) }, (d) => this.cookies(d, EXCHANGE.NEW_GROUP) && midOf(d) === mid, (d) => {
      const [HASH, ...rest] = peer.open(d, peer.lastBlock(sent));
      if (!Buffer.from(peer.hashed(M_ID, rest)[0]!.body).equals(HASH!.body)) throw new Error("HASH(2) of New Group Mode is wrong");
      this.offered = peer.take(rest, P.SA);
    });
  }

  /** Takes the router's offer `d` and answers with the same. Returns the group that it names through `taken`. */
  *newGroupRespond(d: Uint8Array, taken: (pfs: Pfs) => void, next: (d: Uint8Array) => void): Generator<Step> {
    const { peer } = this;
    const mid = midOf(d);
    const M_ID = new Uint8Array(u32(mid));
    const [HASH, ...rest] = peer.open(d, peer.phase2Iv(mid));
    if (!Buffer.from(peer.hashed(M_ID, rest)[0]!.body).equals(HASH!.body)) throw new Error("HASH(1) of New Group Mode is wrong");
    const SA = peer.take(rest, P.SA);
    taken(readGroup(SA));
    yield this.send(
      { name: "new group 2", payloads: [{ type: P.SA, body: SA }], make: (made) => peer.message(EXCHANGE.NEW_GROUP, 0, mid, peer.hashed(M_ID, made), peer.lastBlock(d)) },
      (answer) => this.cookies(answer, EXCHANGE.QUICK),
      next,
    );
  }
}

/** The group that an SA payload's body of New Group Mode describes. */
export function readGroup(SA: Uint8Array): Pfs {
  const values = new Map<number, bigint>();
  // Behind DOI, situation, the heads of proposal and transform.
  for (let at = 8 + 8 + 8; at + 4 <= SA.length; ) {
    const type = (SA[at]! << 8) | SA[at + 1]!, second = (SA[at + 2]! << 8) | SA[at + 3]!;
    const length = type & 0x8000 ? 0 : second;
    values.set(type & 0x7fff, length ? BigInt(`0x${Buffer.from(SA.subarray(at + 4, at + 4 + length)).toString("hex")}`) : BigInt(second));
    at += 4 + length;
  }
  const [id, p, generator] = [values.get(4), values.get(6), values.get(7)];
  if (id === undefined || p === undefined || generator === undefined) throw new Error("no group in the offer");
  return { id: Number(id), group: modp(p, generator) };
}

/** A good group that no list has: a safe prime drawn for these tests, 7 modulo 8, so that 2 has the order (p-1)/2. */
export const PRIVATE_1024: ModpGroup = {
  id: 32768,
  generator: 2n,
  prime: BigInt(
    "0xa78a20ec85ebebf2989076c50b4e959275cfc71e69c240f2a8e8eefc4aef646b" +
      "83ca9a4c058811ced5422ad92b7bcef3fc484916755069cb200e9780760e2b38" +
      "79a77cebaa63b506190f92a231b7d3ef1cd09d8880d0a4499fb28b3d0916dfc6" +
      "7d3cbba9ecc520dad7f981892fd7b90bc1849aaa48bb10d34b1d2639b6f640e7",
  ),
};
