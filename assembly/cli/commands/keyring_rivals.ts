/** Keys of two keyrings for the same addresses: who answers in Main Mode takes one of them before it knows who asks. */
import { PreSharedKey } from "../../ike/settings/keys";
import * as keys from "../../ike/settings/keys";
import * as keyrings from "../../ike/settings/keyring";
import { nl, out, refuse } from "../output";

/** Warns of a key in another keyring that a responder in Main Mode cannot tell this one from. */
export function warnRival(key: PreSharedKey): void {
  const other = keys.rival(key);
  if (!other) return;
  refuse("Warning: ");
  putName(other.keyring);
  out.put(" has another key for ").ip(key.address).char(32).ip(key.mask).put(": who answers in Main Mode takes the key before the name is known, here that of ");
  putName(preferred(key, other).keyring);
  out.char(46);
  nl();
}

/** Of two keys for the same addresses the one that a responder takes (ike/proof/psk.ts): a keyring's, and the first keyring's. */
function preferred(a: PreSharedKey, b: PreSharedKey): PreSharedKey {
  for (let i: u32 = 0; i < keyrings.slots(); i++) {
    const ring = keyrings.at(i);
    if (ring && ring.id == a.keyring) return a;
    if (ring && ring.id == b.keyring) return b;
  }
  return a;
}

/** What a keyring is called; 0: the default one. */
export function putName(keyring: u32): void {
  const ring = keyrings.byId(keyring);
  if (ring) out.put("keyring ").ascii(ring.name, ring.nameLen);
  else out.put("the default keyring");
}
