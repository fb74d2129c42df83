/**
 * What the fuzzer's routers are configured as: a hub that uses about everything there is, and three branches that each meet it in
 * another way. Group 1 and short lifetimes because they are quick, not because they are good.
 */
import { HUB_CHAIN, HUB_KEY, HUB_RSA, HUB_RSA_PUBLIC, ROOT, THIRTEEN_RSA, THIRTEEN_RSA_PUBLIC, TWELVE_CHAIN, TWELVE_KEY } from "./credentials.ts";
import { PRIVATE_1024, bytesOf } from "../support/second/aggressive.ts";
import type { Suite } from "../support/second/ike_peer.ts";
import { CURVE_KEY, LOOSE, RSA_KEY, forgeOf, type Forge } from "./certificates.ts";

export const HUB = "192.0.2.1";
export const CENTRE = "10.1.0";
export const GROUP = PRIVATE_1024.id;
/** TCP from the hub to this port leaves in plain, by configuration. */
export const OPEN_PORT = 81;

/** VLANs on Ethernet2: in one the hub gives addresses, in the other it is given its own; and who it speaks GRE with, in plain. */
export const VLAN_SERVED = 20, VLAN_LEASED = 21;
export const SERVED = "10.120.0", LEASED = "10.121.0";
export const GRE_PEER = "203.0.113.50";

/** Peers of the fuzzer's own, which have keys and misbehave. */
export interface Intruder {
  address: string;
  /** First three octets of what is behind it. */
  inside: string;
  psk: string;
  /** Body of its ID payload where that isn't its address. */
  name?: string;
  aggressive?: boolean;
  /** `set pfs` at the hub. */
  pfs?: number;
  /** Only a dynamic map knows it: the hub never begins. */
  dynamic?: boolean;
  /** Its key stands in another's line. */
  keyed?: boolean;
  /** The hub has an entry for it in transport mode as well. */
  hosts?: boolean;
  /** It proves itself by a certificate of the authority LOOSE instead; and what it offers in phase 1. */
  forge?: Forge;
  suite?: Suite;
}

export const INTRUDERS: Intruder[] = [
  { address: "198.51.100.5", inside: "10.5.0", psk: "key-of-number-five", hosts: true },
  { address: "198.51.100.6", inside: "10.6.0", psk: "key-of-number-six-in-aggressive-mode", name: "six.example.org", aggressive: true, pfs: 1 },
  { address: "198.51.100.7", inside: "10.7.0", psk: "key-of-number-seven", pfs: GROUP },
  // Eight and nine are one to whoever looks at the key, ten wants what is theirs.
  { address: "198.51.100.8", inside: "10.8.0", psk: "key-of-number-eight", dynamic: true },
  { address: "198.51.100.9", inside: "10.8.0", psk: "key-of-number-eight", dynamic: true, keyed: true },
  { address: "198.51.100.10", inside: "10.8.0", psk: "key-of-number-ten", dynamic: true },
  // With certificates: one on a curve, found by its subject; one of RSA in Aggressive Mode, found by its name.
  { address: "198.51.100.14", inside: "10.14.0", psk: "", name: "fourteen.example.org", forge: forgeOf("fourteen", CURVE_KEY, 14, "198.51.100.14"), suite: { cipher: 7, keyBits: 256, hash: 5, group: 31 } },
  { address: "198.51.100.15", inside: "10.15.0", psk: "", name: "fifteen.example.org", aggressive: true, forge: forgeOf("fifteen", RSA_KEY, 15, "198.51.100.15"), suite: { cipher: 7, keyBits: 128, hash: 4, group: 1 } },
];

/** Addresses with a key that all of them have: strangers and crowds. */
export const CROWD = { network: "100.64", psk: "key-of-everybody-else" };

/** Transform sets that intruders may use, with what their proposals say: protocol, transform, then attributes. */
export const SETS: { name: string; text: string; proposal: { protocol: number; id: number; auth?: number; bits?: number }[] }[] = [
  { name: "CBC", text: "esp-aes 128 esp-sha-hmac", proposal: [{ protocol: 3, id: 12, auth: 2, bits: 128 }] },
  { name: "GCM", text: "esp-gcm 128", proposal: [{ protocol: 3, id: 20, bits: 128 }] },
  { name: "CTR", text: "esp-aes-ctr 192 esp-sha256-hmac", proposal: [{ protocol: 3, id: 13, auth: 5, bits: 192 }] },
  { name: "AH", text: "ah-sha-hmac", proposal: [{ protocol: 2, id: 3, auth: 2 }] },
  { name: "BOTH", text: "ah-md5-hmac esp-3des esp-md5-hmac", proposal: [{ protocol: 2, id: 2, auth: 1 }, { protocol: 3, id: 3, auth: 1 }] },
  { name: "PLAIN", text: "esp-null esp-aes-xcbc-mac", proposal: [{ protocol: 3, id: 11, auth: 9 }] },
];

const policy = (n: number, encryption: string, hash: string, group: number, lifetime: string, method = "pre-share"): string =>
  `crypto isakmp policy ${n}\n encryption ${encryption}\n hash ${hash}\n authentication ${method}\n group ${group}\n lifetime ${lifetime}\n`;

/** A group of private use, as the console takes it. */
const privateGroup = `crypto isakmp group ${GROUP}
${(Buffer.from(bytesOf(PRIVATE_1024.prime)).toString("hex").match(/.{1,64}/g) ?? []).map((part) => ` prime ${part}`).join("\n")}
 generator 02
`;

/** The intruders' policy comes first: in Aggressive Mode the group of the first is the only one. */
const POLICIES = `${policy(10, "aes 128", "sha", 1, "3600\n lifetime kilobytes 64")}${policy(20, "aes 256", "sha256", 2, "900")}${policy(30, "3des", "md5", 2, "1200")}${policy(40, "aes 192", "sha512", 31, "600")}${policy(50, "aes 128", "sha256", 1, "700", "rsa-sig")}${policy(60, "aes 256", "sha384", 31, "800", "ecdsa-sig")}`;

/** Lines that a console takes after the configuration: a trustpoint with a key, or a raw key; each with what is waited for. */
export type Paste = { lines: string; until: RegExp };
const trustpoint = (key: string, chain: string): Paste => ({
  lines: `configure terminal\ncrypto pki trustpoint CA\n revocation-check none\n time-check none\nexit\ncrypto pki import CA pem terminal\n${ROOT}quit\n${key}quit\n${chain}quit\n`,
  until: /succeeded/i,
});
const rawKey = (own: string, who: string, theirs: string): Paste => ({
  lines: `configure terminal\ncrypto key pubkey-chain rsa\n ${who}\n  key-string\n${theirs}quit\nend\nconfigure terminal\ncrypto key import rsa OWN general-purpose pem terminal\n${own}quit\n`,
  until: /succeeded/i,
});
const loose: Paste = { lines: `configure terminal\ncrypto pki trustpoint LOOSE\n revocation-check none\n time-check none\nexit\ncrypto pki authenticate LOOSE\n${LOOSE}quit\nyes\n`, until: /successfully imported/ };
export const HUB_PASTES: Paste[] = [trustpoint(HUB_KEY, HUB_CHAIN), loose, rawKey(HUB_RSA, "named-key thirteen.example.org", THIRTEEN_RSA_PUBLIC)];

const lists = INTRUDERS.map(({ address, inside, hosts }, i) => `ip access-list extended I${i}\n permit ip 10.1.0.0 0.0.0.255 ${inside}.0 0.0.0.255\n${hosts ? `ip access-list extended H${i}\n permit ip host ${HUB} host ${address}\nip access-list extended A${i}\n permit ip 10.1.0.0 0.0.0.255 10.55.0.0 0.0.0.255\n` : ""}`).join("");

/** One whose profile has no key of its own is met with the key of its name. */
const keyLine = ({ address, psk, name, keyed, forge }: Intruder): string => (keyed || forge ? "" : `crypto isakmp key ${psk} ${name ? `hostname ${name}` : `address ${address}${address === "198.51.100.8" ? " 255.255.255.254" : ""}`}\n`);

const entries = INTRUDERS.map((intruder, i) => {
  const { address, name, aggressive, pfs, dynamic, hosts, forge } = intruder;
  const match = forge && !aggressive ? "certificate ODD" : `identity host ${name}`;
  const profile = name ? `crypto isakmp profile I${i}\n match ${match}\n self-identity user-fqdn hub@example.org\n${aggressive ? " mode aggressive\n" : ""}` : "";
  const entry = dynamic ? `crypto dynamic-map ANY ${20 + i}\n` : `crypto map CM ${20 + i} ipsec-isakmp\n set peer ${address}\n`;
  const body = ` set transform-set ${SETS.map((set) => set.name).join(" ")}\n${pfs ? ` set pfs group${pfs > 32767 ? ` ${pfs}` : pfs}\n` : ""}${name ? ` set isakmp-profile I${i}\n` : ""} set security-association lifetime kilobytes 2560\n match address I${i}\n`;
  const more = hosts ? `crypto map CM ${40 + i} ipsec-isakmp\n set peer ${address}\n set transform-set HOSTS-CBC\n match address H${i}\ncrypto map CM ${60 + i} ipsec-isakmp\n set peer ${address}\n set transform-set AH\n match address A${i}\n` : "";
  return keyLine(intruder) + profile + entry + body + more;
}).join("");

export const HUB_CONFIG = `hostname hub
${POLICIES}crypto isakmp keepalive 20 5 periodic
crypto isakmp key key-of-branch-two address 198.51.100.2
crypto isakmp key key-of-branch-seventeen address 198.51.100.17
crypto isakmp key key-of-branch-eighteen address 198.51.100.18
crypto isakmp key ${CROWD.psk} address ${CROWD.network}.0.0 255.255.0.0
crypto isakmp profile THREE
 match identity host three.example.org
 self-identity fqdn hub.example.org
 pre-shared-key key-of-branch-three-behind-a-nat
 mode aggressive
crypto isakmp profile FOUR
 match identity address 198.51.100.4
 self-identity address
 pre-shared-key key-of-branch-four
crypto pki certificate map TWELVE 10
 subject-name co twelve
crypto pki certificate map ODD 10
 alt-subject-name co nobody
 serial-number ne 1
crypto pki certificate map ODD 20
 subject-name co cn=fourteen
 issuer-name co loose
 alt-subject-name co fourteen.example.org
 subject-name nc nobody
crypto isakmp profile TWELVE
 match certificate TWELVE
 ca trust-point CA
 self-identity fqdn hub.example.org
crypto isakmp profile THIRTEEN
 match identity host thirteen.example.org
 self-identity fqdn hub.example.org
 mode aggressive
${privateGroup}${SETS.map(({ name, text }) => `crypto ipsec transform-set ${name} ${text}\n`).join("")}crypto ipsec transform-set TWO esp-aes 256 esp-sha256-hmac
crypto ipsec transform-set THREE esp-gcm 256
crypto ipsec transform-set FOUR ah-sha256-hmac esp-aes-ctr 128 esp-sha256-hmac
 esn
crypto ipsec transform-set HOSTS esp-aes 128 esp-sha256-hmac
 mode transport
crypto ipsec transform-set HOSTS-CBC esp-aes 128 esp-sha-hmac
 mode transport
crypto ipsec profile VTI
 set transform-set TWO
 set pfs group2
crypto ipsec profile GRE
 set transform-set HOSTS
ip access-list extended TWO
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
ip access-list extended TWO-B
 permit udp 10.1.0.0 0.0.0.255 range 10.22.0.0 10.22.0.99
 permit icmp 10.1.0.0 0.0.0.255 range 10.22.0.0 10.22.0.99
ip access-list extended THREE
 permit ip 10.1.0.0 0.0.0.255 10.3.0.0 0.0.0.255
ip access-list extended FOUR
 permit ip 10.1.0.0 0.0.0.255 10.4.0.0 0.0.0.255
ip access-list extended TWELVE
 permit ip 10.1.0.0 0.0.0.255 10.12.0.0 0.0.0.255
ip access-list extended THIRTEEN
 permit ip 10.1.0.0 0.0.0.255 10.13.0.0 0.0.0.255
ip access-list extended HOSTS
 permit ip host ${HUB} host 198.51.100.4
ip access-list extended OPEN
 permit tcp 10.1.0.0 0.0.0.255 any eq ${OPEN_PORT}
ip access-list extended SHUT
 deny udp any eq 53 any
 permit ip 10.1.0.0 0.0.0.255 10.66.0.0 0.0.255.255
${lists}crypto map CM 2 bypass
 match address OPEN
crypto map CM 3 discard
 match address SHUT
crypto map CM 10 ipsec-isakmp
 set peer 198.51.100.2
 set transform-set TWO
 set security-association lifetime seconds 300
 match address TWO
crypto map CM 11 ipsec-isakmp
 set peer 198.51.100.2
 set transform-set TWO
 set pfs group2 identities
 match address TWO-B
crypto map CM 12 ipsec-isakmp
 set peer 198.51.100.4
 set transform-set FOUR
 set pfs group2
 set isakmp-profile FOUR
 set security-association lifetime kilobytes 2560
 match address FOUR
crypto map CM 13 ipsec-isakmp
 set peer 198.51.100.4
 set transform-set HOSTS
 set isakmp-profile FOUR
 match address HOSTS
crypto map CM 14 ipsec-isakmp
 set peer 198.51.100.12
 set transform-set GCM
 set isakmp-profile TWELVE
 match address TWELVE
crypto map CM 15 ipsec-isakmp
 set peer 198.51.100.13
 set transform-set TWO
 set isakmp-profile THIRTEEN
 match address THIRTEEN
crypto dynamic-map ANY 10
 set transform-set THREE
 set pfs group2
 set isakmp-profile THREE
 match address THREE
${entries}crypto map CM 900 ipsec-isakmp dynamic ANY
ip inspect name FW tcp timeout 60
ip inspect name FW udp
ip inspect name FW icmp
ip access-list extended WAN-IN
 permit udp any host ${HUB} eq isakmp
 permit udp any host ${HUB} eq non500-isakmp
 permit esp any host ${HUB}
 permit ahp any host ${HUB}
 permit gre host ${GRE_PEER} host ${HUB}
 permit icmp any any
 permit tcp any any established
 deny udp any any lt 1024 log
 deny ip any any log
ip access-list extended LAN-IN
 deny udp any any eq 99
 deny tcp any any range 100 200 log
 permit ip any any
ip access-list extended NAT
 deny ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
 permit ip 10.0.0.0 0.255.255.255 any
ip nat translation tcp-timeout 60
ip nat inside source list NAT interface Ethernet1 overload
ip nat inside source static tcp ${CENTRE}.10 80 interface Ethernet1 8080
ip dhcp excluded-address ${SERVED}.1 ${SERVED}.9
ip dhcp pool SERVED
 network ${SERVED}.0 255.255.255.0
 default-router ${SERVED}.1
 domain-name example.org
 lease 0 0 1
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
 ip nat inside
 ip access-group LAN-IN in
interface Ethernet1
 ip address ${HUB} 255.255.255.0
 ip nat outside
 ip access-group WAN-IN in
 ip inspect FW out
 crypto map CM
interface Ethernet2
 ip address 10.99.0.1 255.255.255.0
 ip inspect FW in
 mtu 600
interface Ethernet2.${VLAN_SERVED}
 encapsulation dot1Q ${VLAN_SERVED}
 ip address ${SERVED}.1 255.255.255.0
 ip nat inside
interface Ethernet2.${VLAN_LEASED}
 encapsulation dot1Q ${VLAN_LEASED}
 ip address dhcp
interface Tunnel0
 ip address 10.200.17.1 255.255.255.252
 tunnel source Ethernet1
 tunnel destination 198.51.100.17
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile VTI
interface Tunnel1
 ip address 10.200.0.1 255.255.255.252
 tunnel source Ethernet1
 tunnel destination ${GRE_PEER}
 ip tcp adjust-mss 1300
interface Tunnel2
 ip address 10.200.18.1 255.255.255.252
 tunnel source Ethernet1
 tunnel destination 198.51.100.18
 tunnel protection ipsec profile GRE
 tunnel key 18
 keepalive 30 4
 ip tcp adjust-mss 1300
ip route 10.210.0.0 255.255.0.0 Tunnel1
ip route 10.17.0.0 255.255.255.0 Tunnel0
ip route 10.18.0.0 255.255.255.0 Tunnel2
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route 10.98.0.0 255.255.0.0 Null0
ip route 10.97.0.0 255.255.0.0 10.99.0.20
`;

const branch = (n: number, wan: string, gateway: string, more: string, map: string): string => `hostname branch${n}
${more}ip access-list extended VPN
 permit ip 10.${n}.0.0 0.0.0.255 10.1.0.0 0.0.0.255
crypto map CM 10 ipsec-isakmp
 set peer ${HUB}
${map} match address VPN
interface Ethernet0
 ip address 10.${n}.0.1 255.255.255.0
interface Ethernet1
 ip address ${wan} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${gateway}
`;

/** One that is met in a tunnel interface, which its hub's network is routed into. */
const routed = (n: number, more: string, tunnel: string): string => `hostname branch${n}
${policy(10, "aes 256", "sha256", 2, "1500")}crypto isakmp keepalive 30 on-demand
${more}interface Ethernet0
 ip address 10.${n}.0.1 255.255.255.0
interface Ethernet1
 ip address 198.51.100.${n} 255.255.255.0
interface Tunnel0
 ip address 10.200.${n}.2 255.255.255.252
 tunnel source Ethernet1
 tunnel destination ${HUB}
${tunnel}ip route 10.1.0.0 255.255.255.0 Tunnel0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
`;

export interface BranchSetting {
  n: number;
  /** Its address for the hub. */
  wan: string;
  /** Behind a NAT: the address that it has itself. */
  behind?: string;
  /** A tunnel interface of the hub's: what the SAs carry is any to any, or GRE under this key. */
  tunnel?: { name: string; key?: number };
  config: string;
  pastes?: Paste[];
}

export const BRANCHES: BranchSetting[] = [
  {
    n: 2,
    wan: "198.51.100.2",
    config: `${branch(2, "198.51.100.2", "198.51.100.254", `${policy(10, "aes 256", "sha256", 2, "1800")}crypto isakmp keepalive 30 on-demand\ncrypto isakmp key key-of-branch-two address ${HUB}\ncrypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac\n`, " set transform-set TS\n")}
ip access-list extended VPN-B
 permit udp range 10.22.0.0 10.22.0.99 10.1.0.0 0.0.0.255
 permit icmp range 10.22.0.0 10.22.0.99 10.1.0.0 0.0.0.255
crypto map CM 11 ipsec-isakmp
 set peer ${HUB}
 set transform-set TS
 set pfs group2
 match address VPN-B
interface Ethernet2
 ip address 10.22.0.1 255.255.255.0
`,
  },
  {
    n: 3,
    wan: "198.51.100.3",
    behind: "172.20.0.2",
    config: branch(3, "172.20.0.2", "172.20.0.1", `${policy(10, "3des", "md5", 2, "3000")}crypto isakmp profile HUB\n match identity host hub.example.org\n self-identity fqdn three.example.org\n pre-shared-key key-of-branch-three-behind-a-nat\n mode aggressive\ncrypto ipsec transform-set TS esp-gcm 256\n`, " set transform-set TS\n set pfs group2\n set isakmp-profile HUB\n"),
  },
  {
    n: 4,
    wan: "198.51.100.4",
    config: `${branch(4, "198.51.100.4", "198.51.100.254", `${policy(10, "aes 192", "sha512", 31, "2400")}crypto isakmp keepalive 60 periodic\ncrypto isakmp key key-of-branch-four address ${HUB}\ncrypto ipsec transform-set TS ah-sha256-hmac esp-aes-ctr 128 esp-sha256-hmac\n esn\ncrypto ipsec transform-set HOSTS esp-aes 128 esp-sha256-hmac\n mode transport\n`, " set transform-set TS\n set pfs group2\n")}
ip access-list extended HOSTS
 permit ip host 198.51.100.4 host ${HUB}
crypto map CM 13 ipsec-isakmp
 set peer ${HUB}
 set transform-set HOSTS
 match address HOSTS
`,
  },
  {
    n: 12,
    wan: "198.51.100.12",
    config: branch(12, "198.51.100.12", "198.51.100.254", `${policy(10, "aes 256", "sha384", 31, "1800", "ecdsa-sig")}crypto isakmp keepalive 30 on-demand\ncrypto isakmp identity dn\ncrypto isakmp profile HUB\n match identity host hub.example.org\n ca trust-point CA\ncrypto ipsec transform-set TS esp-gcm 128\n`, " set transform-set TS\n set isakmp-profile HUB\n"),
    pastes: [trustpoint(TWELVE_KEY, TWELVE_CHAIN)],
  },
  {
    n: 13,
    wan: "198.51.100.13",
    config: branch(13, "198.51.100.13", "198.51.100.254", `${policy(10, "aes 128", "sha256", 1, "1700", "rsa-sig")}crypto isakmp keepalive 30 on-demand\ncrypto isakmp profile HUB\n match identity host hub.example.org\n self-identity fqdn thirteen.example.org\n mode aggressive\ncrypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac\n`, " set transform-set TS\n set isakmp-profile HUB\n"),
    pastes: [rawKey(THIRTEEN_RSA, "named-key hub.example.org", HUB_RSA_PUBLIC)],
  },
  {
    n: 17,
    wan: "198.51.100.17",
    tunnel: { name: "Tunnel0" },
    config: routed(17, `crypto isakmp key key-of-branch-seventeen address ${HUB}\ncrypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac\ncrypto ipsec profile P\n set transform-set TS\n set pfs group2\n`, " tunnel mode ipsec ipv4\n tunnel protection ipsec profile P\n"),
  },
  {
    n: 18,
    wan: "198.51.100.18",
    tunnel: { name: "Tunnel2", key: 18 },
    config: routed(18, `crypto isakmp key key-of-branch-eighteen address ${HUB}\ncrypto ipsec transform-set TS esp-aes 128 esp-sha256-hmac\n mode transport\ncrypto ipsec profile P\n set transform-set TS\n`, " tunnel protection ipsec profile P\n tunnel key 18\n"),
  },
];
