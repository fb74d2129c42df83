/**
 * Every maximum of the module, in one place. Whatever a remote party can trigger is bounded by a line here.
 * Sizes are bytes, times are milliseconds, unless a name says otherwise.
 */

/** Ethernet ports that the module can drive; port N is interface EthernetN. */
export const PORTS: u32 = 4;

// Packet buffers: see util/packet.ts for the layout of a buffer.
export const PACKETS: u32 = 112;
export const PACKET_STRIDE: u32 = 1920;
/** Larger buffers, for reassembled datagrams only. */
export const LARGE_PACKETS: u32 = 6;
export const LARGE_PACKET_STRIDE: u32 = 10240;
export const PACKET_HEADROOM: u32 = 128;
/** Kept free behind a frame: ESP padding and trailer (17), ICV (32), one cipher block. */
export const PACKET_TAILROOM: u32 = 80;
/** Buffers that the data path leaves to IKE and ARP when memory is short. */
export const PACKETS_RESERVED: u32 = 16;

/** Longest Ethernet frame without FCS: 1500 octets, header, one VLAN tag. */
export const FRAME_MAX: u32 = 1518;
export const MTU_MAX: u32 = 1500;
export const MTU_MIN: u32 = 576;

// Console
export const CONSOLE_BUFFER: u32 = 16384;
export const CONSOLE_LINE_MAX: u32 = 512;
export const STARTUP_CONFIG_MAX: u32 = 16384;

// Configuration
export const NAME_MAX: u32 = 32;
export const ROUTES: u32 = 64;
export const ARP_ENTRIES: u32 = 128;
/**
 * ARP entries whose station has not answered yet; packets that wait for one of them, and for all. Who has more than his share of
 * either gives up his own oldest when there is no room.
 */
export const ARP_INCOMPLETE: u32 = 64;
export const ARP_INCOMPLETE_SHARE: u32 = 16;
export const ARP_PENDING_PER_ENTRY: u32 = 3;
export const ARP_PENDING: u32 = 24;
export const ARP_PENDING_SHARE: u32 = 8;
/**
 * Datagrams in reassembly: in all, from one source, and from one whose fragments belong to an SA; what peers together leave to all
 * others. Fragments held: in all, and of one datagram.
 */
export const REASSEMBLIES: u32 = 16;
export const REASSEMBLIES_PER_SOURCE: u32 = 4;
export const REASSEMBLIES_PER_TUNNEL: u32 = 8;
export const REASSEMBLIES_OF_OTHERS: u32 = 4;
export const FRAGMENTS: u32 = 32;
export const FRAGMENTS_PER_DATAGRAM: u32 = 20;
/**
 * ICMP errors: a burst, then so many a second. Each interface that what they are about came in by has such a bucket, and so
 * have the tunnels together; errors that carry a path MTU have as many of their own.
 */
export const ICMP_ERROR_BURST: u32 = 20;
export const ICMP_ERROR_RATE: u32 = 50;
/** Octets of an ICMP error's whole datagram (RFC 1812, 4.3.2.3). */
export const ICMP_ERROR_MAX: u32 = 576;
/** Octets of the datagrams of `ping`. */
export const PING_SIZE_MIN: u32 = 36;
export const PING_SIZE_MAX: u32 = 9000;
/** Tunnels that a packet may pass on its way through this gateway. */
export const TUNNEL_DEPTH: u32 = 3;
export const ACCESS_LISTS: u32 = 48;
export const ACCESS_LIST_ENTRIES: u32 = 192;
export const ACCESS_LIST_REMARKS: u32 = 24;
export const REMARK_MAX: u32 = 100;
export const DESCRIPTION_MAX: u32 = 80;
export const TRANSFORM_SETS: u32 = 24;
export const CRYPTO_MAP_ENTRIES: u32 = 48;
export const CRYPTO_MAP_PEERS: u32 = 4;
export const CRYPTO_MAP_TRANSFORM_SETS: u32 = 6;
export const ISAKMP_POLICIES: u32 = 24;
export const ISAKMP_KEYS: u32 = 48;
export const PSK_MAX: u32 = 128;
/** Groups of private use: configured, and brought by peers; of one SA; offers that an SA may make, and the pause between two. */
export const PRIVATE_GROUPS: u32 = 8;
/** Of one ISAKMP SA, and of one peer under all of its. */
export const PRIVATE_GROUPS_PER_SA: u32 = 2;
export const NEW_GROUP_OFFERS_PER_SA: u32 = 8;
export const NEW_GROUP_PAUSE: u64 = 10000;
export const ISAKMP_PROFILES: u32 = 12;
export const ISAKMP_PROFILE_MATCHES: u32 = 24;

// Policies and associations
export const POLICIES: u32 = 128;
/** Policies of dynamic crypto maps that peers have made of them: in all, and of one peer. */
export const DYNAMIC_POLICIES: u32 = 48;
export const DYNAMIC_PER_PEER: u32 = 8;
/** Flows whose policy is remembered; a power of two. */
export const FLOWS: u32 = 256;
/** Both directions together; an SPI carries its slot in its low bits (sadb/sas/sad.ts). */
export const SAS: u32 = 256;
export const ACQUIRES: u32 = 64;
/** Packets that wait for one policy's first SA, and for all policies. */
export const HELD_PACKETS_PER_POLICY: u32 = 4;
export const HELD_PACKETS: u32 = 32;
/** How long they wait. */
export const HELD_MILLISECONDS: u32 = 20000;
/**
 * What an initiator keeps back the held packets for after Quick Mode's third message: a responder that takes its SAs into
 * use only with that message would drop what comes right behind it.
 */
export const HELD_SETTLE_MILLISECONDS: u32 = 50;
export const REPLAY_WINDOW_MAX: u32 = 1024;
export const REPLAY_WINDOW_DEFAULT: u32 = 64;

// IKE
export const ISAKMP_SAS: u32 = 60;
/** Of these, kept for negotiations: established ones may take the others. */
export const ISAKMP_SAS_RESERVED: u32 = 12;
/** Peers that have proved who they are. */
export const PEERS: u32 = 96;
/** Octets of a peer's identity that are kept. */
export const PEER_ID_MAX: u32 = 128;
/** What one peer may have: ISAKMP SAs (who makes more gives up its oldest), exchanges that it began, pairs of IPsec SAs (likewise). */
export const PEER_ISAKMP_SAS: u32 = 6;
export const PEER_EXCHANGES: u32 = 28;
export const PEER_PAIRS: u32 = 32;
export const EXCHANGES: u32 = 64;
/**
 * Phase 1 exchanges that have not authenticated their peer yet, of each mode: from one address, and in all. Each holds some nine pieces of
 * octets (ike/state/buffers.ts), and both modes together leave a tenth of them to peers that are known.
 */
export const HALF_OPEN_PER_ADDRESS: u32 = 8;
export const HALF_OPEN: u32 = 10;
/** From so many on, from one address or in all, first messages are answered without state (ike/engine/cookies.ts). */
export const HALF_OPEN_LOAD_PER_ADDRESS: u32 = 4;
export const HALF_OPEN_LOAD: u32 = 8;
/** The stores of offers that are then kept in place of exchanges: short ones and long ones; 1024 pieces of 32 octets. */
export const OFFERS_SHORT: u32 = 24576;
export const OFFERS_LONG: u32 = 8192;
export const OFFER_SHORT_MAX: u32 = 160;
/** Ten bits of a cookie. */
export const OFFER_MAX: u32 = 1023;
/** Longest ISAKMP message taken or made. */
export const ISAKMP_MESSAGE_MAX: u32 = 3072;

/** Peers whose last attempt is remembered for `show crypto isakmp diagnose`: of the configuration, and all others together. */
export const ATTEMPTS: u32 = 12;
export const ATTEMPTS_OF_STRANGERS: u32 = 4;
/** Octets of the sentence that says why an attempt failed. */
export const ATTEMPT_REASON_MAX: u32 = 400;

// Random bits
/** Requests to the DRBG between two reseedings from the host. */
export const DRBG_RESEED_INTERVAL: u32 = 4096;

/** Work of one slice of a modular exponentiation, in 32 x 32 bit limb multiplications: a millisecond or two on the slowest board. */
export const MODEXP_SLICE: u32 = 100000;
