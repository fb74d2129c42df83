/** `clear crypto` and `clear access-list counters`; what else is cleared stands beside what shows it. */
import * as ike from "../../ike/ike";
import * as lists from "../../lists/access_list";
import * as sad from "../../sadb/sas/sad";
import * as maps from "../../sadb/settings/crypto_map";
import { AH, ESP } from "../../sadb/terms/suite";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, refuse } from "../output";
import * as words from "../words";

export function rows(): void {
  row("e:clear crypto isakmp [<1-4294967295>|sa]", clearIsakmp);
  row("e:clear crypto sa [peer A.B.C.D|map WORD|counters|(spi|entry) A.B.C.D (esp|ah) <256-4294967295>]", clearSas);
  row("e:clear crypto ipsec sa [peer A.B.C.D|map WORD|counters]", clearSas);
  row("e:clear crypto session [(local|remote) A.B.C.D]", clearSession);
  row("e:clear access-list counters [WORD]", clearHits);
}

function clearIsakmp(no: bool): bool {
  const k = matcher.base + 3;
  const number = matcher.argCount() > k && !matcher.isKeyword(k, "sa") ? matcher.number(k) : 0;
  if (ike.clearIsakmp(number) || !number) return true;
  refuse("There is no ISAKMP SA ").u32(number).put(": `show crypto isakmp sa` lists them as conn-id.");
  nl();
  return false;
}

function clearSas(no: bool): bool {
  const k = matcher.find("sa", matcher.base + 2) + 1;
  if (matcher.argCount() <= k) ike.clearSas(0);
  else if (matcher.isKeyword(k, "peer")) ike.clearSas(matcher.address(k + 1));
  else if (matcher.isKeyword(k, "counters")) sad.clearCounters();
  else if (matcher.isKeyword(k, "map")) {
    if (!maps.next(words.word(k + 1), words.wordLen(k + 1), 0)) {
      refuse("").ascii(words.word(k + 1), words.wordLen(k + 1)).put(" is no crypto map.");
      nl();
      return false;
    }
    ike.clearSasOfMap(words.word(k + 1), words.wordLen(k + 1));
  } else {
    const spi = matcher.number(k + 3);
    if (ike.clearSasOfSpi(matcher.address(k + 1), matcher.isKeyword(k + 2, "ah") ? AH : ESP, spi)) return true;
    refuse("There is no SA of ").ip(matcher.address(k + 1)).put(" with the SPI ").u32(spi).put(": `show crypto ipsec sa` lists them in brackets.");
    nl();
    return false;
  }
  return true;
}

function clearSession(no: bool): bool {
  const k = matcher.base + 3;
  const given = matcher.argCount() > k;
  const local: u32 = given && matcher.isKeyword(k, "local") ? matcher.address(k + 1) : 0;
  const remote: u32 = given && !local ? matcher.address(k + 1) : 0;
  if (ike.clearSessions(local, remote) || !given) return true;
  refuse("There is no session ").put(local ? "at " : "with ").ip(local ? local : remote).put(": `show crypto session` lists them.");
  nl();
  return false;
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
