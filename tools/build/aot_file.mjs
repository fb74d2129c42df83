// How an AOT file is laid out (WAMR's core/iwasm/aot/aot_loader.c): eight octets, then sections, each its number, its length and
// its body, and each at a multiple of four octets. Numbers are little-endian. Ours end in "PAOT" and a CRC-32.

/** Numbers of sections. */
export const [TARGET, INIT, TEXT, FUNCTIONS, RELOCATION] = [0, 1, 2, 3, 5];

/** The next multiple of four. */
export const aligned = (n) => (n + 3) & ~3;

/** The sections, in order: [{ number, at, body }], `at` being where the body is. */
export function sections(aot) {
  const found = [];
  for (let at = 8; at + 8 <= aot.length && aot.toString("latin1", at, at + 4) !== "PAOT";) {
    const size = aot.readUInt32LE(at + 4);
    found.push({ number: aot.readUInt32LE(at), at: at + 8, body: aot.subarray(at + 8, at + 8 + size) });
    at = aligned(at + 8 + size);
  }
  return found;
}

/** What the code is for, as ELF numbers machines: 40 is ARM, 243 RISC-V. */
export function machine(aot) {
  return sections(aot).find(({ number }) => number === TARGET).body.readUInt16LE(6);
}
