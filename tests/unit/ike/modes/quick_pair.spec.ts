// What an SA gets from its Quick Mode: every parameter, and its own key material (RFC 2409, 5.5), which stays nowhere else.
import * as quickPair from "../../../../assembly/ike/modes/quick_pair";
import { OK, fail } from "../../../../assembly/ike/modes/verdict";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as pairs from "../../../../assembly/ike/state/pairs";
import { HELD_SETTLE_MILLISECONDS } from "../../../../assembly/limits";
import { dhGroupById } from "../../../../assembly/oakley/dh_group";
import { keymat } from "../../../../assembly/oakley/keymat";
import * as held from "../../../../assembly/sadb/sas/held";
import { SA, SA_OCTETS, SaParameters, SaTerms } from "../../../../assembly/sadb/sas/sa";
import * as sad from "../../../../assembly/sadb/sas/sad";
import { Mode } from "../../../../assembly/sadb/settings/transform_set";
import { Packet } from "../../../../assembly/util/packet";
import * as packets from "../../../../assembly/util/packet";
import { Drop } from "../../../../assembly/util/status";
import { ExchangeType, Notify } from "../../../../assembly/wire/ike_numbers";
import { ALPHA, BETA, NET_A, NET_B, parameters as reference, pass, ref } from "../../sadb/world";
import { begin, established, exchangeOf, policy } from "../by_hand/world";

const nonces: usize = memory.data(64, 8);
const secret: usize = memory.data(32, 8);
const material: usize = memory.data(128, 8);
/** What `left` looks for, not as it stands. */
const sought: usize = memory.data(32, 8);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeEach(() => {
  begin();
  sa = established(true);
  sa.localPort = 4500;
  sa.peerPort = 4711;
  sa.peerAddress = BETA + 9;
  for (let i: u32 = 0; i < 64; i++) store<u8>(sa.SKEYID_d + i, <u8>(i * 5 + 3));
  for (let i: u32 = 0; i < 64; i++) store<u8>(nonces + i, <u8>(i * 3 + 7));
  for (let i: u32 = 0; i < 32; i++) store<u8>(secret + i, <u8>(i * 13 + 1));
});

/** ESP-AES-256 with SHA-256 and extended numbers in UDP, for one protocol and two ports of the policy's flows. */
function quick(initiator: bool): Exchange {
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, initiator);
  ex.policySlot = policy.slot;
  const s = ex.selector;
  s.localFirst = NET_A + 1;
  s.localLast = NET_A + 2;
  s.remoteFirst = NET_B + 3;
  s.remoteLast = NET_B + 4;
  s.protocol = 17;
  s.localPort = 5;
  s.remotePort = 6;
  const c = ex.choice;
  c.espCipher = 12;
  c.keyBits = 256;
  c.espAuth = 5;
  c.esn = 1;
  c.encapsulation = 3;
  c.mode = Mode.TUNNEL;
  c.lifetimeSeconds = 1000;
  c.lifetimeKilobytes = 4096;
  ex.peerSpi = 0x11223344;
  ex.Ni_b = nonces;
  ex.NiLen = 20;
  ex.Nr_b = nonces + 20;
  ex.NrLen = 44;
  return ex;
}

/** The same by hand. */
function expected(protocol: u8, cipher: u8, keyBits: u16, auth: u8): SaParameters {
  const p = reference;
  memory.fill(changetype<usize>(p), 0, offsetof<SaParameters>());
  p.protocol = protocol;
  p.mode = 1;
  p.transform = cipher;
  p.keyBits = keyBits;
  p.auth = auth;
  p.esn = true;
  p.encapsulated = true;
  p.localPort = 4500;
  p.peerPort = 4711;
  p.localAddress = ALPHA;
  p.peerAddress = BETA + 9;
  p.peerSpi = 0x11223344;
  p.ike = sa.number;
  p.lifetimeSeconds = 1000;
  p.lifetimeKilobytes = 4096;
  p.softMilliseconds = 900000;
  p.selector.localFirst = NET_A + 1;
  p.selector.localLast = NET_A + 2;
  p.selector.remoteFirst = NET_B + 3;
  p.selector.remoteLast = NET_B + 4;
  p.selector.localPort = 5;
  p.selector.remotePort = 6;
  p.selector.protocol = 17;
  return p;
}

function keys(protocol: u32, spi: u32, secretBytes: u32): void {
  keymat(sa.hash, sa.SKEYID_d, secret, secretBytes, protocol, spi, nonces, 20, nonces + 20, 44, material, 128);
}

/** Whether both have the same parameters, bounds and keys. */
function same(a: SA, b: SA): bool {
  const p = changetype<usize>(a);
  const q = changetype<usize>(b);
  const from = offsetof<SA>("cipherMode");
  const life = offsetof<SA>("born");
  const ctx = a.cipherCtx - p;
  return memory.compare(p, q, offsetof<SaTerms>()) == 0
    && memory.compare(p + from, q + from, offsetof<SA>("older") - from) == 0
    && memory.compare(p + life, q + life, offsetof<SA>("soft") - life) == 0
    && a.hard == b.hard && a.hardBytes == b.hardBytes && a.window == b.window && a.lastSequence == b.lastSequence
    && a.selector.equals(b.selector)
    && memory.compare(p + ctx, q + ctx, <usize>SA_OCTETS - ctx) == 0;
}

/** Whether octets of `material` stand anywhere but there: those from `offset`. */
function left(offset: usize): bool {
  for (let i: usize = 0; i < 16; i++) store<u8>(sought + i, load<u8>(material + offset + i) ^ 0x5a);
  memory.fill(material, 0, 128);
  const a = load<u64>(sought) ^ 0x5a5a5a5a5a5a5a5a;
  const b = load<u64>(sought, 8) ^ 0x5a5a5a5a5a5a5a5a;
  const end = (<usize>memory.size() << 16) - 16;
  for (let p: usize = 1024; p < end; p += 4) if (load<u64>(p) == a && load<u64>(p, 8) == b) return true;
  return false;
}

describe("an SA of ESP", () => {
  test("has every parameter that was agreed on, and the keys of its own SPI, with PFS and without", () => {
    for (let k: u32 = 0; k < 2; k++) {
      const ex = quick(k == 0);
      if (k) {
        ex.group = dhGroupById(19);
        ex.g_xy = secret;
        ex.choice.group = 19;
      }
      expect<bool>(quickPair.reserve(ex, policy, false)).toBe(true);
      const inbound = quickPair.larval(ex) as SA;
      quickPair.install(ex, inbound);
      const p = expected(50, 12, 256, 5);
      p.pfsGroup = k ? 19 : 0;
      const by = sad.reserve(policy) as SA;
      keys(3, inbound.spi, k ? 32 : 0);
      sad.installInbound(by, p, material);
      expect<bool>(same(inbound, by)).toBe(true, "inbound");
      // The authentication key, behind an encryption key of 32 octets.
      expect<bool>(left(32)).toBe(false, "nothing of the inbound keys is left");
      expect<u32>(quickPair.activate(ex, inbound)).toBe(OK);
      keys(3, 0x11223344, k ? 32 : 0);
      sad.activate(by, p, material);
      expect<bool>(same(inbound.pair as SA, by.pair as SA)).toBe(true, "outbound");
      expect<bool>(same(inbound, by)).toBe(true, "activated");
      expect<u32>((inbound.pair as SA).spi).toBe(0x11223344);
      expect<bool>(left(32)).toBe(false, "nothing of the outbound keys is left");
      // 85 to 90 of a hundred octets for who began, 92 to 96 for the other, as of time.
      const part = (inbound.softBytes << 12) / (4096 << 10);
      expect<bool>(k == 0 ? part >= 3481 && part < 3482 + 205 : part >= 3767 && part < 3768 + 164).toBe(true);
      expect<u32>(pairs.pairsWith(BETA)).toBe(k + 1);
    }
  });

  test("lets packets that waited for it go at once as responder or with one of ours, else after a pause as initiator", () => {
    for (let k = 0; k < 3; k++) {
      const ex = quick(k != 0);
      ex.sa.postern = k == 2;
      quickPair.reserve(ex, policy, false);
      const inbound = quickPair.larval(ex) as SA;
      quickPair.install(ex, inbound);
      held.hold(policy, packets.alloc() as Packet);
      quickPair.activate(ex, inbound);
      if (k == 1) {
        expect<usize>(ref(held.released())).toBe(0);
        pass(HELD_SETTLE_MILLISECONDS - 1);
        expect<usize>(ref(held.released())).toBe(0);
        pass(1);
      }
      expect<usize>(ref(held.released())).not.toBe(0);
      expect<usize>(ref(held.released())).toBe(0);
    }
  });

  test("without room for its other half comes to nothing", () => {
    const ex = quick(true);
    quickPair.reserve(ex, policy, false);
    const inbound = quickPair.larval(ex) as SA;
    quickPair.install(ex, inbound);
    while (sad.reserve(policy)) {}
    expect<u32>(quickPair.activate(ex, inbound)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
    expect<u32>(pairs.pairsWith(BETA)).toBe(0);
  });
});

describe("an SA of AH", () => {
  test("is keyed for AH, and is not of ESP's cipher", () => {
    const ex = quick(true);
    ex.choice.espCipher = ex.choice.keyBits = 0;
    ex.choice.ahAuth = 2;
    ex.choice.encapsulation = 1;
    quickPair.reserve(ex, policy, false);
    const inbound = quickPair.larval(ex) as SA;
    quickPair.install(ex, inbound);
    const p = expected(51, 0, 0, 2);
    p.encapsulated = false;
    const by = sad.reserve(policy) as SA;
    keys(2, inbound.spi, 0);
    sad.installInbound(by, p, material);
    expect<bool>(same(inbound, by)).toBe(true);
    quickPair.activate(ex, inbound);
    keys(2, 0x11223344, 0);
    sad.activate(by, p, material);
    expect<bool>(same(inbound.pair as SA, by.pair as SA)).toBe(true);
  });
});

describe("a bundle", () => {
  test("has two SAs each way, each with the keys of its own protocol and SPI", () => {
    const ex = quick(true);
    ex.choice.encapsulation = 1;
    ex.choice.ahAuth = 2;
    ex.choice.ahSpi = 0x55667788;
    quickPair.reserve(ex, policy, true);
    const inbound = quickPair.larval(ex) as SA;
    const second = inbound.outer as SA;
    expect<u32>(second.spi).toBe(ex.ahSpi);
    quickPair.install(ex, inbound);
    const by = sad.reserve(policy) as SA;
    const bySecond = sad.reserveOuter(by) as SA;
    const esp = expected(50, 12, 256, 5);
    esp.encapsulated = false;
    keys(3, inbound.spi, 0);
    sad.installInbound(by, esp, material);
    const ah = expected(51, 0, 0, 2);
    ah.encapsulated = false;
    ah.peerSpi = 0x55667788;
    keys(2, second.spi, 0);
    sad.installInbound(bySecond, ah, material);
    expect<bool>(same(inbound, by)).toBe(true, "ESP inbound");
    expect<bool>(same(second, bySecond)).toBe(true, "AH inbound");
    expect<u32>(quickPair.activate(ex, inbound)).toBe(OK);
    keys(2, 0x55667788, 0);
    sad.activateOuter(bySecond, ah, material);
    const around = second.pair as SA;
    expect<u32>(around.spi).toBe(0x55667788);
    expect<bool>(same(around, bySecond.pair as SA)).toBe(true, "AH outbound");
    const again = expected(50, 12, 256, 5);
    again.encapsulated = false;
    keys(3, 0x11223344, 0);
    sad.activate(by, again, material);
    expect<bool>(same(inbound.pair as SA, by.pair as SA)).toBe(true, "ESP outbound");
    expect<u32>((inbound.pair as SA).spi).toBe(0x11223344);
  });

  test("without room for the outbound AH comes to nothing", () => {
    const ex = quick(true);
    ex.choice.encapsulation = 1;
    ex.choice.ahAuth = 2;
    ex.choice.ahSpi = 0x55667788;
    quickPair.reserve(ex, policy, true);
    const inbound = quickPair.larval(ex) as SA;
    quickPair.install(ex, inbound);
    while (sad.reserve(policy)) {}
    expect<u32>(quickPair.activate(ex, inbound)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
  });
});
