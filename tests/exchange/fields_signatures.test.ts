/**
 * Every field of SIG, CERT and CERTREQ set wrong (RFC 2408, 3.9, 3.10, 3.12; RFC 2409, 5.1; RFC 4945), in messages 5 and 6 of Main Mode: what is counted, that
 * nothing comes up, and that the next negotiation is taken. A row without `drop` is taken.
 */
import assert from "node:assert/strict";
import { X509Certificate, constants, createHash, privateEncrypt } from "node:crypto";
import { test } from "node:test";
import { certificate, nameOf, pem } from "../support/second/certificates.ts";
import { difference, payload } from "../support/second/fields.ts";
import { P, concat, type Payload } from "../support/second/ike_peer.ts";
import { CONFIG } from "../support/second/negotiation.ts";
import { SignedNegotiation, keyOf, pemOf } from "../support/second/signed_negotiation.ts";

const MISSING = "ISAKMP payload missing", UNEXPECTED = "ISAKMP payload unexpected", FAILED = "ISAKMP authentication failed", MALFORMED = "malformed ISAKMP payload";
const ROOT = { subject: "CN=Root", key: keyOf("fields root") }, theirs = keyOf("fields moon"), ours = keyOf("fields gate");
const root = certificate({ ...ROOT, ca: true });
const moon = certificate({ subject: "CN=moon", key: theirs, issuer: ROOT, names: ["192.0.2.2"] });
const gate = certificate({ subject: "CN=gate", key: ours, issuer: ROOT, names: ["192.0.2.1"] });

interface Row { name: string; change: (payloads: Payload[], n: SignedNegotiation) => Payload[] | void; drop?: string }

const SIG = (change: (body: Uint8Array) => Uint8Array | void): Row["change"] => (list) => {
  const one = payload(list, P.SIG);
  one.body = change(one.body) ?? one.body;
};
const CERT = (change: (body: Uint8Array) => Uint8Array | void): Row["change"] => (list) => {
  const one = payload(list, P.CERT);
  one.body = change(one.body) ?? one.body;
};
const added = (type: number, body: Uint8Array | number[], times = 1): Row["change"] => (list) => {
  for (let i = 0; i < times; i++) list.push({ type, body: concat(body) });
};
/** DigestInfo of SHA-1 before the hash, as PKCS#1 has it and IKE has not. */
const digestInfo: Row["change"] = (list, n) => {
  const hash = n.peer.initiator ? n.peer.HASH_I(payload(list, P.ID).body) : n.peer.HASH_R(payload(list, P.ID).body);
  const info = concat([0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14], hash);
  payload(list, P.SIG).body = new Uint8Array(privateEncrypt({ key: theirs, padding: constants.RSA_PKCS1_PADDING }, info));
};

const rows: Row[] = [
  { name: "SIG missing", change: (list) => list.filter(({ type }) => type !== P.SIG), drop: MISSING },
  { name: "SIG twice", change: (list) => void list.push({ ...payload(list, P.SIG) }), drop: UNEXPECTED },
  { name: "HASH in the place of SIG", change: (list) => void (payload(list, P.SIG).type = P.HASH), drop: UNEXPECTED },
  { name: "HASH beside SIG", change: added(P.HASH, new Uint8Array(20)), drop: UNEXPECTED },
  { name: "SIG of no octets", change: SIG(() => new Uint8Array()), drop: FAILED },
  { name: "SIG an octet too short", change: SIG((b) => b.slice(1)), drop: FAILED },
  { name: "SIG an octet too long", change: SIG((b) => concat([0], b)), drop: FAILED },
  { name: "SIG of zeros", change: SIG((b) => b.fill(0)), drop: FAILED },
  { name: "SIG not less than the modulus", change: SIG((b) => b.fill(0xff)), drop: FAILED },
  { name: "SIG with a bit changed", change: SIG((b) => void (b[100]! ^= 4)), drop: FAILED },
  { name: "SIG over a DigestInfo", change: digestInfo, drop: FAILED },
  { name: "SIG over another hash", change: (list) => void (payload(list, P.SIG).body = new Uint8Array(privateEncrypt({ key: theirs, padding: constants.RSA_PKCS1_PADDING }, createHash("sha1").update("x").digest()))), drop: FAILED },
  { name: "ID changed behind the signature", change: (list) => void (payload(list, P.ID).body[7]! ^= 1), drop: FAILED },
  { name: "CERT missing", change: (list) => list.filter(({ type }) => type !== P.CERT), drop: FAILED },
  { name: "CERT of no octets", change: CERT(() => new Uint8Array()), drop: MALFORMED },
  { name: "CERT of an encoding and nothing", change: CERT((b) => b.slice(0, 1)), drop: MALFORMED },
  { name: "CERT of encoding 0", change: CERT((b) => void (b[0] = 0)), drop: FAILED },
  { name: "CERT of the encoding of a CRL", change: CERT((b) => void (b[0] = 7)), drop: FAILED },
  { name: "CERT of encoding PKCS#7 that is none", change: CERT((b) => void (b[0] = 1)), drop: MALFORMED },
  { name: "CERT with its length lying", change: CERT((b) => void (b[3]! ^= 0x10)), drop: FAILED },
  { name: "CERT cut", change: CERT((b) => b.slice(0, 200)), drop: FAILED },
  { name: "CERT with octets behind it", change: CERT((b) => concat(b, [0])), drop: FAILED },
  { name: "CERT with its signature changed", change: CERT((b) => void (b[b.length - 5]! ^= 1)), drop: FAILED },
  { name: "CERT with its key changed", change: CERT((b) => void (b[250]! ^= 1)), drop: FAILED },
  { name: "CERT of indefinite length", change: CERT(() => concat([4, 0x30, 0x80], new Uint8Array(40))), drop: FAILED },
  { name: "CERT seventeen times", change: added(P.CERT, [4, 0x30, 0], 16), drop: UNEXPECTED },
  { name: "CERT a hundred times", change: added(P.CERT, [4, 0x30, 0], 99), drop: MALFORMED },
  { name: "CERT, a second that is none", change: added(P.CERT, [4, 0x30, 0]) },
  { name: "CERT, a second of an encoding that nobody knows", change: added(P.CERT, [200, 1, 2, 3]) },
  { name: "CERT, the same fifteen times more", change: (list) => added(P.CERT, [4, ...new Uint8Array(payload(list, P.CERT).body.slice(1, 40))], 15)(list, undefined as never) },
  { name: "CERTREQ of no octets", change: added(P.CERTREQ, []) },
  { name: "CERTREQ of an encoding and nothing", change: added(P.CERTREQ, [4]) },
  { name: "CERTREQ of another encoding", change: added(P.CERTREQ, [1, 2, 3]) },
  { name: "CERTREQ of a name that is none", change: added(P.CERTREQ, [4, 0x30, 0x82, 0xff, 0xff]) },
  { name: "CERTREQ of several authorities", change: (list) => [{ type: P.CERTREQ, body: concat([4], nameOf("CN=Nobody")) }, ...list, { type: P.CERTREQ, body: concat([4], nameOf("CN=Root")) }] },
  { name: "CERTREQ seventeen times", change: added(P.CERTREQ, [4], 17), drop: UNEXPECTED },
];

function negotiation(seed: number): SignedNegotiation {
  const config = CONFIG.replace("authentication pre-share", "authentication rsa-sig").replace(/crypto isakmp key .*\n/, "");
  const n = new SignedNegotiation(seed, config, { key: theirs, certificates: [moon] }, { cas: [new X509Certificate(root)] });
  n.router.type("clock set 1790000000");
  n.router.type(`configure terminal\ncrypto pki trustpoint CA\n revocation-check none\nexit\ncrypto pki import CA pem terminal\n${pem(root)}quit\n${pemOf(ours)}quit\n${pem(gate)}quit\n`);
  assert.ok(n.world.run(30_000, () => /succeeded/i.test(n.router.output)), n.router.output);
  n.router.type("end\n");
  return n;
}

let seed = 1;
for (const row of rows) {
  for (const [role, name] of [["initiate", "main 5"], ["respond", "main 6"]] as const) {
    test(`${row.name} (${name})`, () => {
      const n = negotiation(seed++);
      for (const step of n[role]()) {
        if (step.name === name) {
          const list = step.payloads.map((one) => ({ ...one, body: one.body.slice() }));
          const changed = row.change(list, n) ?? list;
          if (!row.drop) step.payloads.splice(0, step.payloads.length, ...changed);
          else {
            const before = n.router.counters();
            n.inject(step.make(changed));
            n.world.run(3000);
            assert.deepEqual(difference(before, n.router.counters()), [row.drop], n.router.output.slice(-600));
            break;
          }
        }
        assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-900)}`);
      }
      if (row.drop) {
        assert.ok(!n.tunnelUp());
        n.clear(120_000);
        for (const step of n[role]()) assert.ok(step.go(), `a new negotiation, ${step.name}: ${n.router.output.slice(-900)}`);
      }
      assert.ok(n.world.run(200, () => n.tunnelUp()), n.router.output.slice(-900));
    });
  }
}

/** CERTREQ beside KE, where nothing is proved yet: names that are none ask for nobody, and hold nobody up. */
const NAMES: [string, Uint8Array | number[]][] = [
  ["of a SET of nothing", [0x30, 2, 0x31, 0]],
  ["of a SET of what is no element", [0x30, 4, 0x31, 2, 0, 0]],
  ["of an attribute that is longer than its SET", [0x30, 5, 0x31, 3, 0x30, 5, 6]],
  ["of an attribute without a value", [0x30, 9, 0x31, 7, 0x30, 5, 6, 3, 0x55, 4, 3]],
  ["of an attribute and octets behind it", concat([0x30, 17, 0x31, 15], [0x30, 11, 6, 3, 0x55, 4, 3, 0x0c, 4, 0x52, 0x6f, 0x6f, 0x74], [0, 0])],
  ["of a name and octets behind it", concat(nameOf("CN=Root"), [0])],
];
for (const [what, name] of NAMES) {
  for (const [role, step] of [["initiate", "main 3"], ["respond", "main 4"]] as const) {
    test(`CERTREQ ${what} (${step})`, () => {
      const n = negotiation(seed++);
      for (const one of n[role]()) {
        if (one.name === step) one.payloads.push({ type: P.CERTREQ, body: concat([4], name) });
        assert.ok(one.go(), `${one.name} is answered: ${n.router.output.slice(-900)}`);
      }
      assert.ok(n.world.run(200, () => n.tunnelUp()), n.router.output.slice(-900));
    });
  }
}
