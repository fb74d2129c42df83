/**
 * A peer: who has proved to be whom. One Peer an identity, however often it begins anew and wherever it is: what belongs to a peer - its
 * ISAKMP SAs, its pairs, the policies made for it - is told by the Peer, never by an address, which two may share and anybody may forge.
 *
 *   identity    the profile, the key that was shown, and the ID; where the ID is an address behind a NAT, which nobody here can check,
 *               the outer address too
 *   when        an SA has none before the proof; then nothing of an established peer can be touched through it
 *   number      never used again: sadb and the table of pairs know a peer by it alone
 *
 * A Peer without an ISAKMP SA and without a pair stays in the pool until its place is wanted: who comes back has the number of before.
 */
import { PEERS, PEER_ID_MAX } from "../../limits";
import * as clock from "../../util/clock";
import { Index, NONE } from "../../util/index";
import { Pool } from "../../util/pool";

@unmanaged
export class Peer {
  private own: u32;
  profile: u32;
  /** Which line of the configuration has the key (proof/authenticate.keyLine). */
  key: u32;
  idType: u32;
  idLen: u32;
  /** Of an ID that proves nothing alone, else 0. */
  outer: u32;
  /** Where it was when it proved itself last. */
  address: u32;
  port: u32;
  provenAt: u64;

  /** 1 and up. */
  get number(): u32 {
    return this.own;
  }
  /** It is found by this from now on. */
  set number(number: u32) {
    const slot = pool.indexOf(this);
    if (this.own) numbers.remove(slot, this.own);
    this.own = number;
    if (number) numbers.add(slot, number);
  }

  get id(): usize {
    return changetype<usize>(this) + offsetof<Peer>();
  }

  is(profile: u32, key: u32, idType: u32, id: usize, idLen: u32, outer: u32): bool {
    return this.profile == profile && this.key == key && this.idType == idType && this.idLen == idLen && this.outer == outer
      && memory.compare(this.id, id, <usize>idLen) == 0;
  }
}

let pool: Pool<Peer> = changetype<Pool<Peer>>(0);
let numbers: Index = changetype<Index>(0);
let lastNumber: u32 = 0;

export function init(): void {
  pool = new Pool<Peer>("isakmp peers", PEERS, PEER_ID_MAX);
  numbers = new Index(PEERS);
  lastNumber = 0;
}

/** Walk with slots/at. */
export function slots(): u32 {
  return pool.size;
}

export function at(i: u32): Peer | null {
  return pool.at(i);
}

export function byNumber(number: u32): Peer | null {
  for (let i = numbers.first(number); i != NONE; i = numbers.next(i)) {
    const peer = pool.at(i);
    if (peer && peer.number == number) return peer;
  }
  return null;
}

/** The Peer of this identity. Null: nobody has proved to be it. */
export function find(profile: u32, key: u32, idType: u32, id: usize, idLen: u32, outer: u32): Peer | null {
  for (let i: u32 = 0; i < pool.size; i++) {
    const peer = pool.at(i);
    if (peer && peer.is(profile, key, idType, id, idLen, outer)) return peer;
  }
  return null;
}

/** A new Peer of this identity. Null: no place is left. */
export function make(profile: u32, key: u32, idType: u32, id: usize, idLen: u32, outer: u32): Peer | null {
  const peer = pool.take();
  if (!peer) return null;
  peer.number = ++lastNumber;
  peer.profile = profile;
  peer.key = key;
  peer.idType = idType;
  peer.idLen = min(idLen, PEER_ID_MAX);
  memory.copy(peer.id, id, <usize>peer.idLen);
  peer.outer = outer;
  return peer;
}

/** Where it has proved itself now. */
export function provenAt(peer: Peer, address: u32, port: u32): void {
  peer.address = address;
  peer.port = port;
  peer.provenAt = clock.now();
}

export function free(peer: Peer): void {
  peer.number = 0;
  pool.free(peer);
}
