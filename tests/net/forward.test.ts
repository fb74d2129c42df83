import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum, echo, ethernet, ipv4, udp } from "../support/world/frame.ts";
import { Pair } from "../support/world/pair.ts";
import { Lan, arp, lastIcmp } from "./lan.ts";

const BYTES = (n: number) => new Uint8Array(n).map((_, i) => (i * 13) & 255);

test("ping the router, and through it", () => {
  const lan = new Lan();
  lan.a.ping("10.1.0.1", 1);
  lan.a.ping("10.2.0.1", 2);
  lan.a.ping("10.2.0.10", 3);
  lan.b.ping("10.1.0.10", 4);
  lan.world.run(100);
  assert.deepEqual([...lan.a.replies.keys()].sort(), [1, 2, 3]);
  assert.ok(lan.b.replies.has(4));
  const forwarded = lan.b.received.find((r) => r.payload[0] === 8)!;
  assert.equal(forwarded.datagram[8], 63, "TTL");
  assert.equal(checksum(forwarded.datagram.subarray(0, 20)), 0, "the header's checksum");
});

test("errors: TTL, no route, Null0, closed port, unknown protocol", () => {
  const lan = new Lan("ip route 10.9.0.0 255.255.0.0 Null0\n");
  const { a } = lan;
  const expect = (what: string, datagram: () => void, message: string) => {
    a.received.length = 0;
    datagram();
    lan.world.run(100);
    assert.equal(lastIcmp(a), message, what);
    const error = a.received.at(-1)!;
    assert.equal(checksum(error.payload), 0);
    assert.ok(error.datagram.length <= 576);
    assert.equal(error.src, "10.1.0.1");
  };
  expect("TTL", () => a.ping("10.2.0.10", 1, 56, { ttl: 1 }), "11/0");
  expect("no route", () => a.ping("10.77.0.1", 2), "3/0");
  expect("Null0", () => a.ping("10.9.0.1", 3), "3/0");
  expect("UDP", () => a.datagram(ipv4(a.address, "10.1.0.1", 17, udp(7, 7, BYTES(900)))), "3/3");
  expect("protocol", () => a.datagram(ipv4(a.address, "10.1.0.1", 99, BYTES(40))), "3/2");
  assert.equal(lan.count("route to Null0"), 1);
  assert.equal(lan.count("UDP port not open"), 1);
});

test("no error about an error, a later fragment, a broadcast, or to nobody", () => {
  const lan = new Lan();
  const { a } = lan;
  a.ping("10.1.0.1", 1);
  lan.world.run(100);
  a.received.length = 0;
  const unreachable = new Uint8Array(36);
  unreachable[0] = 3;
  a.datagram(ipv4(a.address, "10.77.0.1", 1, unreachable));
  a.datagram(ipv4(a.address, "10.77.0.1", 17, BYTES(40), { offset: 800 }));
  a.datagram(ipv4(a.address, "10.1.0.1", 17, udp(1, 1, BYTES(4)), { offset: 800 }));
  const toRouter = new Uint8Array(lan.out.at(-1)!.frame.subarray(6, 12));
  const send = (dst: Uint8Array, datagram: Uint8Array) => a.send(ethernet(dst, a.mac, 0x0800, datagram));
  send(toRouter, ipv4(a.address, "10.1.0.255", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4(a.address, "255.255.255.255", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4(a.address, "224.0.0.5", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4(a.address, "10.2.0.255", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4("0.0.0.0", "10.77.0.1", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4("127.0.0.1", "10.77.0.1", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4("10.1.0.255", "10.77.0.1", 17, udp(1, 1, BYTES(4))));
  send(toRouter, ipv4("10.1.0.1", "10.1.0.1", 17, udp(1, 1, BYTES(4)))); // "land"
  send(new Uint8Array(6).fill(255), ipv4(a.address, "10.77.0.1", 17, udp(1, 1, BYTES(4))));
  lan.world.run(100);
  assert.deepEqual(a.received, []);
  assert.equal(lan.count("bad IPv4 source address"), 4);
  assert.equal(lan.count("IPv4 broadcast or multicast"), 5);
});

test("errors are limited in rate", () => {
  const lan = new Lan();
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  for (let i = 0; i < 500; i++) lan.a.ping("10.77.0.1", i);
  lan.world.run(100);
  const errors = lan.a.received.filter((r) => r.payload[0] === 3).length;
  assert.ok(errors >= 10 && errors <= 30, `${errors} errors`);
  lan.world.run(2000);
  lan.a.ping("10.77.0.1", 1);
  lan.world.run(100);
  assert.equal(lan.a.received.filter((r) => r.payload[0] === 3).length, errors + 1);
});

test("options: carried along, but no source routes", () => {
  const lan = new Lan();
  const withOption = (option: number[]) => {
    const plain = ipv4(lan.a.address, lan.b.address, 1, echo(8, 1, 1, BYTES(20)));
    const out = new Uint8Array(plain.length + option.length);
    out.set(plain.subarray(0, 20));
    out.set(option, 20);
    out.set(plain.subarray(20), 20 + option.length);
    out[0] = 0x45 + option.length / 4;
    new DataView(out.buffer).setUint16(2, out.length);
    out[10] = out[11] = 0;
    new DataView(out.buffer).setUint16(10, checksum(out.subarray(0, 20 + option.length)));
    return out;
  };
  lan.a.datagram(withOption([0x94, 4, 0, 0]));
  lan.world.run(100);
  assert.equal(lan.b.requests, 1);
  lan.a.datagram(withOption([0x83, 7, 4, 10, 0, 0, 1, 0]));
  lan.world.run(100);
  assert.equal(lan.b.requests, 1);
  assert.equal(lan.count("IPv4 options refused"), 1);
});

test("a smaller MTU: cut, or reported where DF forbids it", () => {
  const lan = new Lan("interface Ethernet1\n mtu 600\n");
  const pieces: number[] = [];
  lan.b.onDatagram = (d) => pieces.push(d.length);
  lan.a.datagram(ipv4(lan.a.address, lan.b.address, 17, BYTES(1480), { id: 5 }));
  lan.world.run(100);
  assert.deepEqual(pieces, [596, 596, 348]);
  lan.a.ping(lan.b.address, 9, 1000, { df: true });
  lan.world.run(100);
  assert.equal(lastIcmp(lan.a), "3/4");
  const message = lan.a.received.at(-1)!.payload;
  assert.equal((message[6]! << 8) | message[7]!, 600);
  assert.equal(lan.count("too big and DF set"), 1);
});

test("fragments for the router itself: any order, twice, one missing", () => {
  const lan = new Lan();
  const whole = echo(8, 0x1234, 77, BYTES(3000));
  const parts = [0, 1480, 2960].map((at) => ipv4(lan.a.address, "10.1.0.1", 1, whole.slice(at, at + 1480), { id: 9, mf: at < 2960, offset: at }));
  const replies = () => lan.sent(0x0800).filter((f) => f[23] === 1 && (f[20]! & 0x1f) === 0 && f[21] === 0).length;
  lan.a.ping("10.1.0.1", 1);
  lan.world.run(100);
  const before = replies();
  for (const i of [2, 0, 2, 1]) lan.a.datagram(parts[i]!);
  lan.world.run(100);
  assert.equal(replies(), before + 1, "an answer, itself in fragments");
  lan.a.datagram(parts[0]!);
  lan.a.datagram(parts[2]!);
  lan.world.run(29_000);
  assert.equal(lan.count("reassembly timed out"), 0);
  lan.a.received.length = 0;
  lan.world.run(2_000);
  assert.equal(lan.count("reassembly timed out"), 1);
  assert.equal(lastIcmp(lan.a), "11/1");
  // An overlap costs the whole.
  lan.a.datagram(parts[0]!);
  lan.a.datagram(ipv4(lan.a.address, "10.1.0.1", 1, BYTES(1480), { id: 9, mf: true, offset: 1472 }));
  lan.a.datagram(parts[1]!);
  lan.a.datagram(parts[2]!);
  lan.world.run(100);
  assert.equal(lan.count("malformed fragment"), 1);
  lan.world.run(40_000);
  assert.equal(lan.buffers(), 0);
});

test("an interface that is shut down, and comes back", () => {
  const lan = new Lan();
  lan.a.ping(lan.b.address, 1);
  lan.world.run(100);
  lan.router.configure("interface Ethernet1\nshutdown");
  assert.equal(lan.router.eventsOf("interface", { name: "Ethernet1", state: "down" }).length, 1);
  lan.a.ping(lan.b.address, 2);
  lan.world.run(100);
  assert.equal(lastIcmp(lan.a), "3/0");
  lan.router.configure("interface Ethernet1\nno shutdown");
  lan.a.ping(lan.b.address, 3);
  lan.world.run(100);
  assert.deepEqual([...lan.a.replies.keys()], [1, 3]);
});

test("ping of the console: answered, unanswered, too big, nowhere", () => {
  const lan = new Lan("interface Ethernet1\n mtu 600\n");
  const ping = (line: string) => {
    const before = lan.router.output.length;
    lan.router.type(line);
    lan.world.run(30_000);
    return lan.router.output.slice(before);
  };
  assert.match(ping("ping 10.2.0.10"), /!!!!!\s+Success rate is 100 percent \(5\/5\)/);
  assert.match(ping("ping 10.2.0.10 size 5000"), /Success rate is/);
  assert.match(ping("ping 10.1.0.1"), /!!!!!/);
  assert.match(ping("ping 10.2.0.99"), /\.\.\.\.\.\s+Success rate is 0 percent \(0\/5\)/);
  assert.match(ping("ping 10.77.0.1"), /UUUUU|U\.U\.U/);
  assert.match(ping("ping 10.2.0.10 size 1000 df-bit"), /MMMMM|M\.M\.M/);
  assert.equal(lan.buffers(), 0);
});

test("what a policy protects does not come in plain, neither to pass nor to us", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const mac = new Uint8Array([2, 7, 7, 7, 7, 7]);
  const routerMac = pair.wan.find((f) => f.direction === 0)!.frame.slice(6, 12);
  const forged = (dst: string, protocol = 1, payload = echo(8, 1, 1, BYTES(8))) => pair.alpha.frame(1, ethernet(routerMac, mac, 0x0800, ipv4("10.2.0.10", dst, protocol, payload)));
  pair.alpha.frame(1, arp(1, mac, "192.0.2.9", "192.0.2.1"));
  const seen = pair.a.received.length;
  forged("10.1.0.10");
  forged("10.1.0.1");
  forged("10.1.0.10", 17, udp(5, 5, BYTES(8)));
  pair.world.run(1000);
  assert.equal(pair.a.received.length, seen);
  assert.equal(pair.alpha.counters().get("policy: plaintext that must be protected"), 3);
  assert.ok(pair.ping());
});

test("long datagrams through a tunnel, and DF", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  // The console's ping puts the pieces of an answer together; an Endpoint does not.
  for (let size = 1380; size <= 1500; size += 8) {
    pair.alpha.type(`ping 10.2.0.1 source 10.1.0.1 size ${size} repeat 1`);
    pair.world.run(3000);
    assert.match(pair.alpha.output.slice(-120), /\(1\/1\)/, `${size} octets`);
  }
  pair.alpha.type("ping 10.2.0.1 source 10.1.0.1 size 9000 repeat 2");
  pair.world.run(3000);
  assert.match(pair.alpha.output.slice(-120), /\(2\/2\)/);
  const echoOf = (size: number) => {
    pair.a.datagram(ipv4(pair.a.address, "10.2.0.1", 1, echo(8, 0x1234, 1000 + size, BYTES(size)), { df: true }));
    pair.world.run(1000);
    return pair.a.replies.has(1000 + size);
  };
  const before = pair.wan.length;
  assert.equal(echoOf(1472), false);
  assert.equal(lastIcmp(pair.a), "3/4");
  const message = pair.a.received.at(-1)!.payload;
  const mtu = (message[6]! << 8) | message[7]!;
  assert.ok(mtu > 1400 && mtu < 1460, `MTU ${mtu}`);
  assert.equal(pair.wan.length, before);
  assert.ok(echoOf(mtu - 28), "the MTU that was reported fits");
  assert.ok(pair.wan.every(({ frame }) => frame.length <= 1514));
});

test("`crypto ipsec df-bit clear`: a long datagram with DF goes through the tunnel in fragments outside", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const arrives = (size: number) => {
    pair.b.received.length = 0;
    pair.a.datagram(ipv4(pair.a.address, "10.2.0.10", 17, udp(7, 7, BYTES(size)), { df: true }));
    pair.world.run(1000);
    return pair.b.received.some(({ payload }) => payload.length === size + 8);
  };
  const outer = () => pair.wan.filter(({ direction, frame }) => direction === 0 && frame[23] === 50).map(({ frame }) => (frame[20]! << 8) | frame[21]!);
  pair.alpha.type("configure terminal\ninterface Ethernet1\ncrypto ipsec df-bit clear");
  pair.wan.length = 0;
  assert.ok(arrives(1472));
  assert.equal(outer().length, 2, "two fragments");
  assert.ok((outer()[0]! & 0x2000) !== 0 && (outer()[1]! & 0x1fff) !== 0);
  // The interface's own word counts before that for all.
  pair.alpha.type("crypto ipsec df-bit set");
  pair.wan.length = 0;
  assert.equal(arrives(1471), false);
  assert.equal(lastIcmp(pair.a), "3/4");
  assert.ok(arrives(101));
  assert.ok(outer().every((word) => word === 0x4000));
});

test("an error about what came through a tunnel goes back through it", () => {
  const pair = new Pair();
  assert.ok(pair.ping());
  const from = pair.wan.length;
  pair.a.ping("10.2.0.10", 7777, 56, { ttl: 2 });
  pair.world.run(1000);
  assert.equal(lastIcmp(pair.a), "11/0");
  assert.equal(pair.a.received.at(-1)!.src, "10.2.0.1");
  assert.ok(pair.wan.slice(from).every(({ frame }) => frame[23] === 50 || frame[12] !== 8 || frame[13] !== 0));
});

test("the address of ours that a host pings through the tunnel answers", () => {
  const pair = new Pair();
  pair.a.ping("10.2.0.1", 4242);
  pair.world.run(2000);
  assert.ok(pair.a.replies.has(4242));
});
