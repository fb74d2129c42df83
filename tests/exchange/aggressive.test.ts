/** Aggressive Mode (RFC 2409, 5.4) between two routers, and against the second implementation: identities, keys, refusals, losses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AggressiveNegotiation } from "../support/second/aggressive.ts";
import { P, concat, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { ip } from "../support/world/frame.ts";
import { CONFIG, SUITE } from "../support/second/negotiation.ts";
import { DEFAULTS, Pair, type PairOptions } from "../support/world/pair.ts";
import type { Fault } from "../support/world/world.ts";

const KEY = "drawn-at-random-2f1c9a7e";

interface Profile { match: string[]; self?: string; psk?: string; mode?: "main" | "aggressive"; extra?: string }

const profile = ({ match, self, psk = KEY, mode = "aggressive", extra = "" }: Profile): string => `
crypto isakmp profile PEER
${match.map((line) => ` match identity ${line}`).join("\n")}
${self ? ` self-identity ${self}` : ""}
${psk ? ` pre-shared-key ${psk}` : ""}
 mode ${mode}
${extra}
crypto map CM 10 ipsec-isakmp
 set isakmp-profile PEER
`;

function pairOf(alpha: Profile, beta: Profile, more: PairOptions = {}): Pair {
  return new Pair({ both: { group: 1 }, ...more, alpha: { extra: profile(alpha), ...more.alpha }, beta: { extra: profile(beta), ...more.beta } });
}

const NAMED: [Profile, Profile] = [{ match: ["host beta.example.org"], self: "fqdn alpha.example.org" }, { match: ["host alpha.example.org"], self: "fqdn beta.example.org" }];
const exchanges = (pair: Pair) => pair.isakmp().map(({ data }) => data[18]);
const noLeak = (pair: Pair) => assert.ok(![...pair.alpha.output, ...pair.beta.output].join("").includes(KEY));

const identities: Record<string, [Profile, Profile]> = {
  fqdn: NAMED,
  "user-fqdn": [{ match: ["user-fqdn bob@example.org"], self: "user-fqdn alice@example.org" }, { match: ["user-fqdn alice@example.org"], self: "user-fqdn bob@example.org" }],
  "key-id": [{ match: ["key-id gate8"], self: "key-id gate7" }, { match: ["key-id gate7"], self: "key-id gate8" }],
  address: [{ match: ["address 192.0.2.2"], self: "address" }, { match: ["address 192.0.2.0 255.255.255.0"], self: "address" }],
  "the host name": [{ match: ["host beta"], self: "fqdn" }, { match: ["host nobody", "host alpha"], self: "fqdn" }],
};

for (const [what, [alpha, beta]] of Object.entries(identities)) {
  test(`${what}: three messages, then Quick Mode; either side begins`, () => {
    for (const from of ["a", "b"] as const) {
      const pair = pairOf(alpha, beta);
      assert.ok(pair.ping(3000, from), pair.alpha.output + pair.beta.output);
      assert.deepEqual(exchanges(pair), [4, 4, 4, 32, 32, 32]);
      const [m1, m2, m3] = pair.isakmp().map(({ data }) => data);
      assert.deepEqual([m1![19]! & 1, m2![19]! & 1, m3![19]! & 1], [0, 0, 1], "the third is encrypted");
      for (const router of [pair.alpha, pair.beta]) {
        assert.equal(router.eventsOf("ike.message", { exchange: "aggressive" }).length, 3);
        assert.match(router.type("show crypto isakmp sa"), /QM_IDLE/);
        assert.match(router.type("show crypto isakmp profile"), /ISAKMP PROFILE PEER\n {3}Aggressive Mode[^]*ISAKMP SAs: 1/);
      }
      noLeak(pair);
    }
  });
}

/** What the initiator has for a peer without naming a profile anywhere. */
const PEER = `
crypto isakmp peer address 192.0.2.2
 set aggressive-mode password ${KEY}
 set aggressive-mode client-endpoint fqdn alpha.example.org
`;

test("crypto isakmp peer: entries with that peer begin Aggressive Mode, by that name and with that key, without naming a profile", () => {
  const beta = { extra: profile({ match: ["host alpha.example.org"], self: "address" }) };
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: PEER }, beta });
  assert.ok(pair.ping(3000, "a"), pair.alpha.output + pair.beta.output);
  assert.deepEqual(exchanges(pair), [4, 4, 4, 32, 32, 32]);
  noLeak(pair);
  assert.match(pair.alpha.type("show running-config"), /\ncrypto isakmp peer address 192\.0\.2\.2\n set aggressive-mode password \S+\n set aggressive-mode client-endpoint fqdn alpha\.example\.org\n!/);
});

test("crypto isakmp peer is for its address alone, begins nothing where Aggressive Mode is disabled, and goes with `no`", () => {
  const other = new Pair({ both: { group: 1 }, alpha: { extra: PEER.replace("192.0.2.2", "192.0.2.3") } });
  assert.ok(other.ping(3000, "a"));
  assert.deepEqual(exchanges(other).slice(0, 6), [2, 2, 2, 2, 2, 2]);
  const disabled = new Pair({ both: { group: 1 }, alpha: { extra: `${PEER}crypto isakmp aggressive-mode disable\n` }, beta: { extra: profile({ match: ["host alpha.example.org"], self: "address" }) } });
  assert.equal(disabled.ping(3000, "a"), false);
  assert.deepEqual(exchanges(disabled).filter((exchange) => exchange === 4), []);
  const gone = new Pair({ both: { group: 1 }, alpha: { extra: `${PEER}no crypto isakmp peer address 192.0.2.2\n` } });
  assert.ok(gone.ping(3000, "a"));
  assert.deepEqual(exchanges(gone).slice(0, 6), [2, 2, 2, 2, 2, 2]);
  assert.doesNotMatch(gone.alpha.type("show running-config"), /isakmp peer/);
});

test("keys by name: crypto isakmp key ... hostname", () => {
  const key = (name: string) => `crypto isakmp key ${KEY} hostname ${name}`;
  const pair = pairOf({ ...NAMED[0], psk: "", extra: key("beta.example.org") }, { ...NAMED[1], psk: "", extra: key("alpha.example.org") });
  assert.ok(pair.ping(3000), pair.alpha.output + pair.beta.output);
  assert.deepEqual(exchanges(pair), [4, 4, 4, 32, 32, 32]);
});

test("each of several names has its key; the wrong one is no other's", () => {
  const other = "\ncrypto isakmp profile OTHER\n match identity host gamma.example.org\n pre-shared-key another-key-of-many-letters\n mode aggressive\n";
  const pair = pairOf(NAMED[0], { ...NAMED[1], extra: other });
  assert.ok(pair.ping(3000), pair.beta.output);
  const wrong = pairOf({ ...NAMED[0], self: "fqdn gamma.example.org" }, { ...NAMED[1], extra: other });
  assert.equal(wrong.ping(30_000), false);
  assert.match(wrong.alpha.output, /pre-shared key/i);
});

test("wrong pre-shared key: the initiator sees it in HASH_R, both consoles say so", () => {
  const pair = pairOf(NAMED[0], { ...NAMED[1], psk: "another-key-altogether-x" });
  assert.equal(pair.ping(60_000), false);
  assert.match(pair.alpha.output, /HASH is wrong: the pre-shared keys/);
  assert.match(pair.beta.output, /pre-shared keys of both sides probably differ/);
  assert.equal(pair.alpha.eventsOf("ike.sa").length + pair.beta.eventsOf("ike.sa").length, 0);
  // No third message, and no more than a small notify for each answer.
  assert.deepEqual([...new Set(exchanges(pair))].sort(), [4, 5]);
});

test("an unknown name gets no answer at all; the reason is counted and said here", () => {
  const pair = pairOf({ ...NAMED[0], self: "fqdn stranger.example.org" }, NAMED[1]);
  assert.equal(pair.ping(60_000), false);
  assert.equal(pair.isakmp().filter(({ direction }) => direction === 1).length, 0);
  assert.ok((pair.beta.counters().get("ISAKMP Aggressive Mode under an unknown identity") ?? 0) >= 1);
  assert.match(pair.beta.output, /asks for Aggressive Mode as ID_FQDN "stranger\.example\.org"/);
});

test("a name that is longer or shorter than a known one is not known", () => {
  for (const self of ["alpha.example.or", "alpha.example.org.", "ALPHA.example.org"]) {
    const pair = pairOf({ ...NAMED[0], self: `fqdn ${self}` }, NAMED[1]);
    assert.equal(pair.ping(20_000), false, self);
    assert.equal(pair.isakmp().filter(({ direction }) => direction === 1).length, 0, self);
  }
});

test("the initiator looks at the responder's name", () => {
  const pair = pairOf(NAMED[0], { ...NAMED[1], self: "fqdn mallory.example.org" });
  assert.equal(pair.ping(30_000), false);
  assert.match(pair.alpha.output, /calls itself ID_FQDN "mallory\.example\.org", which its isakmp profile/);
  assert.equal(pair.alpha.eventsOf("ike.sa").length, 0);
});

test("off unless it is allowed: without a profile of that mode, and by default", () => {
  for (const beta of [{ ...NAMED[1], mode: "main" as const }, undefined]) {
    const pair = new Pair({ both: { group: 1 }, alpha: { extra: profile(NAMED[0]) }, beta: beta ? { extra: profile(beta) } : {} });
    assert.equal(pair.ping(20_000), false);
    assert.ok((pair.beta.counters().get("ISAKMP Aggressive Mode is not allowed here") ?? 0) >= 1);
    const answers = pair.isakmp().filter(({ direction }) => direction === 1);
    assert.ok(answers.every(({ data }) => data[18] === 5 && data.length <= 60), "nothing but small notifies");
  }
});

test("a profile in Main Mode: its key, its names, encrypted identities", () => {
  const main = NAMED.map((p) => ({ ...p, mode: "main" as const })) as [Profile, Profile];
  // The key is needed before the name: the responder finds it by address.
  const pair = new Pair({
    both: { group: 1, psk: KEY },
    alpha: { extra: profile(main[0]) },
    beta: { extra: profile({ ...main[1], psk: "" }) },
  });
  assert.ok(pair.ping(3000), pair.alpha.output + pair.beta.output);
  assert.deepEqual(exchanges(pair).slice(0, 6), [2, 2, 2, 2, 2, 2]);
  assert.match(pair.beta.type("show crypto isakmp profile"), /ISAKMP SAs: 1/);
  const byAddress = new Pair({
    both: { group: 1 },
    alpha: { extra: profile({ match: ["address 192.0.2.2"], mode: "main" }) },
    beta: { extra: profile({ match: ["address 192.0.2.1"], mode: "main" }) },
  });
  assert.ok(byAddress.ping(3000), byAddress.alpha.output + byAddress.beta.output);
});

test("an entry is served by its own profile alone", () => {
  const pair = pairOf(NAMED[0], NAMED[1]);
  pair.beta.configure("crypto map CM 10\n no set isakmp-profile PEER");
  assert.equal(pair.ping(20_000), false);
  assert.match(pair.alpha.output, /INVALID.ID.INFORMATION/i);
  assert.equal(pair.beta.eventsOf("ipsec.sa").length, 0);
});

test("a profile that is not configured is named", () => {
  const pair = pairOf(NAMED[0], NAMED[1]);
  pair.alpha.configure("no crypto isakmp profile PEER");
  assert.equal(pair.ping(5000), false);
  assert.match(pair.alpha.output, /set isakmp-profile PEER', but there is no 'crypto isakmp profile PEER'/);
});

test("the group is not negotiated: only transforms of one are offered, and a choice of another one is refused", () => {
  const two = "\ncrypto isakmp policy 20\n encryption aes 128\n hash sha256\n group 2\n";
  const pair = pairOf({ ...NAMED[0], extra: two }, { ...NAMED[1], extra: two });
  assert.ok(pair.ping(3000), pair.beta.output);
  const none = pairOf(NAMED[0], NAMED[1], { alpha: { group: 1 }, beta: { group: 2 } });
  assert.equal(none.ping(20_000), false);
  assert.ok(none.beta.eventsOf("refused", { reason: "no-proposal-chosen" }).length >= 1);
});

for (const group of [2, 19, 31, 4]) {
  test(`group ${group}`, () => {
    const pair = pairOf(NAMED[0], NAMED[1], { both: { group, pfs: group } });
    assert.ok(pair.ping(10_000), pair.alpha.output + pair.beta.output);
  });
}

const isIsakmp = (frame: Uint8Array) => frame[12] === 8 && frame[13] === 0 && frame[23] === 17 && ((frame[36]! << 8) | frame[37]!) === 500;
function toMessage(n: number, what: (frame: Uint8Array) => ReturnType<Fault>): Fault {
  let seen = 0;
  return (frame) => (isIsakmp(frame) && ++seen === n ? what(frame) : [{ frame }]);
}

for (let n = 1; n <= 6; n++) {
  const faults: Record<string, (frame: Uint8Array) => ReturnType<Fault>> = {
    lost: () => undefined,
    doubled: (frame) => [{ frame }, { frame: frame.slice() }, { frame: frame.slice(), delay: 700 }],
    late: (frame) => [{ frame, delay: 3500 }],
    "overtaken by the next": (frame) => [{ frame, delay: 12 }],
  };
  for (const [what, fault] of Object.entries(faults)) {
    test(`message ${n} ${what}`, () => {
      const pair = pairOf(NAMED[0], NAMED[1], { fault: toMessage(n, fault) });
      assert.ok(pair.ping(12_000), pair.alpha.output);
      pair.fault = undefined;
      pair.world.run(150_000);
      assert.equal(pair.spis(pair.alpha).length, 1);
      assert.equal(pair.spis(pair.beta).length, 1);
      assert.equal(pair.alpha.eventsOf("ike.sa", { state: "up" }).length, 1);
      assert.ok(pair.ping(1000) && pair.ping(1000, "b"));
    });
  }
}

test("every third message lost but the last try: nothing of Quick Mode is needed to bring it through", () => {
  let thirds = 0;
  const pair = pairOf(NAMED[0], NAMED[1], { fault: (frame) => (isIsakmp(frame) && frame[60] === 4 && (frame[61]! & 1) === 1 && ++thirds < 4 ? undefined : [{ frame }]) });
  assert.ok(pair.ping(20_000), pair.alpha.output);
  assert.ok(thirds >= 4);
});

test("a responder sends nothing on its own to an address that nobody has verified", () => {
  const pair = pairOf(NAMED[0], NAMED[1], { fault: (frame, _, direction) => (direction === 1 && isIsakmp(frame) ? undefined : [{ frame }]) });
  pair.a.ping("10.2.0.10", 1);
  pair.world.run(800);
  assert.equal(pair.isakmp().filter(({ direction }) => direction === 1).length, 1);
  pair.world.run(100_000);
  const sent = pair.isakmp();
  assert.equal(sent.filter(({ direction }) => direction === 1).length, sent.filter(({ direction }) => direction === 0).length, "an answer for each message, and no more");
});

test("renewed under a ping in Aggressive Mode again, by either side", () => {
  const pair = pairOf(NAMED[0], NAMED[1], { both: { group: 1, ikeLifetime: 60, ipsecLifetime: 120 } });
  assert.ok(pair.ping(3000));
  const { lost } = pair.pings(240_000, 500);
  assert.equal(lost, 0);
  assert.ok(pair.alpha.eventsOf("ike.sa", { state: "rekeyed" }).length >= 3);
  assert.ok(exchanges(pair).every((type) => type !== 2), "no Main Mode");
});

for (const [what, alpha, beta, told] of [
  ["shorter in seconds", "lifetime 7200", "lifetime 3600", /psk +\d+ +00:59:/],
  ["limited in kilobytes", "lifetime 3600", "lifetime kilobytes 1000", /of 1000 kilobytes/],
  ["the same", "lifetime 3600", "lifetime 3600", undefined],
  ["longer", "lifetime 3600", "lifetime 7200", undefined],
] as const) {
  test(`responder: a lifetime of phase 1 that is ${what} is ${told ? "told in an Informational after the third message, and heeded" : "not told"}`, () => {
    const life = (line: string) => `\ncrypto isakmp policy 10\n ${line}\n`;
    const pair = pairOf({ ...NAMED[0], extra: life(alpha) }, { ...NAMED[1], extra: life(beta) });
    assert.ok(pair.ping(3000), pair.alpha.output + pair.beta.output);
    assert.deepEqual(exchanges(pair).filter((type) => type !== 32), told ? [4, 4, 4, 5] : [4, 4, 4]);
    const received = /RESPONDER-LIFETIME +(\d+)/.exec(pair.alpha.type("show crypto isakmp stats"))?.[1];
    assert.equal(received, told ? "1" : undefined);
    if (told) assert.match(pair.alpha.type("show crypto isakmp sa detail"), told);
  });
}

const SECOND = (line: string) => `${CONFIG}
crypto isakmp profile P
 match identity ${line}
 pre-shared-key correct-horse-battery
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;
const name = (type: number, text: string) => concat([type, 0, 0, 0], new TextEncoder().encode(text));
const BODIES: Record<string, [string, Uint8Array]> = {
  IPV4_ADDR: ["address 192.0.2.2", concat([1, 17], u16(500), u32(ip("192.0.2.2")))],
  FQDN: ["host gate.example.org", name(2, "gate.example.org")],
  USER_FQDN: ["user-fqdn a@example.org", name(3, "a@example.org")],
  IPV4_ADDR_SUBNET: ["address 10.2.0.0 255.255.0.0", concat([4, 0, 0, 0], u32(ip("10.2.3.0")), u32(ip("255.255.255.0")))],
  IPV4_ADDR_RANGE: ["address 10.2.0.0 255.255.0.0", concat([7, 0, 0, 0], u32(ip("10.2.3.4")), u32(ip("10.2.3.9")))],
  KEY_ID: ["key-id group1", name(11, "group1")],
};

for (const [type, [line, body]] of Object.entries(BODIES)) {
  for (const encrypted of [true, false]) {
    test(`the second implementation as ${type} initiates, its third message ${encrypted ? "encrypted" : "in plain"}`, () => {
      const n = new AggressiveNegotiation(7, SECOND(line));
      n.identity = body;
      n.encryptThird = encrypted;
      for (const step of n.aggressiveInitiate()) assert.ok(step.go(), `${step.name}: ${n.router.output}`);
      assert.ok(n.world.run(100, () => n.tunnelUp()));
    });
  }
  test(`the second implementation as ${type} responds`, () => {
    const n = new AggressiveNegotiation(8, SECOND(line));
    n.identity = body;
    for (const step of n.aggressiveRespond()) assert.ok(step.go(), `${step.name}: ${n.router.output}`);
    assert.ok(n.world.run(100, () => n.tunnelUp()));
  });
}

test("subnets and ranges that reach beyond the line, holes in masks, odd lengths and ports: no answer", () => {
  const bodies = [
    concat([4, 0, 0, 0], u32(ip("10.0.0.0")), u32(ip("255.0.0.0"))),
    concat([4, 0, 0, 0], u32(ip("10.2.3.0")), u32(ip("255.0.255.0"))),
    concat([7, 0, 0, 0], u32(ip("10.2.3.9")), u32(ip("10.2.3.4"))),
    concat([7, 0, 0, 0], u32(ip("10.2.3.9")), u32(ip("10.3.0.4"))),
    concat([1, 0, 0, 0], u32(ip("10.3.0.4"))),
    concat([1, 6, 0, 0], u32(ip("10.2.0.4"))),
    concat([1, 17, 0, 53], u32(ip("10.2.0.4"))),
    concat([1, 0, 0, 0], [10, 2, 0]),
    new Uint8Array([2, 0, 0, 0]),
    name(99, "x"),
    name(2, "x".repeat(300)),
  ];
  for (const body of bodies) {
    const n = new AggressiveNegotiation(9, SECOND("address 10.2.0.0 255.255.0.0"), SUITE);
    n.identity = body;
    const step = n.aggressiveInitiate().next().value!;
    assert.equal(step.go(), false, Buffer.from(body).toString("hex").slice(0, 40));
    assert.ok(n.station.inbox.every(({ data }) => data[18] !== 4));
  }
});

test("a peer that refuses our HASH_R and says so encrypted, while the keys to read it are being computed: said here", () => {
  const n = new AggressiveNegotiation(11, SECOND("address 192.0.2.2").replace("group 1\n", "group 14\n"), { ...SUITE, group: 14 }, "another-key-altogether");
  // Without waiting behind what is sent, as `inject` does: by then all is computed.
  n.inject = (data) => n.station.udp(500, 500, data);
  assert.throws(() => n.aggressiveInitiate().next().value!.go(), /HASH_R is wrong/);
  n.inject(n.informational([{ type: P.N, body: concat(u32(1), [1, 0], u16(24)) }]));
  assert.ok(n.world.run(50, () => /pre-shared keys of both sides probably differ/.test(n.router.output)), n.router.output);
});

test("a forged second message moves nothing: the true one is taken after it", () => {
  const n = new AggressiveNegotiation(10, SECOND("address 192.0.2.2"));
  const step = n.aggressiveRespond().next().value!;
  for (const change of [3, 4] as const) {
    const forged = step.payloads.map((p: Payload) => ({ ...p, body: p.body.slice() }));
    forged[change]!.body[6]! ^= 1;
    const octets = step.make(forged);
    octets.set(n.peer.bytes(8), 8);
    n.inject(octets);
    n.world.run(20);
  }
  assert.ok(step.go(), n.router.output);
  assert.ok(n.router.eventsOf("ike.sa", { state: "up" }).length === 1);
});

test("warnings by name", () => {
  const pair = new Pair({ both: { group: 1 } });
  const said = pair.alpha.configure("crypto isakmp profile P\n mode aggressive\n pre-shared-key short-key\n no pre-shared-key\n pre-shared-key 0 drawn-at-random-0123456789");
  assert.match(said, /Warning: profile P: Aggressive Mode shows names in plain/);
  assert.match(said, /Warning: profile P: with Aggressive Mode a key of 9 characters will be found; use 20 or more/);
  assert.equal([...said.matchAll(/Warning/g)].length, 2);
});

test("a dynamic map: a peer of any address, known by its name, is served by the template that names its profile", () => {
  const beta = `
crypto isakmp profile PEER
 match identity host alpha.example.org
 self-identity fqdn beta.example.org
 pre-shared-key ${KEY}
 mode aggressive
crypto dynamic-map ROAD 10
 set transform-set TS
 set isakmp-profile PEER
 match address VPN
crypto map NEW 10 ipsec-isakmp dynamic ROAD
no crypto isakmp key ${DEFAULTS.psk} address 192.0.2.1
interface Ethernet1
 crypto map NEW
`;
  const pair = new Pair({ both: { group: 1 }, alpha: { extra: profile(NAMED[0]) }, beta: { extra: beta } });
  assert.equal(pair.beta.refusedLines, 0, pair.beta.output);
  assert.ok(pair.ping(5000), pair.alpha.output + pair.beta.output);
  assert.ok(pair.ping(1000, "b"));
});
