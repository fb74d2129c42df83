/**
 * Secrets are gone when what they were for is over: the whole of the module's memory is searched for them. What is searched
 * for is what the peer of the tests has computed by itself.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EncryptedNegotiation } from "../support/second/encrypted_negotiation.ts";
import { concat, u32 } from "../support/second/ike_peer.ts";
import { CONFIG, Negotiation } from "../support/second/negotiation.ts";
import { keyOf, rawKey } from "../support/second/signed_negotiation.ts";

/** Whether some octets stand anywhere in the router's memory. */
const holds = (n: Negotiation, secret: Uint8Array) => Buffer.from(n.router.exports.memory.buffer).includes(Buffer.from(secret));

/** Secrets of phase 1, of its Diffie-Hellman, and of a Quick Mode, by name. */
function secrets(n: Negotiation): [string, Uint8Array][] {
  const peer = n.peer;
  const g_xy = peer.shared(peer.initiator ? peer.g_xr : peer.g_xi);
  const tail = concat(peer.ckyI, peer.ckyR);
  return [
    ["g^xy", g_xy],
    ["g^xy, the other end first", g_xy.slice().reverse()],
    ["SKEYID", peer.SKEYID],
    ["SKEYID_d", peer.SKEYID_d],
    ["SKEYID_a", peer.SKEYID_a],
    ["SKEYID_e", peer.prf(peer.SKEYID, peer.SKEYID_a, g_xy, tail, [2])],
    ["the key of encryption", peer.key],
  ];
}

for (const role of ["initiate", "respond"] as const) {
  const as = role === "initiate" ? "responder" : "initiator";
  test(`while phase 1 lives only what it needs is kept (${as})`, () => {
    const n = new Negotiation(501);
    assert.equal(n.complete(role), undefined);
    n.world.run(100_000);
    const kept = secrets(n).filter(([, secret]) => holds(n, secret)).map(([name]) => name);
    // The schedule of the cipher begins with its key.
    assert.deepEqual(kept, ["SKEYID_d", "SKEYID_a", "the key of encryption"]);
  });

  test(`when phase 1 is over nothing of it is left (${as})`, () => {
    const n = new Negotiation(502);
    assert.equal(n.complete(role), undefined);
    const all = secrets(n);
    n.clear(200_000);
    assert.deepEqual(all.filter(([, secret]) => holds(n, secret)).map(([name]) => name), []);
  });
}

test("as soon as phase 1 has its keys, what they were made of is gone: nobody may ever send the next message", () => {
  const n = new Negotiation(505);
  const steps = n.initiate();
  for (const name of ["main 1", "main 3"]) assert.ok(steps.next().value!.go(), name);
  n.world.run(50);
  const kept = secrets(n).filter(([, secret]) => holds(n, secret)).map(([name]) => name);
  assert.deepEqual(kept, ["SKEYID", "SKEYID_d", "SKEYID_a", "the key of encryption"]);
});

test("key material of a tunnel is not left behind by the negotiation, nor by the tunnel's end", () => {
  const n = new Negotiation(503);
  assert.equal(n.complete("initiate"), undefined);
  const { Ni_b, Nr_b } = n.nonces;
  const keymat = [n.peer.KEYMAT(36, n.spi, Ni_b, Nr_b), n.peer.KEYMAT(36, n.routerSpi, Ni_b, Nr_b)];
  for (const one of keymat) assert.equal(holds(n, one), false, "all of it in one piece");
  // The schedule of the cipher begins with its key; a key of authentication is kept as what it makes of its pads.
  for (const one of keymat) assert.deepEqual([holds(n, one.slice(0, 16)), holds(n, one.slice(16, 36))], [true, false]);
  n.clear(200_000);
  for (const one of keymat) assert.equal(holds(n, one.slice(0, 16)) || holds(n, one.slice(16, 36)), false);
});

for (const revised of [false, true])
  for (const role of ["initiate", "respond", "aggressiveInitiate", "aggressiveRespond"] as const)
    test(`with ${revised ? "revised " : ""}RSA encryption nonces and what is made of them are gone with phase 1's negotiation (the second implementation ${role}s)`, () => {
      const config = CONFIG.replace("authentication pre-share", `authentication rsa-encr${revised ? " revised" : ""}`).replace(/crypto isakmp key .*\n/, "");
      const aggressive = "crypto isakmp profile P\n match identity address 192.0.2.2\n mode aggressive\ncrypto map CM 10 ipsec-isakmp\n set isakmp-profile P\n";
      const [ours, theirs] = [keyOf("fields gate", 1024), keyOf("fields moon", 1024)];
      const n = new EncryptedNegotiation(506, config + (role.startsWith("aggressive") ? aggressive : ""), ours, theirs);
      n.peer.revised = revised;
      n.importKey("gate", ours);
      n.router.configure(rawKey("addressed-key 192.0.2.2 encryption", theirs));
      for (const step of n[role]()) assert.ok(step.go(), step.name);
      n.world.run(100_000);
      const { peer } = n;
      const [Ne_i, Ne_r] = [peer.prf(peer.Ni_b, peer.ckyI), peer.prf(peer.Nr_b, peer.ckyR)];
      const all: [string, Uint8Array][] = [["Ni_b", peer.Ni_b], ["Nr_b", peer.Nr_b], ["hash(Ni_b | Nr_b)", peer.hash(peer.Ni_b, peer.Nr_b)], ["Ne_i", Ne_i], ["Ne_r", Ne_r], ["Ke_i", Ne_i.slice(0, 16)], ["Ke_r", Ne_r.slice(0, 16)], ["SKEYID", peer.SKEYID]];
      assert.deepEqual(all.filter(([, secret]) => holds(n, secret)).map(([name]) => name), []);
    });

test("what is searched for would be found", () => {
  const n = new Negotiation(504);
  assert.equal(n.complete("initiate"), undefined);
  assert.ok(holds(n, n.peer.ckyI));
  assert.ok(!holds(n, new Uint8Array(u32(0x12345678).concat(u32(0x9abcdef1)))));
});
