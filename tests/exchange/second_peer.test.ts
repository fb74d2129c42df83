/** A second implementation of IKEv1 opposite, which shares no code with the module: every Oakley group in both phases. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { oakleyGroup } from "../support/second/dh_groups.ts";
import { AggressiveNegotiation, PRIVATE_1024, readGroup } from "../support/second/aggressive.ts";
import { concat, EXCHANGE, P, u16 } from "../support/second/ike_peer.ts";
import { suites } from "../support/second/esp.ts";
import { CONFIG, Negotiation, SUITE } from "../support/second/negotiation.ts";

/** Group of phase 1, and of Quick Mode. */
const GROUPS: [phase1: number, pfs: number | undefined][] = [
  [1, undefined], [2, 1], [5, 2], [14, 5], [3, 4], [4, 7], [7, 3], [19, 20], [20, 21], [21, 31], [31, 19],
];

for (const [group, pfs] of GROUPS)
  for (const role of ["initiate", "respond"] as const)
    test(`group ${group}${pfs ? `, PFS in group ${pfs}` : ""}: the second implementation ${role}s`, () => {
      const config = CONFIG.replace(" group 1\n", ` group ${group}\n`).replace(" set transform-set TS\n", ` set transform-set TS\n${pfs ? ` set pfs group${pfs}\n` : ""}`);
      const n = new Negotiation(group * 100 + (pfs ?? 0), config, { ...SUITE, group });
      if (pfs) n.pfs = { id: pfs, group: oakleyGroup(pfs) };
      assert.equal(n.complete(role), undefined);
      for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
    });

/** What Posterns say of themselves. */
const POSTERN = new Uint8Array(createHash("md5").update("Postern").digest());

/** Phase 1's cipher, words of the console; our transform set and what the second implementation has for it. */
const CIPHERS: [cipher: 7 | 8, bits: number, words: string, esp: string, name: string][] = [
  [8, 128, "camellia 128", "esp-camellia 128 esp-sha-hmac", "camellia-128/sha1"],
  [8, 192, "camellia 192", "esp-camellia 192 esp-sha256-hmac", "camellia-192/sha256"],
  [8, 256, "camellia 256", "esp-camellia 256 esp-aes-xcbc-mac", "camellia-256/aes-xcbc"],
  [7, 256, "aes 256", "esp-ccm 128 icv 8", "ccm-128/8"],
  [7, 192, "aes 192", "esp-ccm 192 icv 12", "ccm-192/12"],
  [7, 128, "aes 128", "esp-ccm 256", "ccm-256/16"],
  [7, 128, "aes 128", "esp-gmac 128", "gmac-128/16"],
  [7, 128, "aes 128", "esp-gmac 256", "gmac-256/16"],
  [7, 128, "aes 128", "esp-chacha20-poly1305", "chacha/16"],
];

for (const [cipher, keyBits, words, esp, name] of CIPHERS)
  for (const role of ["initiate", "respond"] as const)
    test(`phase 1 in ${words}, ${esp}: the second implementation ${role}s`, () => {
      const config = CONFIG.replace(" encryption aes 128\n", ` encryption ${words}\n`).replace("esp-aes 128 esp-sha-hmac", esp);
      const n = new Negotiation(7000 + keyBits, config, { ...SUITE, cipher, keyBits });
      n.espSuite = suites.find((suite) => suite.name === name)!;
      n.vendorIds = [POSTERN];
      assert.equal(n.complete(role), undefined);
      for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
    });

/** What differs from `esp-ccm 256 icv 12`, and how it is said. */
const OTHERS: [offered: string, sentence: string][] = [
  ["ccm-256/8", "encryption offered ESP-AES-CCM-8-256, wanted ESP-AES-CCM-12-256"],
  ["ccm-128/12", "encryption offered ESP-AES-CCM-12-128, wanted ESP-AES-CCM-12-256"],
  ["gcm-256/12", "encryption offered ESP-AES-GCM-12-256, wanted ESP-AES-CCM-12-256"],
  ["gmac-256/16", "encryption offered ESP-NULL-AUTH-AES-GMAC-256, wanted ESP-AES-CCM-12-256"],
  ["camellia-256/sha256", "encryption offered ESP-CAMELLIA-256, wanted ESP-AES-CCM-12-256"],
  ["chacha/16", "encryption offered ESP-CHACHA20-POLY1305, wanted ESP-AES-CCM-12-256"],
];

for (const [offered, sentence] of OTHERS)
  test(`${offered} where esp-ccm 256 icv 12 is wanted is refused: ${sentence}`, () => {
    const n = new Negotiation(7300, CONFIG.replace("esp-aes 128 esp-sha-hmac", "esp-ccm 256 icv 12"));
    n.espSuite = suites.find((suite) => suite.name === offered)!;
    n.router.type("debug crypto isakmp");
    assert.equal(n.complete("initiate"), "quick 1");
    assert.ok(n.router.output.includes(`${sentence} (crypto ipsec transform-set TS)`), n.router.output);
    assert.equal(n.tunnelUp(), false);
  });

const PRIVATE = CONFIG.replace("esp-aes 128 esp-sha-hmac", "esp-chacha20-poly1305");

test("ChaCha20-Poly1305 is not taken of who has not said that it is a Postern, and the console says why", () => {
  const n = new Negotiation(7400, PRIVATE);
  n.espSuite = suites.find(({ name }) => name === "chacha/16")!;
  n.router.type("debug crypto isakmp");
  assert.equal(n.complete("initiate"), "quick 1");
  assert.match(n.router.output, /ChaCha20-Poly1305 is not taken, since its number is for private use, and the peer has not said that it is a Postern \(crypto ipsec transform-set TS\)/);
});

test("ChaCha20-Poly1305 is not proposed to who has not said that it is a Postern, and the console says why", () => {
  const n = new Negotiation(7401, PRIVATE);
  assert.equal(n.complete("respond"), "main 6");
  assert.match(n.router.output, /has not said that it is a Postern, and IKEv1 has no number for the ESP of the transform sets of crypto map CM 10: nothing is proposed; esp-gcm would do/);
  assert.equal(n.router.eventsOf("refused", { reason: "private-transform" }).length, 1);
  assert.match(n.router.type("show crypto isakmp diagnose 192.0.2.2"), /the transform sets: esp-chacha20-poly1305 is for Posterns on both sides/);
});

test("where another transform set stands beside ChaCha20-Poly1305, that one is proposed", () => {
  const config = CONFIG.replace("crypto ipsec transform-set TS", "crypto ipsec transform-set OURS esp-chacha20-poly1305\n$&").replace(" set transform-set TS", " set transform-set OURS TS");
  const n = new Negotiation(7402, config);
  assert.equal(n.complete("respond"), undefined);
  assert.ok(n.echo());
});

/** Values that are no honest point: nothing, the field's last octets, one octet short, and where x and y stand a point beside the curve. */
function bad(group: number): Map<string, Uint8Array> {
  const { octets, publicOf, privateOctets } = oakleyGroup(group);
  const beside = publicOf(new Uint8Array(privateOctets).fill(3));
  beside[octets - 1]! ^= 1;
  const values = new Map<string, Uint8Array>([["zeros", new Uint8Array(octets)], ["one octet less", new Uint8Array(octets - 1).fill(9)]]);
  if (group !== 31) values.set("ones", new Uint8Array(octets).fill(255));
  if (group >= 19 && group <= 21) values.set("a point beside the curve", beside);
  return values;
}

for (const group of [3, 4, 7, 19, 20, 21, 31])
  test(`group ${group}: public values that give the secret away are refused`, () => {
    for (const [name, body] of bad(group)) {
      const n = new Negotiation(group, CONFIG.replace(" group 1\n", ` group ${group}\n`), { ...SUITE, group });
      for (const step of n.initiate()) {
        if (step.name === "main 3") {
          step.payloads = step.payloads.map((p) => (p.type === P.KE ? { ...p, body } : p));
          assert.equal(step.go(), false, name);
          break;
        }
        assert.ok(step.go());
      }
      n.world.run(2000);
      assert.equal(n.router.eventsOf("refused", { reason: "public-value-refused" }).length, 1, `${name}: ${n.router.output}`);
      assert.equal(n.tunnelUp(), false);
    }
  });

test("group 31: a value of low order is refused, and the exchange stays for the right one", () => {
  // 0, 1, one of order 8, -1, and the last with the highest bit set, which does not count (RFC 7748, 5).
  const low = ["00".repeat(32), `01${"00".repeat(31)}`, "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", `ec${"ff".repeat(30)}7f`, `ec${"ff".repeat(31)}`];
  for (const role of ["initiate", "respond"] as const) {
    const n = new Negotiation(3100, CONFIG.replace(" group 1\n", " group 31\n"), { ...SUITE, group: 31 });
    let refused = 0;
    for (const step of n[role]()) {
      if (step.name === "main 3" || step.name === "main 4") {
        for (const value of low) {
          n.inject(step.make(step.payloads.map((p) => (p.type === P.KE ? { ...p, body: new Uint8Array(Buffer.from(value, "hex")) } : p))));
          assert.equal(n.router.counters().get("ISAKMP public value refused"), ++refused, value);
        }
        assert.ok(n.station.inbox.some(({ data }) => data[18] === EXCHANGE.INFORMATIONAL && ((data[28 + 10]! << 8) | data[28 + 11]!) === 17), "INVALID-KEY-INFORMATION");
      }
      assert.ok(step.go(), `${role}, ${step.name}: ${n.router.output}`);
    }
    assert.ok(n.world.run(100, () => n.tunnelUp()), role);
  }
});

const AGGRESSIVE = (group: number): string =>
  CONFIG.replace(" group 1\n", ` group ${group}\n`)
    .replace("crypto isakmp key correct-horse-battery address 192.0.2.2\n", "crypto isakmp profile PEER\n match identity host branch.example.org\n self-identity fqdn gate.example.org\n pre-shared-key correct-horse-battery\n mode aggressive\n")
    .replace(" set transform-set TS\n", " set transform-set TS\n set isakmp-profile PEER\n");
const fqdn = (name: string): Uint8Array => concat([2, 17], u16(500), new TextEncoder().encode(name));

for (const group of [2, 3, 19, 31])
  for (const role of ["aggressiveInitiate", "aggressiveRespond"] as const)
    for (const encrypted of role === "aggressiveInitiate" ? [true, false] : [true])
      test(`Aggressive Mode in group ${group}: the second implementation, ${role}${encrypted ? "" : ", its third message in plain"}`, () => {
        const n = new AggressiveNegotiation(group, AGGRESSIVE(group), { ...SUITE, group });
        n.identity = fqdn("branch.example.org");
        n.encryptThird = encrypted;
        for (const step of n[role]()) assert.ok(step.go(), step.name);
        assert.equal(Buffer.from(n.shown.subarray(4)).toString(), "gate.example.org");
        for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
      });

test("New Group Mode: the second implementation offers a group, and Quick Mode runs in it", () => {
  const n = new AggressiveNegotiation(1, CONFIG);
  // Phase 1 and a first Quick Mode without a group of its own.
  assert.equal(n.complete("initiate"), undefined);
  for (const step of n.newGroupInitiate(PRIVATE_1024)) assert.ok(step.go(), step.name);
  assert.deepEqual(n.offered, n.GROUP_SA(PRIVATE_1024).body);
  n.pfs = { id: PRIVATE_1024.id, group: readGroup(n.offered).group };
  for (const step of n.quickInitiate()) assert.ok(step.go(), step.name);
  for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
});

test("New Group Mode: the router offers its group, and Quick Mode runs in it", () => {
  const { prime, generator } = PRIVATE_1024;
  const config = CONFIG.replace("crypto ipsec transform-set", `crypto isakmp group 40000\n prime ${prime.toString(16)}\n generator ${generator.toString(16).padStart(2, "0")}\ncrypto ipsec transform-set`).replace(
    " set transform-set TS\n",
    " set transform-set TS\n set pfs group 40000\n",
  );
  const n = new AggressiveNegotiation(2, config);
  let last: Uint8Array = new Uint8Array();
  for (const step of n.respondInPhase1((d) => (last = d))) assert.ok(step.go(), step.name);
  assert.equal(last[18], EXCHANGE.NEW_GROUP);
  for (const step of n.newGroupRespond(last, (pfs) => (n.pfs = pfs), (d) => (last = d))) assert.ok(step.go(), step.name);
  assert.equal(n.pfs?.id, 40000);
  for (const step of n.quickRespond(last)) assert.ok(step.go(), step.name);
  assert.ok(n.world.run(100, () => n.tunnelUp()));
  for (let i = 0; i < 3; i++) assert.ok(n.echo(), `echo ${i}`);
});
