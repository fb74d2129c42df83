import * as esp from "../../../assembly/wire/esp";

const p: usize = memory.data(512, 8);

describe("wire/esp", () => {
  test("header", () => {
    esp.emitHeader(p, 0x01020304, 0xa0b0c0d0);
    expect(load<u8>(p)).toBe(1);
    expect(load<u8>(p, 7)).toBe(0xd0);
    expect(esp.spi(p)).toBe(0x01020304);
    expect(esp.sequence(p)).toBe(0xa0b0c0d0);
  });

  test("payload and trailer are whole blocks, with the least padding", () => {
    for (let block: u32 = 8; block <= 16; block += 8) {
      for (let len: u32 = 0; len < 200; len++) {
        const pad = esp.padLength(len, block);
        expect(pad).toBeLessThan(block);
        expect((len + pad + 2) % block).toBe(0);
        memory.fill(p, 0xee, 512);
        esp.emitTrailer(p + len, pad, 4);
        expect(esp.payloadLength(p, len + pad + 2)).toBe(<i32>len);
        expect(esp.nextHeader(p + len + pad + 2)).toBe(4);
      }
    }
  });

  test("padding of other lengths is taken, 255 octets of it too; wrong octets are not", () => {
    for (let pad: u32 = 0; pad <= 255; pad++) {
      memory.fill(p, 0xee, 512);
      esp.emitTrailer(p + 20, pad, 4);
      const len = 20 + pad + 2;
      expect(esp.payloadLength(p, len)).toBe(20);
      for (let i: u32 = 0; i < pad; i += 17) {
        store<u8>(p + 20 + i, load<u8>(p + 20 + i) ^ 0x80);
        expect(esp.payloadLength(p, len)).toBe(-1);
        store<u8>(p + 20 + i, load<u8>(p + 20 + i) ^ 0x80);
      }
    }
  });

  test("padding longer than what there is", () => {
    memory.fill(p, 0, 512);
    store<u8>(p + 14, 15);
    expect(esp.payloadLength(p, 16)).toBe(-1);
    store<u8>(p + 14, 255);
    expect(esp.payloadLength(p, 16)).toBe(-1);
    expect(esp.payloadLength(p, 1)).toBe(-1);
    expect(esp.payloadLength(p, 0)).toBe(-1);
    store<u8>(p, 0);
    expect(esp.payloadLength(p, 2)).toBe(0);
    // What stands before is not padding, though it would be right.
    for (let i: u32 = 0; i < 100; i++) store<u8>(p + i, <u8>(i + 1));
    store<u8>(p + 20, 20);
    expect(esp.payloadLength(p + 10, 12)).toBe(-1);
    expect(esp.payloadLength(p, 22)).toBe(0);
    expect(esp.payloadLength(p + 21, 1)).toBe(-1);
  });
});
