/**
 * A module of a few lines that keeps host/abi.md, for tests of the host alone. Frames go out as they came in, except by
 * their first octet: 0xde traps, 0xab fails an assertion at line 77, 0xaa is a reload. Console input comes out again; what
 * begins with `T` traps, with `N` is also stored in NVRAM.
 */
import { leastModule, INPUT, whenIs } from "../support/world/least_module.ts";

export function contractModule(options: { version?: number; trapAtInit?: boolean; without?: string; wait?: number } = {}): Uint8Array<ArrayBuffer> {
  const first = (octet: number, what: string) => whenIs("(i32.load8_u (local.get 2))", octet, what);
  const letter = (letter: string, what: string) => whenIs("(local.get $c)", letter, what);
  return leastModule({
    ...options,
    data: "ikev1 0011223344556677 00112233445566778899aabbccddeeff\\0a",
    init: "(if (i32.and (local.get 2) (i32.const 1)) (then (call $write (i32.const 3) (i32.const 64) (i32.const 56))))",
    onFrame: `${first(0xde, "(unreachable)")}
      ${first(0xab, "(call $halt (i32.const 1) (i32.const 77))")}
      ${first(0xaa, "(call $halt (i32.const 2) (i32.const 0))")}`,
    consoleIn: `${letter("T", "(unreachable)")}
      ${letter("N", `(call $write (i32.const 2) (i32.const ${INPUT}) (local.get $length))`)}
      (call $write (i32.const 0) (i32.const ${INPUT}) (local.get $length))`,
  });
}
