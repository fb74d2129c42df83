/** `set peer NAME dynamic`. */
import { PEER_NAMES } from "../../limits";
import { Refusal } from "../../lists/setting";
import { CryptoMapEntry } from "../../sadb/settings/crypto_map";
import * as maps from "../../sadb/settings/crypto_map";
import * as names from "../../sadb/settings/peer_names";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";

export function rows(): void {
  row("m:set peer NAME~ [dynamic]~", setPeer);
}

function setPeer(no: bool): bool {
  const entry = maps.find(session.subjectName, session.subjectNameLen, session.subject);
  if (!entry) return refused("This entry is gone.");
  if (entry.template) return refused("A dynamic map is for peers of any address: it has no `set peer`.");
  const k = matcher.base + 2;
  const p = words.word(k);
  const len = words.wordLen(k);
  if (!words.isHostName(p, len)) {
    refuse("").escaped(p, len).put(" is no name of a host: letters, digits, '-', '_' and '.' are allowed.");
    nl();
    return false;
  }
  if (no) return names.remove(entry, p, len) == Refusal.NONE || refused("No such peer is configured.");
  if (names.add(entry, p, len) == Refusal.NONE) return true;
  refuse("There are ").u32(PEER_NAMES).put(" peers by name already, which is the most.");
  nl();
  return false;
}

/** The lines of an entry. */
export function write(entry: CryptoMapEntry): void {
  for (let i: u32 = 0; i < PEER_NAMES; i++) {
    const name = names.at(i);
    if (!name.used || name.serial != entry.serial) continue;
    out.put(" set peer ").ascii(name.text, name.len).put(" dynamic");
    nl();
  }
}
