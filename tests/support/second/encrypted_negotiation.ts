/** A negotiation with RSA encryption between a router and the second implementation, in both modes and roles. */
import type { KeyObject } from "node:crypto";
import { ip } from "../world/frame.ts";
import { EncryptedPeer } from "./encrypted_peer.ts";
import { EXCHANGE, P, type Payload, type Suite } from "./ike_peer.ts";
import { SUITE, type Place, type Step } from "./negotiation.ts";
import { AggressiveNegotiation } from "./aggressive.ts";
import { pemOf, publicOf } from "./signed_negotiation.ts";

export class EncryptedNegotiation extends AggressiveNegotiation {
  override peer: EncryptedPeer;

  /** @param ours the router's key @param theirs the second implementation's */
  constructor(seed: number, config: string, ours: KeyObject, theirs: KeyObject, suite: Suite = SUITE, place?: Place) {
    super(seed, config, suite, "", place);
    this.peer = new EncryptedPeer(this.world.random, "", suite, ip(this.station.address));
    this.peer.own = theirs;
    this.peer.theirs = publicOf(ours);
  }

  /** Gives the router a private key of its own. */
  importKey(label: string, key: KeyObject, use = "encryption"): void {
    this.router.output = "";
    const said = this.router.type(`configure terminal\ncrypto key import rsa ${label} ${use} pem terminal\n${pemOf(key)}quit\n`);
    if (!this.world.run(20_000, () => this.router.output.includes("import succeeded"))) throw new Error(`the key was not taken: ${said}${this.router.output}`);
    this.router.type("end\n");
  }

  private message(exchange: number) {
    return (payloads: Payload[]) => this.peer.message(exchange, 0, 0, payloads);
  }

  override *initiate(): Generator<Step> {
    yield* this.initiatePhase1();
    yield* this.quickInitiate();
  }

  *initiatePhase1(): Generator<Step> {
    const { peer } = this;
    peer.begin(true);
    const main = this.message(EXCHANGE.MAIN);
    const SA = peer.SA();
    peer.SAi_b = SA.body;
    yield this.send({ name: "main 1", payloads: [SA], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN, P.SA), (d) => (peer.ckyR = d.slice(8, 16)));
    yield this.send({ name: "main 3", payloads: peer.sealed(), make: main }, (d) => this.cookies(d, EXCHANGE.MAIN, peer.revised ? P.NONCE : P.KE), (d) => {
      peer.takeSealed(peer.open(d));
      peer.derive();
    });
    const encrypted = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads, peer.iv);
    const m5 = peer.proof(peer.HASH_I(peer.ID().body));
    yield this.send({ name: "main 5", payloads: m5, make: encrypted }, (d) => this.cookies(d, EXCHANGE.MAIN) && (d[19]! & 1) === 1, (d) => {
      peer.checkProof(peer.open(d, peer.lastBlock(encrypted(m5))), peer.HASH_R(peer.theirIdentity), "HASH_R is wrong");
      peer.iv = peer.lastBlock(d);
    });
  }

  override *respondInPhase1(took: (d: Uint8Array) => void): Generator<Step> {
    const { peer } = this;
    this.station.inbox.length = 0;
    this.lan.ping(this.hostBehindPeer, 1);
    const m1 = this.await((d) => d[18] === EXCHANGE.MAIN && d[16] === P.SA && d.slice(8, 16).every((b) => b === 0), 40000);
    if (!m1) throw new Error("the router did not initiate");
    peer.begin(false);
    peer.ckyI = m1.slice(0, 8);
    peer.SAi_b = peer.take(peer.open(m1), P.SA);
    const main = this.message(EXCHANGE.MAIN);
    yield this.send({ name: "main 2", payloads: [{ type: P.SA, body: peer.SAi_b }], make: main }, (d) => this.cookies(d, EXCHANGE.MAIN) && [P.HASH, peer.revised ? P.NONCE : P.KE].includes(d[16] as 8), (d) => {
      peer.takeSealed(peer.open(d));
      peer.derive();
    });
    yield this.send({ name: "main 4", payloads: peer.sealed(), make: main }, (d) => this.cookies(d, EXCHANGE.MAIN) && (d[19]! & 1) === 1, (d) => {
      this.fifth = peer.open(d, peer.iv);
      peer.checkProof(this.fifth, peer.HASH_I(peer.theirIdentity), "HASH_I is wrong");
      peer.iv = peer.lastBlock(d);
    });
    const m6 = peer.proof(peer.HASH_R(peer.ID().body));
    const encrypted = (payloads: Payload[]) => peer.message(EXCHANGE.MAIN, 0, 0, payloads, peer.iv);
    yield this.send({ name: "main 6", payloads: m6, make: encrypted }, (d) => this.phase2Begins(d), (d) => {
      peer.iv = peer.lastBlock(encrypted(m6));
      took(d.slice());
    });
  }

  override *aggressiveInitiate(): Generator<Step> {
    const { peer } = this;
    peer.begin(true);
    const SA = peer.SA();
    peer.SAi_b = SA.body;
    yield this.send({ name: "aggressive 1", payloads: [SA, ...peer.sealed()], make: this.message(EXCHANGE.AGGRESSIVE) }, (d) => this.cookies(d, EXCHANGE.AGGRESSIVE, P.SA), (d) => {
      peer.ckyR = d.slice(8, 16);
      const payloads = peer.open(d);
      peer.takeSealed(payloads);
      peer.derive();
      peer.checkProof(payloads, peer.HASH_R(peer.theirIdentity), "HASH_R is wrong");
    });
    yield* this.thirdAggressive(peer.proof(peer.HASH_I(peer.ID().body)));
  }

  override *aggressiveRespond(): Generator<Step> {
    const { peer } = this;
    this.station.inbox.length = 0;
    this.lan.ping(this.hostBehindPeer, 1);
    const m1 = this.await((d) => d[18] === EXCHANGE.AGGRESSIVE && d.slice(8, 16).every((b) => b === 0), 40000);
    if (!m1) throw new Error("the router did not begin");
    peer.begin(false);
    peer.ckyI = m1.slice(0, 8);
    const first = peer.open(m1);
    peer.SAi_b = peer.take(first, P.SA);
    peer.takeSealed(first);
    peer.derive();
    const second = [{ type: P.SA, body: peer.SAi_b }, ...peer.sealed(), ...peer.proof(peer.HASH_R(peer.ID().body))];
    let quick: Uint8Array = new Uint8Array();
    yield this.send({ name: "aggressive 2", payloads: second, make: this.message(EXCHANGE.AGGRESSIVE) }, (d) => this.cookies(d, EXCHANGE.AGGRESSIVE) && d[16] === P.HASH, (d) => {
      const encrypted = (d[19]! & 1) === 1;
      peer.checkProof(peer.open(d, encrypted ? peer.iv : undefined), peer.HASH_I(peer.theirIdentity), "HASH_I is wrong");
      if (encrypted) peer.iv = peer.lastBlock(d);
      const next = this.await((one) => this.phase2Begins(one), 3000);
      if (!next) throw new Error("no Quick Mode behind Aggressive Mode");
      quick = next;
    });
    yield* this.quickRespond(quick);
  }
}
