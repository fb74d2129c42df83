// The abstract shape of a block cipher in CBC mode (RFC 2451; RFC 3602; RFC 2405). A BlockCipher is a stateless
// singleton; the caller owns the key schedule (`ctxLength` bytes, aligned to 8), kept compact because each SA has one.
// Numbers are IKE's phase 1 attribute values (RFC 2409, appendix A; RFC 3602, 5.3; RFC 4312, 3).

/** Ciphers by their value in IKE's Encryption Algorithm attribute. */
export const enum CipherAlg { DES = 1, DES3 = 5, AES = 7, CAMELLIA = 8 }

/** Bytes that hold the key schedule of any cipher. */
export const CIPHER_CTX_MAX: u32 = 384;
/** Bytes of the longest block, and so of the longest CBC IV. */
export const CIPHER_BLOCK_MAX: u32 = 16;
/** Bytes of the longest key. */
export const CIPHER_KEY_MAX: u32 = 32;

/** A block cipher. All lengths are in bytes and public. */
export abstract class BlockCipher {
  constructor(
    /** Value of the Encryption Algorithm attribute (CipherAlg). */
    readonly id: u32,
    /** Name as people write it: "des", "3des", "aes", "camellia" (IOS's words). */
    readonly name: string,
    readonly blockLength: u32,
    /** Bytes of a key schedule. */
    readonly ctxLength: u32,
  ) {}

  /** Whether a key may have `len` bytes: 8 for DES, 24 for 3DES, 16, 24 or 32 for AES and Camellia. */
  abstract keyLengthOk(len: u32): bool;
  /** Expands `keyLen` bytes at `key` (a length that keyLengthOk accepts) into `ctx`. DES ignores parity bits. */
  abstract setKey(ctx: usize, key: usize, keyLen: u32): void;
  /** Encrypts in place `len` bytes, a multiple of the block; `iv` (a block) becomes the last ciphertext block. */
  abstract cbcEncrypt(ctx: usize, iv: usize, data: usize, len: u32): void;
  /** Decrypts in place `len` bytes, a multiple of the block; `iv` (a block) becomes the last ciphertext block. */
  abstract cbcDecrypt(ctx: usize, iv: usize, data: usize, len: u32): void;
}
