/** What a hostile or careless peer may send: forged flags, replays, unprotected notifies, bad public values, odd padding. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ip } from "../support/world/frame.ts";
import { EXCHANGE, P, concat, prime, u16, u32, type Payload } from "../support/second/ike_peer.ts";
import { Negotiation, type Step } from "../support/second/negotiation.ts";

const ISAKMP_SPI = (n: Negotiation) => concat(n.peer.ckyI, n.peer.ckyR);
const withFlag = (message: Uint8Array, flag: number) => message.map((b, i) => (i === 19 ? b | flag : b));
const count = (n: Negotiation, name: string) => n.router.counters().get(name) ?? 0;

function established(seed: number): Negotiation {
  const n = new Negotiation(seed);
  assert.equal(n.complete("initiate"), undefined, n.router.output);
  return n;
}

/** Walks the steps, handing each one to `before` first. */
function walk(n: Negotiation, before: (step: Step) => void): void {
  for (const step of n.initiate()) {
    before(step);
    assert.ok(step.go(), `${step.name}: ${n.router.output}`);
  }
}

test("the commit bit, which nothing protects, moves nothing", () => {
  const n = new Negotiation(21);
  const message = n.peer.message.bind(n.peer);
  n.peer.message = (...rest) => withFlag(message(...rest), 2);
  // At most a second is spent on waiting for CONNECTED (tests/exchange/commit.test.ts).
  for (const step of n.initiate()) assert.ok(step.go() || n.world.run(1100, () => n.tunnelUp()), step.name);
  n.inject(n.informational([n.NOTIFY(16384, n.spi, 3)]));
  assert.equal(n.router.eventsOf("ipsec.sa").length, 1);
});

test("a Quick Mode message 1 again, after its exchange is over, begins nothing", () => {
  const n = new Negotiation(22);
  let first: Uint8Array | undefined;
  walk(n, (step) => {
    if (step.name === "quick 1") first = step.make(step.payloads);
  });
  n.world.run(200_000);
  n.station.inbox.length = 0;
  const before = count(n, "ISAKMP duplicate");
  n.inject(first!);
  n.world.run(5000);
  assert.equal(n.station.inbox.length, 0);
  assert.equal(count(n, "ISAKMP duplicate"), before + 1);
});

test("unprotected notifies and deletes are counted and change nothing, in any state", () => {
  const n = new Negotiation(23);
  const forged = () => {
    for (const payload of [n.NOTIFY(14), n.NOTIFY(24), n.NOTIFY(16), n.NOTIFY(24578, ISAKMP_SPI(n)), n.DELETE_ESP(), { type: P.D, body: concat(u32(1), [1, 16, 0, 1], ISAKMP_SPI(n)) }])
      n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, 77, [payload]));
  };
  walk(n, forged);
  forged();
  n.world.run(3000);
  assert.ok(n.tunnelUp());
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down" }).length, 0);
  assert.equal(n.router.eventsOf("ike.sa", { state: "down" }).length, 0);
  assert.ok(count(n, "ISAKMP unprotected notify, advisory only") > 20);
});

test("an Informational message with a wrong HASH, or none, is dropped; a replayed one too", () => {
  const n = established(24);
  const good = n.informational([n.NOTIFY(36136, ISAKMP_SPI(n), 1, new Uint8Array(u32(5)))]);
  const mid = (n.peer.random.u32() | 1) >>> 0;
  const hashed = n.peer.hashed(new Uint8Array(u32(mid)), [n.DELETE_ESP()]);
  const spoiled: Payload[] = [{ type: P.HASH, body: hashed[0]!.body.map((b) => b ^ 1) }, hashed[1]!];
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, mid, spoiled, n.peer.phase2Iv(mid)));
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, mid, [n.DELETE_ESP()], n.peer.phase2Iv(mid)));
  n.inject(n.peer.message(EXCHANGE.INFORMATIONAL, 0, mid, [{ type: P.HASH, body: hashed[0]!.body.subarray(0, 8) }, hashed[1]!], n.peer.phase2Iv(mid)));
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down" }).length, 0);
  n.station.inbox.length = 0;
  n.inject(good);
  n.inject(good);
  n.world.run(50);
  assert.equal(n.station.inbox.length, 1, "one answer to one R-U-THERE");
  n.inject(n.informational([n.DELETE_ESP()]));
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down", reason: "deleted-by-peer" }).length, 1);
});

test("R-U-THERE is answered with its own sequence number (RFC 3706)", () => {
  const n = established(25);
  n.station.inbox.length = 0;
  n.inject(n.informational([n.NOTIFY(36136, ISAKMP_SPI(n), 1, new Uint8Array(u32(0xcafe)))]));
  const answer = n.await((d) => d[18] === EXCHANGE.INFORMATIONAL);
  assert.ok(answer);
  const mid = new DataView(answer.buffer, answer.byteOffset).getUint32(20);
  const body = n.peer.take(n.peer.open(answer, n.peer.phase2Iv(mid)), P.N);
  assert.deepEqual([...body.subarray(6, 8)], u16(36137));
  assert.deepEqual([...body.subarray(24)], u32(0xcafe));
});

test("NAT-D of a peer that never said it knows them: no NAT is found, nothing floats (RFC 3947, 3.1)", () => {
  const n = new Negotiation(29);
  for (const step of n.initiate()) {
    if (step.name === "main 3") step.payloads.push({ type: 20, body: n.peer.bytes(20) }, { type: 20, body: n.peer.bytes(20) });
    assert.ok(step.go(), step.name);
  }
  assert.equal(n.router.eventsOf("ike.sa", { state: "up", nat: "none" }).length, 1);
});

test("a Delete of several SPIs: each one that is ours ends, wherever it stands", () => {
  for (const at of [0, 1, 2]) {
    const n = established(28);
    const spis = [0, 1, 2].map((i) => (i === at ? n.spi : n.peer.bytes(4)));
    n.inject(n.informational([{ type: P.D, body: concat(u32(1), [3, 4, 0, 3], ...spis) }]));
    assert.equal(n.router.eventsOf("ipsec.sa", { state: "down", reason: "deleted-by-peer" }).length, 1, `number ${at}`);
  }
});

test("a Delete of the ISAKMP SA ends it; the ESP SAs stay until their own", () => {
  const n = established(26);
  n.inject(n.informational([{ type: P.D, body: concat(u32(1), [1, 16, 0, 1], ISAKMP_SPI(n)) }]));
  assert.equal(n.router.eventsOf("ike.sa", { state: "down", reason: "deleted-by-peer" }).length, 1);
  assert.equal(n.router.eventsOf("ipsec.sa", { state: "down" }).length, 0);
});

test("public values 0, 1, p - 1, p, short, long and none: refused, and an honest one is taken afterwards", () => {
  const n = new Negotiation(27);
  const p = prime(1);
  const bytes = (v: bigint, len = 96) => new Uint8Array(Buffer.from(v.toString(16).padStart(len * 2, "0"), "hex"));
  walk(n, (step) => {
    if (step.name !== "main 3") return;
    const before = count(n, "ISAKMP public value refused");
    const bad = [bytes(0n), bytes(1n), bytes(p - 1n), bytes(p), bytes(p + 1n), bytes(4n, 95), bytes(4n, 97), new Uint8Array()];
    for (const body of bad) n.inject(step.make([{ type: P.KE, body }, step.payloads[1]!]));
    n.inject(step.make([step.payloads[1]!]));
    assert.equal(count(n, "ISAKMP public value refused"), before + bad.length);
    assert.equal(count(n, "ISAKMP payload missing"), 1);
  });
  assert.ok(n.tunnelUp());
});

test("nonces of 7 and 257 octets are refused, of 8 and 256 taken", () => {
  for (const [len, ok] of [[7, false], [8, true], [256, true], [257, false]] as const) {
    const n = new Negotiation(28 + len);
    for (const step of n.initiate()) {
      if (step.name === "main 3") {
        n.peer.Ni_b = n.peer.bytes(len);
        step.payloads[1] = n.peer.NONCE();
      }
      const went = step.go();
      if (step.name === "main 3") assert.equal(went, ok, `${len} octets`);
      if (!went) break;
    }
    assert.equal(n.tunnelUp(), ok);
  }
});

test("padding may be of any value, and longer than a block", () => {
  const n = new Negotiation(31);
  const peer = n.peer;
  const message = peer.message.bind(peer);
  peer.message = (exchange, flags, mid, payloads, iv) => {
    if (!iv) return message(exchange, flags, mid, payloads);
    const plain = message(exchange, flags | 1, mid, payloads).subarray(28);
    const rest = (peer.block - (plain.length % peer.block)) % peer.block;
    const padded = concat(plain, peer.random.fill(new Uint8Array(rest + 2 * peer.block)));
    const body = peer.encrypt(iv, padded);
    const header = message(exchange, flags | 1, mid, payloads).slice(0, 28);
    header.set(u32(28 + body.length), 24);
    return concat(header, body);
  };
  // Random padding: the same message twice must be the same octets.
  const seen = new Map<string, Uint8Array>();
  const random = peer.message;
  peer.message = (...a) => {
    const key = JSON.stringify([a[0], a[2], a[3].map((p) => [p.type, [...p.body]]), a[4] ? [...a[4]] : 0]);
    let m = seen.get(key);
    if (!m) seen.set(key, (m = random(...a)));
    return m;
  };
  assert.equal(n.complete("initiate"), undefined, n.router.output);
});

test("identities: another address is refused, names are taken, two IDs are not", () => {
  const identities: [name: string, body: Uint8Array, ok: boolean][] = [
    ["another address", concat([1, 17], u16(500), u32(ip("192.0.2.99"))), false],
    ["our own address", concat([1, 0], u16(0), u32(ip("192.0.2.1"))), false],
    ["FQDN", concat([2, 0], u16(0), new TextEncoder().encode("beta.example")), true],
    ["USER_FQDN", concat([3, 0], u16(0), new TextEncoder().encode("admin@example")), true],
    ["KEY_ID", concat([11, 0], u16(0), [0, 1, 2, 255]), true],
    ["subnet", concat([4, 0], u16(0), u32(ip("192.0.2.0")), u32(0xffffff00)), false],
    ["port 1000", concat([1, 17], u16(1000), u32(ip("192.0.2.2"))), false],
    ["empty", concat([2, 0], u16(0)), false],
  ];
  for (const [name, body, ok] of identities) {
    const n = new Negotiation(40);
    n.peer.ID = () => ({ type: P.ID, body });
    let reached = true;
    for (const step of n.initiate()) if (!(reached = step.go())) break;
    assert.equal(reached && n.tunnelUp(), ok, `${name}: ${n.router.output}`);
    if (!ok) assert.match(n.router.output, /IKE_IDENTITY/, name);
  }
});

test("a name that has a key of its own cannot be claimed with another key", () => {
  const n = new Negotiation(41);
  n.router.configure("crypto isakmp key some-other-secret hostname beta.example");
  n.peer.ID = () => ({ type: P.ID, body: concat([2, 0], u16(0), new TextEncoder().encode("beta.example")) });
  for (const step of n.initiate()) if (!step.go()) break;
  assert.equal(n.tunnelUp(), false);
  assert.match(n.router.output, /beta\.example/);
});

test("what a peer calls itself is escaped on the console and in events", () => {
  const n = new Negotiation(42);
  n.peer.ID = () => ({ type: P.ID, body: concat([2, 0], u16(0), new TextEncoder().encode('x"\n%CRYPTO-1-FORGED: \x1b[2J')) });
  walk(n, () => {});
  const shown = n.router.type("show crypto isakmp sa detail");
  assert.doesNotMatch(shown + n.router.output, /\n%CRYPTO-1-FORGED|\x1b/);
});

test("messages of other exchange types, with M_ID in Main Mode, or of Quick Mode before phase 1: counted", () => {
  const n = new Negotiation(43);
  walk(n, (step) => {
    const message = step.make(step.payloads);
    for (const type of [0, 1, 3, 4, 6, 33, 34, 240]) n.inject(message.map((b, i) => (i === 18 ? type : b)));
    n.inject(message.map((b, i) => (i === 20 ? b ^ 0x80 : b)));
    if (step.name.startsWith("main")) n.inject(message.map((b, i) => (i === 18 ? 32 : i === 23 ? 9 : b)));
  });
  assert.ok(n.tunnelUp());
});

for (const version of [
  { name: "RFC 3947", vendor: "4a131c81070358455c5728f20e95452f", natd: 20, encapsulation: 3 },
  { name: "draft 03", vendor: "7d9419a65310ca6f2c179d9215529d56", natd: 130, encapsulation: 61443 },
  { name: "draft 02 with a line feed", vendor: "90cb80913ebb696e086381b5ec427b1f", natd: 130, encapsulation: 61443 },
  { name: "draft 02", vendor: "cd60464335df21f87cfdb2fc68b6a448", natd: 130, encapsulation: 61443 },
])
  test(`NAT traversal in the words of ${version.name}`, () => {
    const n = new Negotiation(50);
    const peer = n.peer;
    const marker = new Uint8Array(4);
    let floated = false;
    n.inject = (data) => {
      if (floated) n.station.udp(40123, 4500, concat(marker, data));
      else n.station.udp(500, 500, data);
      n.world.run(1);
    };
    n.await = (fits, ms = 400) => {
      let found: Uint8Array | undefined;
      n.world.run(ms, () => {
        const at = n.station.inbox.findIndex((d) => (floated ? d.srcPort === 4500 && d.dstPort === 40123 : d.srcPort === 500) && fits(floated ? d.data.subarray(4) : d.data));
        if (at < 0) return false;
        found = floated ? n.station.inbox[at]!.data.slice(4) : n.station.inbox[at]!.data;
        n.station.inbox.splice(0, at + 1);
        return true;
      });
      return found;
    };
    for (const step of n.initiate()) {
      if (step.name === "main 1") step.payloads.push({ type: P.VID, body: new Uint8Array(Buffer.from(version.vendor, "hex")) });
      if (step.name === "main 3") {
        const natd = (address: string, port: number) => ({ type: version.natd, body: peer.hash(peer.ckyI, peer.ckyR, new Uint8Array(u32(ip(address))), new Uint8Array(u16(port))) });
        step.payloads.push(natd("192.0.2.1", 500), natd("10.9.9.9", 500));
      }
      if (step.name === "main 5") floated = true;
      if (step.name === "quick 1") {
        const SA = step.payloads[0]!;
        const at = SA.body.findIndex((_, i) => SA.body[i] === 0x80 && SA.body[i + 1] === 4 && SA.body[i + 2] === 0 && SA.body[i + 3] === 1);
        SA.body.set(u16(version.encapsulation), at + 2);
      }
      assert.ok(step.go(), `${step.name}: ${n.router.output}`);
    }
    assert.ok(n.tunnelUp());
    assert.equal(n.router.eventsOf("ike.sa", { state: "up" })[0]?.nat, "remote");
    assert.equal(n.router.eventsOf("ipsec.sa", { state: "up" })[0]?.encapsulated, "1");
  });

test("the key log is the key: what a capture is decrypted with", () => {
  const n = new Negotiation(60);
  n.router.options.keylog = true;
  n.router.start(n.router.options.config);
  assert.equal(n.complete("initiate"), undefined);
  const hex = (b: Uint8Array) => Buffer.from(b).toString("hex");
  assert.ok(n.router.keylog.includes(`ikev1 ${hex(n.peer.ckyI)} ${hex(n.peer.key)}`));
});

test("what we send is not taken as a peer's when it comes back to us: no negotiation with ourselves", () => {
  const n = new Negotiation(61);
  n.router.configure("crypto isakmp identity hostname");
  n.lan.ping("10.2.0.10", 1);
  const seen = new Set<string>();
  // Everything that the router sends comes back to it from its peer's address, once.
  n.world.run(20_000, () => {
    for (const { data } of n.station.inbox.splice(0)) {
      const octets = Buffer.from(data).toString("hex");
      if (!seen.has(octets)) n.station.udp(500, 500, data);
      seen.add(octets);
    }
    return false;
  });
  assert.ok(seen.size >= 1 && count(n, "unknown ISAKMP cookies") >= 1);
  assert.equal(n.router.eventsOf("ike.sa", { state: "up" }).length, 0);
  assert.equal(seen.size, 1, "nothing was answered");
});

test("a third message without our cookie costs no modular exponentiation", () => {
  const n = new Negotiation(62);
  walk(n, (step) => {
    if (step.name !== "main 3") return;
    n.station.inbox.length = 0;
    const message = step.make(step.payloads).slice();
    message.fill(0, 8, 16);
    n.inject(message);
    n.world.run(50);
    assert.equal(n.station.inbox.length, 0);
    assert.equal(count(n, "unknown ISAKMP cookies"), 1);
  });
  assert.ok(n.tunnelUp());
});
