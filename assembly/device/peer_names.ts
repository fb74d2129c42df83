/**
 * Peers by name: what the names of `set peer NAME dynamic` stand for is asked again whenever an answer's time is over, and each attempt goes to
 * what it stands for then. While an SA with the address before stands, that stays: a change of names ends nothing.
 */
import { PEER_NAMES } from "../limits";
import * as spd from "../sadb/policies/spd";
import { CryptoMapEntry } from "../sadb/settings/crypto_map";
import * as names from "../sadb/settings/peer_names";
import { PeerName } from "../sadb/settings/peer_names";
import * as resolver from "../services/resolver";
import { State } from "../services/resolver";
import * as clock from "../util/clock";
import { Deadline } from "../util/deadline";
import * as log from "../util/log";

/** Milliseconds between two looks. */
const LOOK: u64 = 5000;
let deadline: Deadline = changetype<Deadline>(0);
let seen: u32 = 0;

export function init(): void {
  deadline = new Deadline();
  seen = 0;
}

/** Looks at each name when an answer has come, and now and then. */
export function poll(): void {
  if (!names.used() || (resolver.generation == seen && deadline.at > clock.now() && deadline.at <= clock.now() + LOOK)) return;
  seen = resolver.generation;
  for (let i: u32 = 0; i < PEER_NAMES; i++) if (names.at(i).used) look(names.at(i));
  deadline.reset();
  if (names.used()) deadline.arm(clock.now() + LOOK);
}

function look(name: PeerName): void {
  const entry = names.entryOf(name);
  if (!entry) return;
  const state = resolver.lookup(name.text, name.len);
  if (state == State.ABSENT && !name.told) {
    name.told = true;
    log.message("CRYPTO-4-PEER_NAME").put("crypto map ").ascii(entry.name, entry.nameLen).char(32).u32(entry.number).put(": there is no name ").ascii(name.text, name.len);
    if (name.address) log.current().put("; ").ip(name.address).put(" stays its peer");
    log.end();
  }
  if (state != State.FOUND) return;
  name.told = false;
  if (resolver.address != name.address && !(name.address && stands(entry))) names.move(entry, name, resolver.address);
}

/** Whether an SA of an entry stands. */
function stands(entry: CryptoMapEntry): bool {
  for (let slot: u32 = 0; slot < spd.policySlots(); slot++) {
    const policy = spd.policyAt(slot);
    if (policy && policy.entry == entry && policy.outbound) return true;
  }
  return false;
}
