/** Hashes (RFC 1321, FIPS 180-4), HMAC (RFC 2104) and AES-CMAC (RFC 4493). A message may come in parts; it may have any length. */
import { octets, oneOf } from "./check.ts";
import { within, type Room } from "./core.ts";

/** IKE's numbers of the hashes (RFC 2409, appendix A; RFC 4868). */
const enum Id { MD5 = 1, SHA1 = 2, SHA256 = 4, SHA384 = 5, SHA512 = 6 }

/** Octets that go into the core at once. */
const PART = 65536;

/** Gives the parts to `add`, piece by piece. */
function feed(room: Room, parts: readonly Uint8Array[], add: (at: number, length: number) => void): void {
  const longest = Math.max(0, ...parts.map(({ length }) => length));
  const at = room.take(Math.min(longest, PART));
  for (const part of parts)
    for (let done = 0; done < part.length; done += PART) {
      const piece = part.subarray(done, done + PART);
      room.set(at, piece);
      add(at, piece.length);
    }
}

function digest(id: Id, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  parts.forEach((part, i) => octets(`part ${i + 1} of the message`, part));
  return within((room) => {
    const ctx = room.take(room.call("hashCtxLength", id));
    const out = room.take(64);
    room.call("hashInit", id, ctx);
    feed(room, parts, (at, length) => room.call("hashUpdate", id, ctx, at, length));
    return room.get(out, room.call("hashFinal", id, ctx, out));
  });
}

/** Octets of an HMAC key at most. */
const KEY_MAX = 65536;

function hmac(id: Id, key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  octets("the key", key, 0, KEY_MAX);
  parts.forEach((part, i) => octets(`part ${i + 1} of the message`, part));
  return within((room) => {
    const ctx = room.take(room.call("hashCtxLength", id));
    const state = room.take(room.call("hmacStateLength", id));
    const out = room.take(64);
    room.call("hmacKey", id, state, room.put(key), key.length);
    room.call("hmacStart", id, state, ctx);
    feed(room, parts, (at, length) => room.call("hashUpdate", id, ctx, at, length));
    return room.get(out, room.call("hmacFinal", id, state, ctx, out));
  });
}

/** MD5, 16 octets. Broken as a hash: only for old protocols. */
export const md5 = (...message: Uint8Array[]): Uint8Array<ArrayBuffer> => digest(Id.MD5, message);
/** SHA-1, 20 octets. Collisions are known: only where a protocol asks for it. */
export const sha1 = (...message: Uint8Array[]): Uint8Array<ArrayBuffer> => digest(Id.SHA1, message);
/** SHA-256, 32 octets. */
export const sha256 = (...message: Uint8Array[]): Uint8Array<ArrayBuffer> => digest(Id.SHA256, message);
/** SHA-384, 48 octets. */
export const sha384 = (...message: Uint8Array[]): Uint8Array<ArrayBuffer> => digest(Id.SHA384, message);
/** SHA-512, 64 octets. */
export const sha512 = (...message: Uint8Array[]): Uint8Array<ArrayBuffer> => digest(Id.SHA512, message);

/** HMAC-MD5, 16 octets; the key has at most 65536. */
export const hmacMd5 = (key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> => hmac(Id.MD5, key, message);
/** HMAC-SHA-1, 20 octets; the key has at most 65536. */
export const hmacSha1 = (key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> => hmac(Id.SHA1, key, message);
/** HMAC-SHA-256, 32 octets; the key has at most 65536. */
export const hmacSha256 = (key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> => hmac(Id.SHA256, key, message);
/** HMAC-SHA-384, 48 octets; the key has at most 65536. */
export const hmacSha384 = (key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> => hmac(Id.SHA384, key, message);
/** HMAC-SHA-512, 64 octets; the key has at most 65536. */
export const hmacSha512 = (key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> => hmac(Id.SHA512, key, message);

/** AES-CMAC, 16 octets; the key has 16, 24 or 32. */
export function aesCmac(key: Uint8Array, ...message: Uint8Array[]): Uint8Array<ArrayBuffer> {
  oneOf("the key", key, 16, 24, 32);
  message.forEach((part, i) => octets(`part ${i + 1} of the message`, part));
  return within((room) => {
    const [ctx, state, out] = [room.take(16384), room.take(1024), room.take(64)];
    room.call("cmacKey", ctx, room.put(key), key.length);
    room.call("cmacStart", state);
    feed(room, message, (at, length) => room.call("cmacUpdate", ctx, state, at, length));
    return room.get(out, room.call("cmacFinal", ctx, state, out));
  });
}
