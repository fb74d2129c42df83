/** The primitives of further ESP and AH transforms (build/primitives.wasm): one method for each one-shot use. */
import { Primitives } from "./primitives.ts";

const CTX = 0;
const NONCE = 1024;
const ICV = 1536;
const KEY = 4096;
const AAD = 8192;
const DATA = 65536;
const MESSAGE = 2048;
const OUT = 3072;

export class Suites extends Primitives {
  static override async load(): Promise<Suites> {
    return new Suites((await Primitives.load()).exports);
  }

  /** Counter mode as ESP uses it (RFC 3686). */
  ctrEsp(key: Uint8Array, nonce: Uint8Array, iv: Uint8Array, data: Uint8Array): Buffer {
    const ctx = this.base + CTX;
    if (this.call("ctrKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    this.call("ctrEsp", ctx, this.put(NONCE, nonce), this.put(NONCE + 16, iv), this.put(DATA, data), data.length);
    return this.get(DATA, data.length);
  }

  /** Counter mode from a given counter block, in parts; and the counter block that is left. */
  ctr(key: Uint8Array, counter: Uint8Array, ...parts: Uint8Array[]): { data: Buffer; counter: Buffer } {
    const ctx = this.base + CTX;
    if (this.call("ctrKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    const at = this.put(NONCE, counter);
    const made = parts.map((part) => {
      this.call("ctrXor", ctx, at, this.put(DATA, part), part.length);
      return this.get(DATA, part.length);
    });
    return { data: Buffer.concat(made), counter: this.get(NONCE, 16) };
  }

  private gcmArguments(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array): number[] {
    const ctx = this.base + CTX;
    if (this.call("gcmKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    return [ctx, this.put(NONCE, nonce), this.put(AAD, aad), aad.length, this.put(DATA, data), data.length];
  }

  seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, icvLen = 16): { data: Buffer; icv: Buffer } {
    const made = this.call("gcmSeal", ...this.gcmArguments(key, nonce, aad, data), this.base + ICV, icvLen);
    if (made !== icvLen) throw new Error(`AES-GCM has no ICV of ${icvLen} bytes`);
    return { data: this.get(DATA, data.length), icv: this.get(ICV, icvLen) };
  }

  /** What is left in place, and whether the ICV was right. */
  open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, icv: Uint8Array): { good: boolean; data: Buffer } {
    const good = this.call("gcmOpen", ...this.gcmArguments(key, nonce, aad, data), this.put(ICV, icv), icv.length) === 1;
    return { good, data: this.get(DATA, data.length) };
  }

  private chachaArguments(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array): number[] {
    const ctx = this.base + CTX;
    if (this.call("chachaPolyKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`ChaCha20-Poly1305 takes no key of ${key.length} bytes`);
    return [ctx, this.put(NONCE, nonce), this.put(AAD, aad), aad.length, this.put(DATA, data), data.length];
  }

  chachaSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array): { data: Buffer; icv: Buffer } {
    const length = this.call("chachaPolySeal", ...this.chachaArguments(key, nonce, aad, data), this.base + ICV);
    return { data: this.get(DATA, data.length), icv: this.get(ICV, length) };
  }

  /** What is left in place, and whether the ICV was right. */
  chachaOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, icv: Uint8Array): { good: boolean; data: Buffer } {
    const good = this.call("chachaPolyOpen", ...this.chachaArguments(key, nonce, aad, data), this.put(ICV, icv)) === 1;
    return { good, data: this.get(DATA, data.length) };
  }

  xcbc(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
    const ctx = this.base + CTX;
    const message = this.base + MESSAGE;
    this.call("xcbcKey", ctx, this.put(KEY, key));
    this.call("xcbcStart", message);
    for (const part of parts) this.call("xcbcUpdate", ctx, message, this.put(DATA, part), part.length);
    return this.get(OUT, this.call("xcbcFinal", ctx, message, this.base + OUT));
  }

  xcbcPrf(key: Uint8Array, data: Uint8Array): Buffer {
    return this.get(OUT, this.call("xcbcPrf", this.put(KEY, key), key.length, this.put(DATA, data), data.length, this.base + OUT));
  }

  private ccmArguments(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array): number[] {
    const ctx = this.base + CTX;
    if (this.call("ccmKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    return [ctx, this.put(NONCE, nonce), nonce.length, this.put(AAD, aad), aad.length, this.put(DATA, data), data.length];
  }

  ccmSeal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, icvLen: number): { data: Buffer; icv: Buffer } {
    const made = this.call("ccmSeal", ...this.ccmArguments(key, nonce, aad, data), this.base + ICV, icvLen);
    if (made !== icvLen) throw new Error(`AES-CCM has no ICV of ${icvLen} bytes, or no nonce of ${nonce.length}`);
    return { data: this.get(DATA, data.length), icv: this.get(ICV, icvLen) };
  }

  /** What is left in place, and whether the ICV was right. */
  ccmOpen(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, icv: Uint8Array): { good: boolean; data: Buffer } {
    const good = this.call("ccmOpen", ...this.ccmArguments(key, nonce, aad, data), this.put(ICV, icv), icv.length) === 1;
    return { good, data: this.get(DATA, data.length) };
  }

  cmac(key: Uint8Array, ...parts: Uint8Array[]): Buffer {
    const ctx = this.base + CTX;
    const message = this.base + MESSAGE;
    if (this.call("cmacKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    this.call("cmacStart", message);
    for (const part of parts) this.call("cmacUpdate", ctx, message, this.put(DATA, part), part.length);
    return this.get(OUT, this.call("cmacFinal", ctx, message, this.base + OUT));
  }

  gmac(key: Uint8Array, nonce: Uint8Array, ...parts: Uint8Array[]): Buffer {
    const ctx = this.base + CTX;
    const message = this.base + MESSAGE;
    if (this.call("gcmKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
    this.call("gmacStart", message, this.put(NONCE, nonce));
    for (const part of parts) this.call("gmacUpdate", ctx, message, this.put(DATA, part), part.length);
    return this.get(OUT, this.call("gmacFinal", ctx, message, this.base + OUT));
  }

  /** AES-CBC over several texts in one call, each with a key and an IV; and the IVs that are left. */
  encryptMany(texts: { key: Uint8Array; iv: Uint8Array; data: Uint8Array }[]): { data: Buffer; iv: Buffer }[] {
    const at = (i: number): number => DATA + i * 4096;
    const list = Buffer.alloc(16 * texts.length);
    texts.forEach(({ key, iv, data }, i) => {
      const ctx = this.base + at(i);
      if (this.call("ctrKey", ctx, this.put(KEY, key), key.length) !== 1) throw new Error(`AES takes no key of ${key.length} bytes`);
      [ctx, this.put(at(i) + 256, iv), this.put(at(i) + 512, data), data.length].forEach((word, n) => list.writeUInt32LE(word, 16 * i + 4 * n));
    });
    this.call("aesEncryptMany", this.put(AAD, list), texts.length);
    return texts.map(({ data }, i) => ({ data: this.get(at(i) + 512, data.length), iv: this.get(at(i) + 256, 16) }));
  }
}
