// What a Quick Mode makes of the answer, of RESPONDER-LIFETIME and of CONNECTED, and how transport mode is chosen behind a NAT.
import { HashKind } from "../../../../assembly/ike/message/message";
import * as message from "../../../../assembly/ike/message/message";
import {
  quick_connected, quick_inI1_outR1, quick_inI1_outR1_continued, quick_inI2, quick_inR1_outI2, quick_inR1_outI2_continued, quick_outI1, quick_outI1_continued, takeIntoUse,
} from "../../../../assembly/ike/modes/quick_mode";
import * as pairs from "../../../../assembly/ike/modes/quick_pair";
import { selectorScratch } from "../../../../assembly/ike/modes/quick_selector";
import { OK, SUSPEND, drop, fail, refuse } from "../../../../assembly/ike/modes/verdict";
import { Exchange, Job, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Natt } from "../../../../assembly/ike/state/isakmp_sa";
import { forOffer } from "../../../../assembly/sadb/policies/offer";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import { SA, State as SaState } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Action } from "../../../../assembly/sadb/settings/crypto_map";
import * as maps from "../../../../assembly/sadb/settings/crypto_map";
import { Mode } from "../../../../assembly/sadb/settings/transform_set";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import { Drop } from "../../../../assembly/util/status";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { toHex } from "../../crypto/bytes";
import { ALPHA, BETA, entry, list, permit, set } from "../../sadb/world";
import { NONCE, add, clear, esp, keyOfAll } from "../by_hand/quick_world";
import { begin, established, exchangeOf, policy } from "../by_hand/world";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

const REST: string = "8001000180020e10" + "80010002" + "0002000400465000" + "80050002" + "80060080";
const TUNNEL: string = "80040001" + REST;
/** The generator of P-256, which is a point of it. */
const G: string = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

beforeEach(() => {
  begin();
  sa = established(true);
  keyOfAll();
  clear();
});

/** An initiator that waits for the answer. */
function asked(group: u32 = 0): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true);
  maps.setPfs(policy.entry, group, false);
  message.begin(ex, false, HashKind.NONE);
  ex.policySlot = policy.slot;
  ex.selector.copyFrom(policy.selector);
  quick_outI1(ex);
  quick_outI1_continued(ex);
  clear();
  return ex;
}

/** The answer of the other side. */
function answer(attributes: string = TUNNEL, nonce: string = NONCE): void {
  add(Payload.SA, esp(0x11223344, attributes));
  add(Payload.NONCE, nonce);
}

function ids(ours: string, its: string): void {
  add(Payload.ID, ours);
  add(Payload.ID, its);
}

describe("the answer", () => {
  test("keys the inbound SA and takes the pair into use; its IDs may be left out", () => {
    for (let k = 0; k < 2; k++) {
      const ex = asked();
      answer();
      if (k) ids("040000000a010000ffff0000", "040000000a020000ffff0000");
      expect<u32>(quick_inR1_outI2(ex)).toBe(OK);
      expect<u32>(ex.peerSpi).toBe(0x11223344);
      expect<u32>(ex.choice.lifetimeSeconds).toBe(3600);
      expect<u32>(ex.choice.lifetimeKilobytes).toBe(4608000);
      expect<string>(toHex(ex.Nr_b, ex.NrLen)).toBe(NONCE);
      expect<u32>(ex.jobs).toBe(0);
      const inbound = pairs.larval(ex) as SA;
      expect<u32>(quick_inR1_outI2_continued(ex)).toBe(OK);
      expect<u32>(<u32>inbound.state).toBe(SaState.MATURE);
      expect<u32>((inbound.pair as SA).spi).toBe(0x11223344);
      sad.remove(inbound);
    }
  });

  test("that the peer's commit bit puts off is keyed and not in use until CONNECTED", () => {
    const ex = asked();
    ex.commit = true;
    answer();
    quick_inR1_outI2(ex);
    expect<u32>(quick_inR1_outI2_continued(ex)).toBe(OK);
    const inbound = pairs.larval(ex) as SA;
    expect<u32>(<u32>inbound.state).toBe(SaState.LARVAL + 1);
    clear();
    add(Payload.NOTIFY, "00000001" + "0304" + "6001" + "11223344" + "00000000");
    expect<u32>(quick_connected(ex)).toBe(drop(Drop.IKE_PAYLOAD_UNEXPECTED));
    clear();
    add(Payload.NOTIFY, "00000001" + "0304" + "4000" + "112233");
    expect<u32>(quick_connected(ex)).toBe(drop(Drop.IKE_PAYLOAD));
    expect<u32>(<u32>inbound.state).toBe(SaState.LARVAL + 1);
    clear();
    add(Payload.NOTIFY, "00000001" + "0304" + "4000" + "11223344");
    expect<u32>(quick_connected(ex)).toBe(OK);
    expect<u32>(<u32>inbound.state).toBe(SaState.MATURE);
  });

  test("without the AH of an offered bundle leaves none", () => {
    policy.entry.transformSet(0).ahAuth = 2;
    maps.addTransformSet(policy.entry, set("PLAIN"));
    const ex = asked();
    const second = (pairs.larval(ex) as SA).outer as SA;
    expect<u32>(second.spi).toBe(ex.ahSpi);
    const gone = ex.ahSpi;
    add(Payload.SA, esp(0x11223344, TUNNEL));
    add(Payload.NONCE, NONCE);
    expect<u32>(quick_inR1_outI2(ex)).toBe(OK);
    expect<u32>(quick_inR1_outI2_continued(ex)).toBe(OK);
    expect<u32>(ex.ahSpi).toBe(0);
    expect<bool>(sad.bySpi(gone) == null && (sad.bySpi(ex.spi) as SA).outer == null).toBe(true);
  });

  test("of another transform, of other flows, with a bad nonce ends it or is refused", () => {
    let ex = asked();
    answer("80040001" + "8001000180020e10" + "80050005" + "80060080");
    expect<u32>(quick_inR1_outI2(ex)).toBe(fail(Drop.IKE_NO_PROPOSAL, Notify.NO_PROPOSAL_CHOSEN));
    for (let k = 0; k < 2; k++) {
      ex = asked();
      answer();
      // Of two protocols, which are no flows at all, the first would be right.
      ids("040000000a010000ffff0000", k ? "041100000a020000ffff0000" : "040000000a030000ffff0000");
      expect<u32>(quick_inR1_outI2(ex)).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    }
    ex = asked();
    answer(TUNNEL, "00010203040506");
    expect<u32>(quick_inR1_outI2(ex)).toBe(refuse(Drop.IKE_NONCE, Notify.PAYLOAD_MALFORMED));
  });

  test("has KE if and only if we have sent one", () => {
    let ex = asked();
    answer();
    add(Payload.KE, G);
    expect<u32>(quick_inR1_outI2(ex)).toBe(fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
    ex = asked(19);
    ex.jobs = Job.NONE;
    answer(TUNNEL + "80030013");
    expect<u32>(quick_inR1_outI2(ex)).toBe(fail(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION));
    ex = asked(19);
    ex.jobs = Job.NONE;
    answer(TUNNEL + "80030013");
    add(Payload.KE, G.substring(0, 126) + "f6");
    expect<u32>(quick_inR1_outI2(ex)).toBe(refuse(Drop.IKE_KEY_EXCHANGE, Notify.INVALID_KEY_INFORMATION), "no point of the curve");
    expect<u32>(ex.jobs).toBe(Job.NONE);
    clear();
    answer(TUNNEL + "80030013");
    add(Payload.KE, G);
    expect<u32>(quick_inR1_outI2(ex)).toBe(SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.SHARED);
    expect<string>(toHex(ex.g_xr, 64)).toBe(G);
  });

  test("comes to nothing where the policy or the SA is gone", () => {
    // The peer is told, by a notify or by a Delete.
    const GONE = fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION);
    const DELETED = fail(Drop.IKE_SELECTORS, Notify.NONE);
    const ex = asked();
    answer();
    const slot = ex.policySlot;
    ex.policySlot = 9999;
    expect<u32>(quick_inR1_outI2(ex)).toBe(GONE);
    ex.policySlot = slot;
    quick_inR1_outI2(ex);
    sad.remove(pairs.larval(ex) as SA);
    expect<u32>(quick_inR1_outI2(ex)).toBe(GONE);
    expect<u32>(quick_inR1_outI2_continued(ex)).toBe(GONE);
    expect<u32>(quick_inI2(ex)).toBe(DELETED);
    expect<u32>(takeIntoUse(ex)).toBe(DELETED);
  });
});

/** Lifetimes after an answer with this notify. */
function after(notify: string, kilobytes: u32 = 4608000): Exchange {
  maps.setLifetimeKilobytes(policy.entry, kilobytes);
  const ex = asked();
  answer();
  add(Payload.NOTIFY, notify);
  expect<u32>(quick_inR1_outI2(ex)).toBe(OK);
  return ex;
}

const HEAD: string = "00000001" + "0304" + "6000" + "11223344";

describe("the third message", () => {
  test("takes the pair into use, but where the commit bit puts it off", () => {
    for (let k = 0; k < 2; k++) {
      const ex = asked();
      answer();
      quick_inR1_outI2(ex);
      const inbound = pairs.larval(ex) as SA;
      pairs.install(ex, inbound);
      ex.commit = k == 1;
      expect<u32>(quick_inI2(ex)).toBe(OK);
      expect<u32>(<u32>inbound.state).toBe(k ? SaState.LARVAL + 1 : SaState.MATURE);
    }
  });
});

describe("RESPONDER-LIFETIME in the answer", () => {
  test("shortens both lifetimes, and never prolongs them", () => {
    let c = after(HEAD + "800100018002003c" + "80010002" + "80021000").choice;
    expect<u32>(c.lifetimeSeconds).toBe(60);
    expect<u32>(c.lifetimeKilobytes).toBe(4096);
    c = after(HEAD + "8001000180027080" + "80010002" + "0002000410000000").choice;
    expect<u32>(c.lifetimeSeconds).toBe(3600);
    expect<u32>(c.lifetimeKilobytes).toBe(4608000);
  });

  test("of one kind leaves the other", () => {
    let c = after(HEAD + "800100018002003c").choice;
    expect<u32>(c.lifetimeSeconds).toBe(60);
    expect<u32>(c.lifetimeKilobytes).toBe(4608000);
    c = after(HEAD + "80010002" + "80021000").choice;
    expect<u32>(c.lifetimeSeconds).toBe(3600);
    expect<u32>(c.lifetimeKilobytes).toBe(4096);
  });

  test("is not read from a notify about phase 1, another notify, or one cut short; the next one is looked at", () => {
    for (let k = 0; k < 3; k++) {
      const ex = asked();
      answer();
      add(Payload.NOTIFY, k == 0 ? "00000001" + "0104" + "6000" + "11223344" + "8001000180020010" : k == 1 ? "00000001" + "0304" + "6001" + "11223344" + "8001000180020010" : "00000001" + "0304" + "6000" + "112233");
      expect<u32>(quick_inR1_outI2(ex)).toBe(OK);
      expect<u32>(ex.choice.lifetimeSeconds).toBe(3600);
      clear();
      answer();
      add(Payload.NOTIFY, k == 0 ? "00000001" + "0104" + "6000" + "11223344" + "8001000180020010" : k == 1 ? "00000001" + "0304" + "6001" + "11223344" + "8001000180020010" : "00000001" + "0304" + "6000" + "112233");
      add(Payload.NOTIFY, HEAD + "800100018002003c");
      quick_inR1_outI2(ex);
      expect<u32>(ex.choice.lifetimeSeconds).toBe(60);
    }
  });
});

/** Octets of the message made, behind SA of 64 and nonce of 36. */
function writtenBehindNonce(): u32 {
  message.w.close();
  return <u32>(message.w.here - message.w.body) - 100;
}

/** A Quick Mode between the two hosts, as this peer calls them, answered by a policy in transport mode. */
function natted(its: string, ours: string, attributes: string): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_R0, false);
  message.begin(ex, false, HashKind.NONE);
  clear();
  answer(attributes);
  ids(its, ours);
  return ex;
}

const ITS: string = "01000000c0000202";
const OURS: string = "01000000c0000201";
/** What the peer calls itself behind its NAT, and us behind ours. */
const INNER: string = "010000000a000005";
const OURS_INNER: string = "010000000a000006";
const UDP_TRANSPORT: string = "80040004" + REST;

/** The flows between the two hosts. */
function hosts(): Selector {
  const s = selectorScratch();
  memory.fill(changetype<usize>(s), 0, offsetof<Selector>());
  s.localFirst = s.localLast = ALPHA;
  s.remoteFirst = s.remoteLast = BETA;
  return s;
}

/** Returns its slot. */
function hostPolicy(): u32 {
  permit(list("HOST"), 0, ALPHA, 0, BETA, 0);
  const e = entry("CM", 5, Action.PROTECT, "HOST", BETA);
  e.transformSet(0).mode = <u8>Mode.TRANSPORT;
  sa.nattVersion = Natt.RFC;
  return (forOffer(BETA, BETA, hosts()) as Policy).slot;
}

describe("transport mode behind a NAT", () => {
  test("is for the flows as they are seen here; what the peer calls the hosts is kept", () => {
    hostPolicy();
    sa.peerNat = true;
    const ex = natted(INNER, OURS, UDP_TRANSPORT);
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    const s = ex.selector;
    expect<bool>(s.localFirst == ALPHA && s.localLast == ALPHA && s.remoteFirst == BETA && s.remoteLast == BETA).toBe(true);
    expect<u32>(ex.peerOriginal).toBe(0x0a000005);
    expect<u32>(ex.localOriginal).toBe(ALPHA);
    expect<u32>(ex.choice.encapsulation).toBe(4);
    expect<u32>(quick_inI1_outR1_continued(ex)).toBe(OK);
    message.w.close();
    // SA of 64, Nr of 36, both IDs as they came, and both addresses as they stand: the initiator's, ours.
    const text = toHex(message.w.body, <u32>(message.w.here - message.w.body));
    expect<string>(text.substring(200)).toBe("0500000c" + INNER + "1500000c" + OURS + "1500000c" + "01000000c0000202" + "0000000c" + "01000000c0000201");
  });

  test("takes the peer's word for its address only where a NAT is before it, or NAT-OA says so", () => {
    hostPolicy();
    sa.localNat = true;
    // Nothing before the peer: it is called what we call it.
    expect<u32>(quick_inI1_outR1(natted(INNER, OURS, UDP_TRANSPORT))).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    const known = natted(ITS, OURS, UDP_TRANSPORT);
    expect<u32>(quick_inI1_outR1(known)).toBe(OK);
    expect<u32>(known.peerOriginal).toBe(BETA);
    const named = natted(INNER, OURS, UDP_TRANSPORT);
    add(Payload.NAT_OA, INNER);
    expect<u32>(quick_inI1_outR1(named)).toBe(OK);
    const other = natted(INNER, OURS, UDP_TRANSPORT);
    add(Payload.NAT_OA, "010000000a000007");
    expect<u32>(quick_inI1_outR1(other)).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    sa.peerNat = true;
    const contradicted = natted(INNER, OURS, UDP_TRANSPORT);
    add(Payload.NAT_OA, "010000000a000007");
    expect<u32>(quick_inI1_outR1(contradicted)).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
  });

  test("knows us by our address, or by what NAT-OA calls us", () => {
    hostPolicy();
    sa.localNat = true;
    expect<u32>(quick_inI1_outR1(natted(ITS, OURS_INNER, UDP_TRANSPORT))).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    const ex = natted(ITS, OURS_INNER, UDP_TRANSPORT);
    add(Payload.NAT_OA, ITS);
    add(Payload.NAT_OA, OURS_INNER);
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(ex.localOriginal).toBe(0x0a000006);
    expect<u32>(ex.selector.localFirst).toBe(ALPHA);
  });

  test("is between single hosts, and is transport mode: all else is looked at as it is", () => {
    hostPolicy();
    sa.peerNat = true;
    expect<u32>(quick_inI1_outR1(natted("070000000a0000050a000006", OURS, UDP_TRANSPORT))).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    expect<u32>(quick_inI1_outR1(natted(INNER, "07000000c0000201c0000202", UDP_TRANSPORT))).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    expect<u32>(quick_inI1_outR1(natted(INNER, OURS, "80040003" + REST))).toBe(fail(Drop.IKE_SELECTORS, Notify.INVALID_ID_INFORMATION));
    // A tunnel between the hosts is a tunnel, and nothing is renamed.
    const tunnel = natted(ITS, OURS, "80040003" + REST);
    expect<u32>(quick_inI1_outR1(tunnel)).toBe(OK);
    expect<u32>(tunnel.choice.mode).toBe(Mode.TUNNEL);
    expect<u32>(tunnel.peerOriginal + tunnel.localOriginal).toBe(0);
    quick_inI1_outR1_continued(tunnel);
    expect<u32>(writtenBehindNonce()).toBe(24, "two IDs and no NAT-OA");
  });

  test("keeps protocol and ports", () => {
    hostPolicy();
    sa.peerNat = true;
    const ex = natted("011100070a000005", "01110009c0000201", UDP_TRANSPORT);
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(<u32>ex.selector.protocol).toBe(17);
    expect<u32>(<u32>ex.selector.remotePort).toBe(7);
    expect<u32>(<u32>ex.selector.localPort).toBe(9);
  });

  test("without a NAT has no NAT-OA", () => {
    hostPolicy();
    const ex = natted(ITS, OURS, "80040002" + REST);
    expect<u32>(quick_inI1_outR1(ex)).toBe(OK);
    expect<u32>(ex.choice.mode).toBe(Mode.TRANSPORT);
    quick_inI1_outR1_continued(ex);
    expect<u32>(writtenBehindNonce()).toBe(24);
  });

  test("answered: NAT-OA of the answer names the hosts", () => {
    const slot = hostPolicy();
    sa.peerNat = true;
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true);
    message.begin(ex, false, HashKind.NONE);
    ex.policySlot = slot;
    ex.selector.copyFrom(hosts());
    expect<u32>(quick_outI1(ex)).toBe(OK);
    quick_outI1_continued(ex);
    clear();
    answer(UDP_TRANSPORT);
    // strongSwan: our address as it sees it, its own behind the NAT.
    ids(OURS_INNER, INNER);
    add(Payload.NAT_OA, OURS_INNER);
    add(Payload.NAT_OA, INNER);
    expect<u32>(quick_inR1_outI2(ex)).toBe(OK);
    expect<u32>(ex.localOriginal).toBe(0x0a000006);
    expect<u32>(ex.peerOriginal).toBe(0x0a000005);
  });
});
