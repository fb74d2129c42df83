/** Names by DNS and time by SNTP: what servers say, what forgers say, and what is lost. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { QUESTION, askedName, dns, name, record, reply, serve, type Asked } from "../support/world/servers.ts";
import { Lan } from "./lan.ts";

function hosts(lan: Lan): string {
  lan.router.poll();
  return lan.router.type("show hosts");
}
/** A log host is the shortest way to make the router want a name. */
const want = (lan: Lan, host: string) => lan.router.configure(`logging host ${host}\ninterface Ethernet3\n shutdown\n no shutdown`);

test("a name is asked for, its aliases followed, and its answer kept for its time", () => {
  const lan = new Lan("ip name-server 10.2.0.10\nip domain name example.net\n");
  const asked = serve(lan.b, 53, (q) => dns(q, [record(name("real.example.org"), 1, 100, [10, 1, 0, 10]), record(QUESTION, 5, 300, name("real.example.org"))]));
  want(lan, "log");
  lan.world.run(10_000);
  assert.equal(askedName(asked[0]!), "log.example.net");
  assert.ok(lan.a.received.some(({ protocol, payload }) => protocol === 17 && payload[2] === 2 && payload[3] === 2));
  assert.equal(asked.length, 1);
  assert.match(hosts(lan), /^Default domain is example\.net\nName\/address lookup uses domain service\nName servers are 10\.2\.0\.10\n/);
  assert.match(hosts(lan), /^log\.example\.net +None +\(temp, OK\) +0 +IP +10\.1\.0\.10$/m);
  lan.world.run(100_000);
  assert.match(hosts(lan), /log\.example\.net +None +\(temp, EX\)/);
  lan.router.configure("interface Ethernet3\n shutdown");
  lan.world.run(10_000);
  assert.equal(asked.length, 2);
  assert.notEqual(asked[0]!.port, asked[1]!.port);
  assert.notDeepEqual(asked[0]!.data.subarray(0, 2), asked[1]!.data.subarray(0, 2));
  assert.ok(asked.every(({ port }) => port >= 49152));
  lan.router.type("clear host *");
  assert.doesNotMatch(hosts(lan), /temp, [OE]/);
  assert.equal(lan.buffers(), 0);
});

test("forged answers are dropped and counted, and the right one is taken still", () => {
  const lan = new Lan("ip name-server 10.2.0.10\n");
  const right = (q: Asked) => dns(q, [record(QUESTION, 1, 100, [10, 1, 0, 10])]);
  const asked = serve(lan.b, 53, () => undefined);
  want(lan, "host.example.org");
  lan.world.run(500);
  assert.equal(asked.length, 1);
  const q = asked[0]!;
  const other = right(q);
  other[0]! ^= 1;
  reply(lan.b, q, 53, other);
  reply(lan.b, q, 5353, right(q));
  reply(lan.a, q, 53, right(q));
  const question = right(q);
  question[13]! ^= 2;
  reply(lan.b, q, 53, question);
  const loop = dns(q, [[0xc0, q.data.length, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4]]);
  reply(lan.b, q, 53, loop);
  reply(lan.b, q, 53, Uint8Array.from([...q.data.subarray(0, 2), 0x81, 0x80]));
  lan.world.run(100);
  assert.equal(lan.count("DNS answer to no question of ours"), 2);
  assert.equal(lan.count("answer to a client of ours from elsewhere than asked"), 2);
  assert.equal(lan.count("malformed DNS answer"), 2);
  assert.match(hosts(lan), /host\.example\.org +None +\(temp, \?\?\)/);
  reply(lan.b, q, 53, right(q));
  lan.world.run(100);
  assert.match(hosts(lan), /host\.example\.org +None +\(temp, OK\) +0 +IP +10\.1\.0\.10/);
});

test("who guesses at the ID has eight guesses, and then the question is asked from another port", () => {
  const lan = new Lan("ip name-server 10.2.0.10\n");
  const asked = serve(lan.b, 53, () => undefined);
  want(lan, "host.example.org");
  lan.world.run(500);
  const q = asked[0]!;
  for (let i = 1; i <= 8; i++) {
    const guess = dns(q, [record(QUESTION, 1, 100, [6, 6, 6, 6])]);
    guess[1]! ^= i;
    reply(lan.b, q, 53, guess);
  }
  lan.world.run(100);
  assert.equal(asked.length, 2);
  assert.notEqual(asked[1]!.port, q.port);
});

test("a name that is not there, a server that refuses, and servers that are silent", () => {
  const lan = new Lan("ip name-server 10.2.0.10 10.1.0.10\n");
  let mode: "absent" | "refuse" | "silent" = "absent";
  const asked = serve(lan.b, 53, (q) => (mode === "absent" ? dns(q, [], 3, [record(QUESTION, 6, 30, [...name("a"), ...name("b"), ...Array<number>(16).fill(0), 0, 0, 0, 20])]) : mode === "refuse" ? dns(q, [], 5) : undefined));
  want(lan, "host.example.org");
  lan.world.run(18_000);
  assert.match(hosts(lan), /\(temp, UN\)/);
  assert.equal(asked.length, 1);
  lan.world.run(10_000);
  assert.equal(asked.length, 2, "after its time it is asked again");
  mode = "refuse";
  lan.router.type("clear host *\nclear logging");
  lan.world.run(30_000);
  mode = "silent";
  lan.world.run(120_000);
  // Said once, however often.
  const said = lan.router.type("show logging").match(/%DNS-4-NO_ANSWER: no name server answers for host\.example\.org \(10\.2\.0\.10, 10\.1\.0\.10\)/g);
  assert.equal(said?.length, 1);
  assert.equal(lan.buffers(), 0);
});

test("ip host, no ip domain lookup, and what is refused", () => {
  const lan = new Lan();
  lan.router.configure("ip host Inner 10.1.0.10\nno ip domain lookup\nip name-server 10.2.0.10");
  want(lan, "inner");
  lan.world.run(1000);
  assert.ok(lan.a.received.some(({ protocol }) => protocol === 17));
  assert.match(hosts(lan), /^inner +None +\(perm, OK\) +0 +IP +10\.1\.0\.10$/m);
  assert.match(lan.router.type("show running-config"), /^no ip domain lookup\nip host inner 10\.1\.0\.10\nip name-server 10\.2\.0\.10$/m);
  assert.match(lan.router.configure("ip name-server 224.0.0.1"), /% 224\.0\.0\.1 is no station's address\./);
  assert.match(lan.router.configure("ip host a/b 10.1.0.1"), /% a\/b is no name/);
  assert.match(lan.router.configure("no ip name-server 10.9.9.9"), /% 10\.9\.9\.9 is no name server of the configuration\./);
  lan.router.configure("no ip host Inner 10.1.0.10\nno ip name-server\nip domain-lookup");
  assert.doesNotMatch(lan.router.type("show running-config"), /^(no )?ip (host|name|domain)/m);
});

test("names are bounded: the one not asked for the longest gives way", () => {
  const lan = new Lan("ip name-server 10.2.0.10\n");
  serve(lan.b, 53, (q) => dns(q, [record(QUESTION, 1, 3000, [10, 1, 0, 10])]));
  for (let i = 0; i < 120; i++) {
    lan.router.configure(`no logging host h${i - 1}.example\nlogging host h${i}.example\ninterface Ethernet3\n ${i % 2 ? "no " : ""}shutdown`);
    lan.world.run(1000);
  }
  const shown = hosts(lan);
  assert.match(shown, /h119\.example/);
  assert.doesNotMatch(shown, /h1\.example/);
  assert.ok(shown.match(/h\d+\.example/g)!.length <= 48);
});

// SNTP

const ERA = 2208988800;
const stampOf = (milliseconds: number) => {
  const seconds = Math.floor(milliseconds / 1000) + ERA;
  const out = new Uint8Array(8);
  new DataView(out.buffer).setUint32(0, seconds % 2 ** 32);
  new DataView(out.buffer).setUint32(4, Math.floor(((milliseconds % 1000) / 1000) * 2 ** 32));
  return out;
};

/** A server's answer to a request. */
function ntp(asked: Asked, time: number, o: { stratum?: number; leap?: number; reference?: string; mode?: number } = {}): Uint8Array {
  const out = new Uint8Array(48);
  out[0] = ((o.leap ?? 0) << 6) | (4 << 3) | (o.mode ?? 4);
  out[1] = o.stratum ?? 2;
  out.set(new TextEncoder().encode(o.reference ?? "GPS\0"), 12);
  out.set(asked.data.subarray(40, 48), 24);
  out.set(stampOf(time), 32);
  out.set(stampOf(time), 40);
  return out;
}
const NOON = Date.UTC(2026, 6, 9, 12);
function clock(lan: Lan): string {
  lan.router.poll();
  return lan.router.type("show clock").split("\n")[0]!;
}

test("a server sets the clock, and is asked less and less", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, (q) => ntp(q, NOON + lan.world.now));
  assert.match(clock(lan), /^\*00:00:0\d\.\d{3} UTC Fri Mar 1 2002$/);
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(5000);
  assert.match(clock(lan), /^12:00:05\.0(09|10) UTC Thu Jul 9 2026$/);
  assert.match(lan.router.output, /: %NTP-5-PEERSYNC: NTP synced to peer 10\.2\.0\.10/);
  assert.match(lan.router.type("show clock detail"), /UTC Thu Jul 9 2026\nTime source is NTP\n/);
  assert.match(lan.router.type("show ntp status"), /^Clock is synchronized, stratum 3, reference is 10\.2\.0\.10\n/);
  assert.match(lan.router.type("show ntp associations"), /^\*~10\.2\.0\.10 +\S+ +2 +\d+ +64 +1 /m);
  lan.world.run(3600_000);
  assert.ok(asked.length > 5 && asked.length < 10, `${asked.length} requests in an hour`);
  assert.match(lan.router.type("show logging"), /\nJul {2}9 12:0|%NTP/);
  assert.equal(lan.buffers(), 0);
});

test("a server by name is looked up", () => {
  const lan = new Lan("ip name-server 10.1.0.10\n");
  serve(lan.a, 53, (q) => dns(q, [record(QUESTION, 1, 100, [10, 2, 0, 10])]));
  serve(lan.b, 123, (q) => ntp(q, NOON));
  lan.router.configure("ntp server time.example.org");
  lan.world.run(10_000);
  assert.match(clock(lan), /^12:00:\d\d\.\d{3} UTC Thu Jul 9 2026$/);
  assert.match(lan.router.output, /NTP synced to peer time\.example\.org/);
});

test("a server that is not synchronised, or answers something else, is not believed; the next one is", () => {
  for (const [what, spoil] of [
    ["leap 3", (q: Asked) => ntp(q, NOON, { leap: 3 })],
    ["stratum 0", (q: Asked) => ntp(q, NOON, { stratum: 0, reference: "\0\0\0\0" })],
    ["stratum 16", (q: Asked) => ntp(q, NOON, { stratum: 16 })],
    ["mode 3", (q: Asked) => ntp(q, NOON, { mode: 3 })],
    ["stamp", (q: Asked) => ntp({ ...q, data: q.data.map((octet, i) => (i === 47 ? octet ^ 1 : octet)) }, NOON)],
    ["short", (q: Asked) => ntp(q, NOON).slice(0, 47)],
    ["before", (q: Asked) => ntp(q, Date.UTC(2019, 1, 1))],
  ] as const) {
    const lan = new Lan();
    serve(lan.b, 123, spoil);
    lan.router.configure("ntp server 10.2.0.10 prefer");
    lan.world.run(20_000);
    assert.match(clock(lan), /^\*00:00/, what);
    assert.equal(lan.router.type("show logging").match(/%NTP-4-UNSYNC/g)?.length, 1, what);
    serve(lan.a, 123, (q) => ntp(q, NOON));
    lan.router.configure("ntp server 10.1.0.10");
    lan.world.run(20_000);
    assert.match(clock(lan), /^12:00:\d\d\.\d{3} UTC Thu Jul 9 2026$/, what);
    assert.match(lan.router.type("show running-config"), /^ntp server 10\.2\.0\.10 prefer\nntp server 10\.1\.0\.10$/m);
  }
});

test("forged time: from elsewhere, and with another stamp", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, () => undefined);
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(1000);
  const q = asked[0]!;
  reply(lan.a, q, 123, ntp(q, NOON));
  reply(lan.b, q, 124, ntp(q, NOON));
  reply(lan.b, q, 123, ntp({ ...q, data: new Uint8Array(48) }, NOON));
  lan.world.run(100);
  assert.equal(lan.count("answer to a client of ours from elsewhere than asked"), 2);
  assert.equal(lan.count("NTP answer to no request of ours"), 1);
  assert.match(clock(lan), /^\*/);
});

/** A packet with its MAC (RFC 5905, 7.3). */
function sealed(packet: Uint8Array, id: number, secret: string): Uint8Array {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, id);
  return Uint8Array.from([...packet, ...number, ...createHash("md5").update(secret).update(packet).digest()]);
}
const NTP_MAC = "NTP answer that its server's key does not authenticate";

test("a server with a key: the request has the key's MAC, and its answer is taken with the right one alone", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, () => undefined);
  lan.router.configure("ntp authentication-key 7 md5 time-is-ours\nntp authentication-key 70000 md5 other\nntp authenticate\nntp trusted-key 7\nntp trusted-key 70000\nntp server 10.2.0.10 key 7");
  lan.world.run(600);
  const q = asked[0]!;
  assert.deepEqual(Buffer.from(q.data), Buffer.from(sealed(q.data.slice(0, 48), 7, "time-is-ours")));
  const time = ntp(q, NOON);
  const right = sealed(time, 7, "time-is-ours");
  const bad = [
    time, time.slice(0, 40), sealed(time, 7, "time-is-theirs"), sealed(time, 70000, "other"), sealed(time, 70000, "time-is-ours"), right.slice(0, 67), Uint8Array.from([...right, 0, 0, 0, 0]),
    Uint8Array.from([...time, 0, 0, 0, 0]), sealed(ntp(q, 0, { stratum: 0, reference: "DENY" }), 7, ""), ntp(q, 0, { stratum: 0, reference: "DENY" }), ntp(q, NOON, { leap: 3 }), right.map((octet, i) => (i === 40 ? octet ^ 1 : octet)),
  ];
  for (const answer of bad) reply(lan.b, q, 123, answer);
  lan.world.run(100);
  assert.equal(lan.count(NTP_MAC), bad.length);
  assert.match(clock(lan), /^\*/);
  reply(lan.b, q, 123, right);
  lan.world.run(100);
  assert.match(clock(lan), /^12:00:00\.\d+ UTC Thu Jul 9 2026$/, "what was forged does not take its place");
  assert.equal(lan.count(NTP_MAC), bad.length);
  assert.equal(lan.buffers(), 0);
});

test("keys of time: one that is not there or not trusted proves nothing, and its server is not asked; without `key` nothing changes", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, (q) => sealed(ntp(q, NOON), 1, "secret-1"));
  lan.router.configure("ntp server 10.2.0.10 key 1");
  lan.world.run(10_000);
  assert.equal(asked.length, 0);
  lan.router.configure("ntp authenticate\nntp authentication-key 1 md5 secret-1\nntp trusted-key 2");
  lan.world.run(10_000);
  assert.equal(asked.length, 0);
  lan.router.configure("ntp trusted-key 1");
  lan.world.run(10_000);
  assert.match(clock(lan), /^12:00/);
  const text = lan.router.type("show running-config");
  assert.match(text, /^ntp authentication-key 1 md5 secret-1\nntp authenticate\nntp trusted-key 1\nntp trusted-key 2\nntp server 10\.2\.0\.10 key 1$/m);
  const before = asked.length;
  lan.router.configure("no ntp authentication-key 1");
  lan.world.run(100_000);
  assert.equal(asked.length, before);
  assert.doesNotMatch(lan.router.type("show running-config"), /secret-1/);
  lan.router.configure("no ntp trusted-key 1\nno ntp trusted-key 2\nno ntp authenticate\nno ntp server 10.2.0.10");
  assert.doesNotMatch(lan.router.type("show running-config"), /ntp/);
  assert.match(lan.router.configure("ntp authentication-key 3 md5 070C285F4D06 7"), /Warning: a key of type 7 can be read by anybody/);
  assert.match(lan.router.type("show running-config"), /^ntp authentication-key 3 md5 cisco$/m);
  assert.match(lan.router.configure("ntp authentication-key 3 md5 " + "x".repeat(33)), /% The key is too long/);
  for (let i = 10; i < 17; i++) lan.router.configure(`ntp authentication-key ${i} md5 k${i}`);
  assert.match(lan.router.configure("ntp trusted-key 17"), /There are 8 NTP keys already/);
});

test("kiss of death: the server is asked no more", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, (q) => ntp(q, 0, { stratum: 0, reference: "DENY" }));
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(3600_000);
  assert.equal(asked.length, 1);
  assert.match(lan.router.output, /%NTP-4-DENIED: Peer 10\.2\.0\.10 wants to be asked no more: DENY/);
});

test("kiss of death: RATE, and the server is asked less often", () => {
  const lan = new Lan();
  const asked = serve(lan.b, 123, (q) => ntp(q, 0, { stratum: 0, reference: "RATE" }));
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(3600_000);
  assert.ok(asked.length === 4, `${asked.length} requests in an hour`);
  assert.doesNotMatch(lan.router.output, /NTP-4-DENIED/);
});

test("a server that falls silent: said once, the time goes on with a dot before it, and comes back", () => {
  const lan = new Lan();
  let on = true;
  const asked = serve(lan.b, 123, (q) => (on ? ntp(q, NOON + lan.world.now) : undefined));
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(5000);
  on = false;
  lan.world.run(6 * 3600_000);
  assert.match(clock(lan), /^\.18:00:0/);
  assert.equal(lan.router.type("show logging").match(/%NTP-4-UNSYNC/g)?.length, 1);
  assert.ok(asked.length < 150, `${asked.length} requests in six hours of silence`);
  assert.match(lan.router.type("show ntp status"), /^Clock is unsynchronized, stratum 16, no reference clock/);
  on = true;
  lan.world.run(3600_000);
  assert.match(clock(lan), /^19:00:0/);
});

test("a step above a thousand seconds is refused and said, until somebody sets the clock", () => {
  const lan = new Lan();
  let off = 0;
  serve(lan.b, 123, (q) => ntp(q, NOON + lan.world.now + off));
  lan.router.configure("ntp server 10.2.0.10");
  lan.world.run(5000);
  off = 900_000;
  lan.world.run(200_000);
  assert.match(clock(lan), /^12:18:2/);
  off += 2_000_000;
  lan.world.run(3600_000);
  assert.match(clock(lan), /^\.13:18:2/);
  assert.equal(lan.router.type("show logging").match(/%NTP-4-PANIC: the time of peer 10\.2\.0\.10 is 2000 seconds from the clock's/g)?.length, 1);
  lan.router.type("clock set 14:00:00 9 July 2026");
  lan.world.run(1800_000);
  clock(lan);
  assert.match(lan.router.type("show clock detail"), /^14:2\d:.*\nTime source is NTP/);
});

test("the calendar form, zones and summer time", () => {
  const lan = new Lan();
  const type = (line: string) => {
    lan.router.poll();
    return lan.router.type(line);
  };
  type("clock set 12:00:00 1 January 2026");
  assert.match(clock(lan), /^12:00:00\.000 UTC Thu Jan 1 2026$/);
  type("clock set 23:59:59 feb 29 2028");
  assert.match(clock(lan), /^23:59:59\.000 UTC Tue Feb 29 2028$/);
  assert.match(type("clock set 12:00:00 31 June 2026"), /% Jun 31 is no day of 2026\./);
  assert.match(type("clock set 24:00:00 1 June 2026"), /% 24:00:00 is no time of day: HH:MM:SS is allowed/);
  lan.router.configure("clock timezone CET 1\nclock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00");
  type("clock set 1:59:59 29 March 2026");
  assert.match(clock(lan), /^01:59:59\.000 CET Sun Mar 29 2026$/);
  lan.world.run(1000);
  assert.match(clock(lan), /^03:00:00\.000 CEST Sun Mar 29 2026$/);
  type("clock set 2:59:59 25 October 2026");
  assert.match(clock(lan), /^02:59:59\.000 CEST Sun Oct 25 2026$/);
  lan.world.run(1000);
  assert.match(clock(lan), /^02:00:00\.000 CET Sun Oct 25 2026$/);
  assert.match(type("show running-config"), /^clock timezone CET 1 0\nclock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00$/m);
  lan.router.configure("clock timezone NST -3 30\nclock summer-time NDT date 1 June 2026 0:00 September 1 2026 0:00 30");
  type("clock set 12:00:00 1 July 2026");
  assert.match(clock(lan), /^12:00:00\.000 NDT Wed Jul 1 2026$/);
  assert.match(type("show running-config"), /^clock timezone NST -3 30\nclock summer-time NDT date 1 Jun 2026 0:00 1 Sep 2026 0:00 30$/m);
  lan.router.configure("no clock summer-time");
  assert.match(clock(lan), /^11:30:00\.000 NST Wed Jul 1 2026$/);
  assert.match(lan.router.configure("clock timezone X 24"), /% 24 is no number of hours: -23 to 23 is allowed\./);
  assert.match(lan.router.configure("clock summer-time X recurring first Sun"), /% Summer time is `recurring`/);
});

test("ping by name: translated, refused, and broken off", () => {
  const lan = new Lan("ip name-server 10.2.0.10\n");
  serve(lan.b, 53, (q) => (askedName(q) === "a.example" ? dns(q, [record(QUESTION, 1, 100, [10, 1, 0, 10])]) : askedName(q) === "no.example" ? dns(q, [], 3) : undefined));
  const ping = (line: string) => {
    const before = lan.router.output.length;
    lan.router.type(line);
    lan.world.run(20_000);
    return lan.router.output.slice(before);
  };
  assert.match(ping("ping a.example repeat 2"), /^Translating "a\.example"\.\.\.domain server \(10\.2\.0\.10\)\nType escape sequence to abort\.\nSending 2, 100-byte ICMP Echos to 10\.1\.0\.10, timeout is 2 seconds:\n!!\nSuccess rate is 100 percent \(2\/2\)/);
  assert.match(ping("ping a.example repeat 1"), /^Type escape sequence to abort\./);
  assert.match(ping("ping no.example"), /^Translating .*\n% Unrecognized host or address, or protocol not running\.\ngamma#$/);
  assert.match(ping("ping silent.example"), /% Unrecognized host or address, or protocol not running\.\ngamma#$/);
  assert.match(ping("ping 10.1.0.300"), /% 10\.1\.0\.300 is no IPv4 address/);
  lan.router.type("ping quiet.example");
  const before = lan.router.output.length;
  lan.router.input("\u0003");
  lan.world.run(10);
  assert.match(lan.router.output.slice(before), /gamma#$/);
  lan.router.configure("no ip domain lookup");
  assert.match(ping("ping other.example"), /^% Unrecognized host/);
});
