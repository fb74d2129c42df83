/** AH, transport mode and bundles between two instances: negotiated in both roles, on the wire, renewed, deleted, refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pair, configuration, DEFAULTS, type Settings } from "../support/world/pair.ts";
import { Nat } from "../support/world/nat.ts";
import { checksum } from "../support/world/frame.ts";
import { World, type Router } from "../support/world/world.ts";

const FAST = { group: 2 } as const;
const HOSTS: Settings["selectors"] = [["host 192.0.2.1", "host 192.0.2.2"]];
const AH = 51, ESP = 50;

/** A ping from a router's console; true when all five are answered. */
function ping(world: World, router: Router, words: string): boolean {
  const before = router.output.length;
  router.type(`ping ${words}`);
  world.run(30_000, () => /Success rate/.test(router.output.slice(before)));
  return /Success rate is 100 percent/.test(router.output.slice(before));
}

const protocols = (pair: Pair): string[] => [...new Set(pair.wan.map(({ frame: f }) => (f[12] === 8 && f[13] === 0 ? `${f[23]}${f[23] === AH ? `-${f[34]}` : ""}` : "")))].filter((x) => x !== "" && x !== "17").sort();

for (const [set, seen, ah] of [
  ["ah-md5-hmac", "51-4", "ah-md5-hmac"],
  ["ah-sha-hmac", "51-4", "ah-sha-hmac"],
  ["ah-sha256-hmac", "51-4", "ah-sha256-hmac"],
  ["ah-sha384-hmac", "51-4", "ah-sha384-hmac"],
  ["ah-sha512-hmac\n esn", "51-4", "ah-sha512-hmac"],
  ["ah-aes-xcbc-mac", "51-4", "ah-aes-xcbc-mac"],
  ["ah-sha256-hmac esp-aes 256 esp-sha256-hmac", "51-50", "ah-sha256-hmac"],
  ["esp-3des ah-sha-hmac", "51-50", "ah-sha-hmac"],
  ["ah-sha512-hmac esp-gcm\n esn", "51-50", "ah-sha512-hmac"],
] as const)
  for (const from of ["a", "b"] as const)
    test(`tunnel mode, ${set.replace("\n", "")}, ${from} begins`, () => {
      const pair = new Pair({ both: { ...FAST, esp: set, pfs: 2 } });
      assert.equal(pair.alpha.refusedLines, 0, pair.alpha.output);
      assert.ok(pair.ping(30_000, from), pair.alpha.output + pair.beta.output);
      assert.equal(pair.pings(2000, 100).lost, 0);
      assert.deepEqual(protocols(pair), [seen]);
      for (const router of [pair.alpha, pair.beta]) {
        const [up] = router.eventsOf("ipsec.sa", { state: "up" });
        assert.equal(up?.ah, ah);
        assert.equal(up?.mode, "tunnel");
        const shown = router.type("show crypto ipsec sa");
        for (const way of ["inbound", "outbound"]) {
          const [, part = ""] = shown.split(`${way} ah sas:\n`);
          assert.match(part, new RegExp(`^ {6}spi: 0x[0-9A-Fa-f]{8}\\(\\d+\\)\\n {8}transform: ${ah} ,\\n {8}in use settings =\\{Tunnel, (?:ESN, )?\\}`));
        }
      }
    });

for (const [set, seen] of [
  ["esp-aes esp-sha256-hmac", "50"],
  ["esp-gcm 256", "50"],
  ["ah-md5-hmac", "51-1"],
  ["ah-sha-hmac", "51-1"],
  ["ah-sha256-hmac", "51-1"],
  ["ah-sha384-hmac", "51-1"],
  ["ah-sha512-hmac", "51-1"],
  ["ah-sha256-hmac esp-aes esp-sha-hmac", "51-50"],
] as const)
  for (const beta of [false, true])
    test(`transport mode, ${set}, ${beta ? "beta" : "alpha"} begins; datagrams longer than a frame`, () => {
      const pair = new Pair({ both: { ...FAST, esp: `${set}\n mode transport`, selectors: HOSTS } });
      const [from, to] = beta ? [pair.beta, "192.0.2.1"] : [pair.alpha, "192.0.2.2"];
      assert.ok(ping(pair.world, from, to), pair.alpha.output + pair.beta.output);
      assert.ok(ping(pair.world, from, `${to} size 3000`));
      assert.ok(pair.wan.some(({ frame: f }) => (f[20]! & 0x20) !== 0), "fragments");
      assert.equal(pair.wan.filter(({ frame: f }) => f[12] === 8 && f[23] === 1).length, 0, "no ICMP in plain");
      assert.ok(protocols(pair).includes(seen));
      assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" })[0]?.mode, "transport");
      assert.match(pair.beta.type("show crypto ipsec sa"), /in use settings =\{Transport, \}/);
      assert.ok(ping(pair.world, from, `${to} size 1400 df-bit`));
      // Nothing that is too long for the frame once it is protected goes with DF.
      assert.ok(!ping(pair.world, from, `${to} size 1500 df-bit`));
    });

test("a transport set for networks behind the peers negotiates tunnel mode", () => {
  const pair = new Pair({ both: { ...FAST, esp: "esp-aes esp-sha-hmac\n mode transport" } });
  assert.ok(pair.ping());
  assert.equal(pair.alpha.eventsOf("ipsec.sa", { state: "up" })[0]?.mode, "tunnel");
});

test("one side transport, one tunnel: the one who answers by transport takes tunnel mode, the other way it is refused", () => {
  const pair = new Pair({ both: { ...FAST, selectors: HOSTS }, beta: { esp: "esp-aes esp-sha256-hmac\n mode transport" } });
  assert.ok(ping(pair.world, pair.alpha, "192.0.2.2"));
  assert.equal(pair.beta.eventsOf("ipsec.sa", { state: "up" })[0]?.mode, "tunnel");
  const other = new Pair({ both: { ...FAST, selectors: HOSTS }, alpha: { esp: "esp-aes esp-sha256-hmac\n mode transport" } });
  assert.ok(!ping(other.world, other.alpha, "192.0.2.2"));
  assert.match(other.beta.output, /encapsulation offered transport, wanted tunnel/);
});

test("alternatives: the responder's order decides; ESP alone is not taken where AH and ESP are wanted", () => {
  const more = (order: string) => `crypto ipsec transform-set AB ah-sha-hmac esp-aes esp-sha-hmac\ncrypto ipsec transform-set A ah-sha256-hmac\ncrypto map CM 10 ipsec-isakmp\n set transform-set ${order}\n`;
  const pair = new Pair({ both: FAST, alpha: { extra: more("TS A AB") }, beta: { extra: more("AB TS A") } });
  assert.ok(pair.ping(), pair.beta.output);
  assert.deepEqual(protocols(pair), ["51-50"]);
  assert.match(pair.alpha.type("show memory"), /security associations {2,}4 /, "the larval AH of the others is gone, the bundle is four SAs");
  const alone = new Pair({ both: FAST, beta: { extra: more("AB") } });
  assert.ok(!alone.ping(5000));
  assert.match(alone.beta.output, /protocol offered ESP, wanted AH and ESP \(crypto ipsec transform-set AB\)/);
  const only = new Pair({ both: FAST, alpha: { extra: more("AB") }, beta: { extra: more("A") } });
  assert.ok(!only.ping(5000));
  assert.match(only.beta.output, /protocol offered AH and ESP, wanted AH/);
});

test("what must not pass: wrong ICV, changed header, replay, plaintext, ESP taken out of its AH", () => {
  for (const set of ["ah-sha256-hmac", "ah-sha256-hmac esp-aes esp-sha-hmac"]) {
    const pair = new Pair({ both: { ...FAST, esp: set } });
    assert.ok(pair.ping());
    const good = pair.wan.find(({ frame: f, direction }) => direction === 0 && f[23] === AH)!.frame;
    let held: Uint8Array | undefined;
    pair.fault = (frame, _, direction) => (direction === 0 && frame[23] === AH ? ((held = frame), undefined) : [{ frame }]);
    pair.ping(100);
    const fresh: Uint8Array = held!;
    const requests = pair.b.requests;
    const give = (change: (f: Uint8Array) => Uint8Array | void, from = fresh) => {
      const copy = from.slice();
      pair.beta.frame(1, change(copy) ?? copy);
      pair.world.run(50);
      assert.equal(pair.b.requests, requests);
    };
    const sum = (f: Uint8Array) => (f.set([0, 0], 24), new DataView(f.buffer).setUint16(24, checksum(f.subarray(14, 34))));
    give((f) => { f[f.length - 1]! ^= 1; });
    give((f) => { f[50]! ^= 1; });
    give((f) => { f[18]! ^= 1; sum(f); });
    give(() => {}, good);
    if (set.includes("esp")) {
      give((f) => {
        const bare = Uint8Array.from([...f.subarray(0, 34), ...f.subarray(34 + 28)]);
        new DataView(bare.buffer).setUint16(16, bare.length - 14);
        bare[23] = ESP;
        sum(bare);
        return bare;
      });
      assert.equal(pair.beta.counters().get("ESP without the AH of its bundle"), 1);
    } else {
      // AH hides nothing: its payload as it stands is the plaintext.
      give((f) => Uint8Array.from([...f.subarray(0, 14), ...f.subarray(34 + 28)]));
      assert.equal(pair.beta.counters().get("policy: plaintext that must be protected"), 1);
    }
    assert.equal(pair.beta.counters().get("AH ICV wrong"), 3);
    assert.equal(pair.beta.counters().get("AH replayed or too old"), 1);
    // What routers change on the way is no fault.
    const copy = fresh.slice();
    copy[15] = 0xb8;
    copy[22]! -= 3;
    sum(copy);
    pair.beta.frame(1, copy);
    pair.world.run(50);
    assert.equal(pair.b.requests, requests + 1);
  }
});

test("bundles and AH are renewed under traffic without a loss, and deleted whole", () => {
  for (const set of ["ah-sha256-hmac", "ah-sha256-hmac esp-aes esp-sha-hmac"]) {
    const pair = new Pair({ both: { ...FAST, esp: set, ipsecLifetime: 60 } });
    assert.ok(pair.ping());
    assert.equal(pair.pings(150_000, 250).lost, 0);
    assert.ok(pair.alpha.eventsOf("ipsec.sa", { state: "rekeyed" }).length >= 2);
    const before = pair.beta.eventsOf("ipsec.sa", { state: "down", reason: "deleted-by-peer" }).length;
    pair.alpha.type("clear crypto sa");
    pair.world.run(1000);
    assert.ok(pair.beta.eventsOf("ipsec.sa", { state: "down", reason: "deleted-by-peer" }).length > before);
    for (const router of [pair.alpha, pair.beta]) assert.match(router.type("show memory"), /security associations {2,}0 /);
    assert.ok(pair.ping());
  }
});

/** alpha (198.51.100.1) - NAT (198.51.100.254 | 192.0.2.254) - beta (192.0.2.2), hosts of their own. */
function behindNat(esp: string, selectors: Settings["selectors"]) {
  const world = new World(1);
  const settings = { ...DEFAULTS, ...FAST, esp };
  const alpha = world.router("alpha", {
    config: configuration(1, { ...settings, selectors: [[selectors[0]![0].replace("192.0.2.1", "198.51.100.1"), selectors[0]![1]]] }).replace("192.0.2.1 255.255.255.0", "198.51.100.1 255.255.255.0").replace("0.0.0.0 0.0.0.0 192.0.2.2", "0.0.0.0 0.0.0.0 198.51.100.254") + "crypto isakmp identity key-id alpha\n",
  });
  const beta = world.router("beta", {
    config: configuration(2, { ...settings, selectors: [[selectors[0]![0].replace("192.0.2.1", "192.0.2.254"), selectors[0]![1]]] }).replace("set peer 192.0.2.1", "set peer 192.0.2.254").replace("address 192.0.2.1\n", "address 192.0.2.254\n").replace("0.0.0.0 0.0.0.0 192.0.2.1", "0.0.0.0 0.0.0.0 192.0.2.254"),
  });
  const nat = new Nat("198.51.100.1", "198.51.100.254", "192.0.2.254", "192.0.2.2");
  const seen: Uint8Array[] = [];
  world.wire(alpha.port(1), nat.inside);
  world.wire(nat.outside, beta.port(1), { tap: (frame) => seen.push(frame) });
  return { world, alpha, beta, seen, nat };
}

test("transport mode behind a NAT (RFC 3947, 5.2; RFC 3948): NAT-OA, both directions, a mapping that moves", () => {
  const w = behindNat("esp-aes esp-sha-hmac\n mode transport", HOSTS);
  assert.ok(ping(w.world, w.alpha, "192.0.2.2"), w.alpha.output + w.beta.output);
  for (const router of [w.alpha, w.beta]) {
    const [up] = router.eventsOf("ipsec.sa", { state: "up" });
    assert.equal(up?.mode, "transport");
    assert.equal(up?.encapsulated, "1");
    assert.equal(router.events.filter((e) => e.event === "ike.message" && e.exchange === "quick" && /NAT-OA,NAT-OA/.test(String(e.payloads))).length, 2, "each side sends both addresses");
  }
  assert.ok(ping(w.world, w.beta, "192.0.2.254"));
  assert.equal(w.seen.filter((f) => f[12] === 8 && (f[23] === ESP || f[23] === 1)).length, 0, "neither raw ESP nor plaintext");
  w.nat.remap();
  // The answers to the first ones go where the peer was.
  ping(w.world, w.alpha, "192.0.2.2");
  assert.ok(ping(w.world, w.alpha, "192.0.2.2"));
  assert.ok(ping(w.world, w.beta, "192.0.2.254"));
});

test("AH is not proposed where a NAT is found, and the console says why", () => {
  const w = behindNat("ah-sha256-hmac\n mode transport", HOSTS);
  assert.ok(!ping(w.world, w.alpha, "192.0.2.2"));
  assert.match(w.alpha.output, /behind a NAT from here, which changes addresses that AH protects, and every transform set of crypto map CM 10 has AH/);
  assert.equal(w.alpha.eventsOf("refused", { reason: "ah-behind-nat" }).length, 1);
  assert.equal(w.seen.filter((f) => f[12] === 8 && f[23] === AH).length, 0);
});
