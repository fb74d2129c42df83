/** Phase 1 by RSA encryption and its revised way, against the second implementation: both roles, both modes (RFC 2409, 5.2 and 5.3). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { certificate, pem } from "../support/second/certificates.ts";
import { EncryptedNegotiation } from "../support/second/encrypted_negotiation.ts";
import { spkiOf } from "../support/second/encrypted_peer.ts";
import { concat, P, type Suite } from "../support/second/ike_peer.ts";
import { CONFIG, SUITE } from "../support/second/negotiation.ts";
import { keyOf, rawKey } from "../support/second/signed_negotiation.ts";

const PSK_LINE = "crypto isakmp key correct-horse-battery address 192.0.2.2\n";
const configOf = (revised: boolean) => CONFIG.replace("authentication pre-share", `authentication rsa-encr${revised ? " revised" : ""}`).replace(PSK_LINE, "");
const [OURS, THEIRS, OTHER] = [keyOf("gate"), keyOf("moon"), keyOf("other")];
const text = (type: number, name: string) => concat([type, 0, 0, 0], new TextEncoder().encode(name));
const AGGRESSIVE = `
crypto isakmp profile P
 match identity address 192.0.2.2
 match identity host moon.test
 mode aggressive
crypto map CM 10 ipsec-isakmp
 set isakmp-profile P
`;

type Role = "initiate" | "respond" | "aggressiveInitiate" | "aggressiveRespond";
const ROLES: Role[] = ["initiate", "respond", "aggressiveInitiate", "aggressiveRespond"];
const isAggressive = (role: Role) => role.startsWith("aggressive");

interface Options { config?: string; who?: string; suite?: Suite; ours?: typeof OURS; theirs?: typeof OURS; use?: string; role?: Role; more?: string }

function negotiation(seed: number, revised: boolean, { config = configOf(revised), who = "addressed-key 192.0.2.2", suite = SUITE, ours = OURS, theirs = THEIRS, use = "encryption", role = "initiate", more = "" }: Options = {}): EncryptedNegotiation {
  const n = new EncryptedNegotiation(seed, config + (isAggressive(role) ? AGGRESSIVE : "") + more, ours, theirs, suite);
  n.peer.revised = revised;
  n.importKey("gate", ours, use);
  const said = n.router.configure(rawKey(who, theirs));
  assert.doesNotMatch(said, /%(?! Warning: an RSA key of 1024 bits is weak\.)/, said);
  return n;
}

function complete(n: EncryptedNegotiation, role: Role): void {
  for (const step of n[role]()) assert.ok(step.go(), `${step.name} is answered: ${n.router.output.slice(-1500)}`);
  assert.ok(n.world.run(200, () => n.tunnelUp()), `the tunnel is up: ${n.router.output.slice(-1500)}`);
}

for (const revised of [false, true]) {
  const method = revised ? "revised RSA encryption" : "RSA encryption";
  for (const role of ROLES) {
    test(`${method}: the second implementation ${role}s`, () => {
      const n = negotiation(1, revised, { role });
      complete(n, role);
      assert.ok(n.echo());
      // Our nonce is long enough for both readings of SKEYID.
      assert.equal((n.peer.initiator ? n.peer.Nr_b : n.peer.Ni_b).length, 64);
      assert.deepEqual(n.peer.theirIdentity, concat([1, 0, 0, 0, 192, 0, 2, 1]));
    });

    for (const [name, hash] of [["md5", 1], ["sha256", 4], ["sha384", 5], ["sha512", 6]] as const) {
      test(`${method} with ${name}: the second implementation ${role}s`, () => {
        const suite: Suite = { ...SUITE, hash };
        const n = negotiation(2, revised, { role, suite, config: configOf(revised).replace(" hash sha\n", ` hash ${name}\n`) });
        complete(n, role);
        assert.equal((n.peer.initiator ? n.peer.Nr_b : n.peer.Ni_b).length, hash >= 5 ? 128 : 64);
      });
    }
  }

  for (const role of ["initiate", "respond"] as const) {
    for (const [name, cipher, line, keyBits] of [["DES", 1, "des", undefined], ["3DES", 5, "3des", undefined], ["AES-256", 7, "aes 256", 256]] as const) {
      test(`${method} under ${name}: the second implementation ${role}s`, () => {
        const suite: Suite = { cipher, hash: 2, group: 1, ...(keyBits && { keyBits }) };
        complete(negotiation(3, revised, { suite, config: configOf(revised).replace(" encryption aes 128\n", ` encryption ${line}\n`) }), role);
      });
    }

    for (const length of [8, 9, 20, 63, 64, 65, 127, 128, 200, 245]) {
      test(`${method}, a nonce of ${length} octets: the second implementation ${role}s`, () => {
        const n = negotiation(4, revised);
        n.peer.nonceLength = length;
        // Ours makes both readings one.
        n.peer.cisco = (length & 1) === 1;
        complete(n, role);
      });
    }

    test(`${method}, a nonce of 256 octets by a key of 3072 bits: the second implementation ${role}s`, () => {
      const n = negotiation(5, revised, { ours: keyOf("gate", 3072), theirs: keyOf("moon", 3072) });
      n.peer.nonceLength = 256;
      complete(n, role);
    });

    for (const [line, cisco] of [["", false], ["crypto isakmp rsa-encr skeyid cisco\n", true]] as const) {
      test(`${method}, SKEYID as ${cisco ? "Cisco" : "RFC 2409"} has it where both differ: the second implementation ${role}s`, () => {
        const suite: Suite = { ...SUITE, hash: 6 };
        const config = line + configOf(revised).replace(" hash sha\n", " hash sha512\n");
        const options = { suite, config, ours: keyOf("gate", 1024), theirs: keyOf("moon", 1024) };
        const n = negotiation(6, revised, options);
        n.peer.nonceLength = 8;
        n.peer.cisco = cisco;
        complete(n, role);
        assert.ok(n.peer.Ni_b.length + n.peer.Nr_b.length <= 128);
        // And the other reading is refused.
        const wrong = negotiation(7, revised, options);
        wrong.peer.nonceLength = 8;
        wrong.peer.cisco = !cisco;
        assert.throws(() => complete(wrong, role));
      });
    }

    test(`${method} in group 19, its public value on a curve: the second implementation ${role}s`, () => {
      const suite: Suite = { ...SUITE, group: 19 };
      complete(negotiation(8, revised, { suite, config: configOf(revised).replace(" group 1\n", " group 19\n") }), role);
    });

    test(`${method}, the peer's key is not the one that is configured: refused; the second implementation ${role}s`, () => {
      const n = negotiation(9, revised);
      n.peer.own = OTHER;
      assert.throws(() => complete(n, role));
      assert.ok(!n.tunnelUp());
    });
  }

  for (const role of ["initiate", "aggressiveInitiate"] as const) {
    test(`${method}, a key by name, who calls itself so: the second implementation ${role}s`, () => {
      const n = negotiation(10, revised, { who: "named-key moon.test encryption", role });
      n.peer.identity = text(2, "moon.test");
      complete(n, role);
    });

    test(`${method}, another name than any key's: an answer as ever, by the first key, and no tunnel; the second implementation ${role}s`, () => {
      for (const [first, message] of [["moon.test", /.*/], ["sun.test", /padding of type 2|what is encrypted|too large/]] as const) {
        const n = negotiation(11, revised, { who: `named-key ${first}`, role });
        n.peer.identity = text(2, "mars.test");
        if (first === "sun.test") n.peer.own = OTHER;
        const names: string[] = [];
        assert.throws(() => {
          for (const step of n[role]()) {
            names.push(step.name);
            assert.ok(step.go());
          }
        }, message);
        const [answered, proof] = role === "initiate" ? ["main 3", "main 5"] : ["aggressive 1", "aggressive 3"];
        assert.deepEqual(names.slice(-1), [first === "moon.test" ? proof : answered]);
        if (first === "moon.test") assert.equal(n.router.counters().get("ISAKMP authentication failed"), 1);
      }
    });

    test(`${method}, HASH(1) of SubjectPublicKeyInfo tells two keys apart: the second implementation ${role}s`, () => {
      for (const [label, key] of [["first", OTHER], ["second", keyOf("third")]] as const) {
        const n = negotiation(12, revised, { role });
        n.importKey(label, key);
        n.peer.theirs = key;
        n.peer.hashedKey = spkiOf(key);
        complete(n, role);
      }
    });

    test(`${method}, HASH(1) of a certificate: the second implementation ${role}s`, () => {
      const n = negotiation(13, revised, { role });
      const ROOT = { subject: "CN=Root", key: keyOf("encryption root") };
      const key = keyOf("certified");
      const gate = certificate({ subject: "CN=gate", key, issuer: ROOT, names: ["192.0.2.1"] });
      n.router.type("clock set 1790000000");
      n.importKey("CA", key);
      n.router.output = "";
      n.router.type(`configure terminal\ncrypto pki trustpoint CA\n enrollment terminal pem\n revocation-check none\nexit\ncrypto pki authenticate CA\n${pem(certificate({ ...ROOT, ca: true }))}quit\nyes\ncrypto pki import CA certificate\n${pem(gate)}quit\n`);
      n.world.run(30_000, () => /imported/i.test(n.router.output));
      n.router.type("end\n");
      n.peer.theirs = key;
      n.peer.hashedKey = gate;
      complete(n, role);
    });

    const answers = role === "initiate" ? "respond" : "aggressiveRespond";
    test(`${method}, HASH(1) of the certificate that we know the peer by: the second implementation ${answers}s`, () => {
      const moon = certificate({ subject: "CN=moon", key: THEIRS, issuer: { subject: "CN=Root", key: OTHER } });
      const n = negotiation(24, revised, { role: answers });
      const kept = (): string => n.router.type("show running-config").replaceAll("\r", "");
      for (const text of [pem(moon), Buffer.from(moon).toString("hex").replace(/.{64}/g, "$&\n")]) {
        const said = n.router.configure(`crypto key pubkey-chain rsa\n addressed-key 192.0.2.2\n  key-string\n${text}\nquit\n`);
        assert.doesNotMatch(said, /%(?! Warning: an RSA key of 1024 bits is weak\.)/, said);
        assert.ok(kept().replace(/\s/g, "").toLowerCase().includes(Buffer.from(moon).toString("hex")), "the certificate is kept");
      }
      let hashed: Uint8Array | undefined;
      const take = n.peer.takeSealed.bind(n.peer);
      n.peer.takeSealed = (payloads) => {
        hashed = payloads.find(({ type }) => type === P.HASH)?.body;
        take(payloads);
      };
      complete(n, answers);
      assert.deepEqual(hashed, n.peer.hash(moon));
    });

    test(`${method}, HASH(1) of a certificate that is none of ours: refused, said and counted; the second implementation ${role}s`, () => {
      const n = negotiation(14, revised, { role });
      n.peer.hashedKey = spkiOf(OTHER);
      assert.throws(() => complete(n, role));
      assert.match(n.router.output, /its HASH\(1\) is of another certificate/);
      assert.equal(n.router.counters().get("ISAKMP no key for this peer"), 1);
    });

    test(`${method}, vendor IDs behind, known and unknown: the second implementation ${role}s`, () => {
      const n = negotiation(15, revised, { role });
      n.peer.vendors = [new Uint8Array(Buffer.from("afcad71368a1f1c96b8696fc77570100", "hex")), n.peer.bytes(16), n.peer.bytes(20), n.peer.bytes(8)];
      complete(n, role);
    });
  }

  test(`${method}: a third message of Aggressive Mode in plain`, () => {
    const n = negotiation(16, revised, { role: "aggressiveInitiate" });
    n.encryptThird = false;
    complete(n, "aggressiveInitiate");
  });

  test(`${method}: a general key decrypts while it does not sign`, () => {
    complete(negotiation(17, revised, { use: "general-purpose" }), "initiate");
    const signs = negotiation(18, revised, { use: "general-purpose", more: "crypto isakmp policy 20\n authentication rsa-sig\n" });
    for (const step of signs.initiate()) {
      assert.ok(!step.go());
      break;
    }
  });

  test(`${method}: a key for signatures never decrypts`, () => {
    const n = negotiation(19, revised, { use: "signature" });
    for (const step of n.initiate()) {
      assert.ok(!step.go());
      break;
    }
    assert.match(n.router.output, /RSA encryption needs a key of ours for encryption/);
  });

  test(`${method} beside pre-shared keys: each peer gets what it offers`, () => {
    const both = CONFIG.replace("interface Ethernet0", `crypto isakmp policy 20\n encryption aes 128\n hash sha\n authentication rsa-encr${revised ? " revised" : ""}\n group 1\ninterface Ethernet0`);
    complete(negotiation(20, revised, { config: both }), "initiate");
  });
}

test("revised RSA encryption: the initiator's certificate under Ke_i is read over", () => {
  const n = negotiation(21, true);
  n.peer.certificate = certificate({ subject: "CN=moon", key: THEIRS, issuer: { subject: "CN=Root", key: OTHER } });
  complete(n, "initiate");
});

test("who has proved one name has not proved another that has a key of its own", () => {
  const n = negotiation(22, false);
  const said = n.router.configure(rawKey("named-key mars.test", OTHER));
  assert.doesNotMatch(said, /%(?! Warning: an RSA key of 1024 bits is weak\.)/);
  n.peer.identity = text(2, "mars.test");
  assert.throws(() => complete(n, "initiate"));
  assert.match(n.router.output, /did not prove who it is by RSA encryption/);
});

test("a warning says what the method rests on; both lines are kept", () => {
  const n = negotiation(23, false, { more: "crypto isakmp rsa-encr skeyid cisco\ncrypto isakmp policy 30\n authentication rsa-encr revised\n" });
  assert.match(n.router.type("configure terminal\ncrypto isakmp policy 40\nauthentication rsa-encr\nend"), /Warning: policy 40: RSA encryption rests on PKCS#1 v1.5/);
  const written = n.router.type("show running-config");
  assert.match(written, /\n authentication rsa-encr\r?\n/);
  assert.match(written, /\n authentication rsa-encr revised\r?\n/);
  assert.match(written, /\ncrypto isakmp rsa-encr skeyid cisco\r?\n/);
});
