// Aggressive Mode as initiator: which key the responder's name asks for, and what of a message that was not the true one is left.
import { hashById } from "../../../../assembly/crypto/registry";
import { natdHash } from "../../../../assembly/ike/message/natd";
import * as keys from "../../../../assembly/ike/settings/keys";
import { Profile } from "../../../../assembly/ike/settings/profile";
import * as profiles from "../../../../assembly/ike/settings/profile";
import { IsakmpSa, Natt, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import { startPhase1 } from "../../../../assembly/ike/upkeep/begin";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { fromHex, fromText, toHex } from "../../crypto/bytes";
import { ALPHA, BETA } from "../../sadb/world";
import { HASH, ID, INFORMATIONAL, KE, KE_BYTES, N, NATT_02, NATT_RFC, NONCE, OFFER, SA, VID } from "../by_hand/peer";
import * as peer from "../by_hand/peer";

const AGGRESSIVE: u32 = 4;
/** ID_FQDN "beta". */
const BETA_NAME: string = "0200000062657461";
const text: usize = memory.data(64, 8);
const scratch: usize = memory.data(256, 8);
let profile: Profile = changetype<Profile>(0);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

function nameKey(name: string, secret: string): void {
  const n = fromText(text, name);
  keys.addHostname(text, n, text + 32, fromText(text + 32, secret));
}

function expects(name: string): void {
  profiles.addMatch(profile, 2, 0, 0, text, fromText(text, name));
}

/** Our message 1, and all that the peer makes of it. */
function first(): void {
  startPhase1(BETA, ALPHA, 0, profile.id);
  peer.settle();
  peer.takeCookie(true);
  memory.copy(peer.SAi_b, peer.body(0), <usize>peer.bodyLen);
  peer.setOffer(peer.bodyLen);
  memory.copy(peer.g_xi, peer.body(1), KE_BYTES);
  memory.copy(peer.nonceI, peer.body(2), 32);
  peer.setNonceI(32);
  sa = peer.theExchange().sa;
}

/** Message 2, with a vendor ID and the NAT-D payloads of this type, of a peer that sees us where we are. */
function answer(ID_b: string, vendor: string, natD: u32): void {
  peer.start(AGGRESSIVE);
  peer.addHex(SA, OFFER);
  peer.add(KE, peer.g_xr, KE_BYTES);
  peer.add(NONCE, peer.nonceR, peer.nonceRLen);
  peer.addHex(ID, ID_b);
  const len = fromHex(scratch, ID_b);
  peer.proof(false, scratch, len, scratch + 128);
  peer.add(HASH, scratch + 128, 20);
  peer.addHex(VID, vendor);
  for (let i: u32 = 0; i < 2; i++) {
    natdHash(hashById(2)!, peer.cookies, peer.cookies + 8, i ? BETA : ALPHA, 500, scratch);
    peer.add(natD, scratch, 20);
  }
  peer.give();
}

beforeEach(() => {
  peer.begin(false);
  profile = profiles.add(text, fromText(text, "ROAD")) as Profile;
  profile.aggressive = true;
});

describe("the responder's name", () => {
  it("decides whose key it is, of all that the profile expects", () => {
    keys.removeAddress(BETA, 0xffffffff);
    expects("aaaa");
    expects("beta");
    nameKey("aaaa", "another");
    nameKey("beta", "gurgle");
    first();
    peer.derive(peer.g_xi);
    answer(BETA_NAME, NATT_RFC, 20);
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(0);
    peer.settle();
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<string>(toHex(sa.SKEYID_a, 20)).toBe(toHex(peer.SKEYID_a, 20));
  });

  it("with another's key is no proof", () => {
    keys.removeAddress(BETA, 0xffffffff);
    expects("aaaa");
    expects("beta");
    nameKey("aaaa", "gurgle");
    nameKey("beta", "another");
    first();
    peer.derive(peer.g_xi);
    answer(BETA_NAME, NATT_RFC, 20);
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    // In plain: there are no keys yet.
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0018");
    expect<string>(peer.taken()).toBe(peer.given());
  });

  it("that is none is refused in plain", () => {
    expects("beta");
    first();
    peer.derive(peer.g_xi);
    answer("02000000", NATT_RFC, 20);
    expect<bool>(peer.takeOne()).toBe(true);
    peer.start(INFORMATIONAL);
    peer.addHex(N, "0000000101" + "00" + "0012");
    expect<string>(peer.taken()).toBe(peer.given());
    expect<u32>(sa.phase).toBe(Phase.NEGOTIATING);
  });
});

describe("a second message that was not the true one", () => {
  it("leaves nothing of the words of NAT traversal that it spoke", () => {
    expects("beta");
    first();
    peer.derive(peer.g_xi);
    // Another's proof, who speaks the RFC's words.
    store<u8>(peer.SKEYID, load<u8>(peer.SKEYID) ^ 1);
    answer(BETA_NAME, NATT_RFC, 20);
    store<u8>(peer.SKEYID, load<u8>(peer.SKEYID) ^ 1);
    expect<u32>(dropCount(Drop.IKE_AUTHENTICATION)).toBe(1);
    peer.take();
    answer(BETA_NAME, NATT_02, 130);
    peer.settle();
    expect<u32>(sa.phase).toBe(Phase.ESTABLISHED);
    expect<u32>(sa.nattVersion).toBe(Natt.DRAFT);
    expect<bool>(sa.localNat || sa.peerNat).toBe(false);
  });
});

describe("a key that is taken out of the configuration", () => {
  it("before the answer comes: it is dropped, and the peer's cookie with it", () => {
    expects("beta");
    first();
    peer.derive(peer.g_xi);
    keys.removeAddress(BETA, 0xffffffff);
    answer(BETA_NAME, NATT_RFC, 20);
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<u64>(load<u64>(sa.CKY_R)).toBe(0);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.exchanges()).toBe(1);
  });

  it("while we compute: the exchange is over, and the peer is told", () => {
    expects("beta");
    first();
    peer.derive(peer.g_xi);
    answer(BETA_NAME, NATT_RFC, 20);
    keys.removeAddress(BETA, 0xffffffff);
    peer.settle();
    expect<u32>(dropCount(Drop.IKE_NO_KEY)).toBe(1);
    expect<bool>(peer.take()).toBe(true);
    expect<bool>(peer.take()).toBe(false);
    expect<u32>(peer.exchanges() + peer.sas()).toBe(0);
  });
});
