/** A negotiation with signatures between a router and the second implementation, in both modes and roles; and the keys, which stay the same. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { ip } from "../world/frame.ts";
import { AggressiveNegotiation } from "./aggressive.ts";
import type { Suite } from "./ike_peer.ts";
import { SUITE, type Place } from "./negotiation.ts";
import { SignedPeer, type Credential, type Trust } from "./signed_peer.ts";

/** Keys take long to make, and are of no randomness that a test could miss: one of each kind and name in a process. */
const made = new Map<string, KeyObject>();

export function keyOf(name: string, kind: number | "P-256" | "P-384" | "P-521" = 2048): KeyObject {
  const id = `${name} ${kind}`;
  let key = made.get(id);
  if (!key) {
    key = typeof kind === "number" ? generateKeyPairSync("rsa", { modulusLength: kind }).privateKey : generateKeyPairSync("ec", { namedCurve: kind }).privateKey;
    made.set(id, key);
  }
  return key;
}

export const publicOf = (key: KeyObject): KeyObject => createPublicKey(key);
export const pemOf = (key: KeyObject): string => createPrivateKey(key.export({ type: "pkcs8", format: "pem" })).export({ type: "pkcs8", format: "pem" }).toString();
export const publicPemOf = (key: KeyObject): string => publicOf(key).export({ type: "spki", format: "pem" }).toString();

export class SignedNegotiation extends AggressiveNegotiation {
  override peer: SignedPeer;

  constructor(seed: number, config: string, credential: Credential, trust: Trust, suite: Suite = SUITE, place?: Place) {
    super(seed, config, suite, "", place);
    this.peer = new SignedPeer(this.world.random, "", suite, ip(this.station.address));
    this.peer.credential = credential;
    this.peer.trust = trust;
  }

  /** Gives the router a private key of its own. */
  importKey(label: string, key: KeyObject, use = "general-purpose"): string {
    const kind = key.asymmetricKeyType === "rsa" ? "rsa" : "ec";
    const said = this.router.type(`configure terminal\ncrypto key import ${kind} ${label} ${use} pem terminal\n${pemOf(key)}quit\n`);
    const more = this.world.run(20_000, () => this.router.output.includes("import succeeded"));
    if (!more) throw new Error(`the key was not taken: ${said}${this.router.output}`);
    this.router.type("end\n");
    return said;
  }
}

/** Lines of the configuration that give the router a peer's raw key. */
export const rawKey = (who: string, key: KeyObject): string => `crypto key pubkey-chain rsa\n ${who}\n  key-string\n${publicPemOf(key)}quit\n`;
