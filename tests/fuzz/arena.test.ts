/** That the fuzzer's judges judge: each of its failures is brought about by hand. And its keys and envelopes, against the module. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { IP_ICMP, echo, ipv4 } from "../support/world/frame.ts";
import { Random } from "../support/world/random.ts";
import { Arena } from "./arena.ts";
import { hostile } from "./certificates.ts";
import { HUB, INTRUDERS } from "./configuration.ts";
import { elements, encoded, mutateDer } from "./der.ts";
import { Fire } from "./fire.ts";
import { Passwords } from "./passwords.ts";
import { mutateBytes, mutateHeader, mutatePayloads } from "./mutate.ts";
import { covered, readKeys, seal } from "./seal.ts";
import { carried, hostsOf, text } from "./seeds.ts";

const up = (): Arena => {
  const arena = new Arena(3);
  assert.equal(arena.proof([2, 3, 4, 12, 13, 17, 18]), undefined);
  arena.keys.take(arena.hub.events);
  return arena;
};

test("seven branches of different identity have their tunnels, again and again", () => {
  const arena = up();
  assert.equal(arena.proof([]), undefined);
  assert.equal(arena.proof([2, 3, 4, 12, 13, 17, 18]), undefined);
  const peers = arena.hub.type("show crypto isakmp peers");
  for (const name of ["198.51.100.2", "three.example.org", "198.51.100.4"]) assert.ok(peers.includes(name), peers);
});

test("a branch without a tunnel is noticed", () => {
  const arena = up();
  arena.branches[1]!.router.configure("interface Ethernet1\n shutdown");
  assert.match(arena.proof([]) ?? "", /^branch 3 has no tunnel to the hub/);
});

test("a hub that carries one way only is noticed", () => {
  const arena = up();
  arena.lan.onPacket = () => true;
  assert.match(arena.proof([]) ?? "", /^branch 2 has no tunnel to the hub/);
});

test("a plain packet on the WAN is noticed, and one that a bypass lets out is none", () => {
  const arena = up();
  arena.lan.datagram(ipv4("10.1.0.10", "10.2.0.10", 6, Uint8Array.of(4, 0, 0, 81, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0)));
  arena.world.run(100);
  arena.hub.configure("interface Ethernet1\n no crypto map CM");
  arena.lan.ping("10.2.0.10", 1);
  assert.throws(() => arena.world.run(100), /a plain packet left by the WAN/);
});

test("every SA of the hub's can be sealed for: what is inside arrives, and with a wrong bit in the ICV it does not", () => {
  const arena = up();
  const { inbound } = arena.keys;
  // Both ends of a tunnel interface begin by themselves: there may be two pairs.
  assert.deepEqual([...new Set(inbound.map(({ peer, esp, ah, encapsulated }) => `${peer} ${esp?.suite.name} ${ah?.suite.hash} ${encapsulated}`))].sort(), ["198.51.100.12 gcm-128/16 undefined false", "198.51.100.13 aes-256/sha256 undefined false", "198.51.100.17 aes-256/sha256 undefined false", "198.51.100.18 aes-128/sha256 undefined false", "198.51.100.2 aes-256/sha256 undefined false", "198.51.100.3 gcm-256/16 undefined true", "198.51.100.4 ctr-128/sha256 sha256 false"]);
  for (const sa of inbound) {
    const port = sa.encapsulated ? arena.nat.mapping.get(4500)! : undefined;
    const { there, here } = hostsOf(sa);
    for (const [flip, options] of [[false, []], [true, []], ...(sa.ah ? [[false, [148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0]]] : [])] as [boolean, number[]][]) {
      sa.sequence += 100;
      const made = text(sa, carried(sa, ipv4(there, here, IP_ICMP, echo(0, 1, 0x7777, new Uint8Array(8)))));
      const datagram = seal(sa, HUB, made.text, made.next, new Uint8Array(16), port, options);
      if (flip) datagram[sa.ah ? 33 : datagram.length - 1]! ^= 1;
      arena.lan.replies.delete(0x7777);
      arena.wan(datagram);
      arena.world.run(20);
      assert.equal(arena.lan.replies.has(0x7777), !flip, `${sa.peer} ${flip} ${options}`);
    }
  }
});

test("a loop without an end is noticed, and told with its case", () => {
  const program = `import { watchdog } from ${JSON.stringify(new URL("./watchdog.ts", import.meta.url).href)};
    const alive = watchdog("fuzz: seed 5", 1);
    alive(77);
    for (;;) alive.length;`;
  const { signal, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], { encoding: "utf8", timeout: 100_000 });
  assert.equal(signal, "SIGKILL");
  assert.match(stderr, /^fuzz: seed 5, case 77: the module has not returned for 1 s$/m);
});

test("KEYLOG lines are read, others are not", () => {
  const keys = readKeys('esp 192.0.2.2 192.0.2.1 0x1234abcd "AES-CTR [RFC3686]" 0x000102030405060708090a0b0c0d0e0f10111213 "HMAC-SHA-1-96 [RFC2404]" 0xff00ff00ff00ff00ff00ff00ff00ff00ff00ff00');
  assert.ok(keys);
  assert.deepEqual([keys.protocol, keys.src, keys.spi, keys.suite.name, keys.keymat.length], ["esp", "192.0.2.2", 0x1234abcd, "ctr-128/sha1", 40]);
  assert.equal(readKeys('ah 192.0.2.2 192.0.2.1 0x1 "AES-XCBC-MAC-96 [RFC3566]" 0x00')?.suite.hash, "aes-xcbc");
  for (const line of ["ikev1 0011223344556677 00", 'esp 192.0.2.2 192.0.2.1 0x1 "SOMETHING" 0x00 "NULL" 0x', ""]) assert.equal(readKeys(line), undefined);
});

test("AH covers options that stay as they are, and zeros for those that change", () => {
  const datagram = Uint8Array.of(0x48, 9, 0, 32, 1, 2, 0x40, 0, 64, 51, 7, 7, 1, 1, 1, 1, 2, 2, 2, 2, 148, 4, 5, 6, 7, 3, 4, 1, 9, 9, 9, 9);
  datagram[24] = 1;
  assert.deepEqual([...covered(datagram)], [0x48, 0, 0, 32, 1, 2, 0, 0, 0, 51, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 148, 4, 5, 6, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test("what is changed repeats from its seed, is changed, and stays within its length", () => {
  const from = Uint8Array.from({ length: 200 }, (_, i) => i);
  const some = (seed: number) => {
    const r = new Random(seed);
    return Array.from({ length: 300 }, () => [mutateBytes(r, from, 220), mutateHeader(r, from), mutatePayloads(r, [{ type: 1, body: from }, { type: 5, body: from.subarray(0, 9) }])] as const);
  };
  assert.deepEqual(some(5), some(5));
  const seen = some(6);
  assert.ok(seen.every(([octets]) => octets.length <= 220));
  assert.ok(seen.filter(([octets]) => Buffer.compare(octets, from) !== 0).length > 250);
  assert.ok(seen.filter(([, octets]) => Buffer.compare(octets, from) !== 0).length > 200);
  assert.ok(from.every((octet, i) => octet === i), "never in place");
});

test("the same cases come from the same seed", () => {
  const run = (seed: number) => {
    const fire = new Fire(new Arena(seed), seed, 300);
    const said: string[] = [];
    fire.onCase = () => said.push(`${fire.last.name} ${Buffer.from(fire.last.data).toString("hex")}`);
    while (fire.left > 0) fire.bout();
    return said;
  };
  assert.deepEqual(run(11), run(11));
  assert.notDeepEqual(run(11), run(12));
});

test("intruders with certificates are taken for what they are when they are honest, in both roles", () => {
  const arena = up();
  const signed = arena.insiders.filter(({ who }) => who.forge);
  assert.equal(signed.length, 2);
  for (const one of signed) {
    for (const role of ["initiate", "respond"] as const) {
      one.forget();
      if (role === "respond") arena.world.run(40_000);
      const proofs: string[] = [];
      for (const step of one.steps(role)) {
        if (step.payloads.some(({ type }) => type === 9)) proofs.push(step.name);
        // Lifetimes, modes and vendor IDs are drawn; the proof is in phase 1.
        if (step.name.startsWith("quick")) break;
        assert.ok(step.go(), `${one.who.name} ${role}, ${step.name}: ${arena.hub.output.slice(-900)}`);
      }
      assert.deepEqual(proofs, [one.who.aggressive ? `aggressive ${role === "initiate" ? 3 : 2}` : `main ${role === "initiate" ? 5 : 6}`]);
    }
  }
});

test("DER is read as a tree and written as it was; what is changed repeats from its seed, and leaves what it came from", () => {
  const whole = [...INTRUDERS.flatMap(({ forge }) => forge?.certificates ?? [])];
  assert.equal(whole.length, 4);
  for (const one of whole) {
    const tree = elements(one)!;
    assert.deepEqual(encoded(tree), one);
    // Within an extension's OCTET STRING, and the key's BIT STRING, too.
    assert.ok(JSON.stringify(tree).match(/"within"/g)!.length > 25);
    const before = Buffer.from(one).toString("hex");
    const some = (seed: number) => {
      const r = new Random(seed);
      return Array.from({ length: 200 }, () => [mutateDer(r, Buffer.from(one), 3000), hostile(r, [{ type: 6, body: Uint8Array.of(4, ...one) }, { type: 9, body: new Uint8Array(64) }])] as const);
    };
    assert.deepEqual(some(5), some(5));
    const seen = some(6).map(([octets]) => octets);
    assert.ok(seen.every((octets) => octets.length <= 3000));
    assert.ok(seen.filter((octets) => Buffer.compare(octets, one) !== 0).length > 180);
    assert.equal(Buffer.from(one).toString("hex"), before);
  }
  for (const bad of [[0x30, 0x80], [0x30, 5, 1], [0x1f, 1, 0], [0x30, 0x84, 0, 0, 0, 0]]) assert.equal(elements(Uint8Array.from(bad)), undefined);
});

test("passwords of every type are taken whole, some of what is changed is not, and the same lines come from the same seed", () => {
  const some = (seed: number) => {
    const r = new Random(seed), passwords = new Passwords(seed);
    return Array.from({ length: 400 }, () => {
      let line = "";
      return [passwords.one(r, (typed) => (line = typed)), line] as const;
    });
  };
  const lines = some(5);
  assert.deepEqual(lines, some(5));
  for (const type of ["5", "6", "7", "8", "9", "sealed"]) for (const taken of [true, false]) assert.ok(lines.some(([was, line]) => was === taken && line.includes(` ${type} `)), `${type}, ${taken ? "taken" : "refused"}`);
});
