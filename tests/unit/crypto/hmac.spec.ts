// HMAC: the numbers of RFC 2202 (MD5, SHA-1) and RFC 4231 (SHA-2), at once, by stored state, and by state used twice.
import { HashAlg, Hash } from "../../../assembly/crypto/hash";
import { hashById } from "../../../assembly/crypto/registry";
import { hmac, hmacKey, hmacStart, hmacUpdate, hmacFinal, hmacFinalHidden, hmacKeyHidden, hmacStateLength, HMAC_STATE_MAX } from "../../../assembly/crypto/hmac";
import { MacJob, fastInFours, hmacFour } from "../../../assembly/crypto/hmac_four";
import { fromHex, fromText, toHex } from "./bytes";

const ctx: usize = memory.data(200, 8);
const state: usize = memory.data(128, 8);
const key: usize = memory.data(256, 8);
const message: usize = memory.data(256, 8);
const tail: usize = memory.data(256, 8);
const out: usize = memory.data(64, 8);

function answer(id: u32, keyLen: u32, len: u32, want: string): void {
  const hash = hashById(id) as Hash;
  const short = <u32>want.length >> 1;
  hmac(hash, key, keyLen, message, len, out);
  expect(toHex(out, short)).toBe(want, hash.name + " at once");
  hmacKey(hash, state, key, keyLen);
  for (let again = 0; again < 2; again++) {
    hmacStart(hash, state, ctx);
    for (let i: u32 = 0; i < len; i++) hmacUpdate(hash, ctx, message + i, 1);
    hmacFinal(hash, state, ctx, out);
    expect(toHex(out, short)).toBe(want, hash.name + " by state");
  }
}

function repeat(p: usize, octet: u8, n: u32): u32 {
  memory.fill(p, octet, n);
  return n;
}

describe("RFC 2202", () => {
  test("HMAC-MD5", () => {
    answer(HashAlg.MD5, repeat(key, 0x0b, 16), fromText(message, "Hi There"), "9294727a3638bb1c13f48ef8158bfc9d");
    answer(HashAlg.MD5, fromText(key, "Jefe"), fromText(message, "what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738");
    answer(HashAlg.MD5, repeat(key, 0xaa, 16), repeat(message, 0xdd, 50), "56be34521d144c88dbb8c733f0e8b3f6");
    answer(HashAlg.MD5, repeat(key, 0xaa, 80), fromText(message, "Test Using Larger Than Block-Size Key - Hash Key First"), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  });
  test("HMAC-SHA-1", () => {
    answer(HashAlg.SHA1, repeat(key, 0x0b, 20), fromText(message, "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
    answer(HashAlg.SHA1, fromText(key, "Jefe"), fromText(message, "what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    answer(HashAlg.SHA1, repeat(key, 0xaa, 20), repeat(message, 0xdd, 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
    answer(HashAlg.SHA1, repeat(key, 0xaa, 80), fromText(message, "Test Using Larger Than Block-Size Key - Hash Key First"), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
  });
});

describe("RFC 4231", () => {
  test("case 1", () => {
    const k = repeat(key, 0x0b, 20);
    const n = fromText(message, "Hi There");
    answer(HashAlg.SHA256, k, n, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    answer(HashAlg.SHA384, k, n, "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6");
    answer(HashAlg.SHA512, k, n, "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  });
  test("case 2", () => {
    const k = fromText(key, "Jefe");
    const n = fromText(message, "what do ya want for nothing?");
    answer(HashAlg.SHA256, k, n, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    answer(HashAlg.SHA384, k, n, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
    answer(HashAlg.SHA512, k, n, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  });
  test("case 6: a key longer than a block of any of them", () => {
    const k = repeat(key, 0xaa, 131);
    const n = fromText(message, "Test Using Larger Than Block-Size Key - Hash Key First");
    answer(HashAlg.SHA256, k, n, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    answer(HashAlg.SHA384, k, n, "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952");
    answer(HashAlg.SHA512, k, n, "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
  });
});

describe("the shape of HMAC", () => {
  test("a state is two chaining values", () => {
    for (let id: u32 = 1; id < 7; id++) {
      const hash = hashById(id);
      if (hash) expect(hmacStateLength(hash)).toBeLessThanOrEqual(HMAC_STATE_MAX);
    }
  });
  test("the code may overwrite its message or its key", () => {
    const hash = hashById(HashAlg.SHA256)!;
    let n = fromText(message, "what do ya want for nothing?");
    let k = fromText(key, "Jefe");
    hmac(hash, key, k, message, n, message);
    expect(toHex(message, 4)).toBe("5bdcc146");
    n = fromText(message, "what do ya want for nothing?");
    k = fromText(key, "Jefe");
    hmac(hash, key, k, message, n, key);
    expect(toHex(key, 4)).toBe("5bdcc146");
    expect(fromHex(key, "00ff")).toBe(2);
  });
});

const jobs: usize = memory.data(96, 8);
const states: usize = memory.data(512, 8);
const texts: usize = memory.data(2048, 8);
const codes: usize = memory.data(256, 8);

/** Codes of `count` messages at once against each by itself; lane i has \`length + i * step\` octets. */
function atOnce(id: u32, count: u32, length: u32, step: u32, moreLen: u32): void {
  const hash = hashById(id) as Hash;
  for (let i: u32 = 0; i < 2048; i++) store<u8>(texts + i, <u8>(i * 7 + length));
  for (let i: u32 = 0; i < count; i++) {
    const job = changetype<MacJob>(jobs + i * offsetof<MacJob>());
    job.state = states + (i << 7);
    hmacKey(hash, job.state, key, repeat(key, <u8>(i + 1), 20 + i));
    job.data = texts + (i << 8) + i;
    job.len = length + i * step;
    job.more = texts + 7;
    job.moreLen = moreLen;
    job.out = codes + (i << 6);
  }
  memory.fill(codes, 0, 256);
  hmacFour(hash, jobs, count);
  for (let i: u32 = 0; i < count; i++) {
    const job = changetype<MacJob>(jobs + i * offsetof<MacJob>());
    hmacStart(hash, job.state, ctx);
    hmacUpdate(hash, ctx, job.data, job.len);
    hmacUpdate(hash, ctx, job.more, moreLen);
    hmacFinal(hash, job.state, ctx, out);
    const want = toHex(out, hash.digestLength);
    const got = toHex(job.out, hash.digestLength);
    if (got != want) expect(got).toBe(want, hash.name + ", " + length.toString() + " octets, lane " + i.toString());
  }
  for (let i: usize = count << 6; i < 256; i++) if (load<u8>(codes + i)) expect(load<u8>(codes + i)).toBe(0, "lanes without a message");
}

describe("four messages at once", () => {
  test("give what each gives by itself, at every length around a block's end", () => {
    for (let id: u32 = 1; id < 7; id++) {
      if (!hashById(id)) continue;
      for (let count: u32 = 1; count <= 4; count++) {
        for (let length: u32 = 0; length < 140; length += id > 4 || count < 4 ? 11 : 1) {
          atOnce(id, count, length, 0, 4 * (length & 1));
          atOnce(id, count, length, 33, 4);
        }
      }
    }
  });
  test("are quicker for SHA-1 and SHA-256 where there is SIMD", () => {
    expect(fastInFours(hashById(HashAlg.SHA1)!)).toBe(ASC_FEATURE_SIMD);
    expect(fastInFours(hashById(HashAlg.SHA256)!)).toBe(ASC_FEATURE_SIMD);
    expect(fastInFours(hashById(HashAlg.MD5)!)).toBe(false);
  });
});

describe("lengths that are hidden", () => {
  test("of a key, and of a message's end: the code of any other", () => {
    const ids: u32[] = [HashAlg.MD5, HashAlg.SHA1, HashAlg.SHA256, HashAlg.SHA384, HashAlg.SHA512];
    for (let i: u32 = 0; i < 256; i++) store<u8>(message + i, <u8>(i * 11 + 3));
    for (let k = 0; k < ids.length; k++) {
      const hash = hashById(ids[k])!;
      for (let len: u32 = 0; len <= 200; len++) {
        memory.fill(key, 0, 256);
        for (let i: u32 = 0; i < len; i++) store<u8>(key + i, <u8>(i * 7 + 1));
        hmac(hash, key, len, message, len + 20, out);
        const want = toHex(out, hash.digestLength);
        hmacKeyHidden(hash, state, key, len, 256);
        hmacStart(hash, state, ctx);
        hmacUpdate(hash, ctx, message, 20);
        memory.fill(tail, 0, 220);
        memory.copy(tail, message + 20, len);
        hmacFinalHidden(hash, state, ctx, tail, len, 220, out);
        if (toHex(out, hash.digestLength) != want) expect(toHex(out, hash.digestLength)).toBe(want, len.toString());
      }
    }
  });
});
