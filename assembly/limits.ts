/**
 * Every maximum of the module, in one place. Whatever a remote party can trigger is bounded by a line here.
 * Sizes are bytes, times are milliseconds, unless a name says otherwise.
 *
 * What grows with the number of tunnels is in a profile of size (limits/board.ts says what each number is of; docs/DESIGN.md,
 * "Profiles of size"), which the build chooses. Here is what is the same in all of them.
 */
export * from "./limits/chosen";

/** Ethernet ports that the module can drive; port N is interface EthernetN. */
export const PORTS: u32 = 4;
/** With the subinterfaces, loopbacks and tunnels that the configuration makes: an interface's index is below it, a port's below PORTS. */
export const INTERFACES: u32 = PORTS + VIRTUAL_INTERFACES;
/** `ip address ... secondary` of one interface. */
export const SECONDARY_ADDRESSES: u32 = 4;

// Packet buffers: see util/packet.ts for the layout of a buffer.
export const PACKET_STRIDE: u32 = 1920;
export const LARGE_PACKET_STRIDE: u32 = 10240;
export const PACKET_HEADROOM: u32 = 128;
/** Kept free behind a frame: ESP padding and trailer (17), ICV (32), one cipher block. */
export const PACKET_TAILROOM: u32 = 80;

/** Longest Ethernet frame without FCS: 1500 octets, header, one VLAN tag. */
export const FRAME_MAX: u32 = 1518;
export const MTU_MAX: u32 = 1500;
export const MTU_MIN: u32 = 576;

// Console
export const CONSOLE_BUFFER: u32 = 16384;
export const CONSOLE_LINE_MAX: u32 = 512;
/** What is pasted over several lines: certificates, keys, CRLs. */
export const PASTE_MAX: u32 = 32768;

// Configuration
/** Of names that the configuration gives; those that clouds generate have up to 40 characters. */
export const NAME_MAX: u32 = 48;
export const REMARK_MAX: u32 = 100;
/** Certificates between an authority and our own, of one trustpoint; characters of the `subject-name` that is asked for. */
export const INTERMEDIATES: u32 = 4;
/** CRLs and delta CRLs of a trustpoint: the authority's, and those of the intermediates below it. */
export const CRLS: u32 = 4;
export const SUBJECT_NAME_MAX: u32 = 256;
export const ARP_PENDING_PER_ENTRY: u32 = 3;
export const FRAGMENTS_PER_DATAGRAM: u32 = 20;
/**
 * ICMP errors: a burst, then so many a second. Each interface that what they are about came in by has such a bucket, and so
 * have the tunnels together; errors that carry a path MTU have as many of their own.
 */
export const ICMP_ERROR_BURST: u32 = 20;
export const ICMP_ERROR_RATE: u32 = 50;
/** Octets of an ICMP error's whole datagram (RFC 1812, 4.3.2.3). */
export const ICMP_ERROR_MAX: u32 = 576;
/** `ip nat translation max-entries host`: hosts with a limit of their own. */
export const NAT_HOST_LIMITS: u32 = 8;
/** Octets of the datagrams of `ping`. */
export const PING_SIZE_MIN: u32 = 36;
export const PING_SIZE_MAX: u32 = 9000;
/** Tunnels that a packet may pass on its way through this gateway. */
export const TUNNEL_DEPTH: u32 = 3;
/** Of one ISAKMP SA, and of one peer under all of its. */
export const PRIVATE_GROUPS_PER_SA: u32 = 2;
export const NEW_GROUP_OFFERS_PER_SA: u32 = 8;
export const NEW_GROUP_PAUSE: u64 = 10000;

// Policies and associations
/** Packets that wait for one policy's first SA. */
export const HELD_PACKETS_PER_POLICY: u32 = 4;
/** How long they wait. */
export const HELD_MILLISECONDS: u32 = 20000;
/**
 * What an initiator keeps back the held packets for after Quick Mode's third message: a responder that takes its SAs into
 * use only with that message would drop what comes right behind it.
 */
export const HELD_SETTLE_MILLISECONDS: u32 = 50;
export const REPLAY_WINDOW_DEFAULT: u32 = 64;

// IKE
/** Octets of a peer's identity that are kept. */
export const PEER_ID_MAX: u32 = 128;
/** The stores of offers that are kept in place of exchanges under load: short ones and long ones; 1024 pieces of 32 octets. */
export const OFFERS_SHORT: u32 = 24576;
export const OFFERS_LONG: u32 = 8192;
export const OFFER_SHORT_MAX: u32 = 160;
/** Ten bits of a cookie. */
export const OFFER_MAX: u32 = 1023;
/** Longest ISAKMP message taken or made: a chain of certificates and then some. */
export const ISAKMP_MESSAGE_MAX: u32 = 9216;
/** Longest first message that is taken in fragments; fragments that a message of ours becomes at the most. */
export const ISAKMP_JOINING_FIRST_MAX: u32 = 3072;
export const ISAKMP_FRAGMENTS_SENT: u32 = 16;
/** Octets of the sentence that says why an attempt failed. */
export const ATTEMPT_REASON_MAX: u32 = 400;

// Services of our own
/** Sockets of our own clients; log hosts. */
export const SOCKETS: u32 = 24;
export const LOG_HOSTS: u32 = 4;
/** Names that are known or asked for; of these, of `ip host`; questions at once; servers of names and of time. */
export const DNS_NAMES: u32 = 48;
export const IP_HOSTS: u32 = 24;
export const DNS_QUESTIONS: u32 = 8;
export const NAME_SERVERS: u32 = 6;
export const NTP_SERVERS: u32 = 6;
/** Keys that servers of time prove themselves with, and octets of one. */
export const NTP_KEYS: u32 = 8;
export const NTP_KEY_MAX: u32 = 32;
/** Peers of crypto maps that are known by name. */
export const PEER_NAMES: u32 = 16;

// Random bits
/** Requests to the DRBG between two reseedings from the host. */
export const DRBG_RESEED_INTERVAL: u32 = 4096;

/** Work of one slice of a modular exponentiation, in 32 x 32 bit limb multiplications: a millisecond or two on the slowest board. */
export const MODEXP_SLICE: u32 = 100000;

// @ts-ignore: decorator
@inline
function powerOfTwo(n: u32): bool {
  return n != 0 && (n & (n - 1)) == 0;
}

/** What the numbers owe each other. It is the compiler that looks: one that does not hold is an error of the build. */
export function check(): void {
  if (!powerOfTwo(FLOWS) || FLOWS < 4) ERROR("FLOWS is to be a power of two, four at least");
  if (!powerOfTwo(LOG_BUFFER) || !powerOfTwo(LOG_QUEUE)) ERROR("LOG_BUFFER and LOG_QUEUE are to be powers of two");
  if (!powerOfTwo(ARP_BUCKETS)) ERROR("ARP_BUCKETS is to be a power of two");
  if (!powerOfTwo(REPLAY_WINDOW_MAX) || REPLAY_WINDOW_MAX < REPLAY_WINDOW_DEFAULT) ERROR("REPLAY_WINDOW_MAX is to be a power of two, the default window at least");
  if (PORTS < 1 || INTERFACES > 64) ERROR("a double word has a bit for each interface: INTERFACES is 64 at most");
  if (SAS > 0xfffe || POLICIES > 0xfffe || ROUTES + INTERFACES * (1 + SECONDARY_ADDRESSES) > 0xffff || ISAKMP_SAS > 0xfffe || PEERS > 0xfffe || PACKETS > 0xffff) ERROR("a pool's slots are numbered with 16 bits");
  if (SAS < 2 * TUNNELS + 4) ERROR("SAS leaves no room for a renewal beside all TUNNELS");
  if (POLICIES < TUNNELS || PEERS < 2 || DYNAMIC_POLICIES > POLICIES) ERROR("POLICIES is to have room for all TUNNELS");
  if (ISAKMP_SAS <= ISAKMP_SAS_RESERVED || HALF_OPEN_LOAD > HALF_OPEN || HALF_OPEN_LOAD_PER_ADDRESS > HALF_OPEN_PER_ADDRESS) ERROR("what is reserved is less than all");
  if (PACKETS <= PACKETS_RESERVED + PACKETS_HELD_MAX) ERROR("PACKETS leaves none to the data path");
  if (PACKET_STRIDE % 64 != 0 || LARGE_PACKET_STRIDE % 64 != 0) ERROR("buffers begin at multiples of 64 octets");
  if (OFFERS_SHORT + OFFERS_LONG > 32768 || OFFER_MAX > 1023) ERROR("a cookie has ten bits for an offer's place and ten for its length");
  if (ISAKMP_MESSAGE_MAX + 64 > LARGE_PACKET_STRIDE - PACKET_HEADROOM - PACKET_TAILROOM - 64) ERROR("a large packet buffer is to hold the longest ISAKMP message");
  if (ISAKMP_JOININGS_FIRST >= ISAKMP_JOININGS || LARGE_PACKETS <= 2 * ISAKMP_JOINED_LARGE_LEFT) ERROR("strangers are to leave room to peers");
  if (ISAKMP_JOINING_PIECES * 1024 < 2 * ISAKMP_MESSAGE_MAX) ERROR("two of the longest messages are to fit at once");
  if (OUTPUTS < ISAKMP_FRAGMENTS_SENT + 8) ERROR("OUTPUTS is to have room for a message in fragments beside others");
  if (ISAKMP_LINE + 2 * PACKETS_RESERVED > PACKETS || ISAKMP_MESSAGES_A_POLL < 1) ERROR("ISAKMP_LINE is to leave buffers to the data path");
  if (NAT_TRANSLATIONS > 0xfffe || NAT_HOSTS > 0xfffe || NAT_HOST_SHARE > NAT_TRANSLATIONS || NAT_RULES > 255) ERROR("a translation numbers others with 16 bits, and its rule with eight");
  if (MESSAGE_IDS < 8) ERROR("an ISAKMP SA serves a few Quick Modes at least");
}
