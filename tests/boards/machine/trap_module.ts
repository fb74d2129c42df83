/**
 * A module that does on request what no module should: for tests of hosts. The first octet of a line of console input says
 * what:
 *
 *   U unreachable   O a load behind the memory   W a store across its end   H a load with a huge offset   D division by zero
 *   R endless recursion   L endless loop   A assertion at line 77   Q reload   N the line goes to NVRAM   E a line about entropy
 *   S the whole memory as one frame out of the first port
 *
 * All input comes out again first.
 */
import { contract, when, type Contract } from "../../support/world/contract_module.ts";

export function trapModule({ pages = 1, ...options }: Pick<Contract, "version" | "trapAtInit" | "pages"> = {}): Uint8Array<ArrayBuffer> {
  return contract({
    ...options,
    pages,
    more: `(data (i32.const 64) "entropy whole\\0aentropy short\\0a")
      (global $zero (mut i32) (i32.const 0))
      (func $recurse (param i32) (result i32)
        (i32.add (i32.load8_u (i32.and (local.get 0) (i32.const 255))) (i32.mul (i32.const 3) (call $recurse (i32.add (local.get 0) (i32.const 1))))))
      (func $keep (param i32) (i32.store (i32.const 128) (local.get 0)))`,
    consoleIn: `(call $write (i32.const 0) (i32.const 8192) (local.get $length))
      ${when("U", "(unreachable)")}
      ${when("O", `(call $keep (i32.load (i32.const ${pages * 65536})))`)}
      ${when("W", `(i32.store (i32.const ${pages * 65536 - 2}) (i32.const 85))`)}
      ${when("H", "(call $keep (i32.load offset=2147483632 (i32.const -4)))")}
      ${when("D", "(call $keep (i32.div_s (i32.const 5) (global.get $zero)))")}
      ${when("R", "(call $keep (call $recurse (i32.const 0)))")}
      ${when("L", "(loop $l (call $keep (i32.const 1)) (br $l))")}
      ${when("A", "(call $halt (i32.const 1) (i32.const 77))")}
      ${when("Q", "(call $halt (i32.const 2) (i32.const 0))")}
      ${when("N", "(call $write (i32.const 2) (i32.const 8192) (local.get $length))")}
      ${when("E", "(call $write (i32.const 0) (select (i32.const 64) (i32.const 78) (i32.eq (call $random (i32.const 256) (i32.const 100)) (i32.const 100))) (i32.const 14))")}
      ${when("S", `(call $send_frame (i32.const 0) (i32.const 0) (i32.const ${pages * 65536}))`)}`,
  });
}
