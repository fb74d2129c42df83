/**
 * Finding the policies that may cover a flow without a look at all of them, and those with a peer. Made afresh with the list.
 *
 * Nearly every line names two prefixes. Policies are kept by the pair of their prefixes' lengths, of which a list has few ("tuple space
 * search"), and for each such pair by a hash of the prefixes: a flow is looked for once a pair of lengths. What names a range that is no
 * prefix, or comes when there are TUPLES pairs already, is looked at each time.
 *
 *      policies  0  1  2  3  4 ...            list of a hash: 1 -> 4 -> ...    ascending, as all lists
 *      `begin` sets a cursor in each list;    `next` takes the lowest of them: the policies come in their order
 */
import { CRYPTO_MAP_PEERS, POLICIES, INTERFACES } from "../../limits";
import { Index, NONE, ceilPowerOfTwo, mix } from "../../util/index";
import { countTable } from "../../util/pool";
import { Action } from "../settings/crypto_map";
import { Selector } from "../terms/selector";
import { Policy } from "./policy";

export { NONE } from "../../util/index";

/** Pairs of lengths of prefixes that are told apart. */
const TUPLES: u32 = 24;
/** The list of a port that is looked at each time, behind those of the hashes. */
const lists: u32 = ceilPowerOfTwo(POLICIES);
let heads: usize = 0; // u16 each: of the hashes, then of the ports
let links: usize = 0; // u16 a policy

/** Masks of both sides, and how many there are. */
const tuples: usize = memory.data(<i32>TUPLES * 8, 8);
let tupleCount: u32 = 0;
/** Where `next` stands in each tuple's list, and in the port's. */
const cursors: usize = memory.data(4 * (<i32>TUPLES + 1), 4);

/** Policies by each of their peers. */
let peers: StaticArray<Index> = changetype<StaticArray<Index>>(0);

export function init(): void {
  heads = heap.alloc(<usize>((lists + INTERFACES) << 1));
  links = heap.alloc(<usize>(POLICIES << 1));
  countTable((lists + INTERFACES + POLICIES) << 1);
  peers = new StaticArray<Index>(<i32>CRYPTO_MAP_PEERS);
  for (let k = 0; k < <i32>CRYPTO_MAP_PEERS; k++) unchecked((peers[k] = new Index(POLICIES)));
  clear();
}

/** Empties it. The policies are then entered, the last one first. */
export function clear(): void {
  memory.fill(heads, 0xff, <usize>((lists + INTERFACES) << 1));
  for (let k = 0; k < <i32>CRYPTO_MAP_PEERS; k++) unchecked(peers[k]).clear();
  tupleCount = 0;
}

/** The mask of a range that is a prefix; 1, which is no mask, for another. */
function maskOf(first: u32, last: u32): u32 {
  const size = last - first;
  return (size & (size + 1)) == 0 && (first & size) == 0 ? ~size : 1;
}

/** The number of a pair of masks, which is new if there is room; TUPLES: there is none. */
function tupleOf(localMask: u32, remoteMask: u32): u32 {
  if (localMask == 1 || remoteMask == 1) return TUPLES;
  for (let t: u32 = 0; t < tupleCount; t++) {
    const p = tuples + <usize>(t << 3);
    if (load<u32>(p) == localMask && load<u32>(p, 4) == remoteMask) return t;
  }
  if (tupleCount == TUPLES) return TUPLES;
  const p = tuples + <usize>(tupleCount << 3);
  store<u32>(p, localMask);
  store<u32>(p, remoteMask, 4);
  return tupleCount++;
}

function headOf(tuple: u32, port: u32, local: u32, remote: u32): usize {
  const key = mix(local * 0x9e3779b1 + rotl<u32>(remote, 16) + ((tuple << 8) | port));
  return heads + <usize>((mix(key ^ remote) & (lists - 1)) << 1);
}

/** Enters policy number `i` of the list: the one before the last that was entered. */
export function enter(i: u32, policy: Policy): void {
  const s: Selector = policy.selector;
  const port = policy.interface;
  const tuple = tupleOf(maskOf(s.localFirst, s.localLast), maskOf(s.remoteFirst, s.remoteLast));
  const head = tuple == TUPLES ? heads + <usize>((lists + port) << 1) : headOf(tuple, port, s.localFirst, s.remoteFirst);
  store<u16>(links + <usize>(i << 1), load<u16>(head));
  store<u16>(head, <u16>i);
  if (policy.action != <u8>Action.PROTECT) return;
  if (policy.owner) unchecked(peers[0]).add(i, policy.ownerAddress);
  else for (let k = 0; k < <i32>policy.entry.peerCount; k++) unchecked(peers[k]).add(i, policy.entry.peer(<u32>k));
}

/** Begins to look for the policies of a port that may cover a flow. */
export function begin(port: u32, local: u32, remote: u32): void {
  for (let t: u32 = 0; t < tupleCount; t++) {
    const p = tuples + <usize>(t << 3);
    store<u32>(cursors + <usize>(t << 2), <u32>load<u16>(headOf(t, port, local & load<u32>(p), remote & load<u32>(p, 4))));
  }
  store<u32>(cursors + <usize>(tupleCount << 2), <u32>load<u16>(heads + <usize>((lists + port) << 1)));
}

/** The number of the next of them, in the order of the list; NONE: there is no other. The caller looks whether it does cover it. */
export function next(): u32 {
  let least = cursors;
  const end = cursors + <usize>(tupleCount << 2);
  for (let p = cursors + 4; p <= end; p += 4) if (load<u32>(p) < load<u32>(least)) least = p;
  const i = load<u32>(least);
  if (i != NONE) store<u32>(least, <u32>load<u16>(links + <usize>(i << 1)));
  return i;
}

/** The first policy in the list that may be with a peer by its `k`th address, and the one behind another; NONE: there is none. */
export function firstWith(k: u32, peer: u32): u32 {
  return unchecked(peers[<i32>k]).first(peer);
}

export function nextWith(k: u32, i: u32): u32 {
  return unchecked(peers[<i32>k]).next(i);
}
