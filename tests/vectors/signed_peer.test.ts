/**
 * The second implementation of signatures (tests/support/second/signed_peer.ts) against what strongSwan and libreswan put on the wire, where these captures are
 * there: SKEYID, HASH_I and HASH_R, and the signatures over them.
 */
import assert from "node:assert/strict";
import { X509Certificate, createPublicKey, generateKeyPairSync, sign as nodeSign, createHash, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { datagrams } from "../support/primitives/captures.ts";
import * as ecdsa from "../support/second/ecdsa.ts";
import { EXCHANGE, P, type Payload } from "../support/second/ike_peer.ts";
import { SignedPeer, rsaSign, rsaVerify, verifySignature } from "../support/second/signed_peer.ts";
import { Random } from "../support/world/random.ts";

const directory = new URL("../../../shared/peers/pki/", import.meta.url);
const KEYS = new URL("vectors/KEYS", directory);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

function recorded(): { file: string; values: Map<string, Uint8Array> }[] {
  return readFileSync(KEYS, "utf8").split(/^\[/m).slice(1).map((text) => {
    const [head, ...lines] = text.split("\n");
    return { file: head!.replace("]", ""), values: new Map(lines.filter((line) => line.includes("=")).map((line) => [line.split("=")[0]!, bytes(line.split("=")[1]!)])) };
  });
}

/** The value of a basic attribute of the first transform of an SA payload. */
function attribute(SA: Uint8Array, type: number): number {
  for (let at = 24; at + 4 <= SA.length; at += 4) if (SA[at] === 0x80 && SA[at + 1] === type) return (SA[at + 2]! << 8) | SA[at + 3]!;
  return 0;
}

for (const name of ["rsa_main", "ec256", "ec384", "ec521", "ec256_sha1", "rawrsa", "f_expired"]) {
  test(`${name}: SKEYID, HASH and signatures of a recorded negotiation`, { skip: !existsSync(KEYS) }, () => {
    const { values } = recorded().find(({ file }) => file === `${name}.pcap`)!;
    const value = (key: string) => values.get(key)!;
    const messages = datagrams(readFileSync(new URL(`vectors/${name}.pcap`, directory)))
      .flatMap(({ ports, payload }) => (ports.includes(4500) ? (payload.slice(0, 4).every((b) => b === 0) ? [payload.slice(4)] : []) : ports.includes(500) ? [payload.slice()] : []))
      .filter((m) => m.length > 28 && m[18] === EXCHANGE.MAIN && Buffer.from(m.subarray(0, 8)).equals(value("icookie")))
      .filter((m, i, all) => all.findIndex((other) => Buffer.from(other).equals(m)) === i);
    const key = value("encryption_key_Ka");
    const peer = new SignedPeer(new Random(1), "", { cipher: 7, keyBits: key.length * 8, hash: 2, group: 14 }, 0);
    const [m1, m2, m3, m4, m5, m6] = messages;
    const SA = peer.take(peer.open(m1!), P.SA);
    peer.suite.hash = attribute(peer.take(peer.open(m2!), P.SA), 2) as 2;
    const method = attribute(peer.take(peer.open(m2!), P.SA), 3);
    [peer.SAi_b, peer.ckyI, peer.ckyR] = [SA, m2!.slice(0, 8), m2!.slice(8, 16)];
    [peer.g_xi, peer.g_xr] = [peer.take(peer.open(m3!), P.KE), peer.take(peer.open(m4!), P.KE)];
    [peer.Ni_b, peer.Nr_b] = [peer.take(peer.open(m3!), P.NONCE), peer.take(peer.open(m4!), P.NONCE)];
    const curve = ecdsa.curves.find((one) => one.method === method);
    // Only what the curve is matters to the hash.
    peer.credential = { key: curve ? generateKeyPairSync("ec", { namedCurve: curve.node }).privateKey : generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey };
    class Opened extends SignedPeer {
      of(g_xy: Uint8Array) {
        return this.skeyid(g_xy);
      }
    }
    peer.SKEYID = Opened.prototype.of.call(peer, value("shared_Diffie_Hellman_secret") ?? new Uint8Array());
    if (value("shared_Diffie_Hellman_secret")) assert.deepEqual(peer.SKEYID, value("SKEYID"));
    peer.SKEYID = value("SKEYID");
    peer.key = key;
    const fifth = peer.open(m5!, value("initial_IV"));
    check(fifth, peer.HASH_I(peer.take(fifth, P.ID)), value("HASH_I"), "sun");
    if (m6) {
      const sixth = peer.open(m6, peer.lastBlock(m5!));
      check(sixth, peer.HASH_R(peer.take(sixth, P.ID)), value("HASH_R"), "moon");
    }

    function check(payloads: Payload[], hash: Uint8Array, expected: Uint8Array | undefined, who: string): void {
      if (expected) assert.deepEqual(hash, expected);
      peer.theirCertificates = [];
      peer.heard(payloads);
      const [der] = peer.theirCertificates;
      // With raw keys there is none.
      const known = new URL(`pem/${who}.pub`, directory);
      const keys: KeyObject[] = der ? [new X509Certificate(der).publicKey] : [createPublicKey(readFileSync(known))];
      assert.ok(keys.some((one) => verifySignature(one, hash, peer.take(payloads, P.SIG))), `the signature of ${who}`);
    }
  });
}

test("ECDSA agrees with Node's where that hashes", () => {
  const random = new Random(5);
  for (const curve of ecdsa.curves) {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve.node });
    const message = Buffer.from("a message");
    const hash = new Uint8Array(createHash(curve.hash).update(message).digest());
    assert.ok(ecdsa.verify(publicKey, hash, new Uint8Array(nodeSign(curve.hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" }))));
    const made = ecdsa.sign(privateKey, hash, (n) => random.fill(new Uint8Array(n)));
    assert.equal(made.length, 2 * curve.octets);
    assert.ok(ecdsa.verify(publicKey, hash, made));
    made[made.length - 1]! ^= 1;
    assert.ok(!ecdsa.verify(publicKey, hash, made));
  }
});

test("RSA has the bare hash between its padding", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const hash = new Uint8Array(20).fill(7);
  assert.ok(rsaVerify(publicKey, hash, rsaSign(privateKey, hash)));
  assert.ok(!rsaVerify(publicKey, hash, rsaSign(privateKey, new Uint8Array([...hash, 0]))));
});
