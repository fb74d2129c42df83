/**
 * A module for tests of the host in Node alone. By their first octet, frames do more than go out: 0xde traps, 0xab fails an assertion
 * at line 77, 0xaa is a reload. Console input comes out again; what begins with `T` traps, with `N` is also stored in NVRAM.
 */
import { contract, when, type Contract } from "../support/world/contract_module.ts";

const first = (octet: number, what: string): string => `(if (i32.eq (i32.load8_u (local.get 2)) (i32.const ${octet})) (then ${what}))`;

export function contractModule(options: Pick<Contract, "version" | "trapAtInit" | "without" | "wait"> = {}): Uint8Array<ArrayBuffer> {
  return contract({
    ...options,
    more: '(data (i32.const 64) "ikev1 0011223344556677 00112233445566778899aabbccddeeff\\0a")',
    init: "(if (i32.and (local.get 2) (i32.const 1)) (then (call $write (i32.const 3) (i32.const 64) (i32.const 56))))",
    onFrame: first(0xde, "(unreachable)") + first(0xab, "(call $halt (i32.const 1) (i32.const 77))") + first(0xaa, "(call $halt (i32.const 2) (i32.const 0))"),
    consoleIn: `${when("T", "(unreachable)")}
      ${when("N", "(call $write (i32.const 2) (i32.const 8192) (local.get $length))")}
      (call $write (i32.const 0) (i32.const 8192) (local.get $length))`,
  });
}
