/** The two configurations of a scenario: templates with named holes, and the values that fill them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Values = Record<string, string>;

/** One suite, as both sides spell it. */
export interface Suite { name: string; ike: { encryption: string; hash: string; proposal: string }; esp: { cipher: string; hash: string; proposal: string }; group: number }

const suite = (name: string, cipher: [ours: string, theirs: string], hash: [ike: string, esp: string, theirs: string], group: number): Suite => ({
  name,
  ike: { encryption: cipher[0], hash: hash[0], proposal: `${cipher[1]}-${hash[2]}` },
  esp: { cipher: `esp-${cipher[0]}`, hash: `esp-${hash[1]}-hmac`, proposal: `${cipher[1]}-${hash[2]}` },
  group,
});

export const SUITES: readonly Suite[] = [
  suite("des-md5", ["des", "des"], ["md5", "md5", "md5"], 2),
  suite("3des-sha1", ["3des", "3des"], ["sha", "sha", "sha1"], 2),
  suite("aes128-sha1", ["aes 128", "aes128"], ["sha", "sha", "sha1"], 5),
  suite("aes192-sha384", ["aes 192", "aes192"], ["sha384", "sha384", "sha384"], 14),
  suite("aes256-sha256", ["aes 256", "aes256"], ["sha256", "sha256", "sha256"], 14),
  suite("aes256-sha512", ["aes 256", "aes256"], ["sha512", "sha512", "sha512"], 14),
];

/** Groups: the number of RFC 2409, RFC 3526, RFC 5903 and RFC 8031, and strongSwan's word. */
export const GROUPS: Readonly<Record<number, string>> = {
  1: "modp768", 2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 17: "modp6144", 18: "modp8192",
  19: "ecp256", 20: "ecp384", 21: "ecp521", 31: "curve25519",
};

export function suiteNamed(name: string): Suite {
  const found = SUITES.find((s) => s.name === name);
  if (!found) throw new Error(`no suite ${name}`);
  return found;
}

/** The values for a suite in a group; `pfs` adds a group to Quick Mode. */
export function suiteValues(s: Suite, group = s.group, pfs?: number): Values {
  return {
    ike_encryption: s.ike.encryption, ike_hash: s.ike.hash, ike_group: String(group), ike_proposal: `${s.ike.proposal}-${GROUPS[group]}`,
    esp_cipher: s.esp.cipher, esp_hash: s.esp.hash, esp_proposal: pfs ? `${s.esp.proposal}-${GROUPS[pfs]}` : s.esp.proposal,
    set_pfs: pfs ? `set pfs group${pfs}` : "!",
  };
}

/** `ours` is all of a transform set's words. */
export const transformValues = (ours: string, theirs: string): Values => ({ esp_cipher: ours, esp_hash: "", esp_proposal: theirs });

/** What both templates see unless a scenario says otherwise. */
export const BASE: Values = {
  ...suiteValues(suiteNamed("aes256-sha256")),
  hostname: "alpha", ike_authentication: "pre-share", their_auth: "psk", peer_auth: "psk", connection: "", identity: "!", keepalive: "!", acl_protocol: "ip",
  psk: "correct-horse-battery-staple",
  our_wan: "192.0.2.1", their_wan: "192.0.2.2", our_gateway: "192.0.2.2",
  our_lan: "10.1.0.1", our_net: "10.1.0.0/16", their_net: "10.2.0.0/16",
  our_net_acl: "10.1.0.0 0.0.255.255", their_net_acl: "10.2.0.0 0.0.255.255",
  their_addrs: "192.0.2.2", peer_addrs: "192.0.2.1", their_id: "id = 192.0.2.2", peer_id: "id = 192.0.2.1",
  ike_lifetime: "86400", sa_lifetime: "3600", sa_kilobytes: "4608000", rekey_bytes: "0", life_bytes: "0", dpd_delay: "0s", dpd_timeout: "0s", reauth_time: "0", over_time: "3600s", rekey_time: "0", start_action: "none", keyingtries: "1", unique: "replace",
  pluto_authby: "secret", pluto_more: "", pluto_id: "192.0.2.2", pluto_peer_id: "192.0.2.1", pluto_ike: "aes256-sha2_256-modp2048", pluto_phase2: "esp", pluto_esp: "aes256-sha2_256", pluto_type: "tunnel", pluto_pfs: "no",
  pluto_aggressive: "no", pluto_lifetime: "3600", pluto_dpd: "0", pluto_sourceip: "10.2.0.10", pluto_initial_contact: "no",
};

export const template = (path: string, from: string | URL): string => readFileSync(fileURLToPath(new URL(path, from)), "utf8");

/** Fills the holes; a hole without a value is a mistake of the scenario. */
export function fill(text: string, values: Values): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the configuration has no value for ${name}`);
    return value;
  });
}

/** What a router of ours is beside what it says of ISAKMP, IPsec and the crypto map CM: its cards, a way out, and nothing private in plain. */
export interface Surroundings { hostname: string; /** On Ethernet1. */ address: string; gateway: string; /** Ethernet0 and Ethernet2, with their masks. */ lans?: string[] }

export function router({ hostname, address, gateway, lans = [] }: Surroundings, crypto: string): string {
  return `hostname ${hostname}
${crypto.trim()}
ip access-list extended PRIVATE
 permit ip 10.0.0.0 0.255.255.255 any
 permit ip any 10.0.0.0 0.255.255.255
crypto map CM 900 discard
 match address PRIVATE
${lans.map((lan, i) => `interface Ethernet${2 * i}\n ip address ${lan}\n`).join("")}interface Ethernet1
 ip address ${address} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${gateway}
`;
}

/** A connection of charon's, where the common template will not do. */
export interface Connection { addrs: string; peerAddrs: string; id: string; /** Anybody's without. */ peerId?: string; ike?: string; aggressive?: boolean; /** Lines of its own side and of the peer's, in place of a pre-shared key. */ auth?: [own: string[], peer: string[]]; lines?: string[]; children: Record<string, { local: string; remote: string; esp?: string; lines?: string[] }> }

/** A swanctl.conf; each secret is of those ids that stand beside it, or everybody's. */
export function swanctl(connections: Record<string, Connection>, secrets: [secret: string, ...ids: string[]][]): string {
  const children = (list: Connection["children"]): string => Object.entries(list).map(([name, { local, remote, esp = "aes256-sha256", lines = [] }]) =>
    `      ${name} {\n        local_ts = ${local}\n        remote_ts = ${remote}\n        esp_proposals = ${esp}\n${lines.map((line) => `        ${line}\n`).join("")}      }\n`).join("");
  const side = (lines: string[] | undefined): string => (lines ? ["pubkey", ...lines] : ["psk"]).join("\n      ");
  const all = Object.entries(connections).map(([name, { addrs, peerAddrs, id, peerId, ike = "aes256-sha256-modp2048", aggressive = false, auth, lines = [], children: list }]) => `  ${name} {
    version = 1
    local_addrs = ${addrs}
    remote_addrs = ${peerAddrs}
    proposals = ${ike}
    aggressive = ${aggressive ? "yes" : "no"}
    keyingtries = 1
${lines.map((line) => `    ${line}\n`).join("")}    local {
      auth = ${side(auth?.[0])}
      id = ${id}
    }
    remote {
      auth = ${side(auth?.[1])}${peerId ? `\n      id = ${peerId}` : ""}
    }
    children {
${children(list)}    }
  }
`).join("");
  return `connections {\n${all}}\nsecrets {\n${secrets.map(([secret, ...ids], n) => `  ike-${n} {\n${ids.map((id, i) => `    id-${i} = ${id}\n`).join("")}    secret = "${secret}"\n  }\n`).join("")}}\n`;
}
