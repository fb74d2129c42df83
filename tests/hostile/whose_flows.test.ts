/**
 * Whose flows a peer gets: those of an entry go only to the identity that the entry, its profile and its key name together. Each row is a
 * configuration, the key that the peer shows and the name that it gives. The figure: a tunnel where the row says so, and nowhere else.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Negotiation, SUITE } from "../support/second/negotiation.ts";
import { P, concat, u16 } from "../support/second/ike_peer.ts";

const config = (lines: string) => `hostname gate
crypto isakmp policy 10
 encryption aes 128
 hash sha
 authentication pre-share
 group 1
 lifetime 3600
${lines}
crypto ipsec transform-set TS esp-aes 128 esp-sha-hmac
ip access-list extended VPN
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
crypto dynamic-map DYN 10
 set transform-set TS
 set isakmp-profile HQ
 match address VPN
crypto map CM 65000 ipsec-isakmp dynamic DYN
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 192.0.2.2
`;
const KEY = { address: "crypto isakmp key of-this-address address 192.0.2.2\n", network: "crypto isakmp key of-a-network address 192.0.2.0 255.255.255.0\n", all: "crypto isakmp key of-all address 0.0.0.0 0.0.0.0\n", name: "crypto isakmp key of-the-name hostname hq.example.org\n" };
const HQ = "crypto isakmp profile HQ\n match identity host hq.example.org\n";
const HQ_BY_ADDRESS = "crypto isakmp profile HQ\n match identity address 192.0.2.2 255.255.255.255\n";
const OWN = " pre-shared-key of-hq-alone\n";
const BRANCH = "crypto isakmp profile BRANCH\n match identity address 192.0.2.0 255.255.255.0\n pre-shared-key of-a-branch\n";

const rows: { what: string; lines: string; psk: string; name?: string; up: boolean }[] = [
  { what: "the profile's own key, which Main Mode does not find by a name", lines: KEY.all + HQ + OWN, psk: "of-hq-alone", name: "hq.example.org", up: false },
  { what: "everybody's key, of a profile with a key of its own", lines: KEY.all + HQ + OWN, psk: "of-all", name: "hq.example.org", up: false },
  { what: "everybody's key, of a profile without one", lines: KEY.all + HQ, psk: "of-all", name: "hq.example.org", up: false },
  { what: "everybody's key, where the name has one", lines: KEY.all + KEY.name + HQ, psk: "of-all", name: "hq.example.org", up: false },
  { what: "a network's key", lines: KEY.network + HQ, psk: "of-a-network", name: "hq.example.org", up: false },
  { what: "the key of this one address", lines: KEY.address + HQ, psk: "of-this-address", name: "hq.example.org", up: true },
  { what: "the key of this one address, where the name has another", lines: KEY.address + KEY.name + HQ, psk: "of-this-address", name: "hq.example.org", up: false },
  { what: "another profile's key", lines: KEY.name + HQ + BRANCH, psk: "of-a-branch", name: "hq.example.org", up: false },
  { what: "another name", lines: KEY.address + HQ, psk: "of-this-address", name: "branch.example.org", up: false },
  { what: "a profile of an address, its key", lines: KEY.address + HQ_BY_ADDRESS, psk: "of-this-address", up: true },
  { what: "a profile of an address, everybody's key, which is what that address has", lines: KEY.all + HQ_BY_ADDRESS, psk: "of-all", up: true },
];

for (const { what, lines, psk, name, up } of rows) {
  test(`${what}, ${name ? "calling itself " + name : "by its address"}: ${up ? "the entry's flows" : "none of them"}`, () => {
    const n = new Negotiation(5, config(lines), SUITE, psk);
    if (name) {
      const ID = { type: P.ID, body: concat([2, 17], u16(500), new TextEncoder().encode(name)) };
      n.peer.ID = () => ID;
    }
    let failed: string | undefined;
    for (const step of n.initiate()) {
      if (step.go()) continue;
      failed = step.name;
      break;
    }
    assert.equal(!failed && n.tunnelUp(), up, failed ?? n.router.output);
  });
}
