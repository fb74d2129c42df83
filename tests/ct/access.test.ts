/** Constant time of passwords and of keys as configurations have them: as trace.test.ts. Hashes of passwords are secrets as passwords are; salts and what is encrypted are not. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Access, accessBinary } from "../support/primitives/access.ts";
import { sealed6 } from "../support/second/type6.ts";
import { Random } from "../support/world/random.ts";
import { Trace, instrument } from "./instrument.ts";
import { onePath, secretsOf } from "./one_path.ts";

const { binary, sites } = instrument(await accessBinary());
const trace = new Trace(sites);
const entropy = new Random(3);
const access = await Access.load((out) => entropy.fill(out), binary, { trace: trace.imports });
const { e } = access;
const secret = secretsOf(new Random(2028));
const constant = (name: string, runs: number, arrange: (run: number) => () => void): void => onePath(trace, name, runs, arrange);
const [PASSWORD, STORED, KEY, OUT] = [0, 256, 1024, 4096];

/** Letters that a password may have. */
const printable = (run: number, length: number): Uint8Array => secret(run, length).map((octet) => 33 + (octet % 94));
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const letters = (run: number, length: number): string => [...secret(run, length)].map((octet) => ALPHABET[octet & 63]).join("");

// Whether a password fits is no secret; where its hash differs from the one that is kept is one.
const HASHES: [kind: number, name: string, head: string, length: number, right: string, runs: number][] = [
  [5, "type 5", "$1$aB3x$", 22, "$1$aB3x$U7NERajb11KD.cSFY1Edv0", 4],
  [8, "type 8", "$8$nTs.Zq4vW0aKb/$", 43, "$8$nTs.Zq4vW0aKb/$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk", 3],
];
for (const [kind, name, head, length, right, runs] of HASHES) {
  const checked = (password: Uint8Array | string, stored: string) => {
    assert.ok(e.set(kind, access.put(STORED, stored), stored.length));
    const at = access.put(PASSWORD, password);
    return () => {
      e.begin(at, 13);
      assert.ok(e.steps(10_000));
    };
  };
  constant(`a password against a hash of ${name}, other ones`, runs, (run) => checked(printable(run, 13), head + letters(run + 1, length)));
  // One letter of the right hash is another.
  constant(`a password against a hash of ${name}, nearly right`, runs, (run) => {
    const at = head.length + ((run * 7) % length);
    return checked("Example-Pass1", right.slice(0, at) + (right[at] === "." ? "/" : ".") + right.slice(at + 1));
  });
  test(`a password against a hash of ${name}: these are what is measured`, () => {
    checked("Example-Pass1", right)();
    assert.ok(e.matches());
    checked("Example-Pass2", right)();
    assert.ok(!e.matches());
  });
}

// scrypt reads its table where the password says (RFC 7914, 6): up to there it takes one path.
constant("scrypt of a password, until its table is full", 3, (run) => {
  const stored = `$9$nTs.Zq4vW0aKb/$${letters(run, 43)}`;
  e.end();
  assert.ok(e.set(9, access.put(STORED, stored), stored.length));
  const at = access.put(PASSWORD, printable(run, 13));
  return () => {
    e.begin(at, 13);
    assert.ok(!e.steps(16384 / 512));
  };
});

constant("a password against one that is not hashed yet", 16, (run) => {
  e.end();
  const kept = printable(5, 20), given = Uint8Array.from(kept);
  given[run] = given[run]! ^ 1;
  e.set(0, access.put(STORED, kept), kept.length);
  const at = access.put(PASSWORD, given);
  return () => {
    e.begin(at, 20);
    assert.ok(e.steps(1) && !e.matches());
  };
});

constant("a password is hashed as type 8: its salt and its first rounds", 6, (run) => {
  e.end();
  e.entropy(access.put(KEY, new Uint8Array(48).fill(9)), 48);
  const given = printable(run, 20);
  e.set(0, access.put(PASSWORD, given), given.length);
  return () => {
    assert.ok(!e.work());
    assert.ok(!e.work());
  };
});

constant("PBKDF2 of a password, all of it", 6, (run) => {
  const at = access.put(PASSWORD, printable(run, 33)), salt = access.put(STORED, new Uint8Array(20).fill(1));
  return () => e.stretch(at, 33, salt, 20, 130, access.base + OUT);
});

constant("the two forms of a master key, until the first rounds", 6, (run) => {
  const at = access.put(PASSWORD, printable(run, 15));
  return () => e.masterBegin(at, 15);
});

for (const length of [1, 20, 64, 128]) {
  constant(`a key of ${length} octets is sealed`, 6, (run) => {
    const root = access.put(KEY, secret(run, 32)), at = access.put(PASSWORD, secret((run * 5) % 6, length));
    return () => assert.ok(e.seal(root, at, length) > length);
  });
  constant(`a sealed key of ${length} octets is opened`, 6, (run) => {
    const root = access.put(KEY, secret(run, 32));
    const n = e.seal(root, access.put(PASSWORD, secret((run * 5) % 6, length)), length);
    // Letters show what is encrypted, which is no secret: their layout is one whatever they are.
    const at = access.put(STORED, access.get(e.sealedText(), n));
    return () => assert.equal(e.open(root, at, n), length);
  });
  constant(`a sealed key of ${length} octets, its ICV wrong`, 6, (run) => {
    const root = access.put(KEY, secret(run, 32));
    const n = e.seal(root, access.put(PASSWORD, secret((run * 5) % 6, length)), length);
    const text = access.get(e.sealedText(), n), octets = Buffer.from(text.toString("latin1"), "base64");
    octets[octets.length - 1 - run]! ^= 1 << run;
    const at = access.put(STORED, octets.toString("base64"));
    return () => assert.equal(e.open(root, at, n), 0);
  });
}

for (const right of [true, false]) {
  constant(`a key of type 6, its tag ${right ? "right" : "wrong"}`, 6, (run) => {
    const master = createHash("md5").update(secret(run, 12)).digest();
    const word = sealed6(master, secret(run + 1, 8), secret((run * 5) % 6, 20), right ? undefined : run % 4);
    const md5 = access.put(KEY, master), at = access.put(STORED, word);
    return () => assert.equal(e.read6(md5, at, word.length), right ? 20 : 0);
  });
}

for (const right of [true, false]) {
  constant(`a time server's answer under a key, its digest ${right ? "right" : "wrong"}`, 12, (run) => {
    e.ntpKey(access.put(KEY, printable(run, 16)), 16);
    const at = access.put(OUT, secret(run + 1, 48));
    e.ntpSeal(at);
    if (!right) access.put(OUT + 52 + run, Uint8Array.of(access.get(at + 52 + run, 1)[0]! ^ (1 << (run & 7))));
    return () => assert.equal(Boolean(e.ntpCheck(at)), right);
  });
}

constant("a key of type 7", 6, (run) => {
  const KEY7 = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
  const word = `05${Buffer.from(printable(run, 30).map((octet, i) => octet ^ KEY7.charCodeAt(5 + i))).toString("hex")}`;
  const at = access.put(STORED, word);
  return () => assert.equal(e.read7(at, word.length), 30);
});

constant("a key in hexadecimal digits", 12, (run) => {
  const text = Buffer.from(secret(run, 40)).toString("hex");
  const at = access.put(STORED, run & 1 ? text.toUpperCase() : text);
  return () => e.hex(at, 40, access.base + OUT);
});

for (const length of [40, 41, 42]) {
  constant(`base64 of ${length} octets, both ways`, 12, (run) => {
    const octets = secret(run, length), text = Buffer.from(octets).toString("base64");
    const at = access.put(PASSWORD, octets), there = access.put(STORED, text);
    return () => {
      assert.equal(e.encode64(at, length, access.base + OUT), text.length);
      assert.equal(e.decode64(there, text.length, access.base + OUT), length);
    };
  });
}
