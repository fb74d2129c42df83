/**
 * AES (FIPS 197) in CBC, counter, Galois/counter and CCM mode (NIST SP 800-38A, 38C and 38D), ChaCha20-Poly1305, and Triple DES in CBC mode. No mode
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
/** Octets at most of a text that is sealed whole, and of its additional data. */
const TEXT_MAX = 131072;
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

/** What an algorithm that seals whole messages has in the core. */
interface Sealing {
  readonly prefix: "gcm" | "ccm" | "chachaPoly";
  /** Arguments behind the nonce's address, and behind the tag's. */
  readonly nonce: (length: number) => number[];
  readonly tag: number[];
}

const GCM: Sealing = { prefix: "gcm", nonce: () => [], tag: [TAG] };
const CCM: Sealing = { prefix: "ccm", nonce: (length) => [length], tag: [TAG] };
const CHACHA_POLY: Sealing = { prefix: "chachaPoly", nonce: () => [], tag: [] };

function sealing({ prefix, nonce: more, tag: end }: Sealing, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, most: number): Cipher {
  octets("the additional data", aad, 0, AAD_MAX);
  const [secret, number, additional] = [new Uint8Array(key), new Uint8Array(nonce), new Uint8Array(aad)];
  /** @param tag the message's, to be checked */
  const run = (text: Uint8Array, tag?: Uint8Array): Uint8Array<ArrayBuffer> =>
    within((room) => {
      const ctx = room.take(SCHEDULE);
      room.call(`${prefix}Key`, ctx, room.put(secret), secret.length);
      const [at, icv] = [room.put(text), room.take(TAG)];
      const args = [ctx, room.put(number), ...more(number.length), room.put(additional), additional.length, at, text.length, icv, ...end];
      if (!tag) {
        if (room.call(`${prefix}Seal`, ...args) !== TAG) throw new RangeError(`a text of ${text.length} octets can't be sealed`);
        const out = new Uint8Array(text.length + TAG);
        out.set(room.get(at, text.length));
        out.set(room.get(icv, TAG), text.length);
        return out;
      }
      room.set(icv, tag);
      if (room.call(`${prefix}Open`, ...args) !== 1) throw new TagError("the message is not authentic: its tag is wrong");
      return room.get(at, text.length);
    });
  return {
    encrypt(plaintext) {
      octets("the plaintext", plaintext, 0, most);
      return run(plaintext);
    },
    decrypt(ciphertext) {
      octets("the ciphertext with its tag", ciphertext, TAG, most + TAG);
      return run(ciphertext.subarray(0, -TAG), ciphertext.subarray(-TAG));
    },
  };
}

/**
 * AES in Galois/counter mode. The tag, 16 octets, stands behind the ciphertext; `decrypt` throws a TagError when it is wrong,
 * and gives no plaintext then. A text has at most 131072 octets.
 * @param key 16, 24 or 32 octets
 * @param nonce 12 octets, never twice under one key
 * @param aad additional data that are authenticated, at most 32768 octets
 */
export function aesGcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array = new Uint8Array()): Cipher {
  oneOf("the key", key, 16, 24, 32);
  oneOf("the nonce", nonce, 12);
  return sealing(GCM, key, nonce, aad, TEXT_MAX);
}

/**
 * AES in counter mode with CBC-MAC (RFC 3610; SP 800-38C), with a tag of 16 octets, as aesGcm.
 * @param key 16, 24 or 32 octets
 * @param nonce 7 to 13 octets, never twice under one key; the longer it is, the shorter a text must be: at most 65535 octets with 13
 * @param aad additional data that are authenticated, at most 32768 octets
 */
export function aesCcm(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array = new Uint8Array()): Cipher {
  oneOf("the key", key, 16, 24, 32);
  octets("the nonce", nonce, 7, 13);
  return sealing(CCM, key, nonce, aad, nonce.length === 13 ? 65535 : TEXT_MAX);
}

/**
 * ChaCha20-Poly1305 (RFC 8439), as aesGcm.
 * @param key 32 octets
 * @param nonce 12 octets, never twice under one key
 * @param aad additional data that are authenticated, at most 32768 octets
 */
export function chacha20Poly1305(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array = new Uint8Array()): Cipher {
  oneOf("the key", key, 32);
  oneOf("the nonce", nonce, 12);
  return sealing(CHACHA_POLY, key, nonce, aad, TEXT_MAX);
}
