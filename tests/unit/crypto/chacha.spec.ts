// ChaCha20: RFC 8439, 2.4.2. Poly1305: 2.5.2 and the edges of A.3. Both together: 2.8.2.
import { CHACHA_POLY_CTX, chachaPolyKey, chachaPolyOpen, chachaPolySeal } from "../../../assembly/crypto/chacha_poly";
import { chachaClose, chachaOpen, chachaRun, chachaStride } from "../../../assembly/crypto/chacha20";
import { polyFinal, polyPadded, polyStart } from "../../../assembly/crypto/poly1305";
import { fromHex, fromText, toHex } from "./bytes";

const ctx: usize = memory.data(32, 8);
const key: usize = memory.data(32, 8);
const nonce: usize = memory.data(16, 8);
const aad: usize = memory.data(16, 8);
const text: usize = memory.data(1024, 8);
const icv: usize = memory.data(16, 8);

const SUNSCREEN = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

function poly(oneTime: string, message: string, want: string): void {
  fromHex(key, oneTime);
  polyStart(key);
  polyPadded(text, fromHex(text, message));
  polyFinal(icv);
  expect(toHex(icv, 16)).toBe(want, message);
}

describe("ChaCha20", () => {
  test("RFC 8439, 2.4.2", () => {
    fromHex(key, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    fromHex(nonce, "000000000000004a00000000");
    const len = fromText(text, SUNSCREEN);
    chachaOpen(key, nonce, 1);
    chachaRun(text, len);
    chachaClose();
    expect(toHex(text, len)).toBe(
      "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8" +
      "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eedf2785e42874d",
    );
  });
  test("a text in strides is a text at once", () => {
    const stride = chachaStride();
    memory.fill(text, 7, 1024);
    chachaOpen(key, nonce, 5);
    chachaRun(text, 3 * stride + 33);
    chachaOpen(key, nonce, 5);
    chachaRun(text, stride);
    chachaRun(text + stride, 2 * stride + 33);
    chachaClose();
    let sum: u32 = 0;
    for (let i: usize = 0; i < 1024; i++) sum |= <u32>load<u8>(text + i) ^ 7;
    expect(sum).toBe(0);
  });
});

describe("Poly1305", () => {
  test("RFC 8439, A.3, cases 7 to 11: carries and the last subtraction", () => {
    const one = "01" + "00".repeat(31);
    const two = "02" + "00".repeat(31);
    poly(two, "ff".repeat(16), "03" + "00".repeat(15));
    poly("02" + "00".repeat(15) + "ff".repeat(16), "02" + "00".repeat(15), "03" + "00".repeat(15));
    poly(one, "ff".repeat(16) + "f0" + "ff".repeat(15) + "11" + "00".repeat(15), "05" + "00".repeat(15));
    poly(one, "ff".repeat(16) + "fb" + "fe".repeat(15) + "01".repeat(16), "00".repeat(16));
    poly(two, "fd" + "ff".repeat(15), "fa" + "ff".repeat(15));
    const r = "0100000000000000" + "04" + "00".repeat(23);
    poly(
      r,
      "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000" + "01" + "00".repeat(15),
      "14000000000000005500000000000000",
    );
    poly(r, "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000", "13" + "00".repeat(15));
  });
});

describe("ChaCha20-Poly1305", () => {
  test("RFC 8439, 2.8.2", () => {
    expect(CHACHA_POLY_CTX).toBe(32);
    expect(chachaPolyKey(ctx, key, fromHex(key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"))).toBe(true);
    fromHex(nonce, "070000004041424344454647");
    const aadLen = fromHex(aad, "50515253c0c1c2c3c4c5c6c7");
    const len = fromText(text, SUNSCREEN);
    chachaPolySeal(ctx, nonce, aad, aadLen, text, len, icv);
    expect(toHex(icv, 16)).toBe("1ae10b594f09e26a7e902ecbd0600691");
    expect(toHex(text, 16)).toBe("d31a8d34648e60db7b86afbc53ef7ec2");
    expect(chachaPolyOpen(ctx, nonce, aad, aadLen, text, len, icv)).toBe(true);
    expect(toHex(text, 6)).toBe("4c6164696573");
  });
  test("what is not right stays closed", () => {
    const len = fromText(text, SUNSCREEN);
    chachaPolySeal(ctx, nonce, aad, 12, text, len, icv);
    const sealed = toHex(text, len);
    store<u8>(icv, load<u8>(icv) ^ 1);
    expect(chachaPolyOpen(ctx, nonce, aad, 12, text, len, icv)).toBe(false);
    expect(toHex(text, len)).toBe(sealed);
  });
  test("a key of another length is refused", () => {
    expect(chachaPolyKey(ctx, key, 16)).toBe(false);
  });
});
