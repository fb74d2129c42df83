// What exchanges and ISAKMP SAs live by: timers to the millisecond, pools to their last block, lifetimes to the last octet.
import { Peer } from "../../../../assembly/ike/state/peer";
import * as peers from "../../../../assembly/ike/state/peer";
import * as retransmit from "../../../../assembly/ike/engine/retransmit";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { Exchange, Job, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import { IsakmpSa, Phase } from "../../../../assembly/ike/state/isakmp_sa";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import { ISAKMP_MESSAGE_MAX } from "../../../../assembly/limits";
import * as clock from "../../../../assembly/util/clock";
import { NEVER } from "../../../../assembly/util/deadline";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { exchangeRooms } from "../by_hand/rooms";

let sa: IsakmpSa = changetype<IsakmpSa>(0);

beforeAll(() => {
  exchangeRooms();
  clock.set(10000);
  sa = isakmpSa.take(true)!;
});

function take(): Exchange {
  return exchange.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I0, true, 0)!;
}

/** Milliseconds until the timer that `begin` sets. */
function after(ex: Exchange, timeout: Timeout): u64 {
  retransmit.begin(ex, timeout);
  return ex.due - clock.now();
}

describe("timers", () => {
  it("begin with their kind's pause", () => {
    const ex = take();
    expect<u64>(ex.due).toBe(NEVER);
    expect<u64>(after(ex, Timeout.RETRANSMIT)).toBe(1000);
    expect<u64>(after(ex, Timeout.CONFIRM)).toBe(1000);
    expect<u64>(after(ex, Timeout.WAIT)).toBe(64000);
    expect<u64>(after(ex, Timeout.LINGER)).toBe(70000);
    expect<u64>(after(ex, Timeout.COMMIT)).toBe(100);
    retransmit.pause(ex);
    expect<u64>(ex.due).toBe(NEVER);
    retransmit.begin(ex, Timeout.COMMIT);
    retransmit.begin(ex, Timeout.NONE);
    expect<u64>(ex.due).toBe(NEVER);
    exchange.free(ex);
  });

  it("tell the room's deadline", () => {
    const ex = take();
    exchange.deadline.reset();
    retransmit.begin(ex, Timeout.RETRANSMIT);
    expect<u64>(exchange.deadline.at).toBe(clock.now() + 1000);
    exchange.free(ex);
  });

  it("grow by half each time up to 16 seconds: nine messages in 48 seconds", () => {
    const ex = take();
    const pauses: u32[] = [1500, 2250, 3375, 5062, 7593, 11389, 16000, 16000];
    // What was tried before counts for nothing when a message begins.
    ex.tries = 5;
    retransmit.begin(ex, Timeout.RETRANSMIT);
    for (let i = 0; i < pauses.length; i++) {
      expect<bool>(retransmit.again(ex)).toBe(true);
      expect<u64>(ex.due - clock.now()).toBe(<u64>pauses[i]);
    }
    expect<bool>(retransmit.again(ex)).toBe(false);
    exchange.free(ex);
  });

  it("send Aggressive Mode's last message four times more", () => {
    const ex = take();
    retransmit.begin(ex, Timeout.CONFIRM);
    let more = 0;
    while (retransmit.again(ex)) more++;
    expect<i32>(more).toBe(4);
    expect<u64>(ex.due - clock.now()).toBe(5062);
    exchange.free(ex);
  });

  it("look ten times for CONNECTED, a tenth of a second apart", () => {
    const ex = take();
    retransmit.begin(ex, Timeout.COMMIT);
    ex.due = 0;
    let looks = 1;
    while (retransmit.waitOn(ex)) looks++;
    expect<i32>(looks).toBe(10);
    expect<u64>(ex.due - clock.now()).toBe(100);
    exchange.free(ex);
  });

  it("answer twelve duplicates, 300 ms apart", () => {
    const ex = take();
    for (let i: u32 = 0; i < 12; i++) {
      clock.set(20000 + i * 300);
      expect<bool>(retransmit.mayAnswerDuplicate(ex)).toBe(true);
      clock.set(20299 + i * 300);
      expect<bool>(retransmit.mayAnswerDuplicate(ex)).toBe(false);
    }
    clock.set(23999);
    expect<bool>(retransmit.mayAnswerDuplicate(ex)).toBe(false);
    // The next message has twelve of its own.
    retransmit.begin(ex, Timeout.LINGER);
    expect<bool>(retransmit.mayAnswerDuplicate(ex)).toBe(true);
    exchange.free(ex);
  });
});

describe("exchanges", () => {
  it("that linger give way when none is left, the oldest of them first", () => {
    const all = new StaticArray<Exchange>(<i32>exchange.slots());
    for (let i = 0; i < all.length; i++) {
      clock.set(30000 + <u32>i);
      all[i] = take();
    }
    expect<bool>(exchange.take(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true, 7) == null).toBe(true);
    // Created by slot, all[10] before all[20]; all[0] is older and at work.
    all[20].timeout = Timeout.LINGER;
    all[10].timeout = Timeout.LINGER;
    all[10].createdAt = 60000;
    const next = exchange.take(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true, 7);
    expect<bool>(next === all[20]).toBe(true);
    expect<u32>(next!.M_ID).toBe(7);
    expect<u64>(next!.createdAt).toBe(clock.now());
    expect<bool>(exchange.take(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true, 8) === all[10]).toBe(true);
    for (let i = 0; i < all.length; i++) exchange.free(all[i]);
  });

  it("one that lingers is kept while there is room", () => {
    const ex = take();
    ex.timeout = Timeout.LINGER;
    const other = take();
    expect<bool>(other !== ex).toBe(true);
    exchange.free(ex);
    exchange.free(other);
  });

  it("give their blocks back, zeroed, and are their SA's no more", () => {
    const ex = take();
    const secret = buffers.hold(32);
    memory.fill(secret, 0xaa, 32);
    ex.exponent = secret;
    sa.exchange = ex;
    const other = take();
    exchange.free(other);
    expect<bool>(sa.exchange === ex).toBe(true);
    exchange.free(ex);
    expect<bool>(sa.exchange == null).toBe(true);
    expect<u64>(load<u64>(secret)).toBe(0);
    expect<usize>(buffers.hold(32)).toBe(secret);
    buffers.letGo(secret);
  });

  it("forget all that keys are made of at once", () => {
    const ex = take();
    const free = count();
    ex.exponent = buffers.hold(8);
    ex.g_xi = buffers.hold(8);
    ex.g_xr = buffers.hold(8);
    ex.g_xy = buffers.hold(8);
    ex.Ni_b = buffers.hold(8);
    ex.Nr_b = buffers.hold(8);
    ex.SA_b = buffers.hold(8);
    ex.ID_b = buffers.hold(8);
    exchange.forgetKeyExchange(ex);
    expect<usize>(ex.exponent | ex.g_xi | ex.g_xr | ex.g_xy | ex.Ni_b | ex.Nr_b | ex.SA_b | ex.ID_b).toBe(0);
    expect<i32>(count()).toBe(free);
    exchange.free(ex);
  });

  it("with jobs are counted once each, however many jobs they have", () => {
    const ex = take();
    exchange.wantJobs(ex, Job.NONE);
    expect<u32>(exchange.jobsWanted).toBe(0);
    exchange.wantJobs(ex, Job.PUBLIC);
    exchange.wantJobs(ex, Job.SHARED);
    expect<u32>(exchange.jobsWanted).toBe(1);
    ex.running = Job.PUBLIC;
    exchange.doneJob(ex, Job.PUBLIC);
    expect<u32>(exchange.jobsWanted).toBe(1);
    expect<u32>(ex.jobs).toBe(Job.SHARED);
    expect<u32>(ex.running).toBe(Job.NONE);
    exchange.free(ex);
    expect<u32>(exchange.jobsWanted).toBe(0);
  });

  it("hold twenty-four packets and no more", () => {
    for (let i = 0; i < 24; i++) {
      expect<bool>(exchange.mayHold()).toBe(true);
      exchange.held();
    }
    expect<bool>(exchange.mayHold()).toBe(false);
    exchange.unheld();
    expect<bool>(exchange.mayHold()).toBe(true);
    for (let i = 0; i < 23; i++) exchange.unheld();
    expect<u32>(exchange.packetsHeld).toBe(0);
  });
});

/** How many blocks of the smallest size there are; all are free again afterwards. */
function count(): i32 {
  const blocks = new StaticArray<usize>(400);
  let n = 0;
  for (let p = buffers.hold(1); p; p = buffers.hold(1)) blocks[n++] = p;
  for (let i = 0; i < n; i++) buffers.letGo(blocks[i]);
  return n;
}

/** The block that the next request of this length would get. */
function placeOf(len: u32): usize {
  const p = buffers.hold(len);
  buffers.letGo(p);
  return p;
}

describe("sizes of blocks", () => {
  it("are 256, 1024, 3072 and a whole message, to the octet", () => {
    expect<usize>(placeOf(256)).toBe(placeOf(1));
    expect<usize>(placeOf(257)).not.toBe(placeOf(256));
    expect<usize>(placeOf(1024)).toBe(placeOf(257));
    expect<usize>(placeOf(1025)).not.toBe(placeOf(1024));
    expect<usize>(placeOf(3072)).toBe(placeOf(1025));
    expect<usize>(placeOf(3073)).not.toBe(placeOf(3072));
    expect<usize>(placeOf(ISAKMP_MESSAGE_MAX)).toBe(placeOf(3073));
    expect<usize>(buffers.hold(ISAKMP_MESSAGE_MAX + 1)).toBe(0);
  });

  it("each goes back to where it is from", () => {
    expect<i32>(count()).toBe(128 + 96 + 24 + 4);
    expect<i32>(count()).toBe(128 + 96 + 24 + 4);
  });
});

/** A Peer whose number is this. */
function peerAt(number: u32): Peer {
  const known = peers.byNumber(number);
  if (known) return known;
  const peer = peers.make(0, number, 0, 0, 0, 0) as Peer;
  peer.number = number;
  return peer;
}

function established(peer: u32, profile: u32): IsakmpSa {
  const made = isakmpSa.take(false)!;
  made.configured = peer;
  made.peer = peerAt(peer);
  made.profile = profile;
  made.phase = Phase.ESTABLISHED;
  return made;
}

describe("ISAKMP SAs", () => {
  it("are numbered one after the other, and found by their number", () => {
    const a = isakmpSa.take(false)!;
    const b = isakmpSa.take(false)!;
    expect<u32>(b.number).toBe(a.number + 1);
    expect<bool>(isakmpSa.byNumber(a.number) === a && isakmpSa.byNumber(b.number) === b).toBe(true);
    isakmpSa.free(a);
    expect<bool>(isakmpSa.byNumber(a.number) == null).toBe(true);
    isakmpSa.free(b);
  });

  it("serve a peer in this order: established, not spent, the newest", () => {
    const a = established(9, 0);
    const b = established(9, 0);
    expect<bool>(isakmpSa.ofPeer(9) === b).toBe(true);
    b.spent = true;
    expect<bool>(isakmpSa.ofPeer(9) === a).toBe(true);
    a.phase = Phase.REPLACED;
    expect<bool>(isakmpSa.ofPeer(9) === b).toBe(true);
    b.phase = Phase.NEGOTIATING;
    expect<bool>(isakmpSa.ofPeer(9) === a).toBe(true);
    expect<bool>(isakmpSa.ofPeer(8) == null).toBe(true);
    isakmpSa.free(a);
    expect<bool>(isakmpSa.ofPeer(9) == null).toBe(true);
    isakmpSa.free(b);
  });

  it("serve under their own profile, or a peer under any", () => {
    const a = established(9, 3);
    expect<bool>(isakmpSa.forProfile(9, 3) === a).toBe(true);
    expect<bool>(isakmpSa.forProfile(9, 0) == null).toBe(true);
    expect<bool>(isakmpSa.forProfile(8, 3) == null).toBe(true);
    expect<bool>(isakmpSa.ofPeer(9) === a).toBe(true);
    isakmpSa.free(a);
  });

  it("are found by both cookies, never by one", () => {
    const a = isakmpSa.take(false)!;
    const CKY_I = memory.data(8, 8);
    store<u64>(CKY_I, 0x1122334455667788);
    a.takeCookies(CKY_I, 8);
    const other = memory.data(8, 8);
    store<u64>(other, 1);
    expect<bool>(isakmpSa.byCookies(a.CKY_I, a.CKY_R) === a).toBe(true);
    expect<bool>(isakmpSa.byCookies(a.CKY_I, other) == null).toBe(true);
    expect<bool>(isakmpSa.byCookies(other, a.CKY_R) == null).toBe(true);
    expect<bool>(isakmpSa.byInitiatorCookie(other, a.peerAddress, false) == null).toBe(true);
    isakmpSa.free(a);
  });

  it("are renewed at the soft octet, and end at the hard one", () => {
    const a = established(9, 0);
    a.softOctets = 100;
    a.hardOctets = 200;
    a.spend(99);
    expect<u64>(a.softAt).toBe(NEVER);
    isakmpSa.alarms.clear();
    a.spend(1);
    expect<u64>(a.softAt).toBe(clock.now());
    expect<u64>(a.expiresAt).toBe(NEVER);
    expect<u64>(isakmpSa.alarms.deadline.at).toBe(clock.now());
    a.spend(99);
    expect<u64>(a.expiresAt).toBe(NEVER);
    a.spend(1);
    expect<u64>(a.expiresAt).toBe(clock.now());
    isakmpSa.free(a);
  });
});
