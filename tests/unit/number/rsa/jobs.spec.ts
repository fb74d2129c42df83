// RSA's jobs: a key that the module makes while others take the workspace, what becomes of a key that is dropped, no entropy.
import * as drbg from "../../../../assembly/crypto/drbg";
import { RsaGenerate } from "../../../../assembly/number/rsa/generate";
import { RSA_PRIVATE_MAX, RSA_PUBLIC_MAX, RsaPart, rsaBits, rsaBytes, rsaHalf, rsaPart, rsaPartsFit, rsaPrivateLength, rsaPublicLength } from "../../../../assembly/number/rsa/key";
import { moduloF4, rsaProductFits } from "../../../../assembly/number/rsa/derive";
import { RsaDecrypt, RsaEncrypt, RsaScheme, RsaSign, RsaVerify } from "../../../../assembly/number/rsa/signature";
import { freeWorkspace, init, takeWorkspace } from "../../../../assembly/number/workspace";
import { toHex } from "../../crypto/bytes";

const key: usize = memory.data(3596, 8);
const hash: usize = memory.data(32, 8);
const out: usize = memory.data(1024, 8);
const sig: usize = memory.data(1024, 8);
const other: usize = memory.data(256, 8);
const generate = new RsaGenerate();
const signer = new RsaSign();
const verifier = new RsaVerify();
const encrypter = new RsaEncrypt();
const decrypter = new RsaDecrypt();

beforeAll(() => {
  init();
  drbg.init();
  drbg.seed();
  memory.fill(hash, 7, 32);
});

describe("numbers modulo 65537", () => {
  test("of any length", () => {
    for (let len: u32 = 2; len <= 1024; len += 2) {
      for (let kind = 0; kind < 3; kind++) {
        let wanted: u32 = 0;
        for (let i: u32 = 0; i < len; i++) {
          const octet: u32 = kind == 0 ? 0xff : kind == 1 ? i * 37 + len : i & 2 ? 0xff : 0;
          store<u8>(out + i, <u8>octet);
          wanted = (wanted * 256 + (octet & 255)) % 65537;
        }
        expect(moduloF4(out, len)).toBe(wanted);
      }
    }
  });
});

describe("a key of our own", () => {
  test("comes while others take the workspace in between", () => {
    let waits = 0;
    let turn = 0;
    let taken: usize = 0;
    expect(generate.start(1024, key)).toBe(true);
    while (!generate.step()) {
      if (taken) {
        freeWorkspace(taken);
        taken = 0;
      } else if (turn++ % 3 == 0) {
        taken = takeWorkspace();
        if (taken) waits++;
      }
    }
    if (taken) freeWorkspace(taken);
    expect(generate.result()).toBe(true);
    expect(waits).toBeGreaterThan(2);
    expect(rsaBits(key)).toBe(1024);
    expect(rsaHalf(key)).toBe(64);
    expect(rsaPublicLength(key)).toBe(12 + 128);
    expect(rsaPrivateLength(key)).toBe(12 + 128 + 5 * 64);
    expect(RSA_PUBLIC_MAX).toBe(12 + 1024);
    expect(RSA_PRIVATE_MAX).toBe(12 + 1024 + 5 * 512);
    expect(rsaPartsFit(key)).toBe(true);
    expect(rsaProductFits(key)).toBe(true);
  });

  test("signs, verifies, encrypts and decrypts", () => {
    for (let scheme: u32 = 1; scheme < 3; scheme++) {
      expect(signer.start(key, scheme, 4, hash, 32)).toBe(true);
      expect(signer.start(key, scheme, 4, hash, 32)).toBe(false, "it runs");
      expect(verifier.start(key, scheme, 4, 0, 0, hash, 32, sig, 128)).toBe(false, "another runs");
      while (!signer.step()) {}
      expect(signer.result(sig)).toBe(128);
      for (let as_: u32 = 0; as_ < 5; as_++) {
        const begun = verifier.start(key, as_, 4, 4, 20, hash, 32, sig, 128);
        expect(begun).toBe(as_ > 0 && as_ < 4);
        if (!begun) continue;
        while (!verifier.step()) {}
        expect(verifier.result()).toBe(as_ == scheme);
      }
    }
    expect(signer.start(key, RsaScheme.PSS, 4, hash, 32)).toBe(false);
    expect(signer.start(key, RsaScheme.PKCS1, 5, hash, 32)).toBe(false);
    expect(encrypter.start(key, hash, 118)).toBe(false, "too long");
    expect(encrypter.start(key, hash, 32)).toBe(true);
    expect(decrypter.start(key, sig, 128)).toBe(false, "another runs");
    while (!encrypter.step()) {}
    expect(encrypter.result(sig)).toBe(128);
    expect(decrypter.start(key, sig, 128)).toBe(true);
    while (!decrypter.step()) {}
    expect(decrypter.result(out, 8, 64, other, 9)).toBe(32);
    expect(toHex(out, 64)).toBe("07".repeat(32) + "00".repeat(32));
  });

  test("is refused with a part that is out of range", () => {
    for (let part = 0; part < 5; part++) {
      const at = rsaPart(key, part) + (part < 2 ? 63 : 0);
      const was = load<u8>(at);
      store<u8>(at, part < 2 ? was ^ 1 : 0xff);
      expect(rsaPartsFit(key)).toBe(false);
      expect(signer.start(key, RsaScheme.BARE, 0, hash, 32)).toBe(false);
      store<u8>(at, was);
    }
    memory.fill(rsaPart(key, RsaPart.Q), 0, 2);
    expect(rsaPartsFit(key)).toBe(false);
  });

  test("that is dropped leaves nothing", () => {
    expect(generate.start(1024, key)).toBe(true);
    for (let i = 0; i < 40; i++) generate.step();
    const n = rsaPrivateLength(key);
    generate.abort();
    expect(toHex(key, n)).toBe("00".repeat(n));
    expect(generate.busy).toBe(false);
    const taken = takeWorkspace();
    expect(taken).not.toBe(0);
    freeWorkspace(taken);
  });

  test("without entropy does not begin, or fails and leaves nothing", () => {
    expect(generate.start(1024, key)).toBe(true);
    drbg.wipe();
    let steps = 0;
    while (!generate.step()) steps++;
    expect(generate.result()).toBe(false);
    expect(rsaBytes(key)).toBe(0);
    expect(generate.start(1024, key)).toBe(false);
    expect(encrypter.start(key, hash, 1)).toBe(false);
    drbg.seed();
  });
});
