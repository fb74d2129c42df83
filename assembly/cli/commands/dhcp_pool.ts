/** `ip dhcp pool` and what stands in it. */
import { DHCP_OPTIONS, DHCP_POOLS, INTERFACES, NAME_MAX } from "../../limits";
import * as pools from "../../net/dhcp/pools";
import { DhcpOption, DhcpPool, ID_MAX, Kind, OPTION_MAX, Refusal, STATIONS_MAX, TEXT_MAX } from "../../net/dhcp/pools";
import * as server from "../../net/dhcp/server";
import * as leases from "../../net/dhcp/lease";
import * as interfaces from "../../net/interface";
import { hexDigit, put32 } from "../../util/bytes";
import { Text } from "../../util/text";
import { Mode, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse, refused, say, wordTooLong } from "../output";
import * as session from "../session";
import * as startup from "../startup";
import * as words from "../words";

export function rows(): void {
  row("c:ip dhcp pool WORD~", enter);
  row("d:network~ A.B.C.D [M.M.M.M|WORD]", setNetwork);
  row("d:host~ A.B.C.D [M.M.M.M|WORD]", setHost);
  row("d:client-identifier~ WORD", setId);
  row("d:hardware-address~ H.H.H [ethernet|ieee802]", setHardware);
  row("d:default-router~ A.B.C.D [A.B.C.D] [A.B.C.D] [A.B.C.D]", setRouters);
  row("d:dns-server~ A.B.C.D [A.B.C.D] [A.B.C.D] [A.B.C.D]", setNameServers);
  row("d:domain-name~ WORD", setDomain);
  row("d:lease~ (infinite|<0-365> [<0-23> [<0-59>]])", setLease);
  row("d:next-server~ A.B.C.D", setNextServer);
  row("d:bootfile~ WORD", setBootFile);
  row("d:import all~", setImport);
  row("d:netbios-name-server~ A.B.C.D [A.B.C.D] [A.B.C.D] [A.B.C.D]", setNetbios);
  row("d:option <2-254>~ (ip A.B.C.D [A.B.C.D] [A.B.C.D] [A.B.C.D]|ascii LINE|hex WORD)", setOption);
}

function enter(no: bool): bool {
  const k = matcher.base + 3;
  const name = words.word(k);
  const len = words.wordLen(k);
  if (len > NAME_MAX) return wordTooLong(name, len, NAME_MAX);
  if (no) {
    const pool = pools.find(name, len);
    if (!pool) {
      refuse("").escaped(name, len).put(" is no DHCP pool.");
      nl();
      return false;
    }
    server.removePool(pool);
    return true;
  }
  if (!pools.add(name, len)) {
    refuse("There are ").u32(DHCP_POOLS).put(" DHCP pools already, which is the most.");
    nl();
    return false;
  }
  session.enter(Mode.DHCP_POOL, 0, name, len);
  return true;
}

function current(): DhcpPool | null {
  const pool = pools.find(session.subjectName, session.subjectNameLen);
  if (!pool) refused("This DHCP pool is gone.");
  return pool;
}

/** The mask at word `k`: 255.255.255.0, /24, or that of the address's class where there is none. 0: it is none. */
function maskAt(k: u32, address: u32): u32 {
  if (matcher.argCount() <= k) return address >>> 31 == 0 ? 0xff000000 : address >>> 30 == 2 ? 0xffff0000 : 0xffffff00;
  const w = words.word(k);
  const len = words.wordLen(k);
  if (len > 1 && load<u8>(w) == 47 && words.parseNumber(w + 1, len - 1) && words.value - 1 < 32) return 0xffffffff << (32 - words.value);
  return words.parseMask(w, len) ? words.value : 0;
}

function badMask(k: u32): bool {
  const w = matcher.argCount() > k ? k : k - 1;
  refuse("").escaped(words.word(w), words.wordLen(w)).put(" is no mask here: 255.255.255.0 or /24, for two stations or more.");
  nl();
  return false;
}

function putNetwork(network: u32, mask: u32): void {
  out.ip(network).char(47).u32(popcnt<u32>(mask));
}

function setNetwork(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const slot = pools.slotOf(pool);
  if (no) {
    pools.setNetwork(pool, 0, 0);
    server.forget(slot);
    return true;
  }
  const k = matcher.base + 1;
  const network = matcher.address(k);
  const mask = maskAt(k + 1, network);
  if (mask == 0) return badMask(k + 1);
  const changes = pool.network != network || pool.mask != mask;
  switch (pools.setNetwork(pool, network, mask)) {
    case Refusal.NONE:
      if (changes) server.forget(slot);
      break;
    case Refusal.BAD_MASK:
      return badMask(k + 1);
    case Refusal.BAD_NETWORK:
      refuse("").ip(network).put(" has bits outside the mask ").ip(mask).put(": the network is ").ip(network & mask).char(46);
      nl();
      return false;
    case Refusal.TWICE:
      refuse("Another DHCP pool has the network ");
      putNetwork(network, mask);
      out.put(" already.");
      nl();
      return false;
    default:
      refuse("").ip(network).put(" is no network of stations.");
      nl();
      return false;
  }
  // While the startup configuration is read, interfaces have no addresses yet.
  if (startup.applying || served(network, mask)) return true;
  refuse("Warning: no interface has an address in ");
  putNetwork(network, mask);
  out.put(" now, and the pool serves nobody until one has.");
  nl();
  return true;
}

/** Whether an interface is in the network. */
export function served(network: u32, mask: u32): bool {
  for (let port: u32 = 0; port < INTERFACES; port++) {
    const own = interfaces.at(port);
    if (own.address != 0 && (own.address & mask) == network) return true;
  }
  return false;
}

function setHost(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  if (no) {
    pools.setHost(pool, 0, 0);
    server.forget(pools.slotOf(pool));
    return true;
  }
  const k = matcher.base + 1;
  const address = matcher.address(k);
  const mask = maskAt(k + 1, address);
  switch (pools.setHost(pool, address, mask)) {
    case Refusal.NONE: return true;
    case Refusal.TWICE:
      refuse("Another DHCP pool has the host ").ip(address).put(" already.");
      break;
    case Refusal.BAD_MASK: return badMask(k + 1);
    default: refuse("").ip(address).put(" is no address that a station may have.");
  }
  nl();
  return false;
}

const octets: usize = memory.data(64, 4);

/** Hexadecimal digits, with dots between them wherever. Octets in `octets`; 0: it is none, or longer than `most`. */
function parseHex(p: usize, len: u32, most: u32): u32 {
  let digits: u32 = 0;
  let octet: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    let c = <u32>load<u8>(p + <usize>i);
    if (c == 46 && i > 0) continue;
    c = hexDigit(c);
    if (c > 15 || digits >= 2 * most) return 0;
    octet = (octet << 4) | c;
    digits++;
    if ((digits & 1) == 0) store<u8>(octets + <usize>((digits >>> 1) - 1), <u8>octet);
  }
  return digits & 1 ? 0 : digits >>> 1;
}

function setId(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  if (no) {
    pools.setId(pool, 0, 0);
    return true;
  }
  const k = matcher.base + 1;
  const len = parseHex(words.word(k), words.wordLen(k), ID_MAX);
  if (len < 2) {
    refuse("").escaped(words.word(k), words.wordLen(k)).put(" is no client identifier: 2 to ").u32(ID_MAX).put(" octets in hexadecimal are allowed, as in 0102.0000.0000.0a (01, then the hardware address).");
    nl();
    return false;
  }
  pools.setId(pool, octets, len);
  return true;
}

function setHardware(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const k = matcher.base + 1;
  if (!no) words.parseMac(words.word(k), words.wordLen(k), octets);
  pools.setHardware(pool, no ? 0 : octets);
  return true;
}

/** Addresses from word `k` on into a table. How many; 0: one of them is none of a station's. */
function stationsAt(k: u32, table: usize): u32 {
  let n: u32 = 0;
  for (; k < matcher.argCount() && n < STATIONS_MAX; k++) store<u32>(table + <usize>(n++ << 2), matcher.address(k));
  return n;
}

function setRouters(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  pool.routers = no ? 0 : stationsAt(matcher.base + 1, pool.routerTable);
  return true;
}

function setNameServers(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  pool.nameServers = no ? 0 : stationsAt(matcher.base + 1, pool.nameServerTable);
  return true;
}

function setDomain(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.wordLen(k);
  if (len > TEXT_MAX) return wordTooLong(words.word(k), len, TEXT_MAX);
  pools.setDomain(pool, words.word(no ? 0 : k), len);
  return true;
}

function setBootFile(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const k = matcher.base + 1;
  const len: u32 = no ? 0 : words.wordLen(k);
  if (len > TEXT_MAX) return wordTooLong(words.word(k), len, TEXT_MAX);
  pools.setBootFile(pool, words.word(no ? 0 : k), len);
  return true;
}

function setLease(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const k = matcher.base + 1;
  if (no) pool.lease = 0;
  else if (matcher.isKeyword(k, "infinite")) pool.lease = leases.FOREVER;
  else {
    const n = matcher.argCount();
    const seconds = matcher.number(k) * 86400 + (n > k + 1 ? matcher.number(k + 1) * 3600 : 0) + (n > k + 2 ? matcher.number(k + 2) * 60 : 0);
    if (seconds == 0) return refused("A lease of no time is none: a minute (`lease 0 0 1`) is the shortest.");
    pool.lease = seconds;
  }
  return true;
}

function setNextServer(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  pool.nextServer = no ? 0 : matcher.address(matcher.base + 1);
  return true;
}

function setImport(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  pool.importAll = !no;
  return true;
}

/** Addresses from word `k` on as an option's octets. */
function stationOption(pool: DhcpPool, code: u32, k: u32): bool {
  let n: u32 = 0;
  for (; k < matcher.argCount() && n < STATIONS_MAX; k++) put32(octets + <usize>(n++ << 2), matcher.address(k));
  return stored(pools.setOption(pool, code, Kind.IP, octets, n << 2));
}

function stored(refusal: Refusal): bool {
  if (refusal == Refusal.NONE) return true;
  if (refusal == Refusal.NOT_FOUND) return refused("There is no such option.");
  refuse("There are ").u32(DHCP_OPTIONS).put(" options in DHCP pools already, which is the most.");
  nl();
  return false;
}

/** Option 44 (RFC 2132, 8.5). */
function setNetbios(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  if (no) return stored(pools.setOption(pool, 44, Kind.IP, 0, 0));
  return stationOption(pool, 44, matcher.base + 1);
}

/** What a line of its own says, or the protocol itself. */
function reserved(code: u32): bool {
  return code == 3 || code == 6 || code == 15 || (code >= 50 && code <= 59) || code == 61;
}

function setOption(no: bool): bool {
  const pool = current();
  if (!pool) return false;
  const k = matcher.base + 1;
  const code = matcher.number(k);
  if (no) return stored(pools.setOption(pool, code, Kind.IP, 0, 0));
  if (reserved(code)) {
    refuse("Option ").u32(code).put(" is not set so: `default-router`, `dns-server`, `domain-name` and `lease` say it, or DHCP itself.");
    nl();
    return false;
  }
  if (matcher.isKeyword(k + 1, "ip")) return stationOption(pool, code, k + 2);
  const hex = matcher.isKeyword(k + 1, "hex");
  let text = words.word(k + 2);
  let len = hex ? parseHex(text, words.wordLen(k + 2), OPTION_MAX) : words.restLen(k + 2);
  if (hex) text = octets;
  else if (len > 1 && load<u8>(text) == 34 && load<u8>(text + <usize>(len - 1)) == 34) {
    text++;
    len -= 2;
  }
  if (len == 0 || len > OPTION_MAX) {
    refuse("").escaped(words.word(k + 2), min(words.restLen(k + 2), 80)).put(" can't be an option's value: 1 to ").u32(OPTION_MAX).put(" octets are allowed, in hexadecimal two digits each.");
    nl();
    return false;
  }
  return stored(pools.setOption(pool, code, hex ? Kind.HEX : Kind.ASCII, text, len));
}

/** The lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < pools.slots(); i++) {
    const pool = pools.at(i);
    if (pool) writePool(pool);
  }
}

function stationLine(keyword: string, table: usize, n: u32): void {
  if (n == 0) return;
  out.put(keyword);
  for (let i: u32 = 0; i < n; i++) out.char(32).ip(load<u32>(table + <usize>(i << 2)));
  nl();
}

function writePool(pool: DhcpPool): void {
  out.put("ip dhcp pool ").ascii(pool.name, pool.nameLen);
  nl();
  if (pool.importAll) say(" import all");
  if (pool.mask) {
    out.put(" network ").ip(pool.network).char(32).ip(pool.mask);
    nl();
  }
  if (pool.host) {
    out.put(" host ").ip(pool.host).char(32).ip(pool.hostMask);
    nl();
  }
  if (pool.idLen) {
    putDotted(out.put(" client-identifier "), pool.id, pool.idLen);
    nl();
  }
  if (pool.hasHardware) {
    out.put(" hardware-address ").mac(pool.hardware);
    nl();
  }
  if (pool.bootFileLen) {
    out.put(" bootfile ").ascii(pool.bootFile, pool.bootFileLen);
    nl();
  }
  if (pool.nextServer) {
    out.put(" next-server ").ip(pool.nextServer);
    nl();
  }
  stationLine(" default-router", pool.routerTable, pool.routers);
  stationLine(" dns-server", pool.nameServerTable, pool.nameServers);
  if (pool.domainLen) {
    out.put(" domain-name ").ascii(pool.domain, pool.domainLen);
    nl();
  }
  for (let i: u32 = 0; i < DHCP_OPTIONS; i++) {
    const option = pools.optionAt(i);
    if (option && option.pool == pools.slotOf(pool)) writeOption(option);
  }
  writeLease(pool);
  say("!");
}

function writeLease(pool: DhcpPool): void {
  const seconds = pool.lease;
  if (seconds == 0 || seconds == pools.LEASE_DEFAULT) return;
  if (seconds == leases.FOREVER) return say(" lease infinite");
  out.put(" lease ").u32(seconds / 86400);
  const rest = seconds % 86400;
  if (rest) out.char(32).u32(rest / 3600);
  if (rest % 3600) out.char(32).u32((rest % 3600) / 60);
  nl();
}

/** 0102.0000.0000.0a */
export function putDotted(text: Text, p: usize, len: u32): Text {
  for (let i: u32 = 0; i < len; i++) {
    if (i && (i & 1) == 0) text.char(46);
    text.hex8(load<u8>(p + <usize>i));
  }
  return text;
}

function writeOption(option: DhcpOption): void {
  if (option.code == 44 && option.kind == <u32>Kind.IP) out.put(" netbios-name-server");
  else {
    out.put(" option ").u32(option.code);
    out.put(option.kind == <u32>Kind.IP ? " ip" : option.kind == <u32>Kind.HEX ? " hex " : " ascii ");
  }
  if (option.kind == <u32>Kind.HEX) putDotted(out, option.octets, option.len);
  else if (option.kind == <u32>Kind.ASCII) out.ascii(option.octets, option.len);
  else for (let i: u32 = 0; i < option.len; i += 4) out.char(32).ip(bswap<u32>(load<u32>(option.octets + <usize>i)));
  nl();
}
