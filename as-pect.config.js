// Unit tests in AssemblyScript: tests/unit mirrors assembly/.
import { readFileSync } from "node:fs";

export default {
  entries: process.env.SPECS?.split(" ") ?? ["tests/unit/**/*.spec.ts"],
  include: ["tests/unit/**/*.include.ts"],
  disclude: [/node_modules/],
  async instantiate(memory, createImports, instantiate, binary) {
    let result;
    // The host contract (host/abi.md) under test: entropy is a counter, output is kept by nobody.
    const host = {
      random(ptr, len) {
        const bytes = new Uint8Array(result.exports.memory.buffer, ptr, len);
        for (let i = 0; i < len; i++) bytes[i] = (i * 73 + 41) & 255;
        return len;
      },
      send_frame(port, ptr, len) {},
      read_startup(ptr, len) {
        return 0;
      },
      write(stream, ptr, len) {},
      halt(code, line) { throw new Error(`halt ${code} at line ${line}`); },
    };
    const imports = createImports({ host });
    result = instantiate(binary, imports);
    result = await result;
    return result;
  },
  outputBinary: false,
  wasi: false,
};
