/**
 * The words that stand for ports and for types of ICMP in access lists, as IOS has them. Of several words for one number the first is the one that
 * is shown.
 */
import { Text } from "../util/text";
import { lower, parseNumber, value as parsed } from "./words";

const TCP =
  "bgp 179 chargen 19 cmd 514 daytime 13 discard 9 domain 53 drip 3949 echo 7 exec 512 finger 79 ftp 21 ftp-data 20 gopher 70 hostname 101 ident 113 " +
  "irc 194 klogin 543 kshell 544 login 513 lpd 515 msrpc 135 nntp 119 onep-plain 15001 onep-tls 15002 pim-auto-rp 496 pop2 109 pop3 110 smtp 25 " +
  "sunrpc 111 syslog 514 tacacs 49 talk 517 telnet 23 time 37 uucp 540 whois 43 www 80";
const UDP =
  "biff 512 bootpc 68 bootps 67 discard 9 dnsix 195 domain 53 echo 7 isakmp 500 mobile-ip 434 nameserver 42 netbios-dgm 138 netbios-ns 137 " +
  "netbios-ss 139 non500-isakmp 4500 ntp 123 pim-auto-rp 496 rip 520 ripv6 521 snmp 161 snmptrap 162 sunrpc 111 syslog 514 tacacs 49 talk 517 " +
  "tftp 69 time 37 who 513 xdmcp 177";
/** Types, and codes behind a stroke (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1). */
const ICMP =
  "echo-reply 0 unreachable 3 net-unreachable 3/0 host-unreachable 3/1 protocol-unreachable 3/2 port-unreachable 3/3 packet-too-big 3/4 " +
  "source-route-failed 3/5 network-unknown 3/6 host-unknown 3/7 host-isolated 3/8 dod-net-prohibited 3/9 dod-host-prohibited 3/10 " +
  "net-tos-unreachable 3/11 host-tos-unreachable 3/12 administratively-prohibited 3/13 host-precedence-unreachable 3/14 precedence-unreachable 3/15 " +
  "source-quench 4 redirect 5 net-redirect 5/0 host-redirect 5/1 net-tos-redirect 5/2 host-tos-redirect 5/3 alternate-address 6 echo 8 " +
  "router-advertisement 9 router-solicitation 10 time-exceeded 11 ttl-exceeded 11/0 reassembly-timeout 11/1 parameter-problem 12 " +
  "general-parameter-problem 12/0 option-missing 12/1 no-room-for-option 12/2 timestamp-request 13 timestamp-reply 14 information-request 15 " +
  "information-reply 16 mask-request 17 mask-reply 18 traceroute 30 conversion-error 31 mobile-redirect 32";

/** What is said of a type of ICMP whose code is said too. */
export const WITH_CODE: u32 = 0x10000;

/** What the last reader read: a port; of ICMP the type, and where the code is said, `WITH_CODE | code << 8` beside it. */
export let value: u32 = 0;
/** Whether it was a number or a whole word, and not the beginning of one: `log` is no `login` where `log` may stand. */
export let whole: bool = false;

/** Where the table's word at `i` ends, and its number, to `number`; the next word begins at `next`. */
let number: u32 = 0;
let next: i32 = 0;

function readEntry(table: string, i: i32): i32 {
  while (table.charCodeAt(i) != 32) i++;
  const end = i++;
  number = 0;
  let code = false;
  let n: u32 = 0;
  for (; i < table.length && table.charCodeAt(i) != 32; i++) {
    const c = <u32>table.charCodeAt(i);
    if (c == 47) {
      number = n | WITH_CODE;
      code = true;
      n = 0;
    } else n = n * 10 + c - 48;
  }
  number = code ? number | (n << 8) : n;
  next = i + 1;
  return end;
}

/** The number of a word, or of the only one that begins so. */
function find(table: string, p: usize, len: u32): bool {
  whole = false;
  let found: u32 = 0;
  for (let i = 0; i < table.length; i = next) {
    const end = readEntry(table, i);
    if (<u32>(end - i) < len) continue;
    let k: u32 = 0;
    while (k < len && lower(<u32>load<u8>(p + k)) == <u32>table.charCodeAt(i + <i32>k)) k++;
    if (k < len) continue;
    if (<u32>(end - i) == len) {
      value = number;
      whole = true;
      return true;
    }
    found++;
    value = number;
  }
  return found == 1 && len > 0;
}

function put(text: Text, table: string, wanted: u32): bool {
  for (let i = 0; i < table.length; i = next) {
    const end = readEntry(table, i);
    if (number != wanted) continue;
    for (; i < end; i++) text.char(<u32>table.charCodeAt(i));
    return true;
  }
  return false;
}

/** Reads a port, a number or a word of the protocol's. */
export function readPort(udp: bool, p: usize, len: u32): bool {
  if (parseNumber(p, len)) {
    value = parsed;
    whole = true;
    return parsed <= 0xffff;
  }
  return find(udp ? UDP : TCP, p, len);
}

export function readIcmp(p: usize, len: u32): bool {
  if (parseNumber(p, len)) {
    value = parsed;
    whole = true;
    return parsed <= 0xff;
  }
  return find(ICMP, p, len);
}

/** Writes a port: the word where there is one. */
export function putPort(text: Text, udp: bool, port: u32): void {
  if (!put(text, udp ? UDP : TCP, port)) text.u32(port);
}

/** Writes a type of ICMP, and its code if it is said. */
export function putIcmp(text: Text, type: u32, withCode: bool, code: u32): void {
  if (put(text, ICMP, withCode ? type | WITH_CODE | (code << 8) : type)) return;
  text.u32(type);
  if (withCode) text.char(32).u32(code);
}
