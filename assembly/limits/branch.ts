/** Profile of size `branch`: 512 tunnels. What the numbers are of stands in board.ts. */

export const PROFILE: string = "branch";

export const TUNNELS: u32 = 512;

// Packet buffers
export const PACKETS: u32 = 192;
export const LARGE_PACKETS: u32 = 10;
export const PACKETS_RESERVED: u32 = 24;
export const PACKETS_HELD_MAX: u32 = 32;

// Configuration
export const STARTUP_CONFIG_MAX: u32 = 262144;
export const USERS: u32 = 32;
/** Octets for the lines that are kept and have no effect. */
export const IGNORED_MAX: u32 = 16384;
export const DESCRIPTION_MAX: u32 = 80;
export const VIRTUAL_INTERFACES: u32 = 28;
export const ROUTES: u32 = 256;
export const ACCESS_LISTS: u32 = 512;
export const ACCESS_LIST_ENTRIES: u32 = 1024;
export const ACCESS_LIST_REMARKS: u32 = 64;
export const ACCESS_LIST_PORT_SETS: u32 = 64;
export const OBJECT_GROUPS: u32 = 32;
export const OBJECT_GROUP_MEMBERS: u32 = 128;
export const TRANSFORM_SETS: u32 = 24;
export const CRYPTO_MAP_ENTRIES: u32 = 512;
export const CRYPTO_MAP_PEERS: u32 = 4;
export const CRYPTO_MAP_TRANSFORM_SETS: u32 = 6;
export const ISAKMP_POLICIES: u32 = 24;
export const ISAKMP_KEYS: u32 = 512;
export const ISAKMP_KEYRINGS: u32 = 16;
export const PSK_MAX: u32 = 128;
export const HOSTNAME_MAX: u32 = 128;
export const PRIVATE_GROUPS: u32 = 8;
export const ISAKMP_PROFILES: u32 = 24;
export const ISAKMP_PROFILE_MATCHES: u32 = 64;

// Keys and certificates
export const TRUSTPOINTS: u32 = 24;
export const KEY_PAIRS: u32 = 16;
export const PEER_KEYS: u32 = 128;
export const CERTIFICATE_RULES: u32 = 64;
export const PKI_OCTETS: u32 = 262144;

// Neighbours
export const ARP_ENTRIES: u32 = 256;
export const ARP_BUCKETS: u32 = 256;
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
export const POLICIES: u32 = 640;
export const DYNAMIC_POLICIES: u32 = 512;
export const DYNAMIC_PER_PEER: u32 = 8;
export const FLOWS: u32 = 2048;
export const SAS: u32 = 1280;
export const ACQUIRES: u32 = 128;
export const HELD_PACKETS: u32 = 48;
export const REPLAY_WINDOW_MAX: u32 = 1024;
export const RENEWAL_FROM: u32 = 3072;
export const RENEWAL_SPREAD: u32 = 614;
export const RENEWAL_FROM_RESPONDER: u32 = 3768;
export const RENEWAL_SPREAD_RESPONDER: u32 = 164;

// IKE
export const ISAKMP_SAS: u32 = 640;
export const ISAKMP_SAS_RESERVED: u32 = 64;
export const MESSAGE_IDS: u32 = 128;
export const PEERS: u32 = 640;
export const PEER_ISAKMP_SAS: u32 = 6;
export const PEER_EXCHANGES: u32 = 28;
export const PEER_PAIRS: u32 = 32;
export const EXCHANGES: u32 = 128;
export const PIECES_SMALL: u32 = 256;
export const PIECES_MEDIUM: u32 = 192;
export const PIECES_LARGE: u32 = 48;
export const PIECES_WHOLE: u32 = 6;
export const ISAKMP_JOININGS: u32 = 32;
export const ISAKMP_JOININGS_FIRST: u32 = 6;
export const ISAKMP_JOINING_PIECES: u32 = 64;
export const ISAKMP_JOINED_LARGE_LEFT: u32 = 2;
export const HALF_OPEN_PER_ADDRESS: u32 = 8;
export const HALF_OPEN: u32 = 20;
export const HALF_OPEN_LOAD_PER_ADDRESS: u32 = 4;
export const HALF_OPEN_LOAD: u32 = 16;
export const ISAKMP_LINE: u32 = 96;
export const ISAKMP_MESSAGES_A_POLL: u32 = 4;
export const OUTPUTS: u32 = 48;
export const ATTEMPTS: u32 = 24;
export const ATTEMPTS_OF_STRANGERS: u32 = 4;
export const KNOWN_ADDRESSES: u32 = 512;

// Filters
export const INSPECT_RULES: u32 = 16;
export const INSPECT_FLOWS: u32 = 2048;
export const INSPECT_SHARE: u32 = 256;
export const LIST_LOGS: u32 = 64;
export const CRYPTO_MAP_FILTERS: u32 = 32;
// DHCP
/** Addresses that are asked for by ARP before they are used or offered: at once. */
export const ARP_PROBES: u32 = 24;
export const DHCP_POOLS: u32 = 16;
export const DHCP_OPTIONS: u32 = 48;
export const DHCP_EXCLUDED: u32 = 32;
export const DHCP_BINDINGS: u32 = 512;

// NAT
export const NAT_TRANSLATIONS: u32 = 8192;
export const NAT_HOST_SHARE: u32 = 2048;
export const NAT_HOSTS: u32 = 1024;
export const NAT_STATICS: u32 = 128;
export const NAT_RULES: u32 = 16;
export const NAT_POOLS: u32 = 16;
export const ROUTE_MAP_ENTRIES: u32 = 32;
export const NAT_FRAGMENTS: u32 = 64;
export const NAT_FRAGMENTS_SHARE: u32 = 16;
// The log
/** Octets of the log's buffer at the most, and of what waits for log hosts; powers of two. */
export const LOG_BUFFER: u32 = 65536;
export const LOG_QUEUE: u32 = 16384;
