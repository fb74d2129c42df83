/** Profile of size `hub`: 4,096 tunnels in at most 4 kB each. What the numbers are of stands in board.ts. */

export const PROFILE: string = "hub";

export const TUNNELS: u32 = 4096;

// Packet buffers
export const PACKETS: u32 = 384;
export const LARGE_PACKETS: u32 = 12;
export const PACKETS_RESERVED: u32 = 48;
export const PACKETS_HELD_MAX: u32 = 64;

// Configuration
export const STARTUP_CONFIG_MAX: u32 = 1048576;
export const USERS: u32 = 64;
/** Octets for the lines that are kept and have no effect. */
export const IGNORED_MAX: u32 = 16384;
export const DESCRIPTION_MAX: u32 = 48;
export const VIRTUAL_INTERFACES: u32 = 60;
export const ROUTES: u32 = 1024;
export const ACCESS_LISTS: u32 = 4096;
export const ACCESS_LIST_ENTRIES: u32 = 4352;
export const ACCESS_LIST_REMARKS: u32 = 64;
export const ACCESS_LIST_PORT_SETS: u32 = 128;
export const OBJECT_GROUPS: u32 = 64;
export const OBJECT_GROUP_MEMBERS: u32 = 512;
export const TRANSFORM_SETS: u32 = 24;
export const CRYPTO_MAP_ENTRIES: u32 = 4096;
export const CRYPTO_MAP_PEERS: u32 = 2;
export const CRYPTO_MAP_TRANSFORM_SETS: u32 = 4;
export const ISAKMP_POLICIES: u32 = 24;
export const ISAKMP_KEYS: u32 = 4096;
export const ISAKMP_KEYRINGS: u32 = 64;
export const PSK_MAX: u32 = 64;
export const HOSTNAME_MAX: u32 = 64;
export const PRIVATE_GROUPS: u32 = 8;
export const ISAKMP_PROFILES: u32 = 32;
export const ISAKMP_PROFILE_MATCHES: u32 = 128;

// Keys and certificates
export const TRUSTPOINTS: u32 = 32;
export const KEY_PAIRS: u32 = 24;
export const PEER_KEYS: u32 = 256;
export const CERTIFICATE_RULES: u32 = 256;
export const PKI_OCTETS: u32 = 1048576;

// Neighbours
export const ARP_ENTRIES: u32 = 512;
export const ARP_BUCKETS: u32 = 1024;
export const ARP_INCOMPLETE: u32 = 128;
export const ARP_INCOMPLETE_SHARE: u32 = 16;
export const ARP_PENDING: u32 = 24;
export const ARP_PENDING_SHARE: u32 = 8;
export const REASSEMBLIES: u32 = 16;
export const REASSEMBLIES_PER_SOURCE: u32 = 4;
export const REASSEMBLIES_PER_TUNNEL: u32 = 8;
export const REASSEMBLIES_OF_OTHERS: u32 = 4;
export const FRAGMENTS: u32 = 32;

// Policies and associations
export const POLICIES: u32 = 4352;
export const DYNAMIC_POLICIES: u32 = 4096;
export const DYNAMIC_PER_PEER: u32 = 8;
export const FLOWS: u32 = 16384;
export const SAS: u32 = 10000;
export const ACQUIRES: u32 = 512;
export const HELD_PACKETS: u32 = 64;
export const REPLAY_WINDOW_MAX: u32 = 256;
export const RENEWAL_FROM: u32 = 2662;
export const RENEWAL_SPREAD: u32 = 737;
export const RENEWAL_FROM_RESPONDER: u32 = 3400;
export const RENEWAL_SPREAD_RESPONDER: u32 = 532;

// IKE
export const ISAKMP_SAS: u32 = 4416;
export const ISAKMP_SAS_RESERVED: u32 = 64;
export const MESSAGE_IDS: u32 = 28;
export const PEERS: u32 = 4352;
export const PEER_ISAKMP_SAS: u32 = 6;
export const PEER_EXCHANGES: u32 = 28;
export const PEER_PAIRS: u32 = 32;
export const EXCHANGES: u32 = 256;
export const PIECES_SMALL: u32 = 512;
export const PIECES_MEDIUM: u32 = 384;
export const PIECES_LARGE: u32 = 64;
export const PIECES_WHOLE: u32 = 8;
export const ISAKMP_JOININGS: u32 = 64;
export const ISAKMP_JOININGS_FIRST: u32 = 8;
export const ISAKMP_JOINING_PIECES: u32 = 128;
export const ISAKMP_JOINED_LARGE_LEFT: u32 = 2;
export const HALF_OPEN_PER_ADDRESS: u32 = 8;
export const HALF_OPEN: u32 = 40;
export const HALF_OPEN_LOAD_PER_ADDRESS: u32 = 4;
export const HALF_OPEN_LOAD: u32 = 32;
export const ISAKMP_LINE: u32 = 256;
export const ISAKMP_MESSAGES_A_POLL: u32 = 4;
export const OUTPUTS: u32 = 64;
export const ATTEMPTS: u32 = 32;
export const ATTEMPTS_OF_STRANGERS: u32 = 4;
export const KNOWN_ADDRESSES: u32 = 4096;

// Filters
export const INSPECT_RULES: u32 = 32;
export const INSPECT_FLOWS: u32 = 8192;
export const INSPECT_SHARE: u32 = 512;
export const LIST_LOGS: u32 = 128;
export const CRYPTO_MAP_FILTERS: u32 = 64;
// DHCP
/** Addresses that are asked for by ARP before they are used or offered: at once. */
export const ARP_PROBES: u32 = 48;
export const DHCP_POOLS: u32 = 32;
export const DHCP_OPTIONS: u32 = 96;
export const DHCP_EXCLUDED: u32 = 64;
export const DHCP_BINDINGS: u32 = 2048;

// NAT
export const NAT_TRANSLATIONS: u32 = 16384;
export const NAT_HOST_SHARE: u32 = 2048;
export const NAT_HOSTS: u32 = 4096;
export const NAT_STATICS: u32 = 512;
export const NAT_RULES: u32 = 32;
export const NAT_POOLS: u32 = 32;
export const ROUTE_MAP_ENTRIES: u32 = 128;
export const NAT_FRAGMENTS: u32 = 128;
export const NAT_FRAGMENTS_SHARE: u32 = 32;
// The log
/** Octets of the log's buffer at the most, and of what waits for log hosts; powers of two. */
export const LOG_BUFFER: u32 = 131072;
export const LOG_QUEUE: u32 = 65536;
