/** The hub's console, used as an operator does while the fuzzer fires: everything shown, debugging on, settings changed and put back. */
import type { Random } from "../support/world/random.ts";
import type { Arena } from "./arena.ts";

const SHOW = `show crypto isakmp sa
show crypto isakmp sa detail
show crypto isakmp stats
show crypto isakmp peers
show crypto isakmp profile
show crypto isakmp policy
show crypto isakmp key
show crypto isakmp groups
show crypto ipsec sa
show crypto ipsec transform-set
show crypto ipsec security-association
show crypto map
show crypto dynamic-map
show access-lists
show interfaces
show ip interface brief
show ip route
show ip arp
show counters all
show memory
show running-config
show ip nat translations verbose
show ip nat statistics
show ip inspect sessions
show ip dhcp binding
show ip dhcp conflict
show ip dhcp pool
show dhcp lease
show logging
show clock
show version
show debugging`;

/** Everything that can be shown is. */
export function shown(arena: Arena): void {
  for (const line of SHOW.split("\n")) arena.hub.type(line);
  for (const address of ["198.51.100.2", "198.51.100.3", "198.51.100.5", "198.51.100.6", "100.64.0.1"]) arena.hub.type(`show crypto isakmp diagnose ${address}`);
  arena.hub.output = "";
}

/** Lines that find no room: more than may be in force. */
const MANY = Array.from({ length: 135 }, (_, i) => ` permit ip host 10.1.0.${i + 1} host 10.60.0.${i + 1}`).join("\n");

/** Lines, and those that put things back. */
const CHANGES: [string, string][] = [
  ["crypto isakmp policy 77\n encryption des\n hash sha384\n group 5\n lifetime 90", "no crypto isakmp policy 77"],
  ["crypto isakmp key short hostname new.example.org\ncrypto isakmp key another address 203.0.113.0 255.255.255.0", "no crypto isakmp key short hostname new.example.org\nno crypto isakmp key another address 203.0.113.0 255.255.255.0"],
  ["crypto isakmp profile NEW\n match identity user-fqdn a@example.org\n match identity key-id 7\n match identity address 203.0.113.0 255.255.255.0\n self-identity key-id me\n pre-shared-key some-secret-of-it\n mode aggressive\n no match identity key-id 7", "no crypto isakmp profile NEW"],
  ["crypto isakmp identity hostname\ncrypto isakmp identity key-id me\ncrypto isakmp identity user-fqdn me@example.org", "no crypto isakmp identity"],
  ["crypto isakmp keepalive 10 2 on-demand", "crypto isakmp keepalive 20 5 periodic"],
  ["no crypto isakmp keepalive", "crypto isakmp keepalive 20 5 periodic"],
  ["crypto isakmp group 40000\n prime 0123456789abcdef\n generator 05", "no crypto isakmp group 40000"],
  ["crypto ipsec df-bit set\ncrypto ipsec dscp 46", "no crypto ipsec df-bit\nno crypto ipsec dscp"],
  ["interface Ethernet1\n crypto ipsec df-bit clear", "interface Ethernet1\n no crypto ipsec df-bit"],
  ["crypto ipsec security-association replay disable\ncrypto ipsec security-association lifetime kilobytes disable", "no crypto ipsec security-association replay disable\nno crypto ipsec security-association lifetime kilobytes"],
  ["crypto ipsec security-association replay window-size 512\ncrypto ipsec security-association lifetime seconds 120\ncrypto ipsec security-association lifetime kilobytes 2560", "no crypto ipsec security-association replay window-size\nno crypto ipsec security-association lifetime seconds\nno crypto ipsec security-association lifetime kilobytes"],
  ["crypto ipsec transform-set NEW esp-gcm 192 icv 8\n mode transport\n esn\nip access-list extended NEW\n 5 permit tcp host 10.1.0.7 eq 80 10.77.0.0 0.0.255.255\n remark what is new\n 15 deny udp any any eq 99\n permit icmp any range 10.78.0.0 10.78.0.9\n no 15\ncrypto map CM 50 ipsec-isakmp\n set peer 203.0.113.5\n set peer 203.0.113.6\n set transform-set NEW CBC\n set pfs group19 identities\n description new\n match address NEW\n no description\n no set peer 203.0.113.5", "no crypto map CM 50\nno ip access-list extended NEW\nno crypto ipsec transform-set NEW"],
  ["crypto dynamic-map ANY 40\n set transform-set GCM\ncrypto map CM 51 ipsec-isakmp\n match address NOWHERE\ncrypto map CM 52 discard\n match address I0", "no crypto dynamic-map ANY 40\nno crypto map CM 51\nno crypto map CM 52"],
  ["ip access-list extended I3\n permit ip host 10.1.0.9 host 10.88.0.1", "ip access-list extended I3\n no permit ip host 10.1.0.9 host 10.88.0.1"],
  ["access-list 101 permit ip any host 10.44.0.1", "no access-list 101"],
  ["interface Ethernet3\n ip address 10.90.0.1 255.255.255.0\n mac-address 0250.0000.0009\n mtu 1400\n description spare\n shutdown\nip route 10.91.0.0 255.255.0.0 Ethernet3 20\nip route 10.91.0.0 255.255.0.0 10.90.0.9\nip route 10.92.0.0 255.255.0.0 Null0", "no ip route 10.91.0.0 255.255.0.0\nno ip route 10.92.0.0 255.255.0.0\ninterface Ethernet3\n no shutdown\n no mac-address\n no mtu\n no ip address\n no description"],
  [`ip access-list extended MANY\n${MANY}\ncrypto map CM 70 discard\n match address MANY`, "no crypto map CM 70\nno ip access-list extended MANY"],
  ["crypto isakmp profile GONE\n match identity address 203.0.113.4\ncrypto map CM 71 ipsec-isakmp\n set peer 203.0.113.4\n set transform-set CBC\n set isakmp-profile GONE\n match address SEVENTY\nip access-list extended SEVENTY\n permit ip 10.1.0.0 0.0.0.255 10.57.0.0 0.0.0.255\nno crypto isakmp profile GONE", "no crypto map CM 71\nno ip access-list extended SEVENTY"],
  ["ip access-list extended WIDE\n permit ip 10.1.0.0 0.0.0.255 host 10.2.0.200\n permit ip host 10.1.0.3 10.0.0.0 0.255.255.255\ncrypto map CM 72 ipsec-isakmp\n set peer 203.0.113.4\n set transform-set CBC\n match address WIDE\nno ip access-list extended WIDE", "no crypto map CM 72"],
  ["crypto map CM 10 ipsec-isakmp\n no set peer 198.51.100.2", "crypto map CM 10 ipsec-isakmp\n set peer 198.51.100.2"],
  ["crypto map CM 10 ipsec-isakmp\n set security-association lifetime seconds 60\n set pfs\n no set security-association lifetime seconds\n no set pfs", "crypto map CM 10 ipsec-isakmp\n set security-association lifetime seconds 300"],
  ["crypto dynamic-map ANY 10\n no set isakmp-profile THREE", "crypto dynamic-map ANY 10\n set isakmp-profile THREE"],
  ["no ip access-list extended TWO", "ip access-list extended TWO\n permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255"],
  ["interface Ethernet3\n ip address 10.1.0.200 255.255.255.0\n ip address 10.90.0.1 255.255.255.128", "interface Ethernet3\n no ip address"],
  ["hostname other", "hostname hub"],
  ["interface Ethernet1\n no crypto map CM", "interface Ethernet1\n crypto map CM"],
  ["ip access-list extended NAT\n 5 deny udp any any eq 53\nip nat translation udp-timeout 10\nip nat pool P 192.0.2.60 192.0.2.63 netmask 255.255.255.0\nip nat inside source static 10.1.0.77 192.0.2.77", "ip access-list extended NAT\n no 5\nno ip nat translation udp-timeout\nno ip nat pool P\nno ip nat inside source static 10.1.0.77 192.0.2.77\nclear ip nat translation *"],
  ["interface Ethernet1\n no ip inspect FW out\n ip access-group NOWHERE out", "interface Ethernet1\n no ip access-group NOWHERE out\n ip inspect FW out"],
  ["no interface Ethernet2.20\nno ip dhcp pool SERVED", "interface Ethernet2.20\n encapsulation dot1Q 20\n ip address 10.120.0.1 255.255.255.0\n ip nat inside\nip dhcp pool SERVED\n network 10.120.0.0 255.255.255.0\n default-router 10.120.0.1\n lease 0 0 1"],
  ["interface Ethernet2.21\n no ip address", "interface Ethernet2.21\n ip address dhcp"],
  ["interface Tunnel1\n shutdown\n tunnel key 42", "interface Tunnel1\n no tunnel key\n no shutdown"],
  ["interface Tunnel2\n tunnel key 19\n keepalive 1 1", "interface Tunnel2\n tunnel key 18\n keepalive 30 4"],
  ["interface Tunnel0\n shutdown\n ip mtu 1000", "interface Tunnel0\n no ip mtu\n no shutdown"],
  ["crypto ipsec profile VTI\n set pfs group1\n set security-association lifetime seconds 120", "crypto ipsec profile VTI\n set pfs group2\n no set security-association lifetime seconds"],
  ["crypto ipsec profile GRE\n no set transform-set", "crypto ipsec profile GRE\n set transform-set HOSTS"],
  ["interface Ethernet1\n mtu 900", "interface Ethernet1\n no mtu"],
];

/** Six settings, from the `from`th on, are changed, with or without debugging, tunnels made under them, and put back. */
export function configured(arena: Arena, r: Random, from: number): void {
  const { hub, world } = arena;
  if (r.chance(0.6)) hub.type("debug crypto isakmp\ndebug crypto ipsec");
  else hub.type("undebug all");
  for (let i = 0; i < 6; i++) {
    const [there, back] = CHANGES[(from + i) % CHANGES.length]!;
    hub.configure(there);
    // Without its map the interface carries in plain whatever it is given: nothing is given then.
    if (!there.includes("no crypto map CM")) {
      if (r.chance(0.4)) hub.type("clear crypto sa");
      for (const { host } of arena.branches) host.ping("10.1.0.10", 9);
      for (const to of ["10.2.0.10", "10.57.0.1", "10.60.0.1", "10.66.0.1"]) arena.lan.ping(to, 9);
      if (r.chance(0.4)) hub.type("show crypto map\nshow crypto dynamic-map\nshow running-config\nshow crypto isakmp profile\nshow crypto ipsec sa");
      world.run(r.pick([10, 500, 3000]));
    }
    hub.configure(back);
  }
  hub.type("clear access-list counters\nclear counters");
  if (r.chance(0.3)) hub.type("write memory\nshow startup-config\nwrite erase\nclock set 1800000000");
  world.run(100);
  arena.trim();
}
