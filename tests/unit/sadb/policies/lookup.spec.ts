// What the tables of the list find is what a walk of the whole list finds: any prefixes, ranges, ports, denials, and too many kinds.
import { PORTS, TUNNELS } from "../../../../assembly/limits";
import { AccessList, LineAction } from "../../../../assembly/lists/access_list";
import * as lists from "../../../../assembly/lists/access_list";
import * as flows from "../../../../assembly/sadb/policies/flow_cache";
import { NO_PORTS, Policy } from "../../../../assembly/sadb/policies/policy";
import * as spd from "../../../../assembly/sadb/policies/spd";
import { Action, CryptoMapEntry } from "../../../../assembly/sadb/settings/crypto_map";
import { BETA, bind, entry, list, ref, rooms } from "../world";

let state: u32 = 7;

function random(below: u32): u32 {
  state = state * 1664525 + 1013904223;
  return (state >>> 8) % below;
}

/** An address of a few networks, so that many lines meet. */
function address(): u32 {
  return 0x0a000000 | (random(3) << 16) | (random(4) << 8) | random(8);
}

/** RFC 4301's first match by a walk of the list; deny lines end their entry. */
function walked(port: u32, local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): Policy | null {
  let skip: CryptoMapEntry | null = null;
  for (let i: u32 = 0; i < spd.orderedCount(); i++) {
    const policy = spd.orderedAt(i);
    if (policy.interface != port || policy.entry == skip) continue;
    const s = policy.selector;
    const unseen = (protocol & NO_PORTS) != 0 && policy.hasPorts;
    if (unseen && (policy.action == <u8>Action.NEXT || policy.action == <u8>Action.BYPASS)) continue;
    if (!s.matches(local, remote, protocol & 0xff, unseen ? <u32>s.localPort : localPort, unseen ? <u32>s.remotePort : remotePort)) continue;
    if (policy.action != <u8>Action.NEXT) return policy.action == <u8>Action.BYPASS ? null : policy;
    skip = policy.entry;
  }
  return null;
}

/** A line of whatever kind. */
function line(l: AccessList): void {
  const action = random(6) ? LineAction.PERMIT : LineAction.DENY;
  const kind = random(4);
  const protocol: u32 = kind == 0 ? 6 : 0;
  const wild: u32 = (1 << random(18)) - 1;
  const wildest: u32 = random(9) ? (1 << random(18)) - 1 : 0xffffffff;
  const last = kind == 1 ? address() : 0;
  const first = address();
  lists.addLine(l, 0, action, protocol, first, last ? 0 : wild, 0, address(), wildest, kind == 0 ? 80 + random(2) : 0, false, last > first ? last : 0, 0);
}

function differences(tries: i32): i32 {
  let wrong = 0;
  for (let i = 0; i < tries; i++) {
    const port = random(PORTS);
    const local = address();
    const remote = address();
    const protocol: u32 = random(2) ? 6 : 17;
    const seen: u32 = random(8) ? 0 : NO_PORTS;
    const remotePort = seen ? 0 : 79 + random(4);
    const expected = spd.active(port) ? ref(walked(port, local, remote, protocol | seen, 0, remotePort)) : 0;
    // Twice: by the tables, and by the cache.
    if (ref(spd.outbound(port, local, remote, protocol | seen, 0, remotePort)) != expected) wrong++;
    if (ref(spd.outbound(port, local, remote, protocol | seen, 0, remotePort)) != expected) wrong++;
  }
  return wrong;
}

beforeEach(rooms);

describe("the policies of a flow", () => {
  test("are those that a walk of the list finds, in its order", () => {
    let wrong = 0;
    for (let n = 0; n < 12; n++) {
      rooms();
      for (let e: u32 = 1; e < 6; e++) {
        const name = "L" + e.toString();
        const l = list(name);
        for (let k: u32 = 0; k < 3 + random(12); k++) line(l);
        const action = random(3);
        entry(e < 4 ? "CM" : "OTHER", e * 10, action == 0 ? Action.BYPASS : action == 1 ? Action.DISCARD : Action.PROTECT, name, BETA + e);
      }
      bind(1, "CM");
      bind(2, "OTHER");
      spd.refresh();
      wrong += differences(1500);
    }
    expect(wrong).toBe(0);
  });

  test("as many as there are, of one kind: each is found", () => {
    const l = list("MANY");
    for (let i: u32 = 0; i < TUNNELS; i++) lists.addLine(l, 0, LineAction.PERMIT, 0, 0xac100000, 0xffff, 0, 0x0a000000 + (i << 8), 255, 0);
    entry("CM", 10, Action.PROTECT, "MANY", BETA);
    bind(1, "CM");
    spd.refresh();
    let wrong = 0;
    for (let i: u32 = 0; i < TUNNELS; i++) {
      const policy = spd.outbound(1, 0xac100001, 0x0a000007 + (i << 8), 17, 1, 2);
      if (!policy || policy.selector.remoteFirst != 0x0a000000 + (i << 8)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(ref(spd.outbound(1, 0xac100001, 0x0a000007 + (TUNNELS << 8), 17, 1, 2))).toBe(0);
    flows.forget();
  });

  test("with more kinds of prefixes than are told apart", () => {
    const l = list("KINDS");
    for (let a: u32 = 0; a < 10; a++) for (let b: u32 = 0; b < 6; b++) lists.addLine(l, 0, LineAction.PERMIT, 0, address(), (1 << a) - 1, 0, address(), (1 << b) - 1, 0);
    entry("CM", 10, Action.PROTECT, "KINDS", BETA);
    bind(1, "CM");
    spd.refresh();
    expect(differences(4000)).toBe(0);
  });

  test("whoever is a peer of an entry in use is named, and nobody else", () => {
    for (let e: u32 = 0; e < 20; e++) {
      const name = "L" + e.toString();
      lists.addLine(list(name), 0, LineAction.PERMIT, 0, 0xac100000, 0xffff, 0, 0x0a000000 + (e << 8), 255, 0);
      entry("CM", 10 + e, e == 7 ? Action.DISCARD : Action.PROTECT, name, BETA + 2 * e);
    }
    expect(spd.namesPeer(BETA)).toBe(false, "no interface carries it");
    bind(1, "CM");
    spd.refresh();
    for (let e: u32 = 0; e < 40; e++) expect(spd.namesPeer(BETA + e)).toBe(e % 2 == 0 && e != 14);
  });
});
