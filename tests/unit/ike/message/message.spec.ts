// Messages: what is not decrypted, what does not fit, which HASH stands first, and what events are told of those sent again.
import { HashKind } from "../../../../assembly/ike/message/message";
import * as message from "../../../../assembly/ike/message/message";
import { Exchange, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import { Drop, dropCount } from "../../../../assembly/util/status";
import { toHex } from "../../crypto/bytes";
import { HASH, ID, NET_OF_ALPHA, NET_OF_BETA, NONCE, QUICK, SA } from "../by_hand/peer";
import * as peer from "../by_hand/peer";
import { exchangeOf } from "../by_hand/world";

const octets: usize = memory.data(9300, 8);
const iv: usize = memory.data(16, 8);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

function quick(): Exchange {
  return exchangeOf(sa, QUICK, State.QUICK_I1, true, 9);
}

beforeEach(() => {
  peer.begin(true);
  sa = peer.adopt(false);
});

describe("a message", () => {
  it("of no blocks, of a part of one, or before there are keys, is not decrypted: nothing is touched", () => {
    for (let len: u32 = 28; len <= 62; len++) {
      memory.fill(octets, 0x77, 100);
      memory.fill(iv, 0x33, 16);
      const good = len == 44 || len == 60;
      expect<u32>(message.decrypt(sa, octets, len, iv)).toBe(good ? Drop.NONE : Drop.IKE_DECRYPT);
      expect<bool>(load<u64>(octets + 28) == 0x7777777777777777).toBe(!good);
      expect<u64>(load<u64>(octets + <usize>len)).toBe(0x7777777777777777);
      if (!good) expect<u64>(load<u64>(iv)).toBe(0x3333333333333333);
    }
    sa.keyed = false;
    expect<u32>(message.decrypt(sa, octets, 44, iv)).toBe(Drop.IKE_DECRYPT);
  });

  it("that does not fit into 9216 octets is none; one that just does is", () => {
    const ex = quick();
    for (let more: u32 = 0; more < 2; more++) {
      message.begin(ex, false, HashKind.NONE);
      message.w.payload(NONCE);
      message.w.bytes(octets, 9216 - 28 - 4 + more);
      expect<u32>(message.end(ex, false, HashKind.NONE)).toBe(more ? 0 : 9216);
    }
    // Its padding must fit as well.
    const octetsBefore = sa.octets;
    message.begin(ex, true, HashKind.HASH_1);
    message.w.payload(NONCE);
    message.w.bytes(octets, 9216 - 28 - 24 - 4 - 2);
    expect<u32>(message.end(ex, true, HashKind.HASH_1)).toBe(0);
    expect<u64>(sa.octets).toBe(octetsBefore);
  });

  it("begins with its HASH: one that stands elsewhere is none, whatever the first payload has", () => {
    peer.phase2(77);
    peer.startHashed(QUICK, 77);
    peer.add(HASH, peer.nonceI, 20);
    peer.addHex(SA, peer.offerOfEsp("00001234"));
    peer.addHex(ID, NET_OF_BETA);
    peer.addHex(ID, NET_OF_ALPHA);
    // What would be HASH(1) is called a nonce.
    store<u8>(peer.out + 16, NONCE);
    peer.finishHashed();
    peer.give();
    expect<u32>(dropCount(Drop.IKE_HASH)).toBe(1);
    expect<u32>(peer.exchanges()).toBe(0);
  });

  it("that is sent again has the types of its payloads, as many as fifteen", () => {
    const ex = quick();
    const counts: u32[] = [1, 3, 15, 16, 24];
    for (let k = 0; k < counts.length; k++) {
      message.outgoing.clear();
      for (let i: u32 = 0; i < counts[k]; i++) message.outgoing.add(100 + i, 0, 0);
      memory.fill(ex.sentTypes, 0xee, 16);
      message.keepTypes(ex);
      message.outgoing.clear();
      message.outgoing.add(1, 0, 0);
      message.recallTypes(ex);
      const n = min<u32>(counts[k], 15);
      expect<u32>(message.outgoing.length).toBe(n);
      for (let i: u32 = 0; i < n; i++) expect<u32>(message.outgoing.typeAt(i)).toBe(100 + i);
      if (n < 15) expect<u32>(load<u8>(ex.sentTypes + 1 + <usize>n)).toBe(0xee);
    }
  });

  it("of phase 2 begins its chain with phase 1's last block: the SA's, or while phase 1 runs its own so far", () => {
    memory.fill(octets, 0, 16);
    message.startPhase2Iv(sa, 77, octets);
    peer.phase2(77);
    expect<string>(toHex(octets, 16)).toBe(toHex(peer.iv, 16));
    const ex = exchangeOf(sa, 2, State.MAIN_R2, false, 0);
    sa.exchange = ex;
    message.startPhase2Iv(sa, 77, octets);
    expect<string>(toHex(octets, 16)).toBe(toHex(peer.iv, 16));
    sa.phase = 0;
    memory.copy(ex.iv, sa.lastIv, 16);
    memory.fill(sa.lastIv, 0, 16);
    message.startPhase2Iv(sa, 77, octets);
    expect<string>(toHex(octets, 16)).toBe(toHex(peer.iv, 16));
  });
});
