// Blocks of exchanges and ISAKMP SAs: what lies behind their fields lies apart, within the block, and goes with it.
import { PEER_ID_MAX } from "../../../../assembly/limits";
import { CIPHER_CTX_MAX } from "../../../../assembly/crypto/cipher";
import { DIGEST_MAX } from "../../../../assembly/crypto/hash";
import { PHASE2_CHOICE_BYTES } from "../../../../assembly/ike/offer/phase2_terms";
import { PrivateGroup } from "../../../../assembly/ike/settings/private_groups";
import * as groups from "../../../../assembly/ike/settings/private_groups";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { Exchange, Job, State } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { DhGroup, dhBusy, dhGroupById, dhStart } from "../../../../assembly/oakley/dh_group";
import { NewGroupFault, newGroupBusy, newGroupStart } from "../../../../assembly/oakley/new_group";
import { Selector } from "../../../../assembly/sadb/terms/selector";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import * as packets from "../../../../assembly/util/packet";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { ref } from "../../sadb/world";
import { begin, established, exchangeOf } from "../by_hand/world";

const from = new StaticArray<usize>(16);
const to = new StaticArray<usize>(16);
const scratch: usize = memory.data(528, 8);
const exponent: usize = memory.data(64, 8);
let n: i32 = 0;

beforeEach(() => {
  begin();
  n = 0;
});

function region(p: usize, octets: usize): void {
  from[n] = p;
  to[n++] = p + octets;
}

/** Whether all of them lie apart, behind `start` and before `end`. */
function apart(start: usize, end: usize): bool {
  for (let i = 0; i < n; i++) {
    if (from[i] < start || to[i] > end || from[i] & 7) return false;
    for (let k = 0; k < i; k++) if (from[i] < to[k] && from[k] < to[i]) return false;
  }
  return true;
}

/** Octets from one block to the next. */
function stride(a: usize, b: usize): usize {
  return a < b ? b - a : a - b;
}

describe("an exchange", () => {
  test("has its octets apart, within its block", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    const next = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    region(ex.iv, 16);
    region(ex.nextIv, 16);
    region(ex.received, 32);
    region(ex.SKEYID, <usize>DIGEST_MAX);
    region(changetype<usize>(ex.selector), offsetof<Selector>());
    region(changetype<usize>(ex.choice), <usize>PHASE2_CHOICE_BYTES);
    region(ex.sentTypes, 16);
    expect<bool>(apart(changetype<usize>(ex) + offsetof<Exchange>(), changetype<usize>(ex) + stride(ref(ex), ref(next)))).toBe(true);
    // A block outside of the pool is laid out alike, and empty.
    const outside = exchange.outside();
    for (let p = ref(outside); p < outside.sentTypes + 16; p++) expect<u32>(load<u8>(p)).toBe(0);
  });

  test("gives back the message it has sent and the packets that it holds", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    ex.sent = buffers.hold(32);
    store<u64>(ex.sent, 0x1122334455667788);
    const sent = ex.sent;
    ex.message = packets.alloc();
    ex.waiting = packets.alloc();
    ex.behind = packets.alloc();
    for (let i = 0; i < 3; i++) exchange.held();
    while (packets.alloc()) {}
    exchange.free(ex);
    expect<u32>(exchange.packetsHeld).toBe(0);
    expect<u64>(load<u64>(sent)).toBe(0);
    expect<usize>(buffers.hold(32)).toBe(sent);
    let back = 0;
    for (let p = packets.alloc(); p; p = packets.alloc()) back++;
    expect<i32>(back).toBe(3);
  });

  test("that ends while its power is computed leaves the calculator to others", () => {
    const sa = established(true);
    const group = dhGroupById(19) as DhGroup;
    memory.fill(exponent, 5, 64);
    const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    exchange.wantJobs(ex, Job.PUBLIC);
    expect<bool>(dhStart(group, 0, exponent)).toBe(true);
    ex.running = Job.PUBLIC;
    const other = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    exchange.free(other);
    expect<bool>(dhBusy()).toBe(true, "another's end is nothing to it");
    exchange.free(ex);
    expect<bool>(dhBusy()).toBe(false);
    expect<u32>(exchange.jobsWanted).toBe(0);
  });

  test("wants its jobs until the last one is done", () => {
    const ex = exchangeOf(established(true), ExchangeType.QUICK_MODE, State.QUICK_I1, true);
    exchange.wantJobs(ex, Job.PUBLIC | Job.SHARED);
    exchange.doneJob(ex, Job.PUBLIC);
    expect<u32>(exchange.jobsWanted).toBe(1);
    exchange.doneJob(ex, Job.SHARED);
    expect<u32>(exchange.jobsWanted).toBe(0);
    exchange.free(ex);
    expect<u32>(exchange.jobsWanted).toBe(0);
  });

  test("that ends while a group is proved leaves the proof to others", () => {
    const sa = established(true);
    const ex = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_R0, false);
    exchange.wantJobs(ex, Job.VALIDATE);
    store<u8>(exponent, 2);
    const prime = groups.add(0, 40000)!;
    memory.fill(prime.prime, 0xff, 128);
    // Of the numbers around 2^1024 one without small factors, at which the proof takes a while.
    let fault: u32 = NewGroupFault.NOT_PRIME;
    for (let k: u32 = 3; k < 20000 && fault != <u32>NewGroupFault.NONE; k += 4) {
      store<u32>(prime.prime, bswap<u32>(k), 124);
      fault = newGroupStart(prime.prime, 128, exponent, 1, 0, 0);
    }
    expect<u32>(fault).toBe(NewGroupFault.NONE);
    ex.running = Job.VALIDATE;
    expect<bool>(newGroupBusy()).toBe(true);
    exchange.free(ex);
    expect<bool>(newGroupBusy()).toBe(false);
  });
});

describe("an ISAKMP SA", () => {
  test("has its octets apart, within its block: cookies, chain, keys, identity, message IDs", () => {
    const sa = established(true);
    const next = established(true);
    region(sa.CKY_I, 8);
    region(sa.CKY_R, 8);
    region(sa.lastIv, 16);
    region(sa.SKEYID_d, <usize>DIGEST_MAX);
    region(sa.SKEYID_a, <usize>DIGEST_MAX);
    region(sa.cipherCtx, <usize>CIPHER_CTX_MAX);
    region(sa.peerId, <usize>PEER_ID_MAX);
    const end = ref(sa) + stride(ref(sa), ref(next));
    expect<bool>(apart(ref(sa) + offsetof<IsakmpSa>(), end - 256)).toBe(true, "64 message IDs of four octets follow");
    // Both are one SPI.
    expect<usize>(sa.CKY_R - sa.CKY_I).toBe(8);
  });

  test("remembers 256 message IDs, each in its own place, and nothing of them lies in the next one", () => {
    const sa = established(true);
    const next = established(true);
    const low = ref(sa) < ref(next) ? sa : next;
    const high = ref(sa) < ref(next) ? next : sa;
    // What lies behind the fields and before the message IDs, and where the next block begins.
    const tail = ref(low) + offsetof<IsakmpSa>();
    const ids = ref(high) - 1024;
    memory.fill(tail, 0x5a, ids - tail);
    memory.fill(high.CKY_I, 0x5a, 16);
    const number = high.number;
    const before = low.number;
    for (let i: u32 = 1; i < 256; i++) low.noteM_ID(1000 + i);
    for (let i: u32 = 1; i < 256; i++) expect<bool>(low.knowsM_ID(1000 + i)).toBe(true);
    expect<bool>(low.knowsM_ID(1000) || low.knowsM_ID(1256)).toBe(false);
    low.noteM_ID(5000);
    low.noteM_ID(5001);
    expect<bool>(low.knowsM_ID(1001) && low.knowsM_ID(5000)).toBe(true);
    expect<u32>(high.number).toBe(number);
    expect<u32>(low.number).toBe(before);
    let changed = 0;
    for (let p = tail; p < ids; p++) if (load<u8>(p) != 0x5a) changed++;
    for (let i = 0; i < 16; i++) if (load<u8>(high.CKY_I + i) != 0x5a) changed++;
    expect<i32>(changed).toBe(0);
  });

  test("takes the groups that it brought along when it ends; others' stay", () => {
    const sa = established(true);
    const number = sa.number;
    groups.add(number, 40000);
    groups.add(number, 40001);
    groups.add(number + 1, 40000);
    groups.add(0, 40000);
    isakmpSa.free(sa);
    expect<usize>(ref(groups.find(number, 40000)) | ref(groups.find(number, 40001))).toBe(0);
    expect<bool>(groups.find(number + 1, 40000) != null && groups.find(0, 40000) != null).toBe(true);
  });

  test("is renewed once at its soft octets, and ends at its hard ones", () => {
    const sa = established(true);
    sa.softOctets = 1000;
    sa.hardOctets = 2000;
    sa.spend(999);
    expect<u64>(sa.softAt).toBe(NEVER);
    sa.spend(1);
    expect<u64>(sa.softAt).toBe(clock.now());
    sa.softAt = NEVER;
    sa.spend(999);
    expect<u64>(sa.softAt).toBe(NEVER, "not asked for again");
    expect<u64>(sa.expiresAt).toBe(NEVER);
    sa.spend(1);
    expect<u64>(sa.expiresAt).toBe(clock.now());
    sa.softAt = sa.expiresAt = NEVER;
    sa.spend(1);
    expect<bool>(sa.softAt == NEVER && sa.expiresAt == NEVER).toBe(true, "said once");
  });

  test("is behind a NAT when one stands before either side", () => {
    const sa = established(true);
    expect<bool>(sa.natDetected).toBe(false);
    sa.localNat = true;
    expect<bool>(sa.natDetected).toBe(true);
    sa.localNat = false;
    sa.peerNat = true;
    expect<bool>(sa.natDetected).toBe(true);
  });
});

describe("a private group", () => {
  test("has its longest prime and generator apart from its neighbours'", () => {
    const made = new StaticArray<PrivateGroup>(3);
    for (let i = 0; i < 3; i++) {
      const group = groups.add(<u32>i, 40000) as PrivateGroup;
      memory.fill(scratch, <u8>(0x11 * (i + 1)), 528);
      group.set(scratch, groups.PRIME_MAX, scratch + 512, groups.GENERATOR_MAX);
      made[i] = group;
    }
    for (let i = 0; i < 3; i++) {
      memory.fill(scratch, <u8>(0x11 * (i + 1)), 528);
      expect<bool>(made[i].is(scratch, groups.PRIME_MAX, scratch + 512, groups.GENERATOR_MAX)).toBe(true);
      expect<u32>(made[i].owner).toBe(i);
      expect<u32>(made[i].id).toBe(40000);
    }
  });
});
