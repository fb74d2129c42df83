/** Phase 1 with certificates against the second implementation: both roles, both modes, RSA and ECDSA, and why it is refused (RFC 4945). */
import assert from "node:assert/strict";
import { X509Certificate, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { certificate, nameOf, pem, pkcs7, revocationList, type Wanted } from "../support/second/certificates.ts";
import { EXCHANGE, P, concat, u32, type Payload, type Suite } from "../support/second/ike_peer.ts";
import { CONFIG, SUITE, type Step } from "../support/second/negotiation.ts";
import { SignedNegotiation, keyOf, pemOf } from "../support/second/signed_negotiation.ts";

const PSK_LINE = "crypto isakmp key correct-horse-battery address 192.0.2.2\n";
const configured = (method: string) => CONFIG.replace("authentication pre-share", `authentication ${method}`).replace(PSK_LINE, "");
const text = (type: number, name: string) => concat([type, 0, 0, 0], new TextEncoder().encode(name));
const dn = (name: string) => concat([9, 0, 0, 0], nameOf(name));
/** 2026 */
const WALL = 1_790_000_000;

type Kind = number | "P-256" | "P-384" | "P-521";
const ROOT = "C=CH, O=Example, CN=Root", BETWEEN = "C=CH, O=Example, CN=Between", MOON = "C=CH, O=Example, CN=moon", GATE = "C=CH, O=Example, CN=gate";
const NAMES = ["moon.test", "moon@example.test", "192.0.2.2"];

interface Setting {
  kind?: Kind;
  /** Changes of the peer's certificate, and who signs it. */
  leaf?: Partial<Wanted>;
  /** An intermediate between root and both; whether the peer sends it. */
  between?: boolean;
  sent?: boolean;
  config?: string;
  identity?: Uint8Array;
  /** Lines of the trustpoint. */
  trust?: string;
  wall?: number;
  requests?: Uint8Array[];
  requestsBefore?: boolean;
  /** Hash that is agreed on: its number, and the console's word. */
  hash?: [number: Suite["hash"], word: string];
}

const PROFILE = `
crypto isakmp profile P
 match identity host moon.test
 match identity user-fqdn moon@example.test
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

function negotiation(seed: number, { kind = 2048, leaf = {}, between = false, sent = true, config = "", identity, trust = "", wall = WALL, requests, requestsBefore = false, hash = [2, "sha"] }: Setting = {}): SignedNegotiation {
  // A message with an intermediate is to fit into a frame.
  const small = between && kind !== 2048;
  const rootKey = keyOf("root", small ? "P-256" : 2048), betweenKey = keyOf("between", small ? "P-256" : 2048), theirs = keyOf("moon", kind), ours = keyOf("gate", kind);
  const root = certificate({ subject: ROOT, key: rootKey, ca: true });
  const middle = certificate({ subject: BETWEEN, key: betweenKey, issuer: { subject: ROOT, key: rootKey }, ca: true, pathLength: 0 });
  const issuer = between ? { subject: BETWEEN, key: betweenKey } : { subject: ROOT, key: rootKey };
  const moon = certificate({ subject: MOON, key: theirs, issuer, names: NAMES, ...leaf });
  const gate = certificate({ subject: GATE, key: ours, issuer, names: ["gate.test", "192.0.2.1"] });
  const n = new SignedNegotiation(
    seed, configured(typeof kind === "number" ? "rsa-sig" : "ecdsa-sig").replace(" hash sha\n", ` hash ${hash[1]}\n`) + config,
    { key: theirs, certificates: between && sent ? [moon, middle] : [moon], ...(requests ? { requests } : {}), requestsBefore }, { cas: [new X509Certificate(root)] }, { ...SUITE, hash: hash[0] },
  );
  n.peer.identity = identity;
  trustpoint(n, "CA", root, ours, between ? pem(gate) + pem(middle) : pem(gate), trust);
  setWall(n, wall);
  return n;
}

function setWall(n: SignedNegotiation, wall: number): void {
  if (!wall) return;
  const said = n.router.type(`clock set ${wall}`);
  assert.doesNotMatch(said, /%|Invalid|\^/, said);
}

function trustpoint(n: SignedNegotiation, name: string, anchor: Uint8Array, key: KeyObject, own: string, lines = ""): void {
  const said = n.router.type(`configure terminal\ncrypto pki trustpoint ${name}\n revocation-check none\n${lines}exit\ncrypto pki import ${name} pem terminal\n${pem(anchor)}quit\n${pemOf(key)}quit\n${own}quit\n`);
  n.world.run(30_000, () => /succeeded|can't|refused/i.test(n.router.output));
  n.router.type("end\n");
  assert.match(said + n.router.output, /succeeded/i, said + n.router.output);
  n.router.output = "";
}

function complete(n: SignedNegotiation, steps: Generator<Step>): void {
  for (const step of steps) assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1500)}`);
  assert.ok(n.world.run(200, () => n.tunnelUp()), `the tunnel is up: ${n.router.output.slice(-1500)}`);
}

const ROLES = ["initiate", "respond"] as const;

for (const role of ROLES) {
  for (const kind of [2048, 3072, "P-256", "P-384", "P-521"] as const) {
    test(`${typeof kind === "number" ? `RSA ${kind}` : kind}, an address as identity: the second implementation ${role}s`, () => {
      const n = negotiation(1, { kind });
      complete(n, n[role]());
      assert.ok(n.echo());
    });
  }

  test(`an intermediate that both send: the second implementation ${role}s`, () => {
    const n = negotiation(2, { kind: "P-256", between: true });
    complete(n, n[role]());
    assert.equal(n.peer.theirCertificates.length, 2);
  });

  test(`an intermediate that the router knows and the peer does not send: the second implementation ${role}s`, () => {
    const n = negotiation(3, { kind: "P-256", between: true, sent: false });
    complete(n, n[role]());
  });

  for (const [name, identity] of [["FQDN", text(2, "moon.test")], ["USER_FQDN", text(3, "moon@example.test")]] as const) {
    test(`${name} that a profile matches: the second implementation ${role}s`, () => {
      const n = negotiation(4, { identity, config: PROFILE });
      complete(n, n[role]());
    });
  }

  test(`DN, by a certificate map; we call ourselves by our DN: the second implementation ${role}s`, () => {
    const config = `
crypto pki certificate map MOONS 10
 subject-name co cn=moon
crypto isakmp profile P
 match certificate MOONS
 ca trust-point CA
crypto isakmp identity dn
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;
    const n = negotiation(5, { identity: dn(MOON), config });
    complete(n, n[role]());
  });

  for (const requestsBefore of [true, false]) {
    test(`certificate requests, several and an empty one, ${requestsBefore ? "before" : "behind"} SIG: the second implementation ${role}s`, () => {
      const n = negotiation(6, { requests: [nameOf("CN=Nobody"), nameOf(ROOT), new Uint8Array()], requestsBefore });
      complete(n, n[role]());
      assert.deepEqual(n.peer.theirRequests, [nameOf(ROOT)]);
    });
  }

  test(`certificates in a PKCS#7: the second implementation ${role}s`, () => {
    const n = negotiation(7, { kind: "P-256", between: true });
    const wrap = (payloads: Payload[]): void => {
      const certs = payloads.filter(({ type }) => type === P.CERT);
      if (!certs.length) return;
      payloads.splice(payloads.indexOf(certs[0]!), certs.length, { type: P.CERT, body: concat([1], pkcs7(certs.map(({ body }) => body.slice(1)))) });
    };
    const steps = (function* () {
      for (const step of n[role]()) {
        wrap(step.payloads);
        yield step;
      }
    })();
    complete(n, steps);
  });
}

const AGGRESSIVE = `${PROFILE}crypto isakmp profile P\n mode aggressive\n`;

for (const kind of [2048, "P-256"] as const) {
  test(`Aggressive Mode, ${kind}, the second implementation initiates`, () => {
    const n = negotiation(8, { kind, identity: text(2, "moon.test"), config: AGGRESSIVE });
    complete(n, n.aggressiveInitiate());
  });

  test(`Aggressive Mode, ${kind}, the second implementation responds`, () => {
    const n = negotiation(9, { kind, identity: text(2, "moon.test"), config: AGGRESSIVE });
    complete(n, n.aggressiveRespond());
  });
}

for (const hash of [[1, "md5"], [2, "sha"], [4, "sha256"], [5, "sha384"], [6, "sha512"]] as const) {
  for (const kind of [2048, "P-521"] as const) {
    for (const role of ["aggressiveInitiate", "aggressiveRespond", ...(kind === 2048 ? [] : ROLES)] as const) {
      // With ECDSA all but what is signed is of this hash.
      test(`${kind} where ${hash[1]} was agreed on: the second implementation's ${role}`, () => {
        const aggressive = role.startsWith("aggressive");
        const n = negotiation(17, { kind, hash: [...hash], identity: text(2, "moon.test"), config: aggressive ? AGGRESSIVE : PROFILE });
        complete(n, n[role]());
      });
    }
  }
}

for (const kind of ["P-256", "P-384"] as const) {
  for (const [half, at] of [["r", 0], ["s", 1]] as const) {
    for (const role of ROLES) {
      test(`${kind}, ${half} of the peer's signature begins with a zero: the second implementation ${role}s`, () => {
        const n = negotiation(18, { kind });
        const proof = n.peer.proof.bind(n.peer);
        n.peer.proof = (hash) => {
          for (;;) {
            const payloads = proof(hash), body = payloads.find(({ type }) => type === P.SIG)!.body;
            if (body[at * (body.length / 2)] === 0) return payloads;
          }
        };
        complete(n, n[role]());
      });
    }
  }
}

const MAPS = `
crypto pki certificate map SUNS 10
 subject-name co cn=sun
crypto pki certificate map MOONS 10
 subject-name co cn=moon
crypto isakmp profile SUN
 match certificate SUNS
 mode aggressive
crypto isakmp profile MAIN
 match certificate MOONS
crypto isakmp profile MOON
 match certificate MOONS
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile MOON
`;

for (const kind of [2048, "P-256"] as const) {
  test(`Aggressive Mode, ${kind}, a responder learns from the certificate in the last message which profile it is; the name is a DN`, () => {
    const n = negotiation(13, { kind, identity: dn(MOON), config: MAPS });
    complete(n, n.aggressiveInitiate());
    assert.match(n.router.type("show crypto isakmp sa detail"), kind === 2048 ? / rsig / : / esig /);
  });
}

test("Aggressive Mode, the responder: a certificate that no profile of that mode is for gets nothing, whatever the name says", () => {
  for (const [identity, subject, config] of [
    [dn("C=CH, O=Example, CN=earth"), "C=CH, O=Example, CN=earth", MAPS],
    [text(2, "moon.test"), "C=CH, O=Example, CN=earth", MAPS],
    // A map that would take it stands in a profile of Main Mode.
    [dn(MOON), MOON, MAPS.replace(" match certificate MOONS\n mode aggressive", " mode aggressive")],
    // An authority that the profile does not allow.
    [dn(MOON), MOON, MAPS.replaceAll(" match certificate MOONS\n mode aggressive", " match certificate MOONS\n mode aggressive\n ca trust-point OTHER")],
  ] as const) {
    const n = negotiation(14, { identity, leaf: { subject }, config });
    const reached: string[] = [];
    for (const step of n.aggressiveInitiate()) {
      reached.push(step.name);
      if (!step.go()) break;
    }
    assert.deepEqual(reached, ["aggressive 1", "aggressive 3"]);
    assert.equal(n.router.eventsOf("ike.sa", { state: "up" }).length, 0);
    assert.match(n.router.output, /calls itself .*, which its certificate bears, but no 'crypto isakmp profile' that may be taken is for that \(match identity, match certificate\)/);
  }
});

test("Aggressive Mode, the responder: without a profile that certificates decide on, an unknown name is answered by nobody", () => {
  const n = negotiation(15, { identity: dn(MOON), config: AGGRESSIVE });
  assert.equal(n.aggressiveInitiate().next().value!.go(), false);
  assert.match(n.router.output, /asks for Aggressive Mode as .*CN=moon.*matches: it gets no answer/);
});

/** What is wrong, and what the console says; the notify. */
const REFUSALS: { name: string; setting: Setting; said: RegExp; notify?: number }[] = [
  { name: "an expired certificate", setting: { leaf: { until: "210101000000Z" } }, said: /certificate "?.*moon.* expired/ },
  { name: "one that is not valid yet", setting: { leaf: { from: "400101000000Z" } }, said: /not valid (yet|before)|valid from/ },
  { name: "an authority that is not known", setting: { leaf: { issuer: { subject: "CN=Other", key: keyOf("other") } } }, said: /was issued by "CN=Other", which is unknown here/, notify: 22 },
  { name: "an intermediate that nobody has", setting: { leaf: { issuer: { subject: BETWEEN, key: keyOf("between") } } }, said: /was issued by "CN=Between.*", which is unknown here/, notify: 22 },
  { name: "signed by another key of the authority's name", setting: { leaf: { issuer: { subject: ROOT, key: keyOf("other") } } }, said: /signature/ },
  { name: "an authority's own certificate in SHA-1", setting: { leaf: { hash: "sha1" } }, said: /SHA-1/ },
  { name: "an identity that the certificate does not bear", setting: { leaf: { names: ["other.test"] } }, said: /which its certificate "CN=moon.*" \(serial \w+\) does not bear: accepted is one of .*other\.test/ },
  { name: "a name that no profile matches", setting: { identity: text(2, "moon.test") }, said: /192\.0\.2\.2 calls itself ID_FQDN "moon\.test", which its certificate bears, but no .crypto isakmp profile. that may be taken is for that/, notify: 18 },
  { name: "its distinguished name in another order", setting: { identity: dn("CN=moon, O=Example, C=CH") }, said: /calls itself ID_DER_ASN1_DN "C=CH, O=Example, CN=moon", which its certificate "CN=moon.*" \(serial \w+\) does not bear: accepted is one of / },
  { name: "a distinguished name that no profile is for", setting: { identity: dn(MOON) }, said: /192\.0\.2\.2 calls itself ID_DER_ASN1_DN "CN=moon, O=Example, C=CH", which its certificate bears, but no .crypto isakmp profile./, notify: 18 },
  { name: "dates without a clock", setting: { wall: 0 }, said: /clock/ },
  { name: "a revocation that can't be looked up", setting: { trust: " revocation-check crl\n" }, said: /CRL/ },
];

for (const { name, setting, said, notify = 24 } of REFUSALS) {
  for (const role of ROLES) {
    test(`refused, ${name}: the second implementation ${role}s`, () => {
      const n = negotiation(10, setting);
      let last: Uint8Array = new Uint8Array();
      for (const step of n[role]()) {
        if (step.name === "main 5" || step.name === "main 6") {
          n.station.inbox.length = 0;
          const message = step.make(step.payloads);
          last = n.peer.lastBlock(message);
          n.inject(message);
          n.world.run(3000);
          break;
        }
        assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1500)}`);
      }
      assert.match(n.router.output, said);
      assert.match(n.router.type("show crypto isakmp diagnose 192.0.2.2"), said);
      const [answer] = n.station.inbox.filter(({ data }) => data[18] === 5);
      assert.ok(answer, "a notify answers");
      n.peer.iv = last;
      assert.deepEqual(n.protectedNotifies(answer.data), [notify]);
    });
  }
}

test("time-check none: dates are not looked at, which is said", () => {
  const n = negotiation(11, { wall: 0, trust: " time-check none\n" });
  complete(n, n.initiate());
  assert.match(n.router.output, /dates of its certificate were not looked at/);
});

for (const role of ROLES) {
  test(`a profile that names a trustpoint takes nobody of another: the second implementation ${role}s`, () => {
    const other = keyOf("other root");
    const config = `${PROFILE}crypto isakmp profile P\n ca trust-point OTHER\n`;
    const n = negotiation(12, { identity: text(2, "moon.test"), config });
    const gate = keyOf("gate", 2048);
    trustpoint(n, "OTHER", certificate({ subject: "CN=Other", key: other, ca: true }), gate, pem(certificate({ subject: GATE, key: gate, issuer: { subject: "CN=Other", key: other }, names: ["192.0.2.1"] })));
    n.peer.trust = { cas: [new X509Certificate(certificate({ subject: "CN=Other", key: other, ca: true }))] };
    let stuck = "";
    for (const step of n[role]()) {
      if (step.go()) continue;
      stuck = step.name;
      break;
    }
    assert.equal(stuck, role === "initiate" ? "main 5" : "main 6");
    assert.match(n.router.output, /was issued by "CN=Root.*", which is unknown here/);
    // Its requests are for what the profile takes.
    if (role === "respond") assert.deepEqual(n.peer.theirRequests, [nameOf("CN=Other")]);
  });
}

// Several CRLs of one trustpoint

const CRL_OF = { root: { subject: ROOT, key: keyOf("root", "P-256") }, between: { subject: BETWEEN, key: keyOf("between", "P-256") } };

/** The router has these CRLs; the peer's certificate has the serial number 77. */
function withCrls(lists: Uint8Array[]): SignedNegotiation {
  const n = negotiation(13, { kind: "P-256", between: true, leaf: { serial: 77 }, trust: " revocation-check crl\n" });
  for (const list of lists) {
    const said = n.router.type(`configure terminal\ncrypto pki crl import CA\n${pem(list, "X509 CRL")}quit\nend\n`);
    assert.match(said, /CRL successfully imported/);
  }
  return n;
}

for (const role of ROLES) {
  const { root, between } = CRL_OF;
  for (const order of ["the root's first", "the intermediate's first"] as const) {
    test(`CRLs of the root and of the intermediate, ${order}: the second implementation ${role}s`, () => {
      const lists = [revocationList(root, []), revocationList(between, [1])];
      const n = withCrls(order === "the root's first" ? lists : lists.reverse());
      complete(n, n[role]());
    });
  }

  test(`revoked by the intermediate, of whose CRLs the newer one counts: the second implementation ${role}s`, () => {
    const n = withCrls([revocationList(root, []), revocationList(between, []), revocationList(between, [77], "240101000000Z")]);
    for (const step of n[role]()) if (!step.go()) break;
    assert.match(n.router.output, /certificate "CN=moon[^"]*" \(serial \w+\) .*revoked/);
    assert.ok(!n.tunnelUp());
    assert.equal((n.router.type("show crypto pki crls").match(/^CRL of trustpoint CA$/gm) ?? []).length, 2);
  });
}

// A profile's trustpoint that has no certificate of ours says who may vouch; ours is that of another

for (const role of ROLES) {
  test(`a profile names a trustpoint without a certificate of ours: ours is the other one's; the second implementation ${role}s`, () => {
    const elsewhere = { subject: "CN=Elsewhere", key: keyOf("other root") };
    const n = negotiation(14, { identity: text(2, "moon.test"), leaf: { issuer: elsewhere }, config: `${PROFILE}crypto isakmp profile P\n ca trust-point ELSEWHERE\n` });
    n.router.type(`configure terminal\ncrypto pki trustpoint ELSEWHERE\n revocation-check none\nexit\ncrypto pki authenticate ELSEWHERE\n${pem(certificate({ ...elsewhere, ca: true }))}quit\nyes\nend\n`);
    complete(n, n[role]());
  });
}

// What real peers do (docs/PKI.md)

test("a peer in Aggressive Mode that comes back twenty times a second, and never proves itself: few signatures, and it is in when it does", () => {
  const n = negotiation(15, { identity: text(2, "moon.test"), config: AGGRESSIVE });
  const made = (what: string): number => Number(new RegExp(`${what}\\s+(\\d+)`).exec(n.router.type("terminal length 0\nshow crypto isakmp stats"))?.[1] ?? 0);
  let answers = 0;
  for (let i = 0; i < 200; i++) {
    const first = n.aggressiveInitiate().next().value!;
    n.station.inbox.length = 0;
    n.inject(first.make(first.payloads));
    n.world.run(49);
    answers += n.station.inbox.some(({ data }) => data[18] === EXCHANGE.AGGRESSIVE && Buffer.from(data.subarray(0, 8)).equals(Buffer.from(n.peer.ckyI))) ? 1 : 0;
  }
  // What is free at once, and one or ten a second: two powers and a signature each.
  assert.ok(answers > 0 && answers <= 16 + 4 + 10, `${answers} answers in 10 s`);
  assert.ok(made("signatures made") <= 16 + 4 + 10 && made("modular exponentiations") <= 2 * (16 + 4 + 10), n.router.output.slice(-600));
  let up = false;
  for (let tries = 0; tries < 15 && !up; tries++) {
    up = true;
    for (const step of n.aggressiveInitiate()) if (!step.go()) { up = false; break; }
    if (!up) n.world.run(1000);
  }
  assert.ok(up && n.world.run(200, () => n.tunnelUp()), "the peer is in when it proves itself");
});

for (const role of ROLES) {
  test(`Informational messages that nobody can read, before phase 1 is over: counted, and it goes on; the second implementation ${role}s`, () => {
    const n = negotiation(16);
    const unreadable = (): void => {
      const { ckyI, ckyR } = n.peer;
      for (const length of [32, 64, 80]) n.inject(concat(ckyI, ckyR, [P.HASH, 0x10, EXCHANGE.INFORMATIONAL, 1], u32(n.world.random.u32() | 1), u32(28 + length), n.peer.bytes(length)));
    };
    for (const step of n[role]()) {
      if (step.name !== "main 1" && step.name.startsWith("main")) unreadable();
      assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1500)}`);
    }
    assert.ok(n.world.run(200, () => n.tunnelUp()));
    assert.ok((n.router.counters().get("ISAKMP decryption gave no message") ?? 0) > 0);
    assert.doesNotMatch(n.router.output, /did not prove|refused/);
  });
}
