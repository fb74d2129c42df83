/**
 * OpenSSL's work through node:crypto. A task is told in a few words, so that a process of its own can do it: only there can
 * OPENSSL_ia32cap take instructions away.
 */
import { createCipheriv, createDecipheriv, createDiffieHellman, createECDH, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, privateEncrypt, publicDecrypt, sign, verify } from "node:crypto";
import { octets } from "../inputs.ts";

export type Task =
  | { kind: "hash" | "hmac"; algorithm: string; length: number }
  | { kind: "encrypt" | "decrypt"; algorithm: string; key: number; iv: number; length: number }
  | { kind: "seal" | "open"; algorithm: string; key: number; length: number }
  | { kind: "modp"; prime: string; exponent: number }
  | { kind: "ecdh"; curve: string; secret: string; value: string }
  | { kind: "x25519"; secret: string; value: string }
  | { kind: "rsa-sign" | "rsa-verify" | "ecdsa-sign" | "ecdsa-verify"; key: string }
  /** `gmac`: the text is authenticated, and stays as it is (RFC 4543). */
  | { kind: "esp"; cipher: string; key: number; hash?: string; gmac?: boolean; length: number };

export interface Work {
  call(): void;
  result(): Uint8Array;
}

/** The additional data of a packet: SPI and sequence number. */
export const AAD = octets(8, "aad");
export const NONCE = octets(12, "nonce");

/** What is signed: 32 octets, by their hash. */
export const HASHED = octets(32, "hashed");
export const HASH = createHash("sha256").update(HASHED).digest();

/** DER in front of raw keys (RFC 8410). */
const X25519_PRIVATE = Buffer.from("302e020100300506032b656e04220420", "hex");
const X25519_PUBLIC = Buffer.from("302a300506032b656e032100", "hex");

type Aead = "aes-128-gcm";

export function work(task: Task): Work {
  switch (task.kind) {
    case "hash": {
      const data = octets(task.length, "data");
      const digest = (): Buffer => createHash(task.algorithm).update(data).digest();
      return { call: () => void digest(), result: digest };
    }
    case "hmac": {
      const [key, data] = [octets(20, "key"), octets(task.length, "data")];
      const code = (): Buffer => createHmac(task.algorithm, key).update(data).digest();
      return { call: () => void code(), result: code };
    }
    case "encrypt":
    case "decrypt": {
      // One stream that never ends: a key's and an IV's set-up cost nothing here.
      const [key, iv, data] = [octets(task.key, "key"), octets(task.iv, "iv"), octets(task.length, "data")];
      const made = () => (task.kind === "encrypt" ? createCipheriv : createDecipheriv)(task.algorithm, key, iv).setAutoPadding(false);
      const stream = made();
      return { call: () => void stream.update(data), result: () => made().update(data) };
    }
    case "seal": {
      const [key, data] = [octets(task.key, "key"), octets(task.length, "data")];
      const seal = (): Buffer[] => {
        const cipher = createCipheriv(task.algorithm as Aead, key, NONCE, { authTagLength: 16 }).setAAD(AAD);
        const sealed = cipher.update(data);
        cipher.final();
        return [sealed, cipher.getAuthTag()];
      };
      return { call: () => void seal(), result: () => Buffer.concat(seal()) };
    }
    case "open": {
      const [key, data] = [octets(task.key, "key"), octets(task.length, "data")];
      const cipher = createCipheriv(task.algorithm as Aead, key, NONCE, { authTagLength: 16 }).setAAD(AAD);
      const sealed = Buffer.concat([cipher.update(data), cipher.final()]);
      const tag = cipher.getAuthTag();
      const open = (): Buffer => {
        const decipher = createDecipheriv(task.algorithm as Aead, key, NONCE, { authTagLength: 16 }).setAAD(AAD).setAuthTag(tag);
        const text = decipher.update(sealed);
        decipher.final();
        return text;
      };
      return { call: () => void open(), result: open };
    }
    case "modp": {
      const prime = Buffer.from(task.prime, "hex");
      const [mine, peer] = [createDiffieHellman(prime, 2), createDiffieHellman(prime, 2)];
      mine.setPrivateKey(octets(task.exponent, "exponent"));
      peer.setPrivateKey(octets(task.exponent, "peer"));
      const value = peer.generateKeys();
      const secret = (): Buffer => mine.computeSecret(value);
      return { call: () => void secret(), result: () => { const s = secret(); return Buffer.concat([Buffer.alloc(prime.length - s.length), s]); } };
    }
    case "ecdh": {
      const mine = createECDH(task.curve);
      mine.setPrivateKey(Buffer.from(task.secret, "hex"));
      const value = Buffer.from(task.value, "hex");
      return { call: () => void mine.computeSecret(value), result: () => mine.computeSecret(value) };
    }
    case "x25519": {
      const privateKey = createPrivateKey({ key: Buffer.concat([X25519_PRIVATE, Buffer.from(task.secret, "hex")]), format: "der", type: "pkcs8" });
      const publicKey = createPublicKey({ key: Buffer.concat([X25519_PUBLIC, Buffer.from(task.value, "hex")]), format: "der", type: "spki" });
      const secret = (): Buffer => diffieHellman({ privateKey, publicKey });
      return { call: () => void secret(), result: secret };
    }
    case "rsa-sign": {
      const key = createPrivateKey(task.key);
      return { call: () => void privateEncrypt(key, HASH), result: () => privateEncrypt(key, HASH) };
    }
    case "rsa-verify": {
      const key = createPublicKey(task.key);
      const signature = privateEncrypt(createPrivateKey(task.key), HASH);
      return { call: () => void publicDecrypt(key, signature), result: () => Buffer.of(Number(publicDecrypt(key, signature).equals(HASH))) };
    }
    case "ecdsa-sign":
    case "ecdsa-verify": {
      const key = createPrivateKey(task.key);
      const made = (): Buffer => sign("sha256", HASHED, key);
      const [publicKey, signature] = [createPublicKey(task.key), made()];
      const isGood = (one: Buffer): boolean => verify("sha256", HASHED, publicKey, one);
      return task.kind === "ecdsa-sign" ? { call: () => void made(), result: () => Buffer.of(Number(isGood(made()))) } : { call: () => void isGood(signature), result: () => Buffer.of(Number(isGood(signature))) };
    }
    case "esp": return espWork(task);
  }
}

/** A packet out and in, without its frame: cipher and MAC, MAC and cipher. The result is the text again. */
function espWork({ cipher, key, hash, gmac, length }: Extract<Task, { kind: "esp" }>): Work {
  const [secret, auth, head] = [octets(key, "key"), octets(20, "auth"), octets(16, "head")];
  const block = cipher.startsWith("des") ? 8 : 16;
  const text = octets(!hash ? length : Math.ceil((length + 2) / block) * block, "data");
  const options = { authTagLength: 16 };
  // CCM's nonce has 11 octets (RFC 4309, 4), and it wants to know lengths first.
  const nonce = cipher.endsWith("ccm") ? NONCE.subarray(0, 11) : NONCE;
  const about = { plaintextLength: length };
  const both = gmac
    ? (): Buffer => {
        const out = createCipheriv(cipher as Aead, secret, nonce, options).setAAD(head).setAAD(text);
        out.final();
        createDecipheriv(cipher as Aead, secret, nonce, options).setAAD(head).setAAD(text).setAuthTag(out.getAuthTag()).final();
        return text as Buffer;
      }
    : !hash
    ? (): Buffer => {
        const out = createCipheriv(cipher as Aead, secret, nonce, options).setAAD(head, about);
        const sealed = out.update(text);
        out.final();
        const back = createDecipheriv(cipher as Aead, secret, nonce, options).setAuthTag(out.getAuthTag()).setAAD(head, about);
        const opened = back.update(sealed);
        back.final();
        return opened;
      }
    : (): Buffer => {
        const iv = head.subarray(0, block);
        const sealed = createCipheriv(cipher, secret, iv).setAutoPadding(false).update(text);
        const sent = createHmac(hash!, auth).update(head).update(sealed).digest();
        const got = createHmac(hash!, auth).update(head).update(sealed).digest();
        if (!sent.equals(got)) throw new Error("two codes of one packet differ");
        return createDecipheriv(cipher, secret, iv).setAutoPadding(false).update(sealed);
      };
  return { call: () => void both(), result: both };
}
