/**
 * Configurations as people run them on IOS boxes, whole: each starts a router, whose tunnel comes up against a gateway configured as its counterpart and
 * carries traffic both ways; what its filters and translations let through passes, and nothing else. Where `../shared/cases/ios` is there, those files
 * stand in for their namesakes here as well.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Endpoint } from "../support/world/endpoint.ts";
import { IP_TCP, ipv4 } from "../support/world/frame.ts";
import { IosCase, segment } from "../support/world/ios_case.ts";

const OWN = fileURLToPath(new URL("../cases/ios/", import.meta.url));
const SHARED = fileURLToPath(new URL("../../../shared/cases/ios/", import.meta.url));

/** Lines acted upon, without effect, refused; and what the refused ones are, where there are any. */
type Table = [acted: number, without: number, refused: number];

interface Case {
  file: string;
  table: Table;
  /** What the sentences of refused lines name; without it there are none. */
  names?: RegExp;
  /** Networks of which no datagram may be on the outside in plain. */
  inner: string[];
  /** Which ports are called how, where the router says less than that. */
  ports?: Record<string, number>;
  run?: (c: IosCase, key: string) => void;
}

const ROUTING = /Routing protocols are missing here/;
const OTHER = "198.51.100.10";

/** Both hosts reach each other, and the server is met under our address, unless `surfing` is not for this case. */
function tunnelAndInternet(c: IosCase, a: Endpoint, b: Endpoint, ours?: string): void {
  assert.ok(c.reaches(a, b.address), `through the tunnel\n${c.router.output}`);
  assert.ok(c.ping(b, a.address), "and from the other end");
  if (!ours) return;
  assert.deepEqual(c.surf(a), { source: ours, answered: true }, "to the internet, translated");
}

const CASES: Case[] = [
  {
    file: "01-packet-tracer-1941",
    table: [25, 1, 0],
    inner: ["192.168."],
    run: (c, key) => {
      c.uplink("Serial0/1/0", "198.51.100.1", "198.51.100.2");
      const host = c.host("GigabitEthernet0/0", "192.168.1.10", "192.168.1.1");
      const other = c.gateway({ policy: " encryption aes 256\n authentication pre-share\n group 5", transform: "esp-aes 128 esp-sha-hmac", key, peer: "198.51.100.1", list: ["ip 192.168.3.0 0.0.0.255 192.168.1.0 0.0.0.255"], wan: "198.51.100.2", gateway: "198.51.100.1", lan: "192.168.3.1" });
      tunnelAndInternet(c, host, other.host);
      assert.deepEqual(c.protocols("198.51.100.1", "198.51.100.2"), [50]);
    },
  },
  {
    file: "02-lan-to-lan-showrun-nat",
    table: [30, 16, 0],
    inner: ["10.1.1.", "172.16.1."],
    run: (c, key) => {
      c.uplink("Ethernet2/0", "203.0.113.1", "203.0.113.2");
      const host = c.host("Ethernet2/1", "10.1.1.10", "10.1.1.1");
      const other = c.gateway({ policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key, peer: "203.0.113.1", list: ["ip 172.16.1.0 0.0.0.255 10.1.1.0 0.0.0.255"], wan: "203.0.113.2", gateway: "203.0.113.1", lan: "172.16.1.1" });
      tunnelAndInternet(c, host, other.host, "203.0.113.1");
    },
  },
  {
    file: "03-2801-ah-esp-branch",
    table: [34, 27, 5],
    names: ROUTING,
    inner: ["172.16.18.", "192.168.18."],
    run: (c, key) => {
      c.uplink("Serial0/1/1", "198.51.100.2", "198.51.100.1");
      const other = c.gateway({
        policy: " encryption aes 256\n authentication pre-share\n group 5", transform: "ah-sha-hmac esp-aes 256 esp-sha-hmac", key, peer: "198.51.100.2",
        list: ["tcp any eq www any", "tcp any eq 443 any", "ip 198.51.100.0 0.0.0.3 any"], wan: "198.51.100.1", prefix: "255.255.255.252", gateway: "198.51.100.2", lan: "172.17.18.1",
        extra: "interface Tunnel200\n ip address 192.168.18.5 255.255.255.252\n tunnel source Ethernet1\n tunnel destination 198.51.100.2",
      });
      // What EIGRP would have told is not there: the ends of the GRE tunnel know each other.
      other.router.type("ping 192.168.18.6 repeat 8");
      c.world.run(30_000);
      assert.match(other.router.output, /Success rate is [1-9]\d* percent/, c.router.output);
      assert.deepEqual(c.protocols("198.51.100.1", "198.51.100.2"), [51]);
    },
  },
  {
    file: "06-hub-dynamic-spokes",
    table: [19, 0, 0],
    inner: ["10."],
    run: (c, key) => {
      c.uplink("Ethernet0/0", "198.51.100.1", "198.51.100.254");
      const host = c.host("Ethernet0/1", "10.1.0.10", "10.1.0.1");
      const policy = " encryption aes 256\n hash md5\n authentication pre-share\n group 2";
      const spokes = [2, 3].map((n) => c.gateway({ policy, transform: "esp-des esp-md5-hmac", key, peer: "198.51.100.1", list: [`ip 10.${n}.0.0 0.0.0.255 10.1.0.0 0.0.0.255`], wan: `203.0.113.${n}`, gateway: "203.0.113.254", lan: `10.${n}.0.1` }));
      for (const spoke of spokes) {
        assert.ok(c.reaches(spoke.host, host.address), c.router.output);
        assert.ok(c.ping(host, spoke.host.address));
      }
    },
  },
  {
    file: "09-two-peers-backup",
    table: [33, 4, 0],
    inner: ["192.168."],
    run: (c, key) => {
      c.uplink("FastEthernet0/0", "198.51.100.5", "198.51.100.1");
      const host = c.host("FastEthernet0/1", "192.168.10.10", "192.168.10.1");
      const both = ["203.0.113.58", "203.0.113.34"].map((wan) =>
        c.gateway({ policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key, peer: "198.51.100.5", list: ["ip 192.168.20.0 0.0.0.255 192.168.10.0 0.0.0.255"], pfs: "group1", wan, gateway: "203.0.113.1", lan: "192.168.20.1" }),
      );
      tunnelAndInternet(c, host, both[0]!.host, "198.51.100.5");
      c.outside.silent.add(0xcb00713a);
      assert.ok(c.reaches(host, "192.168.20.10", 180_000), "by the second peer");
      assert.ok(both[1]!.host.requests > 0);
    },
  },
  {
    file: "11-gre-over-ipsec-ospf",
    table: [22, 1, 4],
    names: ROUTING,
    inner: ["192.168.100.", "10."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/1", "198.51.100.21", "198.51.100.22");
      const other = c.gateway({
        policy: " encryption aes\n hash sha256\n authentication pre-share\n group 14", transform: "esp-aes 128 esp-sha-hmac\n mode transport", key, peer: "198.51.100.21", list: ["gre host 198.51.100.22 host 198.51.100.21"], wan: "198.51.100.22", gateway: "198.51.100.21", lan: "10.2.0.1",
        extra: "interface Tunnel100\n ip address 192.168.100.2 255.255.255.0\n tunnel source Ethernet1\n tunnel destination 198.51.100.21",
      });
      assert.ok(c.reaches(other.host, "192.168.100.1") === false, "no route back to a network that OSPF would have told");
      other.router.type("ping 192.168.100.1 repeat 5");
      c.world.run(20_000);
      assert.match(other.router.output, /Success rate is [1-9]\d* percent/);
      c.router.type("ping 192.168.100.2 repeat 5");
      c.world.run(20_000);
      assert.match(c.router.output, /Success rate is 100 percent/);
      assert.deepEqual(c.protocols("198.51.100.21", "198.51.100.22"), [50]);
    },
  },
  {
    file: "21-1841-sdm",
    table: [126, 78, 0],
    inner: ["10.20."],
    run: (c, key) => {
      c.uplink("FastEthernet0/1", "203.0.113.2", "203.0.113.1");
      const host = c.host("FastEthernet0/0", "10.20.1.10", "10.20.1.1");
      const other = c.gateway({ policy: " encryption 3des\n hash sha\n authentication pre-share\n group 2", transform: "esp-3des esp-sha-hmac", key, peer: "203.0.113.2", list: ["ip 10.20.2.0 0.0.0.255 10.20.1.0 0.0.0.255"], lan: "10.20.2.1" });
      tunnelAndInternet(c, host, other.host, "203.0.113.2");
      assert.equal(c.connect(c.server, "203.0.113.2", 25, [host]), "10.20.1.10:25", "mail is let in, and forwarded");
      assert.equal(c.connect(c.server, "203.0.113.2", 80, [host]), undefined, "the web is not");
    },
  },
  {
    file: "22-871w-bvi",
    table: [86, 56, 0],
    inner: ["192.168.", "10."],
    // Four switch ports give way to the two that have something to do.
    ports: { FastEthernet4: 0, BVI1: 1 },
    run: (c, key) => {
      c.lease("FastEthernet4");
      const host = c.host("BVI1", "192.168.10.20", "192.168.10.1");
      const other = c.gateway({ policy: " encryption aes 256\n hash sha\n authentication pre-share\n group 2", transform: "esp-aes 256 esp-sha-hmac", key, peer: "", dynamic: true, list: ["ip 10.0.0.0 0.0.255.255 192.168.10.0 0.0.0.255"], pfs: "group2", lan: "10.0.0.1" });
      tunnelAndInternet(c, host, other.host, "203.0.113.10");
      assert.equal(c.connect(c.server, "203.0.113.10", 3389, [host]), "192.168.10.20:3389");
      assert.equal(c.connect(c.server, "203.0.113.10", 22, [host]), undefined);
    },
  },
  {
    file: "23-881-vlan1",
    table: [59, 57, 0],
    inner: ["192.168."],
    run: (c, key) => {
      c.uplink("FastEthernet4", "203.0.113.2", "203.0.113.1", ["203.0.113.3"]);
      const host = c.host("Vlan1", "192.168.50.10", "192.168.50.1");
      const other = c.gateway({ policy: " encryption aes\n hash sha\n authentication pre-share\n group 5", transform: "esp-aes 128 esp-sha-hmac", key, peer: "203.0.113.2", list: ["ip 192.168.60.0 0.0.0.255 192.168.50.0 0.0.0.255"], pfs: "group5", lan: "192.168.60.1" });
      assert.equal(c.connect(c.server, "203.0.113.2", 8443, [host]), "192.168.50.10:443");
      assert.equal(c.connect(c.server, "203.0.113.2", 81, [host]), undefined);
      assert.deepEqual(c.surf(host), { source: "203.0.113.2", answered: true });
      // Tunnel traffic of this host is that of a static translation without a route map: IOS translates it too, away from the map.
      const plain = c.host("Vlan1", "192.168.50.20", "192.168.50.1");
      tunnelAndInternet(c, plain, other.host, "203.0.113.2");
    },
  },
  {
    file: "24-2811-stick",
    table: [94, 98, 13],
    names: /Routing protocols are missing here|AAA and its servers|AAA servers and telnet/,
    inner: ["10."],
    run: (c, key) => {
      c.uplink("FastEthernet0/1", "192.0.2.2", "192.0.2.1");
      // The subinterface whose frames have no tag.
      const host = c.host("FastEthernet0/0", "10.30.99.10", "10.30.99.1");
      const other = c.gateway({ policy: " encryption aes 192\n hash sha256\n authentication pre-share\n group 14", transform: "esp-aes 256 esp-sha256-hmac", key, peer: "192.0.2.2", list: ["ip 10.40.0.0 0.0.255.255 10.30.0.0 0.0.255.255"], lan: "10.40.10.1" });
      tunnelAndInternet(c, host, other.host);
    },
  },
  {
    file: "25-1941-vti",
    table: [63, 53, 4],
    names: ROUTING,
    inner: ["10."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet0/1", "10.50.0.10", "10.50.0.1");
      const other = c.gateway({
        policy: " encryption aes 256\n hash sha512\n authentication pre-share\n group 14", transform: "esp-aes 256 esp-sha256-hmac", key, peer: "203.0.113.2", lan: "10.60.0.1",
        extra: "crypto ipsec profile P\n set transform-set TS\n set pfs group14\ninterface Tunnel0\n ip address 172.16.0.2 255.255.255.252\n tunnel source Ethernet1\n tunnel mode ipsec ipv4\n tunnel destination 203.0.113.2\n tunnel protection ipsec profile P\nip route 10.50.0.0 255.255.255.0 Tunnel0",
      });
      assert.ok(c.reaches(host, other.host.address), c.router.output);
      assert.ok(c.ping(other.host, host.address));
      assert.deepEqual(c.protocols("203.0.113.2", OTHER), [50]);
    },
  },
  {
    file: "26-2901-gre-protect",
    table: [38, 22, 8],
    names: /Routing protocols are missing here|HSRP and VRRP are missing here/,
    inner: ["10.", "172.16."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet0/1", "10.70.0.10", "10.70.0.1");
      const other = c.gateway({
        policy: " encryption aes 256\n hash sha256\n authentication pre-share\n group 14", transform: "esp-aes 256 esp-sha-hmac\n mode transport", key, peer: "203.0.113.2", lan: "10.80.0.1",
        extra: "crypto ipsec profile P\n set transform-set TS\ninterface Tunnel0\n ip address 172.16.10.2 255.255.255.252\n tunnel source Ethernet1\n tunnel destination 203.0.113.2\n tunnel protection ipsec profile P\nip route 10.70.0.0 255.255.255.0 Tunnel0",
      });
      assert.ok(c.reaches(host, other.host.address, 90_000), c.router.output);
      assert.ok(c.ping(other.host, host.address));
      assert.deepEqual(c.protocols("203.0.113.2", OTHER), [50]);
    },
  },
  {
    file: "27-hub-two-spokes",
    table: [44, 42, 1],
    names: ROUTING,
    inner: ["10."],
    run: (c) => {
      c.uplink("Serial0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("Ethernet0/0", "10.1.0.10", "10.1.0.1");
      const one = c.gateway({ policy: " encryption des\n hash md5\n authentication pre-share\n group 1", transform: "esp-des esp-sha-hmac", key: "spoke-one", peer: "203.0.113.2", list: ["ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255", "ip 10.2.0.0 0.0.0.255 10.3.0.0 0.0.0.255"], lan: "10.2.0.1" });
      const two = c.gateway({ policy: " encryption 3des\n hash sha\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key: "spoke-two", peer: "203.0.113.2", list: ["ip 10.3.0.0 0.0.0.255 10.1.0.0 0.0.0.255", "ip 10.3.0.0 0.0.0.255 10.2.0.0 0.0.0.255"], pfs: "group2", wan: "198.51.100.20", gateway: "198.51.100.9", lan: "10.3.0.1" });
      tunnelAndInternet(c, host, one.host);
      tunnelAndInternet(c, host, two.host);
      assert.ok(c.reaches(one.host, two.host.address), "from spoke to spoke, by the hub");
    },
  },
  {
    file: "28-dual-isp",
    table: [45, 23, 0],
    inner: ["10."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet0/2", "10.90.0.10", "10.90.0.1");
      const other = c.gateway({ policy: " encryption aes\n hash sha\n authentication pre-share\n group 2", transform: "esp-aes 128 esp-sha-hmac", key, peer: "203.0.113.2", list: ["ip 10.91.0.0 0.0.0.255 10.90.0.0 0.0.0.255"], lan: "10.91.0.1" });
      tunnelAndInternet(c, host, other.host, "203.0.113.2");
    },
  },
  { file: "29-easyvpn-xauth", table: [27, 5, 11], names: /Xauth|AAA and its servers/, inner: [] },
  { file: "30-zbf", table: [19, 2, 15], names: /Zones are missing here/, inner: [] },
  { file: "31-dmvpn", table: [22, 1, 7], names: /NHRP and DMVPN are missing here|Routing protocols/, inner: [] },
  { file: "32-1721-pppoe", table: [23, 12, 18], names: /PPPoE|Dialer1/, inner: [] },
  {
    file: "33-spoke-dynamic",
    table: [41, 29, 0],
    inner: ["10."],
    run: (c, key) => {
      c.lease("FastEthernet0/0");
      const host = c.host("FastEthernet0/1", "10.10.0.10", "10.10.0.1");
      const other = c.gateway({ policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key, peer: "", dynamic: true, list: ["ip 10.0.0.0 0.0.255.255 10.10.0.0 0.0.3.255"], pfs: "group1", lan: "10.0.0.1" });
      tunnelAndInternet(c, host, other.host);
    },
  },
  {
    file: "34-4331-gcm",
    table: [41, 48, 0],
    inner: ["10."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet0/0/1", "10.1.1.10", "10.1.1.1");
      const other = c.gateway({ policy: " encryption aes 256\n hash sha384\n authentication pre-share\n group 20", transform: "esp-gcm 256", key, peer: "203.0.113.2", list: ["ip 10.2.2.0 0.0.0.255 10.1.1.0 0.0.0.255"], pfs: "group20", lan: "10.2.2.1" });
      tunnelAndInternet(c, host, other.host, "203.0.113.2");
    },
  },
  {
    file: "41-cloud-two-vtis",
    table: [72, 12, 9],
    names: /Routing protocols|It stands below line \d+, `router bgp`/,
    inner: ["10.", "169.254."],
    run: (c, key) => {
      c.uplink("GigabitEthernet1", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet2", "10.50.0.10", "10.50.0.1");
      const keys = [key, /key (tEst\.P2\S+)/.exec(c.text)![1]!];
      keys.forEach((secret, i) => {
        const other = c.gateway({
          policy: " encryption aes\n hash sha\n authentication pre-share\n group 2", transform: "esp-aes 128 esp-sha-hmac", key: secret, peer: "203.0.113.2", wan: `198.51.100.${10 + i}`, lan: `10.${60 + i}.0.1`,
          extra: `crypto ipsec profile P\n set transform-set TS\n set pfs group2\ninterface Tunnel0\n ip address 169.254.107.${57 + 4 * i} 255.255.255.252\n tunnel source Ethernet1\n tunnel mode ipsec ipv4\n tunnel destination 203.0.113.2\n tunnel protection ipsec profile P\nip route 10.50.0.0 255.255.255.0 Tunnel0`,
        });
        assert.ok(c.reaches(host, other.host.address), c.router.output);
        assert.ok(c.ping(other.host, host.address));
        assert.deepEqual(c.protocols("203.0.113.2", `198.51.100.${10 + i}`), [50]);
      });
    },
  },
  {
    file: "42-lab-unindented",
    table: [50, 8, 8],
    names: /Routing protocols|It stands below line \\d+, `router/,
    inner: ["192.168.", "172.31."],
    run: (c, key) => {
      c.uplink("GigabitEthernet1/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet2/0", "192.168.16.10", "192.168.16.1");
      const other = c.gateway({
        policy: " encryption 3des\n hash sha256\n authentication pre-share\n group 14", transform: "esp-3des esp-sha-hmac\n mode transport", key, peer: "203.0.113.2", list: ["gre host 198.51.100.10 host 203.0.113.2"], lan: "192.168.20.1",
        extra: "interface Tunnel0\n ip address 172.31.0.2 255.255.255.0\n tunnel source Ethernet1\n tunnel destination 203.0.113.2\nip route 192.168.16.0 255.255.255.0 Tunnel0",
      });
      tunnelAndInternet(c, host, other.host, "203.0.113.2");
    },
  },
  {
    file: "43-spoke-aggressive",
    table: [39, 15, 0],
    inner: ["10."],
    run: (c) => {
      c.lease("FastEthernet0/0");
      const host = c.host("FastEthernet0/1", "10.9.0.10", "10.9.0.1");
      const key = /aggressive-mode password (\S+)/.exec(c.text)![1]!;
      const other = c.gateway({
        policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key: "nobody-has-this-one", peer: "", dynamic: true, list: ["ip 10.0.0.0 0.0.0.255 10.9.0.0 0.0.0.255"], lan: "10.0.0.1",
        extra: `crypto isakmp profile SPOKE\n match identity user-fqdn spoke9@example.org\n pre-shared-key ${key}\n mode aggressive\ncrypto dynamic-map D 10\n set isakmp-profile SPOKE\n`,
      });
      tunnelAndInternet(c, host, other.host);
    },
  },
  {
    file: "35-policy-loopback",
    table: [42, 15, 0],
    inner: ["172."],
    run: (c, key) => {
      c.uplink("FastEthernet0/0", "203.0.113.2", "203.0.113.1", ["203.0.113.3", "203.0.113.4"]);
      const server = c.host("FastEthernet0/1", "172.18.1.20", "172.18.1.1");
      const other = c.gateway({ policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key, peer: "203.0.113.2", list: ["ip 172.16.1.0 0.0.0.255 172.18.1.0 0.0.0.255"], lan: "172.16.1.1" });
      // The server has a static translation without a route map: by the loopback its tunnel traffic passes that by, and nothing else does.
      tunnelAndInternet(c, server, other.host, "203.0.113.3");
      assert.equal(c.connect(other.host, "172.18.1.20", 80, [server]), "172.18.1.20:80", "by its own address through the tunnel");
      assert.equal(c.connect(c.server, "203.0.113.3", 80, [server]), "172.18.1.20:80");
      c.router.type("configure terminal\ninterface FastEthernet0/1\nno ip policy route-map nonat\nend");
      assert.ok(!c.reaches(server, other.host.address, 9000), "without the policy");
      assert.match(c.router.output, /%NAT-4-MISSES_CRYPTO: 172\.18\.1\.20 -> 172\.16\.1\.10/);
      tunnelAndInternet(c, c.host("FastEthernet0/1", "172.18.1.10", "172.18.1.1"), other.host, "203.0.113.4");
    },
  },
  {
    file: "36-policy-interface",
    table: [42, 15, 0],
    inner: ["172."],
    run: (c, key) => {
      c.uplink("FastEthernet0/0", "203.0.113.2", "203.0.113.1");
      const server = c.host("FastEthernet0/1", "172.18.1.20", "172.18.1.1");
      const other = c.gateway({ policy: " encryption 3des\n hash md5\n authentication pre-share\n group 2", transform: "esp-3des esp-md5-hmac", key, peer: "203.0.113.2", list: ["ip 172.16.1.0 0.0.0.255 172.18.1.0 0.0.0.255"], lan: "172.16.1.1" });
      tunnelAndInternet(c, server, other.host, "203.0.113.2");
      // What the server's port 80 answers into the tunnel is what the translation of that port would take away.
      const answer = (to: string): string | undefined => {
        const before = other.host.received.length;
        server.datagram(ipv4(server.address, to, IP_TCP, segment(server.address, to, 80, 50_000)));
        c.world.run(2000);
        return other.host.received.slice(before).find((p) => p.protocol === IP_TCP)?.src;
      };
      assert.equal(answer("172.16.1.10"), "172.18.1.20");
      c.router.type("configure terminal\nroute-map nonat permit 10\nno set interface Loopback0\nend");
      assert.equal(answer("172.16.1.10"), undefined, "without the way by the loopback");
      c.router.type("configure terminal\nroute-map nonat permit 10\nset interface Loopback0\nend");
      assert.equal(answer("172.16.1.10"), "172.18.1.20");
      tunnelAndInternet(c, c.host("FastEthernet0/1", "172.18.1.10", "172.18.1.1"), other.host, "203.0.113.2");
    },
  },
  {
    file: "37-nat-overlap",
    table: [30, 20, 0],
    inner: ["192.168."],
    run: (c, key) => {
      c.uplink("GigabitEthernet0/0", "203.0.113.2", "203.0.113.1");
      const host = c.host("GigabitEthernet0/1", "192.168.1.10", "192.168.1.1");
      const other = c.gateway({ policy: " encryption aes 256\n hash sha\n authentication pre-share\n group 5", transform: "esp-aes 128 esp-sha-hmac", key, peer: "203.0.113.2", list: ["ip 10.88.1.0 0.0.0.255 10.77.1.0 0.0.0.255"], lan: "10.88.1.1" });
      // Each side knows the other by a network that is none of its own.
      assert.ok(c.reaches(host, other.host.address), c.router.output);
      assert.ok(c.ping(other.host, "10.77.1.10"), "and from the other end, by the translated address");
      assert.ok(other.host.received.some(({ src }) => src === "10.77.1.10"));
      assert.deepEqual(c.protocols("203.0.113.2", OTHER), [50]);
    },
  },
];

/** The first pre-shared key of a configuration. */
const keyOf = (text: string): string => /crypto isakmp key (?:0 )?(\S+) address|pre-shared-key address \S+ key (\S+)/.exec(text)?.slice(1).find((x) => x) ?? "";

for (const one of CASES) {
  for (const [from, directory] of [["", OWN], [" (shared)", SHARED]] as const) {
    const file = `${directory}${one.file}.ios`;
    if (!existsSync(file)) continue;
    test(`${one.file}${from}`, () => {
      const text = readFileSync(file, "utf8");
      const c = new IosCase(text, one.ports);
      const { acted, without, refused } = c.table();
      assert.equal(c.router.refusedLines, one.table[2], c.router.output);
      for (const sentence of c.refusals()) assert.match(sentence, one.names ?? /^$/, c.router.output);
      one.run?.(c, keyOf(text));
      assert.deepEqual(c.plain(one.inner), [], "nothing of the inner networks is on the outside in plain");
      if (!from) assert.deepEqual([acted, without, refused], one.table, "lines acted upon, without effect, refused");
    });
  }
}

test("every configuration that is there is tried", () => {
  const names = new Set(CASES.map(({ file }) => `${file}.ios`));
  assert.deepEqual(readdirSync(OWN).filter((file) => file.endsWith(".ios") && !names.has(file)), []);
});
