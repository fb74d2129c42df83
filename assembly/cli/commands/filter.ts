/** `ip access-group`, `ip inspect`, `ip verify`, and the lists of crypto maps' entries. */
import * as accessGroup from "../../filter/access_group";
import { Direction } from "../../filter/access_group";
import { Kind, Rule } from "../../filter/inspect_setting";
import * as rules from "../../filter/inspect_setting";
import { Reach } from "../../filter/sources";
import * as sources from "../../filter/sources";
import { NAME_MAX } from "../../limits";
import * as lists from "../../lists/access_list";
import { Refusal, refusalText } from "../../lists/setting";
import * as maps from "../../sadb/settings/crypto_map";
import { CryptoMapEntry } from "../../sadb/settings/crypto_map";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say } from "../output";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";

export function rows(): void {
  const manner = " {router-traffic|timeout <1-43200>|alert (on|off)|audit-trail (on|off)}";
  row("i:ip access-group WORD (in|out)~", accessGroupOf);
  row("i:ip inspect WORD (in|out)~", inspectOn);
  row("i:ip verify unicast source reachable-via~ (rx|any) [allow-default] [WORD]", verify);
  row("i:ip verify unicast reverse-path~ [WORD]", verifyStrictly);
  row("c:ip inspect name WORD~ (tcp|udp|icmp)" + manner + "~", inspectName);
  row("c:ip inspect name WORD (http|https|smtp|esmtp|ssh|telnet|pop3|pop3s|imap|imaps|imap3|dns|ntp|ftp|tftp|h323|sip|rtsp|skinny|rcmd|sqlnet|cuseeme|netshow|realaudio|streamworks|vdolive)" + manner, inspectWord);
  row("c:ip inspect name WORD NAME" + manner, inspectOther);
  row("c:ip inspect name WORD (http (java-list <1-99>|urlfilter)|(smtp|esmtp) max-data <1-4294967295>|dns maximum-length <1-65535>|(imap|pop3) (secure-login [reset]|reset))" + manner, inspectWithin);
  row("c:ip inspect name WORD appfw WORD", inspectPolicy);
  row("c:ip verify protected-source~", protectedSource);
  row("m:set ip access-group WORD (in|out)~", accessGroupOfMap);
}

function direction(k: u32): Direction {
  return matcher.isKeyword(k, "in") ? Direction.IN : Direction.OUT;
}

function tooLong(k: u32): bool {
  if (words.wordLen(k) <= NAME_MAX) return false;
  refused(refusalText(Refusal.NAME));
  return true;
}

/** Says what a list that is not there, or has no line, means where somebody applies it. A startup configuration may bring it yet. */
function tellMissing(k: u32): void {
  if (startup.applying) return;
  const list = lists.find(words.word(k), words.wordLen(k));
  if (list && lists.hasRules(list)) return;
  refuse("Warning: access list ").ascii(words.word(k), words.wordLen(k)).put(list ? " has no line" : " is not there").put(": until it has one, everything of this direction is dropped.");
  nl();
}

function accessGroupOf(no: bool): bool {
  const k = matcher.base + 2;
  if (tooLong(k)) return false;
  const way = direction(k + 1);
  accessGroup.set(session.subject, way, words.word(k), no ? 0 : words.wordLen(k));
  if (!no) tellMissing(k);
  return true;
}

function accessGroupOfMap(no: bool): bool {
  const k = matcher.base + 3;
  const entry = maps.find(session.subjectName, session.subjectNameLen, session.subject);
  if (!entry) return refused("This entry is gone.");
  const list = lists.find(words.word(k), words.wordLen(k));
  if (!no && list && list.standard) return refused("Only an extended access list looks at what a crypto map protects.");
  const refusal = maps.setFilter(entry, direction(k + 1) == Direction.OUT, words.word(k), no ? 0 : words.wordLen(k));
  if (refusal != Refusal.NONE) return refused(refusalText(refusal));
  if (!no) tellMissing(k);
  return true;
}

function inspectOn(no: bool): bool {
  const k = matcher.base + 2;
  const way = direction(k + 1);
  const rule = rules.find(words.word(k), words.wordLen(k));
  if (!rule) {
    refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no inspection rule: `ip inspect name` makes one.");
    nl();
    return false;
  }
  if (no && rules.boundTo(session.subject, way) != rule) return refused("It is not applied here.");
  rules.bind(session.subject, way, no ? null : rule);
  return true;
}

function addKind(k: u32, kind: Kind): bool {
  const timeout = matcher.find("timeout", k);
  const seconds: u32 = timeout == 0xffffffff ? 0 : matcher.number(timeout + 1);
  if (rules.add(words.word(k), words.wordLen(k), kind, seconds)) return true;
  return refused(refusalText(words.wordLen(k) > NAME_MAX ? Refusal.NAME : Refusal.FULL));
}

function inspectName(no: bool): bool {
  const k = matcher.base + 3;
  if (!no) return addKind(k, kindAt(k + 1));
  const rule = rules.find(words.word(k), words.wordLen(k));
  if (!rule) {
    refuse("").ascii(words.word(k), words.wordLen(k)).put(" is no inspection rule.");
    nl();
    return false;
  }
  if (rules.remove(rule, matcher.argCount() > k + 1 ? 1 << kindAt(k + 1) : 0xffffffff)) return true;
  refuse("").ascii(rule.name, rule.nameLen).put(" is in use: interfaces have it.");
  nl();
  return false;
}

function kindAt(k: u32): Kind {
  return matcher.isKeyword(k, "tcp") ? Kind.TCP : matcher.isKeyword(k, "udp") ? Kind.UDP : Kind.ICMP;
}

/** Protocols that agree on further connections, and those of UDP. */
const FURTHER: StaticArray<string> = ["ftp", "tftp", "h323", "sip", "rtsp", "skinny", "rcmd", "sqlnet", "cuseeme", "netshow", "realaudio", "streamworks", "vdolive"];
const OF_UDP: StaticArray<string> = ["dns", "ntp", "tftp", "sip", "cuseeme", "streamworks"];

function isOneOf(k: u32, list: StaticArray<string>): bool {
  for (let i = 0; i < list.length; i++) if (matcher.isKeyword(k, unchecked(list[i]))) return true;
  return false;
}

/** Protocols of applications: those of one flow are what tcp or udp follows; those that agree on other flows need a reader that is not here. */
function inspectWord(no: bool): bool {
  const k = matcher.base + 4;
  const more = isOneOf(k, FURTHER);
  const udp = isOneOf(k, OF_UDP);
  if (!addKind(k - 1, udp ? Kind.UDP : Kind.TCP)) return false;
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is followed as ").put(udp ? "udp" : "tcp").put(", on every port");
  // Less is let in than IOS lets in.
  out.put(more ? "; connections that the outside opens for it are not supported and stay out (active FTP; passive FTP works)." : ".");
  nl();
  return true;
}

/** Further ones by name, apart by blanks. */
const MORE_TCP = " appleqtc cifs citrix citriximaclient echo exec finger ftps gopher http-alt ident imap irc irc-serv ircs kerberos ldap ldap-admin ldaps login lotusnote microsoft-ds ms-sql msexch-routing mysql netbios-ssn nfs nntp oracle orasrv pop3 pptp realsecure rsvd rtc-pm-port shell sip-tls socks ssl sybase-sql syslog-conn tacacs tacacs-ds telnets tr-rsrb uucp vnc whois x11 wins http https smtp esmtp h323callsigalt h323-annexe h323-nxg ssh telnet netstat aol bittorrent edonkey fasttrack gnutella kazaa2 winmx msnmsgr ymsgr ace-svr bgp sqlsrv sqlserv sql-net sqlserver stun ";
const MORE_UDP = " bootpc bootps biff bliff daytime discard dhcp-failover gdoi gtpv0 gtpv1 h323gatestat hsrp igmpv3lite ipsec-msft ipass ircu isakmp l2tp n2h2server ncp netbios-dgm netbios-ns ntp dns pcanywheredata pcanywherestat pwdgen radius router rpc rtsp-udp snmp snmptrap syslog time timed who xdmcp ";
function isIn(list: string, k: u32): bool {
  const p = words.word(k);
  const n = <i32>words.wordLen(k);
  for (let i = 0; i + n + 1 < list.length; i++) {
    if (list.charCodeAt(i) != 32 || list.charCodeAt(i + n + 1) != 32) continue;
    let at = 0;
    while (at < n && words.lower(<u32>load<u8>(p + at)) == <u32>list.charCodeAt(i + 1 + at)) at++;
    if (at == n) return true;
  }
  return false;
}

/** Protocols that few configurations name. */
function inspectOther(no: bool): bool {
  const k = matcher.base + 4;
  const udp = isIn(MORE_UDP, k);
  if (!udp && !isIn(MORE_TCP, k)) {
    refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no protocol that is known here: `tcp`, `udp` and `icmp` are followed.");
    nl();
    return false;
  }
  return addKind(k - 1, udp ? Kind.UDP : Kind.TCP) && followed(k, udp, ".");
}

/** What would look into a protocol: the protocol is followed, and what passes all the same is named. */
function inspectWithin(no: bool): bool {
  const k = matcher.base + 4;
  const udp = matcher.isKeyword(k, "dns");
  if (!addKind(k - 1, udp ? Kind.UDP : Kind.TCP)) return false;
  if (matcher.find("java-list", k) != 0xffffffff) return followed(k, udp, ", and applets are not looked for: they pass.");
  if (matcher.find("urlfilter", k) != 0xffffffff) return followed(k, udp, ", and addresses of pages are not looked at: they pass.");
  return followed(k, udp, ".");
}

function inspectPolicy(no: bool): bool {
  refuse("Warning: nothing looks into applications here: what that policy would refuse passes.");
  nl();
  return true;
}

function followed(k: u32, udp: bool, behind: string): bool {
  refuse("").ascii(words.word(k), words.wordLen(k)).put(" is followed as ").put(udp ? "udp" : "tcp").put(", on every port").put(behind);
  nl();
  return true;
}

function setVerify(reach: Reach, k: u32, allowDefault: bool = false): bool {
  if (k < matcher.argCount() && words.is(k, "allow-default")) {
    allowDefault = true;
    k++;
  }
  const named = k < matcher.argCount();
  if (named && tooLong(k)) return false;
  sources.setReach(session.subject, reach, allowDefault, named ? words.word(k) : 0, named ? words.wordLen(k) : 0);
  return true;
}

function verify(no: bool): bool {
  const k = matcher.base + 5;
  if (no) sources.forget(session.subject);
  return no || setVerify(matcher.isKeyword(k, "rx") ? Reach.RX : Reach.ANY, k + 1);
}

function verifyStrictly(no: bool): bool {
  if (no) sources.forget(session.subject);
  // The older form takes the default route for a way back.
  return no || setVerify(Reach.RX, matcher.base + 4, true);
}

function protectedSource(no: bool): bool {
  sources.setProtectedSource(!no);
  return true;
}

/** An interface's lines of the configuration. */
export function writeInterface(port: u32): void {
  for (let way: u32 = 0; way < 2; way++) {
    const len = accessGroup.lenOf(port, way);
    if (!len) continue;
    out.put(" ip access-group ").ascii(accessGroup.nameOf(port, way), len).put(way == Direction.IN ? " in" : " out");
    nl();
  }
  if (sources.reachOf(port) != Reach.NONE) {
    out.put(" ip verify unicast source reachable-via ").put(sources.reachOf(port) == Reach.RX ? "rx" : "any");
    if (sources.allowsDefault(port)) out.put(" allow-default");
    if (sources.exceptLen(port)) out.char(32).ascii(sources.exceptName(port), sources.exceptLen(port));
    nl();
  }
  for (let way: u32 = 0; way < 2; way++) {
    const rule = rules.boundTo(port, way);
    if (!rule) continue;
    out.put(" ip inspect ").ascii(rule.name, rule.nameLen).put(way == Direction.IN ? " in" : " out");
    nl();
  }
}

/** A crypto map entry's lines. */
export function writeOfMap(entry: CryptoMapEntry): void {
  for (let way: u32 = 0; way < 2; way++) {
    const len = entry.filterLen(way == Direction.OUT);
    if (!len) continue;
    out.put(" set ip access-group ").ascii(entry.filterName(way == Direction.OUT), len).put(way == Direction.IN ? " in" : " out");
    nl();
  }
}

export function kindName(kind: u32): string {
  return kind == Kind.TCP ? "tcp" : kind == Kind.UDP ? "udp" : "icmp";
}

function writeRule(rule: Rule): void {
  for (let kind: u32 = 0; kind < <u32>Kind.COUNT; kind++) {
    if (!rule.has(kind)) continue;
    out.put("ip inspect name ").ascii(rule.name, rule.nameLen).char(32).put(kindName(kind));
    if (rule.own(kind)) out.put(" timeout ").u32(rule.own(kind));
    nl();
  }
}

/** The lines of the configuration that are no interface's. */
export function write(): void {
  if (!sources.protectedSource) say("no ip verify protected-source");
  for (let i: u32 = 0; i < rules.slots(); i++) {
    const rule = rules.at(i);
    if (rule) writeRule(rule);
  }
}
