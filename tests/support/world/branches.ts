/** A gateway with many branches: the configurations of both sides. Branch n (from 1) is 192.0.2.(100+n), its networks are 10.n.0.0/24 and up. */

export interface Branches {
  /** How many branches there are. */
  count: number;
  /** Networks behind each branch: each is a Quick Mode and a pair of SAs of its own. */
  networks: number;
  /** Diffie-Hellman group of phase 1. */
  group?: number;
}

export const branchAddress = (n: number): string => `192.0.2.${100 + n}`;
/** The router's own address in a branch. */
export const branchInside = (n: number): string => `10.${n}.0.1`;
/** A host in one of a branch's networks. */
export const branchHost = (n: number, network: number): string => `10.${n}.${network}.10`;
export const CENTRE = "192.0.2.1";
export const CENTRE_INSIDE = "172.16.0.1";

const head = (name: string, group: number): string => `hostname ${name}
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group ${group}
crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
`;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function centre({ count, networks, group = 14 }: Branches): string {
  let text = head("centre", group);
  for (const n of range(count).map((i) => i + 1)) {
    text += `crypto isakmp key key-of-branch-${n} address ${branchAddress(n)}\nip access-list extended BRANCH-${n}\n`;
    for (const net of range(networks)) text += ` permit ip 172.16.0.0 0.0.0.255 10.${n}.${net}.0 0.0.0.255\n`;
    text += `crypto map WAN ${10 * n} ipsec-isakmp\n set peer ${branchAddress(n)}\n set transform-set STRONG\n match address BRANCH-${n}\n`;
    text += `ip route 10.${n}.0.0 255.255.0.0 ${branchAddress(n)}\n`;
  }
  return `${text}interface Ethernet0\n ip address ${CENTRE_INSIDE} 255.255.255.0\ninterface Ethernet1\n ip address ${CENTRE} 255.255.255.0\n crypto map WAN\n`;
}

export function branch(n: number, { networks, group = 14 }: Branches): string {
  let text = head(`branch${n}`, group);
  text += `crypto isakmp key key-of-branch-${n} address ${CENTRE}\nip access-list extended CENTRE\n`;
  for (const net of range(networks)) text += ` permit ip 10.${n}.${net}.0 0.0.0.255 172.16.0.0 0.0.0.255\n`;
  text += `crypto map WAN 10 ipsec-isakmp\n set peer ${CENTRE}\n set transform-set STRONG\n match address CENTRE\nip route 172.16.0.0 255.255.255.0 ${CENTRE}\n`;
  // The inside networks are behind one port.
  return `${text}interface Ethernet0\n ip address ${branchInside(n)} 255.255.0.0\ninterface Ethernet1\n ip address ${branchAddress(n)} 255.255.255.0\n crypto map WAN\n`;
}
