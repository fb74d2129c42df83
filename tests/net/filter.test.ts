/** Access lists on interfaces, inspection of flows, checks of sources: what passes, what is counted, what is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { echo, ipv4, udp, type IpOptions } from "../support/world/frame.ts";
import { Pair } from "../support/world/pair.ts";
import { Lan, lastIcmp } from "./lan.ts";

const [A, B] = ["10.1.0.10", "10.2.0.10"];
const SYN = 2, FIN = 1, RST = 4, ACK = 16;
const DENIED = "access list: denied", IMPLICIT = "access list: no line permits it", MISSING = "access list: applied, and not there";
const UNREADABLE = "access list: malformed, or too small a fragment";

function tcp(from: number, to: number, flags: number, seq = 1000, ack = 0, length = 20): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(from, 0);
  bytes.writeUInt16BE(to, 2);
  bytes.writeUInt32BE(seq, 4);
  bytes.writeUInt32BE(ack, 8);
  bytes[12] = 0x50;
  bytes[13] = flags;
  return bytes.subarray(0, length);
}

class Filtered extends Lan {
  constructor(extra: string) {
    super(extra);
    this.a.ping(B, 900);
    this.world.run(1500);
    this.a.received.length = this.b.received.length = 0;
  }
  /** Whether a datagram of A's comes to B, and the other way. */
  passes(protocol: number, payload: Uint8Array, from = this.a, to = this.b, src = from.address, dst = to.address, options: IpOptions = {}): boolean {
    const before = to.received.length;
    from.datagram(ipv4(src, dst, protocol, payload, options));
    this.world.run(20);
    return to.received.length > before;
  }
  forth = (protocol: number, payload: Uint8Array) => this.passes(protocol, payload);
  back = (protocol: number, payload: Uint8Array) => this.passes(protocol, payload, this.b, this.a);
}

const applied = (lines: string, way = "in") => new Filtered(`ip access-list extended F\n${lines}\ninterface Ethernet0\n ip access-group F ${way}\n`);
const data = (n = 8) => new Uint8Array(n);

test("protocols, ports and their operators, types of ICMP, flags", () => {
  const lan = applied([
    " permit tcp any any eq www 443", " permit tcp any range 1000 1010 any gt 60000", " permit udp any any lt 100", " permit udp any neq 9 any eq 5000",
    " permit icmp any any echo-reply", " permit icmp any any 3 4", " permit gre any any", " permit tcp any any established",
  ].join("\n"));
  const cases: [boolean, number, Uint8Array][] = [
    [true, 6, tcp(5, 80, SYN)], [true, 6, tcp(5, 443, SYN)], [false, 6, tcp(5, 81, SYN)],
    [true, 6, tcp(1000, 60001, SYN)], [true, 6, tcp(1010, 65535, SYN)], [false, 6, tcp(1011, 60001, SYN)], [false, 6, tcp(1000, 60000, SYN)],
    [true, 17, udp(9, 99, data())], [false, 17, udp(9, 100, data())], [true, 17, udp(8, 5000, data())], [false, 17, udp(9, 5000, data())],
    [true, 1, echo(0, 1, 1, data())], [false, 1, echo(8, 1, 1, data())], [true, 47, data()], [false, 50, data()],
    [true, 6, tcp(5, 22, ACK)], [true, 6, tcp(5, 22, RST)], [false, 6, tcp(5, 22, FIN)],
  ];
  for (const [good, protocol, payload] of cases) assert.equal(lan.forth(protocol, payload), good, `${protocol} ${Buffer.from(payload).toString("hex")}`);
  assert.equal(lan.count(IMPLICIT), cases.filter(([good]) => !good).length + 1, "and the echo of the beginning");
});

test("the first line that fits decides and is counted; a denial is told to who sent it", () => {
  const lan = applied(` deny icmp host ${A} any\n permit ip any any`);
  lan.a.ping(B, 1);
  lan.world.run(50);
  assert.equal(lastIcmp(lan.a), "3/13");
  assert.equal(lan.a.received.at(-1)!.src, "10.1.0.1");
  assert.ok(lan.forth(17, udp(5, 5, data())));
  assert.equal(lan.count(DENIED), 2);
  assert.match(lan.router.type("show access-lists F"), /10 deny icmp host 10\.1\.0\.10 any \(2 matches\)\n +20 permit ip any any \(1 match\)/);
  lan.router.type("clear access-list counters F");
  assert.doesNotMatch(lan.router.type("show access-lists"), /match/);
});

test("a list that is not there, or empty, lets nothing pass, and it is said once", () => {
  const lan = new Filtered("interface Ethernet0\n ip access-group NONE in\n");
  assert.match(lan.router.output, /%SEC-4-NOLIST: access list NONE, applied to Ethernet0 in, is not there/);
  assert.equal(lan.forth(17, udp(5, 5, data())), false);
  assert.ok(lan.count(MISSING) > 0);
  assert.match(lan.router.configure("interface Ethernet1\n ip access-group OTHER out"), /Warning: access list OTHER is not there: until it has one, everything of this direction is dropped/);
  lan.router.configure("ip access-list standard NONE\n permit any\nip access-list extended OTHER\n permit ip any any");
  assert.ok(lan.forth(17, udp(5, 5, data())));
  lan.router.configure("no ip access-list standard NONE");
  assert.equal(lan.forth(17, udp(5, 5, data())), false);
  lan.world.run(3000);
  assert.equal(lan.router.output.match(/SEC-4-NOLIST: access list NONE/g)?.length, 2, "once each time that it went");
});

test("out, and standard lists; what is our own leaves all the same and its answers come in", () => {
  const lan = new Filtered(`access-list 10 deny host ${A}\naccess-list 10 permit any\naccess-list 110 deny ip any any\ninterface Ethernet1\n ip access-group 10 out\n ip access-group 110 in\n`);
  assert.equal(lan.forth(17, udp(5, 5, data())), false);
  assert.ok(lan.passes(17, udp(5, 5, data()), lan.a, lan.b, "10.1.0.11"));
  assert.equal(lan.back(17, udp(5, 5, data())), false);
  lan.router.type(`ping ${B} repeat 1`);
  lan.world.run(3000);
  assert.match(lan.router.output, /Success rate is 100 percent/);
  assert.equal(lan.back(1, echo(0, 7, 7, data())), false, "a reply that nobody asked for");
});

test("fragments: later ones fit permits by address alone and no denial that looks further; tiny first ones end", () => {
  const lan = applied(" deny udp any any eq 7\n permit udp any any eq 8\n deny ip any any fragments");
  const raw = (protocol: number, payload: Uint8Array, offset: number, mf = false) => {
    const before = lan.b.received.length;
    lan.a.datagram(ipv4(A, B, protocol, payload, { offset, mf }));
    lan.world.run(20);
    return lan.b.received.length > before;
  };
  assert.ok(raw(17, data(), 80), "the line that permits");
  assert.equal(raw(6, data(24), 80), false, "only the denial of fragments fits");
  const unreadable = lan.count(UNREADABLE);
  assert.equal(raw(6, tcp(1, 8, SYN, 1, 0, 8), 0, true), false);
  assert.equal(raw(6, data(16), 8), false);
  assert.equal(raw(17, udp(1, 8, data()).subarray(0, 4), 0), false);
  assert.equal(lan.count(UNREADABLE), unreadable + 3);
});

test("log: the first packet at once, a sum after five minutes; what is too much is counted and told", () => {
  const lan = applied(" deny tcp any any eq telnet log\n permit icmp any any log\n permit ip any any log-input");
  for (let i = 0; i < 3; i++) lan.forth(6, tcp(40112, 23, SYN));
  assert.match(lan.router.output, /%SEC-6-IPACCESSLOGP: list F denied tcp 10\.1\.0\.10\(40112\) -> 10\.2\.0\.10\(23\), 1 packet\n/);
  assert.match(lan.router.output, /%SEC-6-IPACCESSLOGDP: list F permitted icmp 10\.1\.0\.10 -> 10\.2\.0\.10 \(8\/0\), 1 packet\n/);
  lan.forth(47, data());
  assert.match(lan.router.output, /%SEC-6-IPACCESSLOGNP: list F permitted 47 10\.1\.0\.10 \(Ethernet0\) -> 10\.2\.0\.10, 1 packet\n/);
  for (let i = 0; i < 200; i++) lan.forth(6, tcp(1000 + i, 23, SYN));
  assert.ok((lan.router.output.match(/IPACCESSLOGP/g) ?? []).length < 30);
  lan.world.run(301000);
  assert.match(lan.router.output, /denied tcp 10\.1\.0\.10\(40112\) -> 10\.2\.0\.10\(23\), 2 packets\n/);
  assert.match(lan.router.output, /%SEC-6-IPACCESSLOGRL: access-list logging rate-limited or missed \d+ packets/);
});

const INSPECTED = "access-list 110 deny ip any any\nip inspect name FW tcp timeout 600\nip inspect name FW udp\nip inspect name FW icmp\n";
const inspected = (where = "interface Ethernet1\n ip access-group 110 in\n ip inspect FW out\n") => new Filtered(INSPECTED + where);

test("inspection: the way back of what the inside begins, and nothing else", () => {
  for (const where of [undefined, "interface Ethernet1\n ip access-group 110 in\ninterface Ethernet0\n ip inspect FW in\n"]) {
    const lan = inspected(where);
    assert.equal(lan.back(17, udp(53, 4000, data())), false);
    assert.ok(lan.forth(17, udp(4000, 53, data())));
    assert.ok(lan.back(17, udp(53, 4000, data())));
    assert.equal(lan.back(17, udp(54, 4000, data())), false);
    lan.world.run(6000);
    assert.equal(lan.back(17, udp(53, 4000, data())), false, "DNS is waited for 5 seconds");
    lan.a.ping(B, 5);
    lan.world.run(50);
    assert.ok(lan.a.replies.has(5));
    // TCP: by SYN alone, answered by its acknowledgement alone.
    assert.ok(lan.forth(6, tcp(5000, 80, ACK, 1, 1)));
    assert.equal(lan.back(6, tcp(80, 5000, ACK, 1, 2)), false);
    assert.ok(lan.forth(6, tcp(5000, 80, SYN, 100)));
    assert.equal(lan.back(6, tcp(80, 5000, SYN | ACK, 700, 999)), false);
    assert.ok(lan.back(6, tcp(80, 5000, SYN | ACK, 700, 101)));
    assert.ok(lan.forth(6, tcp(5000, 80, ACK, 101, 701)));
    assert.match(lan.router.type("show ip inspect sessions"), / Session \(10\.1\.0\.10:5000\)=>\(10\.2\.0\.10:80\) tcp SIS_OPEN, 2 packets out, 1 in/);
    lan.world.run(500000);
    assert.ok(lan.back(6, tcp(80, 5000, ACK, 701, 101)));
    assert.equal(lan.back(6, tcp(80, 5000, ACK, 0x70000000, 101)), false, "far outside of any window");
    assert.ok(lan.back(6, tcp(80, 5000, FIN | ACK, 701, 101)));
    lan.world.run(7000);
    assert.equal(lan.back(6, tcp(80, 5000, ACK, 702, 101)), false);
  }
});

test("inspection: ICMP errors about a flow come in, others do not", () => {
  const lan = inspected();
  const error = (quoted: Uint8Array) => {
    const message = Buffer.from(echo(3, 0, 0, quoted));
    message[1] = 3;
    message.writeUInt16BE(0, 2);
    let sum = 0;
    for (let i = 0; i < message.length; i += 2) sum += (message[i]! << 8) | (message[i + 1] ?? 0);
    while (sum >>> 16) sum = (sum & 0xffff) + (sum >>> 16);
    message.writeUInt16BE(~sum & 0xffff, 2);
    return message;
  };
  const mine = ipv4(A, B, 17, udp(4000, 99, data()));
  assert.equal(lan.back(1, error(mine)), false);
  assert.ok(lan.forth(17, udp(4000, 99, data())));
  assert.ok(lan.back(1, error(mine)));
  assert.equal(lan.back(1, error(ipv4(A, B, 17, udp(4001, 99, data())))), false);
  assert.equal(lan.back(1, error(mine.subarray(0, 24))), false, "it quotes too little");
});

test("inspection: a host has its share of flows, others are unhurt, what stands stays", () => {
  const lan = inspected();
  assert.ok(lan.forth(17, udp(1, 9000, data())));
  for (let i = 0; i < 3000; i++) lan.a.datagram(ipv4("10.1.0.66", B, 17, udp(1000 + i, 7, data())));
  lan.world.run(50);
  assert.ok(lan.count("inspection: a host's share of flows is used up") > 2000);
  assert.ok(lan.back(17, udp(9000, 1, data())));
  assert.ok(lan.forth(17, udp(2, 9000, data())));
  assert.ok(lan.back(17, udp(9000, 2, data())));
  for (let i = 0; i < 4000; i++) lan.a.datagram(ipv4(`10.1.0.${100 + (i % 150)}`, B, 17, udp(1000 + i, 7, data())));
  lan.world.run(50);
  assert.ok(lan.count("inspection: no room for a further flow") > 0);
  assert.ok(lan.back(17, udp(9000, 2, data())));
  lan.router.type("clear ip inspect");
  assert.equal(lan.back(17, udp(9000, 2, data())), false);
});

test("ip verify unicast source", () => {
  const lan = new Filtered("ip route 10.7.0.0 255.255.0.0 10.2.0.10\nip route 0.0.0.0 0.0.0.0 10.2.0.10\naccess-list 5 permit 10.9.0.5\ninterface Ethernet0\n ip verify unicast source reachable-via rx 5\n");
  const from = (src: string) => lan.passes(17, udp(5, 5, data()), lan.a, lan.b, src);
  assert.ok(from(A));
  assert.equal(from("10.7.0.1"), false);
  assert.equal(from("10.9.0.4"), false);
  assert.ok(from("10.9.0.5"));
  lan.router.configure("interface Ethernet0\n ip verify unicast source reachable-via any");
  assert.ok(from("10.7.0.1"));
  assert.equal(from("10.9.0.4"), false, "the default route is none");
  lan.router.configure("interface Ethernet0\n ip verify unicast source reachable-via any allow-default");
  assert.ok(from("10.9.0.4"));
  assert.equal(lan.count("source not reachable this way"), 3);
});

test("a source behind a tunnel comes in plain by no interface; a peer's own, and what is excepted, does", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const router = pair.alpha;
  const reason = "plain, with a source behind a tunnel";
  const count = () => router.counters().get(reason) ?? 0;
  const { a } = pair;
  a.datagram(ipv4("10.2.0.77", "10.1.0.1", 17, udp(5, 5, data())));
  pair.world.run(20);
  assert.equal(count(), 1);
  assert.match(router.output, /CRYPTO-4-RECVD_PKT_NOT_IPSEC.*src_addr= 10\.2\.0\.77/);
  assert.ok(pair.ping());
  router.configure("no ip verify protected-source");
  assert.match(router.type("show running-config"), /^no ip verify protected-source$/m);
  a.datagram(ipv4("10.2.0.77", "10.1.0.1", 17, udp(5, 5, data())));
  pair.world.run(20);
  assert.equal(count(), 1);
});

test("set ip access-group: what comes out of a tunnel, and what is to go in", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const router = pair.alpha;
  const map = /^crypto map (\S+) (\d+) ipsec-isakmp/m.exec(router.type("show running-config"))!;
  const bound = `crypto map ${map[1]} ${map[2]} ipsec-isakmp\n`;
  router.configure(`ip access-list extended CLEAR\n permit icmp any any\n${bound} set ip access-group CLEAR in`);
  assert.match(router.type("show running-config"), /^ set ip access-group CLEAR in$/m);
  assert.ok(pair.ping());
  const arrived = () => pair.a.received.filter(({ protocol }) => protocol === 17).length;
  pair.b.datagram(ipv4(B, A, 17, udp(5, 5, data())));
  pair.world.run(100);
  assert.equal(arrived(), 0);
  assert.equal(router.counters().get(IMPLICIT), 1);
  router.configure(`${bound} no set ip access-group CLEAR in\n set ip access-group CLEAR out`);
  pair.b.datagram(ipv4(B, A, 17, udp(5, 5, data())));
  pair.world.run(100);
  assert.equal(arrived(), 1);
  pair.a.datagram(ipv4(A, B, 17, udp(5, 5, data())));
  pair.world.run(100);
  assert.equal(pair.b.received.filter(({ protocol }) => protocol === 17).length, 0);
  assert.ok(pair.ping());
});

test("what no selector says is refused for a crypto map, at the line and at match address", () => {
  const { router } = new Lan();
  router.configure("ip access-list extended F\n permit tcp any any established\nip access-list extended P\n permit tcp any any eq 80 443\nip access-list standard S\n permit any\ncrypto map M 1 ipsec-isakmp");
  const said = router.configure("crypto map M 1\n match address F\n match address P\n match address S");
  assert.match(said, /neither `established` nor `fragments` nor types of ICMP[^]*any port or one, `eq PORT`, on each side[^]*extended access lists only/);
  router.configure("crypto map M 1\n match address W\nip access-list extended W\n permit tcp any any eq www");
  assert.match(router.configure("ip access-list extended W\n permit tcp any any gt 5"), /any port or one/);
  assert.match(router.configure("ip access-list extended W\n permit icmp any any echo"), /types of ICMP/);
  assert.match(router.configure("object-group network G\n host 10.9.0.1\n host 10.9.0.2\nip access-list extended W\n permit ip object-group G any"), /object group of one entry/);
  assert.match(router.type("show access-lists W"), /Extended IP access list W\n +10 permit tcp any any eq www\n/);
  assert.match(router.configure("ip access-list extended F\n permit ip any any dscp ef"), /dscp is not supported/);
  assert.match(router.configure("ip inspect name X ftp"), /ftp is followed as tcp, .* are not supported and stay out/);
});

test("object groups, resequence: kept, used, removed", () => {
  const lan = applied(" permit ip host 10.99.0.1 any\n remark who may");
  lan.router.configure("object-group network G\n host 10.1.0.10\n 10.5.0.0 255.255.0.0\n range 10.6.0.1 10.6.0.9\nip access-list extended F\n 50 permit ip object-group G any\nip access-list resequence F 100 5");
  assert.ok(lan.forth(17, udp(5, 5, data())));
  const from = (src: string) => lan.passes(17, udp(5, 5, data()), lan.a, lan.b, src);
  assert.deepEqual(["10.5.3.4", "10.6.0.9", "10.6.0.10", "10.1.0.11"].map(from), [true, true, false, false]);
  const shown = lan.router.type("show running-config");
  assert.match(shown, /object-group network G\n host 10\.1\.0\.10\n 10\.5\.0\.0 255\.255\.0\.0\n range 10\.6\.0\.1 10\.6\.0\.9\n!/);
  assert.match(shown, / 100 permit ip host 10\.99\.0\.1 any\n 105 remark who may\n 110 permit ip object-group G any\n/);
  assert.match(lan.router.configure("no object-group network G"), /G is in use/);
  lan.router.configure("ip access-list extended F\n no 110\nno object-group network G");
  assert.doesNotMatch(lan.router.type("show running-config"), /object-group/);
});
