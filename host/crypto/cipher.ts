/**
 * AES (FIPS 197) in CBC, counter and Galois/counter mode (NIST SP 800-38A and 38D), and Triple DES in CBC mode. No mode
 * pads: CBC takes whole blocks. Nothing is changed in the arrays that are given; results are new ones.
 */
import { blocks, octets, oneOf } from "./check.ts";
import { within } from "./core.ts";

/** A cipher with its key and its IV, counter or nonce. Use it for one message: what follows must not be encrypted with the same pair. */
export interface Cipher {
  encrypt(plaintext: Uint8Array): Uint8Array<ArrayBuffer>;
  /** The same the other way round. */
  decrypt(ciphertext: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** IKE's numbers of the ciphers (RFC 2409, appendix A). */
const enum Id { DES3 = 5, AES = 7 }

/** Octets that go through the core at once: whole blocks. */
const PART = 65536;
/** Octets for a key's schedule, in whatever form a kernel wants it. */
const SCHEDULE = 16384;
/** Octets of a message and of its additional data that GCM takes at most. */
const GCM_MAX = 131072;
const AAD_MAX = 32768;
const TAG = 16;

function cbc(id: Id, block: number, key: Uint8Array, iv: Uint8Array): Cipher {
  const run = (way: "cbcEncrypt" | "cbcDecrypt", text: Uint8Array): Uint8Array<ArrayBuffer> =>
    within((room) => {
      const ctx = room.take(Math.max(SCHEDULE, room.call("cipherCtxLength", id)));
      if (room.call("cipherSetKey", id, ctx, room.put(key), key.length) !== 1) throw new RangeError(`the cipher takes no key of ${key.length} octets`);
      const chain = room.put(iv);
      const at = room.take(Math.min(text.length, PART));
      const out = new Uint8Array(text.length);
      // The IV in the core's memory moves on with each part.
      for (let done = 0; done < text.length; done += PART) {
        const length = Math.min(PART, text.length - done);
        room.pass(at, length, text, out, done, () => void room.call(way, id, ctx, chain, at, length));
      }
      return out;
    });
  return {
    encrypt(plaintext) {
      blocks("the plaintext", plaintext, block);
      return run("cbcEncrypt", plaintext);
    },
    decrypt(ciphertext) {
      blocks("the ciphertext", ciphertext, block);
      return run("cbcDecrypt", ciphertext);
    },
  };
}

/**
 * AES in CBC mode without padding.
 * @param key 16, 24 or 32 octets
 * @param iv 16 octets, not to be foreseen
 */
export function aesCbc(key: Uint8Array, iv: Uint8Array): Cipher {
  oneOf("the key", key, 16, 24, 32);
  oneOf("the IV", iv, 16);
  return cbc(Id.AES, 16, new Uint8Array(key), new Uint8Array(iv));
}

/**
 * Triple DES in CBC mode without padding, for old protocols.
 * @param key 24 octets, three keys of DES; parity bits are not looked at
 * @param iv 8 octets
 */
export function des3Cbc(key: Uint8Array, iv: Uint8Array): Cipher {
  oneOf("the key", key, 24);
  oneOf("the IV", iv, 8);
  return cbc(Id.DES3, 8, new Uint8Array(key), new Uint8Array(iv));
}

/**
 * AES in counter mode, for messages of any length.
 * @param key 16, 24 or 32 octets
 * @param counter 16 octets, the first counter block: a number of 128 bits that counts up
 */
export function aesCtr(key: Uint8Array, counter: Uint8Array): Cipher {
  oneOf("the key", key, 16, 24, 32);
  oneOf("the counter", counter, 16);
  const [secret, first] = [new Uint8Array(key), new Uint8Array(counter)];
  const run = (text: Uint8Array): Uint8Array<ArrayBuffer> =>
    within((room) => {
      const ctx = room.take(SCHEDULE);
      room.call("ctrKey", ctx, room.put(secret), secret.length);
      const block = room.put(first);
      const at = room.take(Math.min(text.length, PART));
      const out = new Uint8Array(text.length);
      const counting = new Uint8Array(first);
      const view = new DataView(counting.buffer);
      for (let done = 0, length = 0; done < text.length; done += length) {
        // The core counts in 32 bits: a part ends where the carry goes beyond them.
        length = Math.min(PART, text.length - done, (0x100000000 - view.getUint32(12)) * 16);
        room.set(block, counting);
        room.pass(at, length, text, out, done, () => void room.call("ctrXor", ctx, block, at, length));
        for (let word = 12, carry = Math.ceil(length / 16); word >= 0 && carry > 0; word -= 4) {
          const sum = view.getUint32(word) + carry;
          view.setUint32(word, sum);
          carry = sum > 0xffffffff ? 1 : 0;
        }
      }
      return out;
    });
  return {
    encrypt(plaintext) {
      octets("the plaintext", plaintext);
      return run(plaintext);
    },
    decrypt(ciphertext) {
      octets("the ciphertext", ciphertext);
      return run(ciphertext);
    },
  };
}

/** What `decrypt` throws for a message whose tag is wrong. */
export class TagError extends Error {
  override readonly name = "TagError";
}

/**
 * AES in Galois/counter mode. The tag, 16 octets, stands behind the ciphertext; `decrypt` throws a TagError when it is wrong,
 * and gives no plaintext then.
 * @param key 16, 24 or 32 octets
 * @param nonce 12 octets, never twice under one key
 * @param aad additional data that are authenticated, at most 32768 octets
 */
export function aesGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array = new Uint8Array()): Cipher {
  oneOf("the key", key, 16, 24, 32);
  oneOf("the nonce", nonce, 12);
  octets("the additional data", aad, 0, AAD_MAX);
  const [secret, number, additional] = [new Uint8Array(key), new Uint8Array(nonce), new Uint8Array(aad)];
  /** @param tag the message's, to be checked */
  const run = (text: Uint8Array, tag?: Uint8Array): Uint8Array<ArrayBuffer> =>
    within((room) => {
      const ctx = room.take(SCHEDULE);
      room.call("gcmKey", ctx, room.put(secret), secret.length);
      const [at, icv] = [room.put(text), room.take(TAG)];
      const args = [ctx, room.put(number), room.put(additional), additional.length, at, text.length, icv, TAG];
      if (!tag) {
        room.call("gcmSeal", ...args);
        const out = new Uint8Array(text.length + TAG);
        out.set(room.get(at, text.length));
        out.set(room.get(icv, TAG), text.length);
        return out;
      }
      room.set(icv, tag);
      if (room.call("gcmOpen", ...args) !== 1) throw new TagError("the message is not authentic: its tag is wrong");
      return room.get(at, text.length);
    });
  return {
    encrypt(plaintext) {
      octets("the plaintext", plaintext, 0, GCM_MAX);
      return run(plaintext);
    },
    decrypt(ciphertext) {
      octets("the ciphertext with its tag", ciphertext, TAG, GCM_MAX + TAG);
      return run(ciphertext.subarray(0, -TAG), ciphertext.subarray(-TAG));
    },
  };
}
