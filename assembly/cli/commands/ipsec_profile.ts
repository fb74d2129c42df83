/** `crypto ipsec profile`: what `tunnel protection` takes its terms from. What is set in one is crypto_map.ts's. */
import { CRYPTO_MAP_ENTRIES } from "../../limits";
import { Refusal, refusalText } from "../../lists/setting";
import { PROFILES } from "../../sadb/settings/crypto_map";
import * as maps from "../../sadb/settings/crypto_map";
import * as protections from "../../sadb/settings/protection";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";
import { writeEntry } from "./crypto_map";

export function rows(): void {
  row("c:crypto ipsec profile~ WORD", enter);
}

function enter(no: bool): bool {
  const k = matcher.base + 3;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (no) {
    const known = protections.profileNamed(name, len);
    if (known) maps.remove(known);
    else refuse("").ascii(name, len).put(" is no IPsec profile.");
    if (!known) nl();
    return known != null;
  }
  if (!protections.addProfile(name, len)) {
    const why = maps.refusal();
    if (why != Refusal.FULL) return refused(refusalText(why));
    refuse("There are ").u32(CRYPTO_MAP_ENTRIES).put(" entries of crypto maps and profiles already, which is the most.");
    nl();
    return false;
  }
  session.enter(Mode.IPSEC_PROFILE, PROFILES + 1, name, len);
  return true;
}

export function write(): void {
  for (let i: u32 = 0; i < maps.slots(); i++) {
    const entry = maps.at(i);
    if (entry && entry.family == PROFILES) writeEntry(entry);
  }
}
