/**
 * Why something was dropped or refused: every reason has a number, a name that people read and a counter
 * (`show counters`). A peer's fault ends in `drop`; a fault of our own ends in `assertThat`.
 */
import { Halt, halt } from "./host";

/** Reasons for a drop. Append at the end of a room's block and give the name in `dropName`. */
export const enum Drop {
  NONE = 0,
  // Ethernet and ARP
  FRAME_TOO_SHORT,
  FRAME_TOO_LONG,
  ETHERTYPE_UNKNOWN,
  NOT_OUR_MAC,
  PORT_DOWN,
  ARP_MALFORMED,
  ARP_UNRESOLVED,
  ARP_QUEUE_FULL,
  NO_BUFFER,
  /** the host gave or freed a buffer that was not its own */
  HOST_BUFFER,
  // IPv4, ICMP, UDP
  IP_HEADER,
  IP_CHECKSUM,
  IP_OPTIONS,
  IP_SOURCE,
  TTL_EXPIRED,
  NO_ROUTE,
  NO_ADDRESS,
  FRAGMENT_MALFORMED,
  FRAGMENT_TIMEOUT,
  FRAGMENT_TABLE_FULL,
  DF_TOO_BIG,
  PROTOCOL_UNKNOWN,
  UDP_MALFORMED,
  UDP_NO_PORT,
  ICMP_MALFORMED,
  IP_BROADCAST,
  ICMP_RATE_LIMIT,
  NULL_ROUTE,
  TUNNEL_LOOP,
  FRAGMENT_ECN,
  // SPD
  POLICY_DISCARD,
  POLICY_PLAINTEXT,
  POLICY_WRONG_SA,
  /** what came out of an SA, or says something of it, and would leave in plain */
  POLICY_UNPROTECTED,
  HELD_FULL,
  HELD_TIMEOUT,
  // ESP
  ESP_TOO_SHORT,
  ESP_UNKNOWN_SPI,
  ESP_WRONG_ADDRESS,
  ESP_REPLAY,
  ESP_ICV,
  ESP_LENGTH,
  ESP_PADDING,
  ESP_NEXT_HEADER,
  ESP_SEQUENCE_END,
  ESP_LIFETIME,
  ESP_INNER,
  NATT_KEEPALIVE,
  // AH
  AH_MALFORMED,
  AH_UNKNOWN_SPI,
  AH_WRONG_ADDRESS,
  AH_REPLAY,
  AH_ICV,
  AH_LIFETIME,
  AH_NEXT_HEADER,
  /** ESP of a bundle that came without the AH around it */
  AH_MISSING,
  // ISAKMP
  IKE_TOO_SHORT,
  IKE_TOO_LONG,
  IKE_HEADER,
  IKE_VERSION,
  IKE_LENGTH,
  IKE_COOKIE,
  IKE_EXCHANGE_TYPE,
  IKE_FLAGS,
  IKE_PAYLOAD,
  IKE_PAYLOAD_MISSING,
  IKE_PAYLOAD_UNEXPECTED,
  IKE_UNEXPECTED_STATE,
  IKE_DUPLICATE,
  IKE_DECRYPT,
  IKE_HASH,
  IKE_NO_PROPOSAL,
  IKE_AUTHENTICATION,
  IKE_IDENTITY,
  IKE_KEY_EXCHANGE,
  IKE_NONCE,
  IKE_SELECTORS,
  IKE_NO_KEY,
  IKE_HALF_OPEN,
  IKE_POOL,
  IKE_NO_ENTROPY,
  IKE_UNPROTECTED_NOTIFY,
  IKE_RATE_LIMIT,
  IKE_DPD_REPLAY,
  IKE_AGGRESSIVE,
  IKE_GROUP,
  IKE_UNKNOWN_IDENTITY,
  /** a fragment that another contradicts, or fragments that make no message */
  IKE_FRAGMENT,
  /** fragments whose others did not come in time, or before another message's */
  IKE_FRAGMENT_LOST,
  IKE_FRAGMENT_ROOM,
  IKE_FRAGMENT_OFF,
  /** more messages wait than there is room for, or than one source's share */
  IKE_LINE_FULL,
  // Subinterfaces and tunnels
  /** a frame of a VLAN that no subinterface has */
  VLAN_UNKNOWN,
  /** GRE that is malformed, or of a kind that is not spoken here */
  GRE_MALFORMED,
  /** GRE from or to somebody that no tunnel interface is with */
  GRE_NO_TUNNEL,
  /** what came in plain for a tunnel that is protected */
  TUNNEL_PLAINTEXT,
  /** a tunnel interface that has no way to its other end, or nothing yet that protects it */
  TUNNEL_DOWN,
  // Filters
  FILTER_DENIED,
  /** no line fits: the deny that ends every list */
  FILTER_IMPLICIT,
  FILTER_NO_LIST,
  /** too short, or cut so that nobody sees what it is */
  FILTER_UNREADABLE,
  /** a policy's route map names a list that is missing */
  POLICY_NO_LIST,
  SOURCE_PROTECTED,
  SOURCE_UNREACHABLE,
  INSPECT_FULL,
  INSPECT_SHARE,
  // DHCP
  DHCP_MALFORMED,
  DHCP_COOKIE,
  DHCP_OPTIONS,
  DHCP_PORT,
  DHCP_XID,
  DHCP_CHADDR,
  DHCP_SERVER,
  DHCP_ANSWER,
  DHCP_STATE,
  DHCP_RELAYED,
  DHCP_NO_POOL,
  DHCP_POOL_EMPTY,
  DHCP_TABLE_FULL,
  DHCP_SHARE,
  // NAT
  NAT_MALFORMED,
  /** a protocol without ports, under overload */
  NAT_PROTOCOL,
  /** no place in the table that is not in use */
  NAT_FULL,
  NAT_HOST_FULL,
  NAT_NO_PORT,
  NAT_NO_ADDRESS,
  /** a rule names a list or a route map that is missing */
  NAT_NO_LIST,
  NAT_NO_TRANSLATION,
  /** a fragment whose datagram's first one is not known */
  NAT_FRAGMENT,
  /** an ICMP error from inside about what has no translation */
  NAT_ERROR,
  /** a crypto map covers it before it is translated, and nothing after */
  NAT_MISSES_CRYPTO,
  // Services of our own
  LOG_QUEUE_FULL,
  SERVICE_SOURCE,
  DNS_MALFORMED,
  DNS_MISMATCH,
  NTP_MALFORMED,
  NTP_MISMATCH,
  NTP_MAC,
  COUNT,
}

const counters = memory.data(<i32>Drop.COUNT * 4, 4);

/** Counts a drop. */
export function drop(reason: Drop): void {
  const p = counters + ((<usize>reason) << 2);
  store<u32>(p, load<u32>(p) + 1);
}

export function dropCount(reason: Drop): u32 {
  return load<u32>(counters + ((<usize>reason) << 2));
}

export function clearDropCounts(): void {
  memory.fill(counters, 0, <usize>Drop.COUNT * 4);
}

/** The name of a reason as `show counters` prints it. */
export function dropName(reason: Drop): string {
  switch (reason) {
    case Drop.FRAME_TOO_SHORT: return "frame too short";
    case Drop.FRAME_TOO_LONG: return "frame too long";
    case Drop.ETHERTYPE_UNKNOWN: return "ethertype not handled";
    case Drop.NOT_OUR_MAC: return "frame for another station";
    case Drop.PORT_DOWN: return "interface is down";
    case Drop.ARP_MALFORMED: return "malformed ARP";
    case Drop.ARP_UNRESOLVED: return "next hop did not answer ARP";
    case Drop.ARP_QUEUE_FULL: return "ARP queue full";
    case Drop.NO_BUFFER: return "no packet buffer";
    case Drop.HOST_BUFFER: return "buffer that was not the host's to give";
    case Drop.IP_HEADER: return "bad IPv4 header";
    case Drop.IP_CHECKSUM: return "bad IPv4 checksum";
    case Drop.IP_OPTIONS: return "IPv4 options refused";
    case Drop.IP_SOURCE: return "bad IPv4 source address";
    case Drop.TTL_EXPIRED: return "TTL expired";
    case Drop.NO_ROUTE: return "no route";
    case Drop.NO_ADDRESS: return "interface has no address";
    case Drop.FRAGMENT_MALFORMED: return "malformed fragment";
    case Drop.FRAGMENT_TIMEOUT: return "reassembly timed out";
    case Drop.FRAGMENT_TABLE_FULL: return "reassembly table full";
    case Drop.DF_TOO_BIG: return "too big and DF set";
    case Drop.PROTOCOL_UNKNOWN: return "protocol not handled";
    case Drop.UDP_MALFORMED: return "malformed UDP";
    case Drop.UDP_NO_PORT: return "UDP port not open";
    case Drop.ICMP_MALFORMED: return "malformed ICMP";
    case Drop.IP_BROADCAST: return "IPv4 broadcast or multicast";
    case Drop.ICMP_RATE_LIMIT: return "ICMP error withheld by rate limit";
    case Drop.NULL_ROUTE: return "route to Null0";
    case Drop.TUNNEL_LOOP: return "through too many tunnels";
    case Drop.FRAGMENT_ECN: return "congestion marked on fragments of no ECN";
    case Drop.POLICY_DISCARD: return "policy: discard";
    case Drop.POLICY_PLAINTEXT: return "policy: plaintext that must be protected";
    case Drop.POLICY_WRONG_SA: return "policy: came through an SA of other selectors";
    case Drop.POLICY_UNPROTECTED: return "policy: from a tunnel, and would leave in plain";
    case Drop.HELD_FULL: return "too many packets wait for an SA";
    case Drop.HELD_TIMEOUT: return "no SA in time for a waiting packet";
    case Drop.ESP_TOO_SHORT: return "ESP too short";
    case Drop.ESP_UNKNOWN_SPI: return "ESP with an unknown SPI";
    case Drop.ESP_WRONG_ADDRESS: return "ESP between other addresses than its SA's";
    case Drop.ESP_REPLAY: return "ESP replayed or too old";
    case Drop.ESP_ICV: return "ESP failed authentication";
    case Drop.ESP_LENGTH: return "ESP length not whole blocks";
    case Drop.ESP_PADDING: return "ESP padding wrong";
    case Drop.ESP_NEXT_HEADER: return "ESP next header not expected";
    case Drop.ESP_SEQUENCE_END: return "ESP sequence numbers used up";
    case Drop.ESP_LIFETIME: return "ESP after the SA's lifetime";
    case Drop.ESP_INNER: return "bad packet inside ESP";
    case Drop.NATT_KEEPALIVE: return "NAT keepalive received";
    case Drop.AH_MALFORMED: return "malformed AH";
    case Drop.AH_UNKNOWN_SPI: return "AH unknown SPI";
    case Drop.AH_WRONG_ADDRESS: return "AH from or to another address than its SA's";
    case Drop.AH_REPLAY: return "AH replayed or too old";
    case Drop.AH_ICV: return "AH ICV wrong";
    case Drop.AH_LIFETIME: return "AH after the SA's lifetime";
    case Drop.AH_NEXT_HEADER: return "AH next header not expected";
    case Drop.AH_MISSING: return "ESP without the AH of its bundle";
    case Drop.IKE_TOO_SHORT: return "ISAKMP too short";
    case Drop.IKE_TOO_LONG: return "ISAKMP too long";
    case Drop.IKE_HEADER: return "bad ISAKMP header";
    case Drop.IKE_VERSION: return "other ISAKMP version";
    case Drop.IKE_LENGTH: return "ISAKMP length does not match";
    case Drop.IKE_COOKIE: return "unknown ISAKMP cookies";
    case Drop.IKE_EXCHANGE_TYPE: return "ISAKMP exchange type not handled";
    case Drop.IKE_FLAGS: return "ISAKMP flags wrong";
    case Drop.IKE_PAYLOAD: return "malformed ISAKMP payload";
    case Drop.IKE_PAYLOAD_MISSING: return "ISAKMP payload missing";
    case Drop.IKE_PAYLOAD_UNEXPECTED: return "ISAKMP payload unexpected";
    case Drop.IKE_UNEXPECTED_STATE: return "ISAKMP message unexpected in this state";
    case Drop.IKE_DUPLICATE: return "ISAKMP duplicate";
    case Drop.IKE_DECRYPT: return "ISAKMP decryption gave no message";
    case Drop.IKE_HASH: return "ISAKMP HASH wrong";
    case Drop.IKE_NO_PROPOSAL: return "ISAKMP no acceptable proposal";
    case Drop.IKE_AUTHENTICATION: return "ISAKMP authentication failed";
    case Drop.IKE_IDENTITY: return "ISAKMP identity refused";
    case Drop.IKE_KEY_EXCHANGE: return "ISAKMP public value refused";
    case Drop.IKE_NONCE: return "ISAKMP nonce length refused";
    case Drop.IKE_SELECTORS: return "ISAKMP selectors refused";
    case Drop.IKE_NO_KEY: return "ISAKMP no key for this peer";
    case Drop.IKE_HALF_OPEN: return "ISAKMP too many half-open exchanges";
    case Drop.IKE_POOL: return "ISAKMP pool used up";
    case Drop.IKE_NO_ENTROPY: return "ISAKMP no entropy";
    case Drop.IKE_UNPROTECTED_NOTIFY: return "ISAKMP unprotected notify, advisory only";
    case Drop.IKE_GROUP: return "ISAKMP group of private use refused";
    case Drop.IKE_AGGRESSIVE: return "ISAKMP Aggressive Mode is not allowed here";
    case Drop.IKE_UNKNOWN_IDENTITY: return "ISAKMP Aggressive Mode under an unknown identity";
    case Drop.IKE_RATE_LIMIT: return "ISAKMP answer withheld by rate limit";
    case Drop.IKE_DPD_REPLAY: return "ISAKMP R-U-THERE or its answer with a wrong number";
    case Drop.IKE_FRAGMENT: return "ISAKMP fragments that contradict each other";
    case Drop.IKE_FRAGMENT_LOST: return "ISAKMP fragments whose message never became whole";
    case Drop.IKE_FRAGMENT_ROOM: return "ISAKMP fragments without room";
    case Drop.IKE_FRAGMENT_OFF: return "ISAKMP fragment, and fragmentation is off";
    case Drop.IKE_LINE_FULL: return "ISAKMP messages come faster than they are dealt with";
    case Drop.VLAN_UNKNOWN: return "VLAN that no subinterface has";
    case Drop.GRE_MALFORMED: return "GRE malformed or not handled";
    case Drop.GRE_NO_TUNNEL: return "GRE that is no tunnel interface's";
    case Drop.TUNNEL_PLAINTEXT: return "plaintext for a tunnel interface that is protected";
    case Drop.TUNNEL_DOWN: return "tunnel interface is down";
    case Drop.FILTER_DENIED: return "access list: denied";
    case Drop.FILTER_IMPLICIT: return "access list: no line permits it";
    case Drop.FILTER_NO_LIST: return "access list: applied, and not there";
    case Drop.POLICY_NO_LIST: return "policy routing: a list of the route map is missing";
    case Drop.FILTER_UNREADABLE: return "access list: malformed, or too small a fragment";
    case Drop.SOURCE_PROTECTED: return "plain, with a source behind a tunnel";
    case Drop.SOURCE_UNREACHABLE: return "source not reachable this way";
    case Drop.INSPECT_FULL: return "inspection: no room for a further flow";
    case Drop.INSPECT_SHARE: return "inspection: a host's share of flows is used up";
    case Drop.DHCP_MALFORMED: return "malformed DHCP";
    case Drop.DHCP_COOKIE: return "DHCP without its magic cookie";
    case Drop.DHCP_OPTIONS: return "DHCP options that make no sense, or whose lengths lie";
    case Drop.DHCP_PORT: return "DHCP from another port than a client's or a server's";
    case Drop.DHCP_XID: return "DHCP answer of another transaction";
    case Drop.DHCP_CHADDR: return "DHCP answer for another station";
    case Drop.DHCP_SERVER: return "DHCP answer of another server than the chosen one";
    case Drop.DHCP_ANSWER: return "DHCP answer that offers nothing usable";
    case Drop.DHCP_STATE: return "DHCP message unexpected in this state";
    case Drop.DHCP_RELAYED: return "DHCP through a relay, which is not served";
    case Drop.DHCP_NO_POOL: return "DHCP on an interface that no pool serves";
    case Drop.DHCP_POOL_EMPTY: return "DHCP pool used up";
    case Drop.DHCP_TABLE_FULL: return "no room for another DHCP binding";
    case Drop.DHCP_SHARE: return "DHCP station with more addresses than its share";
    case Drop.NAT_MALFORMED: return "NAT too short to be translated";
    case Drop.NAT_PROTOCOL: return "NAT protocol without ports under overload";
    case Drop.NAT_FULL: return "NAT table full";
    case Drop.NAT_HOST_FULL: return "NAT inside host has its share of the table";
    case Drop.NAT_NO_PORT: return "NAT no port free";
    case Drop.NAT_NO_ADDRESS: return "NAT no address to translate to";
    case Drop.NAT_NO_LIST: return "NAT list or route map of a rule is missing";
    case Drop.NAT_NO_TRANSLATION: return "NAT address without a translation";
    case Drop.NAT_FRAGMENT: return "NAT fragment whose first one is not known";
    case Drop.NAT_ERROR: return "NAT ICMP error about what has no translation";
    case Drop.NAT_MISSES_CRYPTO: return "NAT takes it away from its crypto map";
    case Drop.LOG_QUEUE_FULL: return "lines of the log that a log host missed";
    case Drop.SERVICE_SOURCE: return "answer to a client of ours from elsewhere than asked";
    case Drop.DNS_MALFORMED: return "malformed DNS answer";
    case Drop.DNS_MISMATCH: return "DNS answer to no question of ours";
    case Drop.NTP_MALFORMED: return "malformed NTP answer";
    case Drop.NTP_MISMATCH: return "NTP answer to no request of ours";
    case Drop.NTP_MAC: return "NTP answer that its server's key does not authenticate";
    default: return "unnamed reason";
  }
}

/** A fault of our own: tells the host where, and stops this instance. @param line an identifier unique in the source */
export function assertThat(condition: bool, line: u32): void {
  if (!condition) {
    halt(Halt.ASSERTION, line);
    unreachable();
  }
}
