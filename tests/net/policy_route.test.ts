/** Policy routing: what comes in by an interface with `ip policy route-map` goes the way that the map says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { checksum, ipv4 } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

/** The inside is Ethernet0; Ethernet1 has the default route, Ethernet2 another way out. */
class Two {
  world = new World();
  router: Router;
  a = new Endpoint("10.1.0.10", "10.1.0.1");
  one = new Endpoint("192.0.2.9", "192.0.2.1");
  two = new Endpoint("198.51.100.9", "198.51.100.1");
  private got: { by: string; datagram: Uint8Array }[] = [];

  constructor(map: string, more = "") {
    this.router = this.world.router("edge", {
      config: `hostname edge
interface Ethernet0
 ip address 10.1.0.1 255.255.255.0
 ip policy route-map P
interface Ethernet1
 ip address 192.0.2.1 255.255.255.0
interface Ethernet2
 ip address 198.51.100.1 255.255.255.0
interface Loopback0
 ip address 1.1.1.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.9
ip route 0.0.0.0 0.0.0.0 198.51.100.9 250
ip route 203.0.113.0 255.255.255.0 192.0.2.9
access-list 10 permit 10.1.0.10
access-list 11 permit 10.1.0.11
access-list 110 permit udp any any
${more}
${map}`,
    });
    assert.equal(this.router.refusedLines, 0, this.router.output);
    for (const [port, endpoint] of [this.a, this.one, this.two].entries()) this.world.wire(endpoint, this.router.port(port));
    this.one.onDatagram = (datagram) => this.got.push({ by: "one", datagram });
    this.two.onDatagram = (datagram) => this.got.push({ by: "two", datagram });
    this.world.run(10);
  }

  /** By which way a datagram leaves; `none`: by none. */
  way(source = "10.1.0.10", destination = "203.0.113.5", protocol = 17, df = false): string {
    this.sent(source, destination, protocol, df);
    return this.last?.by ?? "none";
  }

  last: { by: string; datagram: Uint8Array } | undefined;

  sent(source: string, destination: string, protocol: number, df: boolean): void {
    this.got = [];
    const datagram = ipv4(source, destination, protocol, protocol === 6 ? Uint8Array.from([0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 9, 0, 0, 0, 0]) : Uint8Array.from([0, 1, 0, 2, 0, 12, 0, 0, 1, 2, 3, 4]));
    if (df) {
      datagram[6]! |= 0x40;
      datagram[10] = datagram[11] = 0;
      const sum = checksum(datagram.slice(0, 20));
      datagram[10] = sum >> 8;
      datagram[11] = sum & 255;
    }
    this.a.datagram(datagram);
    this.world.run(200);
    this.last = this.got[0];
  }

  count(reason: string): number {
    return this.router.counters().get(reason) ?? 0;
  }
}

test("a next hop by source; what no entry permits goes as routes have it", () => {
  const t = new Two("route-map P permit 10\n match ip address 10\n set ip next-hop 198.51.100.9\nroute-map P deny 20\n match ip address 11\nroute-map P permit 30\n match ip address 110\n set interface Null0");
  assert.equal(t.way(), "two");
  assert.equal(t.way("10.1.0.10", "8.8.8.8", 6), "two");
  assert.equal(t.way("10.1.0.11"), "one", "denied");
  assert.equal(t.way("10.1.0.12"), "none", "Null0");
  assert.equal(t.count("route to Null0"), 1);
  assert.equal(t.way("10.1.0.12", "203.0.113.5", 1), "one", "no entry");
  assert.match(t.router.type("show ip policy"), /^Interface +Route map\nEthernet0 +P$/m);
  assert.match(t.router.type("show route-map"), /Set clauses:\n {4}ip next-hop 198\.51\.100\.9\n/);
  t.router.configure("interface Ethernet0\n no ip policy route-map P");
  assert.equal(t.way(), "one");
  assert.doesNotMatch(t.router.type("show running-config"), /ip policy/);
});

test("a next hop that is on no network of ours, or whose interface is down, gives way to the second and to the routes", () => {
  const t = new Two("route-map P permit 10\n set ip next-hop 100.64.0.1 198.51.100.9");
  assert.equal(t.way(), "two");
  t.router.configure("interface Ethernet2\n shutdown");
  assert.equal(t.way(), "one");
  t.router.configure("interface Ethernet2\n no shutdown");
  assert.equal(t.way(), "two");
});

test("an interface: by its own routes, whatever their distance; a map that is missing changes nothing, a list that is missing lets nothing pass", () => {
  const t = new Two("route-map P permit 10\n match ip address 10\n set interface Ethernet2");
  assert.equal(t.way(), "two");
  assert.equal(t.way("10.1.0.11"), "one");
  t.router.configure("no access-list 10");
  assert.equal(t.way(), "none");
  assert.equal(t.count("policy routing: a list of the route map is missing"), 1);
  t.router.configure("no route-map P");
  assert.equal(t.way(), "one");
});

test("`default`: only where no route but the default one leads", () => {
  for (const set of ["set ip default next-hop 198.51.100.9", "set default interface Ethernet2"]) {
    const t = new Two(`route-map P permit 10\n ${set}`);
    assert.equal(t.way("10.1.0.10", "203.0.113.5"), "one", set);
    assert.equal(t.way("10.1.0.10", "8.8.8.8"), "two", set);
  }
});

test("`set ip df 0` takes the bit away and nothing else, `set ip df 1` sets it", () => {
  const t = new Two("route-map P permit 10\n set ip df 0");
  assert.equal(t.way("10.1.0.10", "203.0.113.5", 17, true), "one");
  assert.equal(t.last!.datagram[6]! & 0x40, 0);
  assert.equal(checksum(t.last!.datagram.slice(0, 20)), 0);
  t.router.configure("route-map P permit 10\n set ip df 1");
  assert.equal(t.way("10.1.0.10", "203.0.113.5", 17, false), "one");
  assert.equal(t.last!.datagram[6]! & 0x40, 0x40);
});

test("by a loopback it comes in again, outside of NAT; its interface goes and the entry with it", () => {
  const nat = "interface Ethernet0\n ip nat inside\ninterface Ethernet1\n ip nat outside\nip nat inside source static 10.1.0.10 192.0.2.77";
  for (const set of ["set interface Loopback0", "set ip next-hop 1.1.1.2"]) {
    const t = new Two(`route-map P permit 10\n match ip address 110\n ${set}`, nat);
    const source = (protocol: number): string => {
      assert.equal(t.way("10.1.0.10", "203.0.113.5", protocol), "one");
      assert.equal(t.last!.datagram[8], 63, "one hop");
      return t.last!.datagram.slice(12, 16).join(".");
    };
    assert.equal(source(17), "10.1.0.10", set);
    assert.equal(source(6), "192.0.2.77", set);
    t.router.configure("no interface Loopback0");
    assert.equal(source(17), "192.0.2.77", set);
    assert.doesNotMatch(t.router.type("show running-config"), /set interface/);
  }
});

test("what a tunnel waits for keeps its way; and every line has its `no`", () => {
  const t = new Two("route-map P permit 10\n set ip next-hop 198.51.100.9", "crypto isakmp policy 1\n authentication pre-share\n group 14\ncrypto isakmp key a-long-shared-key address 198.51.100.9\ncrypto ipsec transform-set T esp-aes esp-sha-hmac\nip access-list extended V\n permit ip 10.1.0.0 0.0.0.255 203.0.113.0 0.0.0.255\ncrypto map M 1 ipsec-isakmp\n set peer 198.51.100.9\n set transform-set T\n match address V\ninterface Ethernet2\n crypto map M");
  const seen: string[] = [];
  t.one.onDatagram = () => seen.push("one");
  t.a.datagram(ipv4("10.1.0.10", "203.0.113.5", 6, new Uint8Array(20)));
  t.world.run(60_000);
  assert.deepEqual(seen, [], "nothing by the routes' way in plain");
  for (const [line, no] of [
    ["set ip next-hop 198.51.100.9", "no set ip next-hop"],
    ["set ip next-hop 198.51.100.9 192.0.2.9", "no set ip next-hop 198.51.100.9 192.0.2.9"],
    ["set interface Loopback0 Null0", "no set interface Loopback0"],
    ["set ip default next-hop 198.51.100.9", "no set ip default next-hop"],
    ["set default interface Null0", "no set default interface"],
    ["set ip df 0", "no set ip df"],
  ] as const) {
    t.router.configure(`no route-map P\nroute-map P permit 10\n${line}`);
    assert.ok(t.router.type("show running-config").includes(`route-map P permit 10\n ${line}\n`), line);
    t.router.configure(`route-map P permit 10\n${no}`);
    assert.ok(t.router.type("show running-config").includes("route-map P permit 10\n!\n"), no);
  }
});
