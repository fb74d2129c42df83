import * as drbg from "../../../../assembly/crypto/drbg";
import * as retransmit from "../../../../assembly/ike/engine/retransmit";
import { HashKind } from "../../../../assembly/ike/message/message";
import { Column, Is, bit, columnOf } from "../../../../assembly/ike/modes/row";
import { rowFor, startingRow } from "../../../../assembly/ike/modes/table";
import * as table from "../../../../assembly/ike/modes/table";
import * as buffers from "../../../../assembly/ike/state/buffers";
import { Exchange, State, Timeout } from "../../../../assembly/ike/state/exchange";
import * as exchange from "../../../../assembly/ike/state/exchange";
import * as isakmpSa from "../../../../assembly/ike/state/isakmp_sa";
import * as clock from "../../../../assembly/util/clock";
import { ExchangeType, Payload } from "../../../../assembly/wire/ike_numbers";
import { exchangeRooms } from "../by_hand/rooms";

beforeAll(() => {
  exchangeRooms();
  // Checks itself: a broken rule would stop here.
  table.init();
});

describe("the transition table", () => {
  it("is total: for every state and exchange type a row of that state, or none", () => {
    let rows = 0;
    for (let state: u32 = 0; state < 40; state++) {
      for (let type: u32 = 0; type < 256; type++) {
        const row = rowFor(state, type);
        if (!row) continue;
        rows++;
        expect<u32>(row.state).toBe(state);
        expect<u32>(row.exchange).toBe(type);
        expect<bool>(row.has(Is.STARTS)).toBe(false);
      }
    }
    expect<i32>(rows).toBe(16);
  });

  it("has rows of their own for signatures and for RSA encryption, which come and go in the states of the others", () => {
    const columns: Column[] = [Column.SIGNED, Column.SEALED];
    const own: i32[] = [0, 0];
    for (let k = 0; k < 2; k++) {
      for (let state: u32 = 0; state < <u32>State.COUNT; state++) {
        for (let type: u32 = 0; type < 40; type++) {
          const row = rowFor(state, type, columns[k]);
          const other = rowFor(state, type);
          expect<bool>(row == null).toBe(other == null);
          if (!row || !other || row === other) continue;
          own[k]++;
          expect<bool>(row.has(k ? Is.SEALED : Is.SIGNED)).toBe(true);
          expect<u32>(row.next).toBe(other.next);
          expect<u32>(row.numberIn).toBe(other.numberIn);
          expect<bool>(row.has(Is.AUTHENTIC)).toBe(other.has(Is.AUTHENTIC));
          // With signatures a proof is found right later, with RSA encryption first of all, but for HASH_R beside the nonce.
          if (row.has(Is.AUTHENTIC)) expect<bool>(row.has(Is.LATE) != row.has(Is.HASH_FIRST)).toBe(true);
        }
      }
    }
    expect<i32>(own[0]).toBe(6);
    expect<i32>(own[1]).toBe(8);
    expect<u32>(columnOf(4)).toBe(Column.SEALED);
    expect<u32>(columnOf(5)).toBe(Column.SEALED);
    expect<u32>(columnOf(10)).toBe(Column.SIGNED);
    expect<u32>(columnOf(1)).toBe(Column.HASHED);
  });

  it("takes nothing in states that are over, or before a beginning", () => {
    for (let type: u32 = 0; type < 256; type++) {
      expect<bool>(rowFor(State.FREE, type) == null).toBe(true);
      expect<bool>(rowFor(State.MAIN_DONE, type) == null).toBe(true);
      expect<bool>(rowFor(State.QUICK_DONE, type) == null).toBe(true);
      expect<bool>(rowFor(State.MAIN_I0, type) == null).toBe(true);
      expect<bool>(rowFor(State.QUICK_I0, type) == null).toBe(true);
      expect<bool>(rowFor(State.AGGR_DONE, type) == null).toBe(true);
      expect<bool>(rowFor(State.AGGR_I0, type) == null).toBe(true);
      expect<bool>(rowFor(State.GROUP_DONE, type) == null).toBe(true);
      expect<bool>(rowFor(State.GROUP_I0, type) == null).toBe(true);
    }
  });

  it("wants encryption from the fifth message on, and a HASH in all of phase 2", () => {
    for (let state: u32 = 0; state < <u32>State.COUNT; state++) {
      const main = rowFor(state, ExchangeType.IDENTITY_PROTECTION);
      if (main) expect<bool>(main.has(Is.ENCRYPTED_IN)).toBe(main.numberIn >= 5);
      const aggressive = rowFor(state, ExchangeType.AGGRESSIVE);
      // Its third message may come in plain too (RFC 2409, 5).
      if (aggressive) expect<bool>(aggressive.has(Is.ENCRYPTED_IN) && aggressive.has(Is.PLAIN_IN)).toBe(aggressive.numberIn == 3);
      const quick = rowFor(state, ExchangeType.QUICK_MODE);
      // CONNECTED, the fourth, has an Informational's HASH(1).
      const kind = quick && quick.numberIn == 4 ? HashKind.HASH_1 : quick ? <HashKind>quick.numberIn : HashKind.NONE;
      if (quick) expect<bool>(quick.has(Is.ENCRYPTED_IN) && quick.hashIn == kind).toBe(true);
    }
  });

  it("begins with message 1", () => {
    expect<u32>(startingRow(State.MAIN_I0).numberOut).toBe(1);
    expect<u32>(startingRow(State.QUICK_I0).numberOut).toBe(1);
  });

  it("knows the drafts' payload numbers by the RFC's bits", () => {
    expect<u32>(bit(Payload.NAT_D_DRAFT)).toBe(bit(Payload.NAT_D));
    expect<u32>(bit(Payload.NAT_OA_DRAFT)).toBe(bit(Payload.NAT_OA));
    expect<u32>(bit(Payload.FRAGMENT)).toBe(0x80000000);
  });
});

function anExchange(): Exchange {
  const sa = isakmpSa.take(true)!;
  return exchange.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I0, true, 0)!;
}

function release(ex: Exchange): void {
  const sa = ex.sa;
  exchange.free(ex);
  isakmpSa.free(sa);
}

describe("retransmission", () => {
  it("pauses longer each time, never more than 16 seconds, and gives up", () => {
    const ex = anExchange();
    retransmit.begin(ex, Timeout.RETRANSMIT);
    let before: u64 = ex.due - clock.now();
    expect<u64>(before).toBe(1000);
    let sent = 1;
    while (retransmit.again(ex)) {
      sent++;
      const pause = ex.due - clock.now();
      expect<bool>(pause > before || pause == 16000).toBe(true);
      expect<bool>(pause <= 16000).toBe(true);
      before = pause;
    }
    expect<i32>(sent).toBe(9);
    release(ex);
  });

  it("answers a duplicate each 300 ms, twelve in all", () => {
    const ex = anExchange();
    const start = clock.now();
    let last = start;
    let answered = 0;
    for (let i = 0; i < 50; i++) if (retransmit.mayAnswerDuplicate(ex)) answered++;
    expect<i32>(answered).toBe(1);
    for (let ms: u64 = 1; ms < 10000; ms++) {
      clock.set(<u32>(start + ms));
      if (!retransmit.mayAnswerDuplicate(ex)) continue;
      answered++;
      expect<bool>(clock.now() - last >= 300).toBe(true);
      last = clock.now();
    }
    expect<i32>(answered).toBe(12);
    release(ex);
  });
});

describe("octets of exchanges", () => {
  it("come in the smallest block that holds them, and are zeros again when taken again", () => {
    const a = buffers.hold(8);
    memory.fill(a, 0xaa, 256);
    buffers.letGo(a);
    const b = buffers.hold(256);
    expect<usize>(b).toBe(a);
    expect<u64>(load<u64>(b)).toBe(0);
    buffers.letGo(b);
    expect<usize>(buffers.hold(9217)).toBe(0);
    buffers.letGo(0);
  });

  it("fall back to a larger block, and end", () => {
    let n = 0;
    const blocks = new StaticArray<usize>(400);
    for (;;) {
      const p = buffers.hold(100);
      if (!p) break;
      blocks[n++] = p;
    }
    expect<i32>(n).toBe(128 + 96 + 24 + 4);
    for (let i = 0; i < n; i++) buffers.letGo(blocks[i]);
    expect<usize>(buffers.hold(3000)).not.toBe(0);
  });
});

describe("ISAKMP SAs", () => {
  it("have cookies that are not zero, and numbers from 1001", () => {
    const sa = isakmpSa.take(true)!;
    expect<bool>(load<u64>(sa.CKY_I) != 0 && load<u64>(sa.CKY_R) == 0).toBe(true);
    expect<bool>(sa.number >= 1001).toBe(true);
    isakmpSa.free(sa);
  });

  it("remember every message ID of the peer's, are renewed when three quarters are used, and end with the last", () => {
    const sa = isakmpSa.take(false)!;
    for (let i: u32 = 1; i <= 256; i++) {
      expect<bool>(sa.knowsM_ID(i)).toBe(false);
      expect<bool>(sa.softAt <= clock.now()).toBe(i > 192);
      expect<bool>(sa.expiresAt <= clock.now()).toBe(false);
      sa.noteM_ID(i);
      for (let k: u32 = 1; k <= i; k++) expect<bool>(sa.knowsM_ID(k)).toBe(true);
    }
    expect<bool>(sa.expiresAt <= clock.now()).toBe(true);
    sa.noteM_ID(257);
    expect<bool>(sa.knowsM_ID(999)).toBe(true, "none is taken any more");
    isakmpSa.free(sa);
  });

  it("have message IDs of their own: none twice, each one known, those of another SA not", () => {
    const sa = isakmpSa.take(false)!;
    const other = isakmpSa.take(false)!;
    const ids = new StaticArray<u32>(2000);
    for (let i = 0; i < 2000; i++) {
      const M_ID = sa.freshM_ID();
      expect<bool>(M_ID != 0 && sa.knowsM_ID(M_ID) && !other.knowsM_ID(M_ID)).toBe(true);
      ids[i] = M_ID;
    }
    let twice = 0;
    for (let i = 0; i < 2000; i++) {
      expect<bool>(sa.knowsM_ID(ids[i])).toBe(true, "all of them, for ever");
      for (let k = 0; k < i; k++) if (ids[i] == ids[k]) twice++;
    }
    expect<i32>(twice).toBe(0);
    isakmpSa.free(sa);
    isakmpSa.free(other);
  });

  it("are found by their cookies", () => {
    const sa = isakmpSa.take(false)!;
    const CKY_I = memory.data(8, 8);
    store<u64>(CKY_I, 0x1122334455667788);
    sa.takeCookies(CKY_I, 8);
    sa.peerAddress = 5;
    expect<bool>(isakmpSa.byCookies(sa.CKY_I, sa.CKY_R) == sa).toBe(true);
    expect<bool>(isakmpSa.byInitiatorCookie(sa.CKY_I, 5, false) == sa).toBe(true);
    expect<bool>(isakmpSa.byInitiatorCookie(sa.CKY_I, 6, false) == null).toBe(true);
    expect<bool>(isakmpSa.byInitiatorCookie(sa.CKY_I, 5, true) == null).toBe(true);
    isakmpSa.free(sa);
  });
});
