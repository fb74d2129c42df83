/**
 * The pair of IPsec SAs that a Quick Mode makes, with AH around ESP two of them. The order is sadb/sas/sad.ts's: `reserve`,
 * `install` (the inbound SAs), `activate`; `abandon` what came to nothing.
 */
import { HELD_SETTLE_MILLISECONDS } from "../../limits";
import { keymat } from "../../oakley/keymat";
import * as dynamic from "../../sadb/policies/dynamic";
import { Policy } from "../../sadb/policies/policy";
import { SA, SaParameters, State as SaState } from "../../sadb/sas/sa";
import { keyLength } from "../../sadb/sas/sa_keys";
import * as sad from "../../sadb/sas/sad";
import { Mode } from "../../sadb/settings/transform_set";
import { AH, ESP } from "../../sadb/terms/suite";
import * as ct from "../../util/ct";
import { Drop } from "../../util/status";
import * as checksum from "../../wire/checksum";
import { Notify } from "../../wire/ike_numbers";
import { Encapsulation, Protocol } from "../../wire/ipsec_doi";
import * as authenticate from "../proof/authenticate";
import * as notices from "../report/notices";
import { Exchange } from "../state/exchange";
import * as lifetimes from "../state/lifetimes";
import * as pairs from "../state/pairs";
import { OK, fail } from "./verdict";

/** Octets of key material of one direction: AES-256 and HMAC-SHA2-512 take 96. */
const KEYMAT_MAX: u32 = 128;

let parameters: SaParameters = changetype<SaParameters>(0);
const material: usize = memory.data(128, 8);

export function init(): void {
  parameters = changetype<SaParameters>(heap.alloc(offsetof<SaParameters>()));
}

/** A larval SA for a policy, for a bundle two. False: no room, or no entropy. */
export function reserve(ex: Exchange, wanted: Policy, bundle: bool): bool {
  const policy = dynamic.own(wanted, ex.sa.peerNumber, ex.sa.configured, authenticate.keyOf(ex.sa), ex.selector);
  if (!policy) {
    notices.tooMany(ex.sa, wanted.entry);
    return false;
  }
  ex.policySlot = policy.slot;
  // Both directions, in the end: what is begun is not to fail for room when the peer has done its part.
  const inbound = sad.hasRoom(bundle ? 2 : 1) ? sad.reserve(policy) : null;
  if (!inbound) return false;
  ex.spi = inbound.spi;
  if (!bundle) return true;
  const outer = sad.reserveOuter(inbound);
  if (!outer) return false;
  ex.ahSpi = outer.spi;
  return true;
}

/** The SA that this exchange has reserved, if nobody has removed it or its policy meanwhile. */
export function larval(ex: Exchange): SA | null {
  const inbound = ex.spi ? sad.bySpi(ex.spi) : null;
  const policy = inbound ? inbound.policy : null;
  return policy && policy.slot == ex.policySlot ? inbound : null;
}

/** Drops what a Quick Mode that came to nothing has reserved. */
export function abandon(ex: Exchange): void {
  const inbound = ex.spi ? sad.bySpi(ex.spi) : null;
  if (inbound && inbound.state < <u8>SaState.MATURE) sad.remove(inbound);
  ex.spi = 0;
}

/** Keys the inbound SAs. */
export function install(ex: Exchange, inbound: SA): void {
  prepare(ex, ex.spi, false);
  sad.installInbound(inbound, parameters, material);
  const outer = inbound.outer;
  if (outer) {
    prepare(ex, ex.ahSpi, true);
    sad.installInbound(outer, parameters, material);
  }
  ct.wipe(material, KEYMAT_MAX);
}

/** Makes the pair, which is in use from now on. OK, or that there is no room. */
export function activate(ex: Exchange, inbound: SA): u32 {
  let up = true;
  const outer = inbound.outer;
  if (outer) {
    prepare(ex, ex.choice.ahSpi, true);
    up = sad.activateOuter(outer, parameters, material);
  }
  if (up) {
    prepare(ex, ex.peerSpi, false);
    parameters.softMilliseconds = lifetimes.softMilliseconds(ex.choice.lifetimeSeconds, ex.initiator);
    up = sad.activate(inbound, parameters, material);
  }
  ct.wipe(material, KEYMAT_MAX);
  if (!up) {
    notices.pool("pair of IPsec SAs");
    return fail(Drop.IKE_POOL, Notify.NONE);
  }
  pairs.enter(ex, inbound);
  return OK;
}

/** `parameters` of the SAs, and in `material` the keys of the one with this SPI. @param outer AH of a bundle */
function prepare(ex: Exchange, spi: u32, outer: bool): void {
  const sa = ex.sa;
  const choice = ex.choice;
  const p = parameters;
  memory.fill(changetype<usize>(p), 0, offsetof<SaParameters>());
  const ah = outer || !choice.espCipher;
  p.protocol = <u8>(ah ? AH : ESP);
  p.mode = <u8>choice.mode;
  if (!ah) {
    p.transform = <u8>choice.espCipher;
    p.keyBits = <u16>choice.keyBits;
  }
  p.auth = <u8>(ah ? choice.ahAuth : choice.espAuth);
  p.esn = choice.esn != 0;
  p.encapsulated = choice.encapsulation != Encapsulation.TUNNEL && choice.encapsulation != Encapsulation.TRANSPORT;
  p.localPort = <u16>sa.localPort;
  p.peerPort = <u16>sa.peerPort;
  p.localAddress = sa.localAddress;
  p.peerAddress = sa.peerAddress;
  p.peerSpi = outer ? choice.ahSpi : ex.peerSpi;
  p.ike = sa.number;
  p.lifetimeSeconds = choice.lifetimeSeconds;
  p.lifetimeKilobytes = choice.lifetimeKilobytes;
  p.settleMilliseconds = ex.initiator && !sa.postern ? HELD_SETTLE_MILLISECONDS : 0;
  p.softPart = <u32>lifetimes.softPart(ex.initiator);
  const s = ex.selector;
  p.selector.copyFrom(s);
  p.pfsGroup = <u16>choice.group;
  if (p.encapsulated && choice.mode == Mode.TRANSPORT) {
    const src = ex.peerOriginal ? ex.peerOriginal : s.remoteFirst;
    const dst = ex.localOriginal ? ex.localOriginal : s.localFirst;
    p.checksumDelta = <u16>checksum.delta(src, dst, s.remoteFirst, s.localFirst);
  }
  const len = keyLength(p.protocol, p.transform, p.keyBits, p.auth);
  keymat(
    sa.hash, sa.SKEYID_d, ex.g_xy, ex.secretBytes, ah ? Protocol.AH : Protocol.ESP, spi, ex.Ni_b, ex.NiLen, ex.Nr_b, ex.NrLen,
    material, min(len, KEYMAT_MAX),
  );
}
