/** Profile of size `board`: sixteen peers and more on a board with little memory. Every other profile has the same names. */

/** What `show version` calls the profile. */
export const PROFILE: string = "board";

/**
 * Tunnels: policies that protect, of the configuration and made by peers together. SAS must have room for all of them and for the
 * renewals that go on at once: what is above 2 * TUNNELS is theirs.
 */
export const TUNNELS: u32 = 112;

// Packet buffers
export const PACKETS: u32 = 100;
/** Larger buffers, for reassembled datagrams only. */
export const LARGE_PACKETS: u32 = 8;
/** Buffers that the data path leaves to IKE and ARP when memory is short. */
export const PACKETS_RESERVED: u32 = 16;
/** Most packets that exchanges may hold: the data path needs the others. */
export const PACKETS_HELD_MAX: u32 = 24;

// Configuration
/** Certificates and wrapped keys take 2.3 characters an octet in it. */
export const STARTUP_CONFIG_MAX: u32 = 61440;
/** Names that may configure. */
export const USERS: u32 = 8;
/** Octets for the lines that are kept and have no effect. */
export const IGNORED_MAX: u32 = 8192;
export const DESCRIPTION_MAX: u32 = 80;
/** Subinterfaces, loopbacks and tunnels together. */
export const VIRTUAL_INTERFACES: u32 = 12;
export const ROUTES: u32 = 64;
export const ACCESS_LISTS: u32 = 48;
export const ACCESS_LIST_ENTRIES: u32 = 192;
export const ACCESS_LIST_REMARKS: u32 = 24;
/** Sets of ports of lines whose `eq` names several. */
export const ACCESS_LIST_PORT_SETS: u32 = 16;
export const OBJECT_GROUPS: u32 = 8;
export const OBJECT_GROUP_MEMBERS: u32 = 32;
export const TRANSFORM_SETS: u32 = 24;
export const CRYPTO_MAP_ENTRIES: u32 = 48;
export const CRYPTO_MAP_PEERS: u32 = 4;
export const CRYPTO_MAP_TRANSFORM_SETS: u32 = 6;
export const ISAKMP_POLICIES: u32 = 24;
export const ISAKMP_KEYS: u32 = 48;
export const ISAKMP_KEYRINGS: u32 = 8;
/** Octets of a pre-shared key, and of the name of who has it. */
export const PSK_MAX: u32 = 128;
export const HOSTNAME_MAX: u32 = 128;
/** Groups of private use: configured, and brought by peers; of one SA; offers that an SA may make, and the pause between two. */
export const PRIVATE_GROUPS: u32 = 8;
export const ISAKMP_PROFILES: u32 = 12;
export const ISAKMP_PROFILE_MATCHES: u32 = 24;

// Keys and certificates
/** Certification authorities, pairs of keys of our own, raw keys of peers, rules of certificate maps. */
export const TRUSTPOINTS: u32 = 16;
export const KEY_PAIRS: u32 = 12;
export const PEER_KEYS: u32 = 32;
export const CERTIFICATE_RULES: u32 = 24;
/** Octets for all of them, which lie in pieces of 64. */
export const PKI_OCTETS: u32 = 49152;

// Neighbours
export const ARP_ENTRIES: u32 = 128;
/** Lists that ARP entries are found through; a power of two. */
export const ARP_BUCKETS: u32 = 64;
/**
 * ARP entries whose station has not answered yet; packets that wait for one of them, and for all. Who has more than his share of
 * either gives up his own oldest when there is no room.
 */
export const ARP_INCOMPLETE: u32 = 64;
export const ARP_INCOMPLETE_SHARE: u32 = 16;
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
/** Packets that wait for a first SA, for all policies. */
export const HELD_PACKETS: u32 = 32;
/** 64 or a power of two above it. */
export const REPLAY_WINDOW_MAX: u32 = 1024;
/** The renewal of a lifetime begins in this part of it, in 4096ths, and so much later at the most: by its initiator, by its responder. */
export const RENEWAL_FROM: u32 = 3482;
export const RENEWAL_SPREAD: u32 = 205;
export const RENEWAL_FROM_RESPONDER: u32 = 3768;
export const RENEWAL_SPREAD_RESPONDER: u32 = 164;

// IKE
export const ISAKMP_SAS: u32 = 60;
/** Of these, kept for negotiations: established ones may take the others. */
export const ISAKMP_SAS_RESERVED: u32 = 12;
/** Message IDs of a peer that an SA remembers (ike/state/isakmp_sa.ts). */
export const MESSAGE_IDS: u32 = 256;
/** Peers that have proved who they are. */
export const PEERS: u32 = 96;
/** What one peer may have: ISAKMP SAs (who makes more gives up its oldest), exchanges that it began, pairs of IPsec SAs (likewise). */
export const PEER_ISAKMP_SAS: u32 = 6;
export const PEER_EXCHANGES: u32 = 28;
export const PEER_PAIRS: u32 = 32;
export const EXCHANGES: u32 = 64;
/** Pieces of octets that exchanges hold: of 256, of 1024, of 3072, of the longest message (ike/state/buffers.ts). */
export const PIECES_SMALL: u32 = 128;
export const PIECES_MEDIUM: u32 = 96;
export const PIECES_LARGE: u32 = 24;
export const PIECES_WHOLE: u32 = 4;
/**
 * Messages that come in fragments at once (ike/state/joinings.ts): in all, and of these first ones; pieces of 1024 octets for them. Large
 * packet buffers that messages joined of fragments leave, those of peers; of others, twice as many.
 */
export const ISAKMP_JOININGS: u32 = 16;
export const ISAKMP_JOININGS_FIRST: u32 = 4;
export const ISAKMP_JOINING_PIECES: u32 = 32;
export const ISAKMP_JOINED_LARGE_LEFT: u32 = 2;
/**
 * Phase 1 exchanges that have not authenticated their peer yet, of each mode: from one address, and in all. Each holds some nine pieces of
 * octets (ike/state/buffers.ts), and both modes together leave a tenth of them to peers that are known.
 */
export const HALF_OPEN_PER_ADDRESS: u32 = 8;
export const HALF_OPEN: u32 = 10;
/** From so many on, from one address or in all, first messages are answered without state (ike/engine/cookies.ts). */
export const HALF_OPEN_LOAD_PER_ADDRESS: u32 = 4;
export const HALF_OPEN_LOAD: u32 = 8;
/** Messages that wait for `poll` (ike/engine/line.ts), and how many one `poll` deals with: they cost no more than a slice of a power does. */
export const ISAKMP_LINE: u32 = 32;
export const ISAKMP_MESSAGES_A_POLL: u32 = 1;
/** Messages of ours that wait for the device: more than a burst ever makes. */
export const OUTPUTS: u32 = 32;
/** Peers whose last attempt is remembered for `show crypto isakmp diagnose`: of the configuration, and all others together. */
export const ATTEMPTS: u32 = 12;
export const ATTEMPTS_OF_STRANGERS: u32 = 4;
/** Addresses that peers proved who they are from, the last of them. */
export const KNOWN_ADDRESSES: u32 = 64;

// Filters
/** Rules of `ip inspect`; flows that are followed, and of one inside host. */
export const INSPECT_RULES: u32 = 8;
export const INSPECT_FLOWS: u32 = 256;
export const INSPECT_SHARE: u32 = 64;
/** Flows that lines with `log` tell of; entries of crypto maps with lists of their own. */
export const LIST_LOGS: u32 = 16;
export const CRYPTO_MAP_FILTERS: u32 = 8;
// DHCP
/** Addresses that are asked for by ARP before they are used or offered: at once. */
export const ARP_PROBES: u32 = 12;
/** Pools of the DHCP server, options in them, ranges that are excluded, addresses given or offered. */
export const DHCP_POOLS: u32 = 6;
export const DHCP_OPTIONS: u32 = 12;
export const DHCP_EXCLUDED: u32 = 16;
export const DHCP_BINDINGS: u32 = 96;

// NAT
/** Flows that are translated, in all and of one inside host; inside hosts that have any. */
export const NAT_TRANSLATIONS: u32 = 1024;
export const NAT_HOST_SHARE: u32 = 512;
export const NAT_HOSTS: u32 = 256;
/** `ip nat inside source static`, rules, pools, and entries of route maps that are configured. */
export const NAT_STATICS: u32 = 64;
export const NAT_RULES: u32 = 8;
export const NAT_POOLS: u32 = 8;
export const ROUTE_MAP_ENTRIES: u32 = 16;
/** Datagrams in fragments whose translation is remembered for the later ones, in all and of one host. */
export const NAT_FRAGMENTS: u32 = 32;
export const NAT_FRAGMENTS_SHARE: u32 = 8;
// The log
/** Octets of the log's buffer at the most, and of what waits for log hosts; powers of two. */
export const LOG_BUFFER: u32 = 16384;
export const LOG_QUEUE: u32 = 8192;
