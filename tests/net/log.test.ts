/** The log: where lines go, how they are stamped, what log hosts get, and that a tunnel to one of them makes no circle. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ipv4, udp } from "../support/world/frame.ts";
import { Pair } from "../support/world/pair.ts";
import { Lan } from "./lan.ts";

/** What UDP datagrams an endpoint got on a port carried. */
function got(endpoint: { received: { protocol: number; payload: Uint8Array }[] }, port = 514): string[] {
  return endpoint.received.filter(({ protocol, payload }) => protocol === 17 && ((payload[2]! << 8) | payload[3]!) === port).map(({ payload }) => new TextDecoder().decode(payload.subarray(8)));
}

/** Makes one line of severity 5. */
const happen = (lan: Lan) => lan.router.configure("interface Ethernet3\n shutdown\n no shutdown");

test("show logging has the lines, and clear logging empties it", () => {
  const lan = new Lan();
  happen(lan);
  const shown = lan.router.type("show logging");
  assert.match(shown, /^Syslog logging: enabled \(0 messages dropped, /m);
  assert.match(shown, /^ {4}Console logging: level debugging, \d+ messages logged/m);
  assert.match(shown, /^ {4}Buffer logging: +level debugging, \d+ messages logged/m);
  assert.match(shown, /^ {4}Trap logging: level informational, 0 message lines logged$/m);
  assert.match(shown, /\n\nLog Buffer \(4096 bytes\):\n/);
  assert.match(shown, /^\*Mar {2}1 00:00:00\.\d{3}: %LINK-5-CHANGED: Interface Ethernet3, changed state to administratively down$/m);
  lan.router.type("clear logging");
  assert.doesNotMatch(lan.router.type("show logging"), /LINK-5/);
});

test("the buffer holds the newest lines that fit, and a greater one than there is is said", () => {
  const lan = new Lan();
  for (let i = 0; i < 60; i++) happen(lan);
  const lines = lan.router.type("show logging").split("Log Buffer")[1]!.split("\n").slice(1).filter((line) => line.includes("%"));
  assert.ok(lines.length > 30 && lines.length < 60, `${lines.length}`);
  assert.match(lines.at(-1)!, /changed state to up/);
  assert.match(lan.router.configure("logging buffered 1000000 warnings"), /% 1000000 octets are more than there are for the log: the last \d+ are kept\./);
  assert.match(lan.router.type("show running-config"), /^logging buffered 1000000 warnings$/m);
  lan.router.type("clear logging");
  happen(lan);
  assert.doesNotMatch(lan.router.type("show logging"), /%LINK-5/);
  lan.router.configure("logging buffered 8192 5");
  happen(lan);
  assert.match(lan.router.type("show logging"), /Log Buffer \(8192 bytes\):\n.*%LINK-5/);
});

test("no logging console: the buffer has what the console has not", () => {
  const lan = new Lan();
  assert.match(happen(lan), /%LINK-5/);
  lan.router.configure("no logging console");
  assert.doesNotMatch(happen(lan), /%LINK-5/);
  assert.equal(lan.router.type("show logging").match(/%LINK-5/g)!.length, 4);
  assert.match(lan.router.type("show logging"), /Console logging: disabled/);
});

test("stamps", () => {
  const lan = new Lan("", { wall: Date.UTC(2026, 6, 9, 23, 59, 58) / 1000 });
  const stamp = (line: string) => {
    lan.router.configure(line);
    return happen(lan).split("\n").find((l) => l.includes("administratively"))!.replace(/%LINK.*/, "");
  };
  assert.match(stamp(""), /^Jul {2}9 23:59:58\.\d{3}: $/);
  assert.match(stamp("service timestamps log datetime"), /^Jul {2}9 23:59:58: $/);
  assert.match(stamp("service timestamps log datetime msec localtime show-timezone year"), /^Jul {2}9 2026 23:59:58\.\d{3} UTC: $/);
  assert.match(stamp("service timestamps log uptime"), /^00:00:00: $/);
  assert.match(stamp("service timestamps"), /^00:00:00: $/);
  assert.match(stamp("no service timestamps log"), /^$/);
  assert.match(stamp("service sequence-numbers"), /^0000\d\d: $/);
  assert.match(lan.router.type("show running-config"), /^service timestamps debug uptime\nno service timestamps log\nservice sequence-numbers$/m);
});

test("a log host gets RFC 5424, by address and port, from the interface asked for", () => {
  const lan = new Lan("", { wall: Date.UTC(2026, 6, 9, 12) / 1000 });
  lan.router.configure("logging 10.2.0.10\nlogging host 10.1.0.10 transport udp port 1514\nlogging source-interface Ethernet0");
  happen(lan);
  lan.world.run(2000);
  const lines = got(lan.b);
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /^<189>1 2026-07-09T12:00:0\d\.\d{3}Z gamma postern - LINK-5-CHANGED - %LINK-5-CHANGED: Interface Ethernet3, changed state to administratively down$/);
  assert.deepEqual(got(lan.a, 1514), lines);
  assert.equal(lan.b.received.at(-1)!.src, "10.1.0.1");
  lan.router.configure("logging facility local0\nlogging trap warnings");
  happen(lan);
  lan.world.run(2000);
  assert.equal(got(lan.b).length, 2);
  lan.router.configure("logging trap");
  happen(lan);
  lan.world.run(2000);
  assert.match(got(lan.b).at(-1)!, /^<133>1 /);
  assert.match(lan.router.type("show running-config"), /^logging facility local0\nlogging source-interface Ethernet0\nlogging host 10.2.0.10\nlogging host 10.1.0.10 transport udp port 1514$/m);
  lan.router.configure("no logging host 10.2.0.10\nno logging 10.1.0.10");
  assert.doesNotMatch(lan.router.type("show running-config"), /logging host/);
  assert.equal(lan.buffers(), 0);
});

test("a checksum that its source came to late is right; without a clock a line has no time", () => {
  const lan = new Lan();
  lan.router.configure("logging 10.2.0.10");
  happen(lan);
  lan.world.run(2000);
  const { payload } = lan.b.received.find(({ protocol }) => protocol === 17)!;
  assert.match(new TextDecoder().decode(payload.subarray(8)), /^<189>1 - gamma postern /, "no clock, no time");
  let sum = 0;
  for (const part of [Uint8Array.from([10, 2, 0, 1, 10, 2, 0, 10, 0, 17, payload.length >> 8, payload.length & 255]), payload]) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0);
  }
  assert.equal(((sum & 0xffff) + (sum >> 16)) & 0xffff, 0xffff);
});

test("a queue that nobody takes from is bounded, and what is missed is counted", () => {
  const lan = new Lan();
  lan.router.configure("logging 172.16.0.1");
  for (let i = 0; i < 200; i++) happen(lan);
  lan.world.run(20_000);
  const missed = Number(/(\d+) message lines dropped-by-queue/.exec(lan.router.type("show logging"))![1]);
  assert.ok(missed > 100, `${missed}`);
  assert.equal(lan.count("lines of the log that a log host missed"), missed);
  assert.equal(lan.buffers(), 0);
  lan.router.configure("ip route 172.16.0.0 255.255.0.0 10.2.0.10");
  lan.b.onPacket = () => true;
  const seen: string[] = [];
  lan.b.onDatagram = (datagram) => datagram[9] === 17 && seen.push(new TextDecoder().decode(datagram.subarray(28)));
  lan.world.run(20_000);
  assert.equal(seen.length, 400 - missed);
});

test("what comes for the port that lines are sent from is dropped and counted", () => {
  const lan = new Lan();
  lan.router.configure("logging 10.2.0.10");
  happen(lan);
  lan.world.run(2000);
  const { payload } = lan.b.received.find(({ protocol }) => protocol === 17)!;
  lan.b.datagram(ipv4("10.2.0.10", "10.2.0.1", 17, udp(514, (payload[0]! << 8) | payload[1]!, Uint8Array.from([1, 2, 3]))));
  lan.world.run(100);
  assert.equal(lan.count("answer to a client of ours from elsewhere than asked"), 1);
});

test("a log host behind a tunnel that does not come up: one attempt, and no circle", () => {
  const pair = new Pair({ alpha: { extra: "logging host 10.2.0.10\nlogging source-interface Ethernet0\nlogging trap debugging\n" } });
  pair.world.run(1000);
  pair.fault = (frame, _world, direction) => (direction === 1 && frame[12] === 8 && frame[13] === 0 ? [] : [{ frame }]);
  pair.alpha.type("debug crypto isakmp");
  pair.alpha.configure("interface Ethernet3\n shutdown\n no shutdown");
  pair.world.run(2 * 3600_000);
  const attempts = new Set(pair.isakmp().filter(({ direction }) => direction === 0).map(({ data }) => [...data.subarray(0, 8)].join()));
  assert.ok(attempts.size >= 1 && attempts.size <= 2, `${attempts.size} attempts in two hours`);
  assert.match(pair.alpha.type("show logging"), /Logging to 10\.2\.0\.10 \(udp port 514, audit disabled, link down\)/);
  // Nothing has come of it; it comes as soon as the tunnel does, for whatever reason that is.
  pair.fault = undefined;
  assert.ok(pair.ping(120_000));
  pair.world.run(60_000);
  assert.ok(got(pair.b).some((line) => /%LINK-5-CHANGED: Interface Ethernet3/.test(line) || /%CRYPTO/.test(line)));
  assert.match(pair.alpha.type("show logging"), /link up\)/);
});

test("a log host behind a tunnel: its lines make the tunnel, and lines about them stop", () => {
  const pair = new Pair({ alpha: { extra: "logging host 10.2.0.10\nlogging source-interface Ethernet0\nlogging trap debugging\n" } });
  pair.alpha.type("debug crypto ipsec\ndebug crypto isakmp");
  pair.alpha.configure("interface Ethernet3\n shutdown");
  pair.world.run(30_000);
  const then = got(pair.b).length;
  assert.ok(then > 0);
  pair.world.run(600_000);
  assert.ok(got(pair.b).length - then < 20, `${got(pair.b).length - then} lines more in ten minutes of rest`);
});
