import assert from "node:assert/strict";
import { test } from "node:test";
import { Endpoint } from "../support/world/endpoint.ts";
import { checksum, ipv4 } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

/** Two routers whose networks meet in a tunnel interface: nothing but routes leads into it. */
class Site {
  world = new World();
  alpha: Router;
  beta: Router;
  a = new Endpoint("10.1.0.10", "10.1.0.1", { reassemble: true });
  b = new Endpoint("10.2.0.10", "10.2.0.1", { reassemble: true });
  /** IPv4 datagrams on the WAN, from alpha (0) and beta (1). */
  wan: { direction: 0 | 1; datagram: Uint8Array }[] = [];
  cut = false;
  private sequence = 0;

  constructor(alpha: string, beta = alpha) {
    this.alpha = this.world.router("alpha", { config: configuration(1, alpha) });
    this.beta = this.world.router("beta", { config: configuration(2, beta), seed: 2 });
    assert.equal(this.alpha.refusedLines + this.beta.refusedLines, 0, this.alpha.output + this.beta.output);
    this.world.wire(this.a, this.alpha.port(0));
    this.world.wire(this.b, this.beta.port(0));
    this.world.wire(this.alpha.port(1), this.beta.port(1), {
      delay: 2,
      tap: (frame, direction) => void (frame[12] === 8 && frame[13] === 0 && this.wan.push({ direction, datagram: frame.subarray(14) })),
      fault: (frame) => (this.cut ? [] : [{ frame }]),
    });
  }

  ping(from: Endpoint, to: string, ms = 2000, size = 56, df = false): boolean {
    const sequence = ++this.sequence;
    from.ping(to, sequence, size, { df });
    return this.world.run(ms, () => from.replies.has(sequence));
  }

  /** Protocols seen on the WAN since the last call, ISAKMP and ARP apart. */
  protocols(): number[] {
    const seen = new Set(this.wan.map(({ datagram }) => datagram[9]!).filter((protocol) => protocol !== 17));
    this.wan.length = 0;
    return [...seen].sort((x, y) => x - y);
  }
}

function configuration(side: 1 | 2, tunnel: string): string {
  const other = 3 - side;
  return `
hostname ${side === 1 ? "alpha" : "beta"}
crypto isakmp policy 10
 encryption aes 128
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key correct-horse-battery-staple address 192.0.2.${other}
crypto isakmp keepalive 10 3 periodic
crypto ipsec transform-set TUNNEL esp-aes 128 esp-sha256-hmac
crypto ipsec transform-set TRANSPORT esp-aes 128 esp-sha256-hmac
 mode transport
crypto ipsec profile VTI
 set transform-set TUNNEL
 set pfs group14
crypto ipsec profile GRE
 set transform-set TRANSPORT
interface GigabitEthernet0/0
 ip address 10.${side}.0.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 192.0.2.${side} 255.255.255.0
interface Tunnel0
 ip address 172.16.0.${side} 255.255.255.252
 tunnel source GigabitEthernet0/1
 tunnel destination 192.0.2.${other}
${tunnel.replaceAll("LOCAL", `192.0.2.${side}`).replaceAll("REMOTE", `192.0.2.${other}`)}
ip route 10.${other}.0.0 255.255.255.0 Tunnel0
`;
}

const VTI = " tunnel mode ipsec ipv4\n tunnel protection ipsec profile VTI\n";
const GRE_PROTECTED = " tunnel protection ipsec profile GRE\n";

test("a static VTI negotiates at once, from any to any, and carries what routes lead into it, both ways", () => {
  const site = new Site(VTI);
  assert.ok(site.world.run(30_000, () => /Tunnel0, changed state to up/.test(site.alpha.output) && /Tunnel0, changed state to up/.test(site.beta.output)), site.alpha.output);
  assert.match(site.alpha.type("show ip route"), /10\.2\.0\.0\/24 is directly connected, Tunnel0/);
  site.protocols();
  assert.ok(site.ping(site.a, "10.2.0.10") && site.ping(site.b, "10.1.0.10") && site.ping(site.a, "172.16.0.2") && site.ping(site.b, "10.1.0.1"));
  assert.deepEqual(site.protocols(), [50]);
  const sa = site.alpha.type("show crypto ipsec sa");
  assert.match(sa, /interface: Tunnel0\n {4}Crypto map tag: Tunnel0-head-0, local addr 192\.0\.2\.1/);
  assert.match(sa, /local {2}ident \(addr\/mask\/prot\/port\): \(0\.0\.0\.0\/0\.0\.0\.0\/0\/0\)/);
  assert.match(site.alpha.type("show interfaces Tunnel0"), /Tunnel0 is up, line protocol is up\n {2}Hardware is Tunnel\n {2}Internet address is 172\.16\.0\.1\/30\n {2}Tunnel source 192\.0\.2\.1 \(GigabitEthernet0\/1\), destination 192\.0\.2\.2\n {2}Tunnel protocol\/transport IPSEC\/IP\n/);
});

test("datagrams of all lengths pass a VTI: cut where they may be, reported where not", () => {
  const site = new Site(VTI);
  assert.ok(site.ping(site.a, "10.2.0.1", 30_000) || site.ping(site.a, "10.2.0.1", 30_000));
  for (const size of [1300, 1400, 1440, 1472]) assert.ok(site.ping(site.a, "10.2.0.10", 2000, size), `${size} octets`);
  assert.ok(!site.ping(site.a, "10.2.0.10", 500, 1472, true));
  const error = site.a.received.filter((r) => r.protocol === 1).at(-1)!;
  assert.deepEqual([error.payload[0], error.payload[1]], [3, 4]);
  assert.ok(((error.payload[6]! << 8) | error.payload[7]!) <= 1500 - 50);
});

test("a VTI's line goes down with its SA, and its routes with it; it comes up again by itself", () => {
  const site = new Site(VTI);
  assert.ok(site.world.run(30_000, () => /Tunnel0, changed state to up/.test(site.alpha.output)));
  site.cut = true;
  assert.ok(site.world.run(120_000, () => /Tunnel0, changed state to down/.test(site.alpha.output)), "dead peer detection takes it down");
  assert.doesNotMatch(site.alpha.type("show ip route"), /Tunnel0/);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 +172\.16\.0\.1 +YES manual up +down/);
  site.protocols();
  assert.ok(!site.ping(site.a, "10.2.0.10", 500));
  assert.deepEqual(site.protocols(), [], "nothing in plain");
  site.cut = false;
  assert.ok(site.world.run(60_000, () => site.ping(site.a, "10.2.0.10", 500)));
});

test("no profile of that name, or one without a transform set: the tunnel stays down and nothing leaves", () => {
  for (const name of ["NOBODY", "EMPTY"]) {
    const site = new Site(` tunnel mode ipsec ipv4\n tunnel protection ipsec profile ${name}\ncrypto ipsec profile EMPTY\n`);
    site.world.run(20_000);
    assert.match(site.alpha.output, /%CRYPTO-4-INCOMPLETE: crypto map Tunnel0-head-0 65536 has no transform set/);
    assert.ok(!site.ping(site.a, "10.2.0.10", 1000));
    assert.deepEqual(site.protocols(), []);
  }
  const gre = new Site(" tunnel protection ipsec profile NOBODY\n");
  assert.ok(!gre.ping(gre.a, "10.2.0.10", 20_000));
  assert.deepEqual(gre.protocols(), [], "GRE neither");
});

test("GRE under a transport-mode SA: held until it is up, never plain; host to host, protocol 47", () => {
  const site = new Site(GRE_PROTECTED);
  assert.ok(site.ping(site.a, "10.2.0.10", 30_000), "the first packet is carried");
  assert.ok(site.ping(site.b, "10.1.0.10") && site.ping(site.a, "172.16.0.2"));
  for (const size of [1300, 1400, 1472]) assert.ok(site.ping(site.a, "10.2.0.10", 2000, size), `${size} octets`);
  assert.deepEqual(site.protocols(), [50]);
  const sa = site.alpha.type("show crypto ipsec sa");
  assert.match(sa, /local {2}ident \(addr\/mask\/prot\/port\): \(192\.0\.2\.1\/255\.255\.255\.255\/47\/0\)/);
  assert.match(sa, /in use settings = ?\{Transport/);
});

test("GRE that comes plain for a protected tunnel, and from anybody but its destination, is dropped and counted", () => {
  const site = new Site(GRE_PROTECTED);
  assert.ok(site.ping(site.a, "10.2.0.10", 30_000));
  const forged = (src: string): void => {
    const inner = ipv4("10.2.0.66", "10.1.0.10", 1, Uint8Array.from([8, 0, 0xf7, 0xff, 0, 0, 0, 0]));
    const datagram = ipv4(src, "192.0.2.1", 47, Uint8Array.from([0, 0, 8, 0, ...inner]));
    const mac = site.beta.type("show interfaces gi0/1").match(/address is (\S+)/)![1]!.replaceAll(".", "");
    const own = site.alpha.type("show interfaces gi0/1").match(/address is (\S+)/)![1]!.replaceAll(".", "");
    site.alpha.frame(1, Uint8Array.from([...Buffer.from(own, "hex"), ...Buffer.from(mac, "hex"), 8, 0, ...datagram]));
  };
  site.a.received.length = 0;
  forged("192.0.2.2");
  forged("192.0.2.77");
  site.world.run(100);
  assert.equal(site.a.received.length, 0);
  const counters = site.alpha.counters();
  assert.equal(counters.get("policy: plaintext that must be protected") ?? 0, 0);
  assert.equal(counters.get("plaintext for a tunnel interface that is protected"), 1);
  assert.equal(counters.get("GRE that is no tunnel interface's"), 1);
});

test("GRE without protection carries, and the console says that it is plain; a key that differs opens nothing", () => {
  const site = new Site(" tunnel key 42\n");
  assert.ok(site.ping(site.a, "10.2.0.10") && site.ping(site.b, "10.1.0.10"));
  assert.equal(site.b.received.at(-1)!.datagram[8], 62, "the TTL went down at both ends");
  assert.deepEqual(site.protocols(), [47]);
  assert.equal(site.alpha.output.match(/%TUNNEL-4-PLAIN: Tunnel0 is GRE without protection/g)?.length, 1);
  assert.match(site.alpha.type("show interfaces tu0"), /MTU 1472 bytes/);
  site.beta.configure("interface Tunnel0\ntunnel key 43");
  assert.ok(!site.ping(site.a, "10.2.0.10", 500));
  assert.ok(site.beta.counters().get("GRE that is no tunnel interface's")! > 0);
});

test("GRE under the physical interface's crypto map, as OSPF sites had it", () => {
  const map = `
ip access-list extended GRE_IPSEC
 permit 47 host LOCAL host REMOTE
crypto map VPN 10 ipsec-isakmp
 set peer REMOTE
 set transform-set TRANSPORT
 match address GRE_IPSEC
interface GigabitEthernet0/1
 crypto map VPN
`;
  const site = new Site(" ip mtu 1400\n", "");
  for (const [router, local, remote] of [[site.alpha, "192.0.2.1", "192.0.2.2"], [site.beta, "192.0.2.2", "192.0.2.1"]] as const) {
    assert.doesNotMatch(router.configure(map.replaceAll("LOCAL", local).replaceAll("REMOTE", remote)), /^% (?!NOTE)/m);
  }
  site.protocols();
  assert.ok(site.ping(site.a, "10.2.0.10", 30_000) || site.ping(site.a, "10.2.0.10", 5000));
  assert.deepEqual(site.protocols(), [50]);
  assert.ok(site.ping(site.b, "10.1.0.10", 2000, 1400));
});

test("keepalives of GRE: answered they keep the line up, unanswered they take it down", () => {
  const site = new Site(" keepalive 1 2\n", "");
  site.world.run(10_000);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 .* up +up/);
  site.cut = true;
  site.world.run(5000);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 .* up +down/);
  assert.match(site.beta.type("show ip interface brief"), /Tunnel0 .* up +up/, "who asks nothing sees nothing");
  site.cut = false;
  site.world.run(3000);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 .* up +up/);
  const protectedSite = new Site(` keepalive 2 3\n${GRE_PROTECTED}`);
  protectedSite.world.run(30_000);
  assert.match(protectedSite.alpha.type("show ip interface brief"), /Tunnel0 .* up +up/);
  assert.deepEqual(protectedSite.protocols(), [50]);
});

test("a tunnel is down without its source, or a way to its destination that doesn't lead through itself", () => {
  const site = new Site("");
  assert.ok(site.ping(site.a, "10.2.0.10"));
  site.alpha.configure("ip route 192.0.2.2 255.255.255.255 Tunnel0");
  site.world.run(100);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 .* up +down/);
  site.alpha.configure("no ip route 192.0.2.2 255.255.255.255 Tunnel0");
  site.world.run(100);
  assert.ok(site.ping(site.a, "10.2.0.10"));
  site.alpha.configure("interface GigabitEthernet0/1\nshutdown");
  site.world.run(100);
  assert.match(site.alpha.type("show ip interface brief"), /Tunnel0 .* up +down/);
  assert.match(site.alpha.configure("no interface Tunnel0"), /^(?!.*%)[^]*$/);
  assert.doesNotMatch(site.alpha.type("show running-config"), /Tunnel0/);
});

test("ip unnumbered, and what is configured comes back from the running configuration", () => {
  const site = new Site(` ip unnumbered GigabitEthernet0/0\n ip mtu 1400\n ip tcp adjust-mss 1360\n keepalive 10 3\n tunnel key 7\n${GRE_PROTECTED}`);
  assert.ok(site.ping(site.a, "10.2.0.10", 30_000));
  const text = site.alpha.type("show running-config");
  assert.match(text, /interface Tunnel0\n ip unnumbered GigabitEthernet0\/0\n ip mtu 1400\n ip tcp adjust-mss 1360\n keepalive 10 3\n tunnel source GigabitEthernet0\/1\n tunnel destination 192\.0\.2\.2\n tunnel key 7\n tunnel protection ipsec profile GRE\n!/);
  assert.match(text, /crypto ipsec profile VTI\n set transform-set TUNNEL\n set pfs group14\n!/);
  const again = site.world.router("again", { config: text.slice(text.indexOf("hostname"), text.lastIndexOf("\nend")) });
  assert.equal(again.refusedLines, 0, again.output);
  assert.equal(again.type("show running-config").slice(0, 200), text.slice(0, 200));
});

/** A TCP SYN with an MSS of so much, and a right checksum. */
function syn(src: string, dst: string, mss: number, nops = 0): Uint8Array {
  const options = [...new Array<number>(nops).fill(1), 2, 4, mss >> 8, mss & 255];
  while (options.length % 4) options.push(0);
  const segment = Uint8Array.from([4, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, (5 + options.length / 4) << 4, 2, 0x10, 0, 0, 0, 0, 0, ...options]);
  const sum = tcpChecksum(src, dst, segment);
  segment[16] = sum >> 8;
  segment[17] = sum & 255;
  return ipv4(src, dst, 6, segment);
}

function tcpChecksum(src: string, dst: string, segment: Uint8Array): number {
  return checksum(Uint8Array.from([...src.split(".").map(Number), ...dst.split(".").map(Number), 0, 6, segment.length >> 8, segment.length & 255, ...segment]));
}

test("ip tcp adjust-mss lowers the MSS of SYNs, both ways, never raises it, and keeps checksums right", () => {
  const site = new Site(" ip tcp adjust-mss 1360\n", "");
  assert.ok(site.ping(site.a, "10.2.0.10"));
  for (const [from, to] of [[site.a, site.b], [site.b, site.a]] as const) {
    for (const [mss, nops, expected] of [[1460, 0, 1360], [1460, 1, 1360], [536, 0, 536], [1360, 1, 1360]] as const) {
      to.received.length = 0;
      from.datagram(syn(from.address, to.address, mss, nops));
      site.world.run(50);
      const segment = to.received.at(-1)!.payload;
      assert.equal((segment[22 + nops]! << 8) | segment[23 + nops]!, expected);
      assert.equal(tcpChecksum(from.address, to.address, segment), 0, "the checksum");
    }
  }
});

test("crypto map local-address: the loopback's address is our end, on whatever interface the map is", () => {
  const site = new Site("");
  const map = (side: number) => `
interface Loopback0
ip address 10.255.0.${side} 255.255.255.255
ip access-list extended VPN
permit ip host 10.8.0.${side} host 10.8.0.${3 - side}
crypto map M local-address Loopback0
crypto isakmp key another-long-secret-key address 10.255.0.${3 - side}
crypto map M 10 ipsec-isakmp
set peer 10.255.0.${3 - side}
set transform-set TUNNEL
match address VPN
interface Loopback8
ip address 10.8.0.${side} 255.255.255.255
interface GigabitEthernet0/1
crypto map M
ip route 10.255.0.${3 - side} 255.255.255.255 192.0.2.${3 - side}
ip route 10.8.0.${3 - side} 255.255.255.255 192.0.2.${3 - side}`;
  site.alpha.configure(map(1));
  site.beta.configure(map(2));
  site.alpha.type("ping 10.8.0.2 source Loopback8 repeat 8");
  site.world.run(30_000);
  assert.match(site.alpha.output, /Success rate is [1-9]\d* percent/);
  assert.match(site.alpha.type("show crypto ipsec sa"), /Crypto map tag: M, local addr 10\.255\.0\.1/);
  assert.match(site.alpha.type("show running-config"), /crypto map M local-address Loopback0\n/);
});
