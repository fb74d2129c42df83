/** `ip name-server`, `ip domain ...`, `ip host`, `show hosts`, `clear host`. */
import { HOSTNAME_MAX, IP_HOSTS, NAME_SERVERS } from "../../limits";
import * as resolver from "../../services/resolver";
import { State } from "../../services/resolver";
import * as clock from "../../util/clock";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as words from "../words";

export function rows(): void {
  row("c:ip name-server~ A.B.C.D~ [A.B.C.D~ [A.B.C.D~ [A.B.C.D~ [A.B.C.D~ [A.B.C.D~]]]]]", nameServer);
  row("c:ip domain lookup~", lookup);
  row("c:ip domain-lookup~", lookup);
  row("c:ip domain name~ WORD", domain);
  row("c:ip domain-name~ WORD", domain);
  row("c:ip host WORD~ A.B.C.D~", host);
  row("ue:show hosts", show);
  row("e:clear host WORD", clear);
}

function nameServer(no: bool): bool {
  const first = matcher.base + 2;
  const end = matcher.argCount();
  if (no && end == first) {
    while (resolver.serversConfigured()) resolver.removeServer(resolver.serverAt(0));
    return true;
  }
  for (let k = first; k < end; k++) {
    const address = matcher.address(k);
    if (no) {
      if (resolver.removeServer(address)) continue;
      refuse("").ip(address).put(" is no name server of the configuration.");
      nl();
      return false;
    }
    if (address >>> 24 == 0 || address >>> 24 == 127 || address >>> 28 >= 14) {
      refuse("").ip(address).put(" is no station's address.");
      nl();
      return false;
    }
  }
  for (let k = first; !no && k < end; k++) {
    if (resolver.addServer(matcher.address(k))) continue;
    refuse("There are ").u32(NAME_SERVERS).put(" name servers already, which is the most.");
    nl();
    return false;
  }
  return true;
}

function lookup(no: bool): bool {
  resolver.setEnabled(!no);
  return true;
}

function badName(k: u32): bool {
  if (words.isHostName(words.word(k), words.wordLen(k))) return false;
  refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no name: up to ").u32(HOSTNAME_MAX).put(" letters, digits, '-', '_' and '.' are allowed.");
  nl();
  return true;
}

function domain(no: bool): bool {
  const k = matcher.base + (matcher.isKeyword(matcher.base + 1, "domain") ? 3 : 2);
  if (!no && badName(k)) return false;
  resolver.setDomain(words.word(no ? matcher.base : k), no ? 0 : words.wordLen(k));
  return true;
}

function host(no: bool): bool {
  const k = matcher.base + 2;
  if (badName(k)) return false;
  if (no) return resolver.removeHost(words.word(k), words.wordLen(k)) || refused("No such host is configured.");
  if (resolver.addHost(words.word(k), words.wordLen(k), matcher.address(k + 1))) return true;
  refuse("There are ").u32(IP_HOSTS).put(" hosts already, which is the most.");
  nl();
  return false;
}

/** The lines of the configuration. */
export function write(): void {
  if (!resolver.enabled) say("no ip domain lookup");
  if (resolver.domainLength()) {
    out.put("ip domain name ").ascii(resolver.domain(), resolver.domainLength());
    nl();
  }
  for (let i: u32 = 0; i < resolver.slots(); i++) {
    const name = resolver.at(i);
    if (!name || !name.permanent) continue;
    out.put("ip host ").ascii(name.text, name.len).char(32).ip(name.address);
    nl();
  }
  for (let i: u32 = 0; i < resolver.serversConfigured(); i++) {
    out.put("ip name-server ").ip(resolver.serverAt(i));
    nl();
  }
}

/** The layout of IOS. */
function show(no: bool): bool {
  if (resolver.domainLength()) {
    out.put("Default domain is ").ascii(resolver.domain(), resolver.domainLength());
    nl();
  } else say("Default domain is not set");
  say(resolver.enabled ? "Name/address lookup uses domain service" : "Name/address lookup uses static mappings");
  out.put("Name servers are ");
  if (!resolver.count()) out.put("not set");
  for (let i: u32 = 0; i < resolver.count(); i++) {
    if (i) out.put(", ");
    out.ip(resolver.active(i));
  }
  nl();
  nl();
  say("Codes: UN - unknown, EX - expired, OK - OK, ?? - revalidate");
  say("       temp - temporary, perm - permanent");
  say("       NA - Not Applicable None - Not defined");
  nl();
  say("Host                      Port  Flags      Age Type   Address(es)");
  for (let i: u32 = 0; i < resolver.slots(); i++) {
    const name = resolver.at(i);
    if (!name) continue;
    out.ascii(name.text, name.len).to(26).put("None  (").put(name.permanent ? "perm" : "temp").put(", ");
    const old = !name.permanent && name.expires <= clock.now();
    out.put(name.state != <u8>State.FOUND ? (name.state == <u8>State.ASKED ? "??)" : "UN)") : old ? "EX)" : "OK)").to(43);
    out.u64Wide(name.permanent ? 0 : (clock.now() - name.used) / 3600000, 3).put("  IP    ");
    if (name.address) out.put("  ").ip(name.address);
    nl();
  }
  return true;
}

function clear(no: bool): bool {
  const k = matcher.base + 2;
  const all = words.is(k, "*");
  if (resolver.clear(words.word(k), all ? 0 : words.wordLen(k))) return true;
  refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no name that servers were asked for: `show hosts` lists them, `*` clears all.");
  nl();
  return false;
}
