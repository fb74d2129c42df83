/** `clear crypto` and `clear access-list counters`; what else is cleared stands beside what shows it. */
import * as ike from "../../ike/ike";
import * as lists from "../../lists/access_list";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, refuse } from "../output";
import * as words from "../words";

export function rows(): void {
  row("e:clear crypto isakmp [<1-4294967295>]", clearIsakmp);
  row("e:clear crypto sa [peer A.B.C.D]", clearSas);
  row("e:clear access-list counters [WORD]", clearHits);
}

function clearIsakmp(no: bool): bool {
  const k = matcher.base + 3;
  const number = matcher.argCount() > k ? matcher.number(k) : 0;
  if (ike.clearIsakmp(number) || !number) return true;
  refuse("There is no ISAKMP SA ").u32(number).put(": `show crypto isakmp sa` lists them as conn-id.");
  nl();
  return false;
}

function clearSas(no: bool): bool {
  const k = matcher.base + 3;
  ike.clearSas(matcher.argCount() > k ? matcher.address(k + 1) : 0);
  return true;
}

function clearHits(no: bool): bool {
  const k = matcher.base + 3;
  const one = matcher.argCount() > k;
  let found = !one;
  for (let i: u32 = 0; i < lists.slots(); i++) {
    const list = lists.at(i);
    if (!list) continue;
    if (one && (list.nameLen != words.wordLen(k) || memory.compare(list.name, words.word(k), <usize>list.nameLen) != 0)) continue;
    lists.clearHits(list);
    found = true;
  }
  if (found) return true;
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no access list.");
  nl();
  return false;
}
