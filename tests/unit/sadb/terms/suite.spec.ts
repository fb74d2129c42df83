import { keyLength } from "../../../../assembly/sadb/sas/sa_keys";
import {
  CipherMode, Integrity, Pairing, alignment, authKeyLength, authKeylogName, authWord, cipherKeyLength, cipherKeylogName,
  cipherMode, cipherOf, cipherWord, hasKeyLengths, icvLength, integrityOf, ivLength, pairing, saltLength, smallBlock,
} from "../../../../assembly/sadb/terms/suite";

/** transform, mode, IV, alignment, salt, own ICV */
const ciphers: u32[][] = [
  [2, 1, 8, 8, 0, 0], [3, 1, 8, 8, 0, 0], [11, 0, 0, 4, 0, 0], [12, 1, 16, 16, 0, 0],
  [13, 2, 8, 4, 4, 0], [14, 4, 8, 4, 3, 8], [15, 4, 8, 4, 3, 12], [16, 4, 8, 4, 3, 16], [22, 1, 16, 16, 0, 0], [23, 5, 8, 4, 4, 16], [254, 6, 8, 4, 4, 16],
  [18, 3, 8, 4, 4, 8], [19, 3, 8, 4, 4, 12], [20, 3, 8, 4, 4, 16],
];
/** authentication, octets of key and ICV, how */
const auths: u32[][] = [[1, 16, 12, 1], [2, 20, 12, 1], [5, 32, 16, 1], [6, 48, 24, 1], [7, 64, 32, 1], [9, 16, 12, 2]];

describe("algorithms", () => {
  test("every row of ciphers", () => {
    for (let i = 0; i < ciphers.length; i++) {
      const t = ciphers[i][0];
      expect(<u32>cipherMode(t)).toBe(ciphers[i][1]);
      expect(ivLength(t)).toBe(ciphers[i][2]);
      expect(alignment(t)).toBe(ciphers[i][3]);
      expect(saltLength(t)).toBe(ciphers[i][4]);
      expect(icvLength(t, 0)).toBe(ciphers[i][5]);
      expect(cipherOf(t) != null).toBe(ciphers[i][1] == CipherMode.CBC);
      expect(smallBlock(t)).toBe(t == 2 || t == 3);
      expect(hasKeyLengths(t)).toBe(t > 11 && t != 254);
      expect(cipherWord(t)).not.toBe("esp-unknown");
    }
    for (let t: u32 = 0; t < 300; t++) {
      if (t == 2 || t == 3 || (t > 10 && t < 17) || (t > 17 && t < 21) || t == 22 || t == 23 || t == 254) continue;
      expect(cipherKeyLength(t, 128)).toBe(0);
      expect(pairing(t, 128, 2)).toBe(Pairing.UNKNOWN);
      expect(cipherWord(t)).toBe("esp-unknown");
    }
  });

  test("every authentication", () => {
    for (let i = 0; i < auths.length; i++) {
      const a = auths[i][0];
      expect(authKeyLength(a)).toBe(auths[i][1]);
      expect(icvLength(12, a)).toBe(auths[i][2]);
      expect(icvLength(0, a)).toBe(auths[i][2]);
      expect(<u32>integrityOf(12, a)).toBe(auths[i][3]);
      expect(<u32>integrityOf(0, a)).toBe(auths[i][3]);
      expect(authWord(a)).not.toBe("unknown");
    }
    expect(integrityOf(12, 0)).toBe(Integrity.NONE);
    for (let t: u32 = 14; t < 17; t++) expect(integrityOf(t, 0)).toBe(Integrity.COMBINED);
    expect(integrityOf(20, 0)).toBe(Integrity.COMBINED);
    expect(integrityOf(23, 0)).toBe(Integrity.COMBINED);
    expect(integrityOf(254, 0)).toBe(Integrity.COMBINED);
    expect(authWord(3)).toBe("unknown");
    expect(authKeylogName(9)).toBe("ANY 96 bit authentication [no checking]");
    expect(cipherKeylogName(20)).toBe("AES-GCM with 16 octet ICV [RFC4106]");
    expect(cipherKeylogName(15)).toBe("AES-CCM with 12 octet ICV [RFC4309]");
    expect(cipherKeylogName(22)).toBe("Camellia-CBC [RFC4312]");
    expect(cipherKeylogName(23)).toBe("AES-GMAC [RFC4543]");
    expect(cipherKeylogName(254)).toBe("ChaCha20-Poly1305 [RFC7634]");
  });

  test("key material: key, salt, authentication key (RFC 3686, 5.1; RFC 4106, 8.1)", () => {
    expect(keyLength(50, 2, 0, 1)).toBe(8 + 16);
    expect(keyLength(50, 3, 0, 2)).toBe(24 + 20);
    expect(keyLength(50, 11, 0, 5)).toBe(32);
    expect(keyLength(50, 12, 256, 7)).toBe(32 + 64);
    expect(keyLength(50, 12, 192, 9)).toBe(24 + 16);
    expect(keyLength(50, 13, 128, 2)).toBe(16 + 4 + 20);
    expect(keyLength(50, 13, 256, 7)).toBe(32 + 4 + 64);
    expect(keyLength(50, 18, 128, 0)).toBe(20);
    expect(keyLength(50, 19, 192, 0)).toBe(28);
    expect(keyLength(50, 20, 256, 0)).toBe(36);
    expect(keyLength(50, 14, 128, 0)).toBe(19);
    expect(keyLength(50, 15, 192, 0)).toBe(27);
    expect(keyLength(50, 16, 256, 0)).toBe(35);
    expect(keyLength(50, 22, 192, 5)).toBe(24 + 32);
    expect(keyLength(50, 23, 256, 0)).toBe(36);
    expect(keyLength(50, 254, 0, 0)).toBe(36);
  });

  test("pairs that protect nothing, or say it twice, have no key material", () => {
    expect(pairing(11, 0, 0)).toBe(Pairing.NULL_ALONE);
    expect(pairing(13, 128, 0)).toBe(Pairing.CTR_ALONE);
    expect(pairing(20, 128, 2)).toBe(Pairing.SECOND_AUTH);
    expect(pairing(16, 128, 2)).toBe(Pairing.SECOND_AUTH);
    expect(pairing(23, 128, 9)).toBe(Pairing.SECOND_AUTH);
    expect(pairing(254, 0, 5)).toBe(Pairing.SECOND_AUTH);
    expect(pairing(254, 0, 0)).toBe(Pairing.OK);
    expect(pairing(16, 100, 0)).toBe(Pairing.UNKNOWN);
    expect(pairing(3, 0, 9)).toBe(Pairing.XCBC_SMALL_BLOCK);
    expect(pairing(12, 128, 0)).toBe(Pairing.OK);
    expect(pairing(12, 100, 2)).toBe(Pairing.UNKNOWN);
    expect(pairing(20, 100, 0)).toBe(Pairing.UNKNOWN);
    expect(pairing(12, 128, 4)).toBe(Pairing.UNKNOWN);
    expect(keyLength(50, 11, 0, 0)).toBe(0);
    expect(keyLength(50, 13, 128, 0)).toBe(0);
    expect(keyLength(50, 20, 128, 2)).toBe(0);
    expect(keyLength(50, 3, 0, 9)).toBe(0);
  });
});
