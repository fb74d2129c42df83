/**
 * A module of a few lines that keeps host/abi.md and does on request what no module should: for tests of hosts. The first
 * octet of a line of console input says what:
 *
 *   U unreachable   O a load behind the memory   W a store across its end   H a load with a huge offset   D division by zero
 *   R endless recursion   L endless loop   A assertion at line 77   Q reload   N the line goes to NVRAM   E a line about entropy
 *
 * All input comes out again first. Frames go out of the port that they came in by, as they came.
 */
import binaryen from "binaryen";

export function trapModule(options: { version?: number; trapAtInit?: boolean } = {}): Uint8Array<ArrayBuffer> {
  const when = (letter: string, what: string) => `(if (i32.eq (local.get $c) (i32.const ${letter.charCodeAt(0)})) (then ${what}))`;
  const module = binaryen.parseText(`(module
    (import "host" "random" (func $random (param i32 i32) (result i32)))
    (import "host" "send_frame" (func $send_frame (param i32 i32 i32)))
    (import "host" "write" (func $write (param i32 i32 i32)))
    (import "host" "halt" (func $halt (param i32 i32)))
    (memory (export "memory") 1 1)
    (data (i32.const 16) "event=started t=0 version=test\\0a")
    (data (i32.const 64) "entropy whole\\0aentropy short\\0a")
    (global $free (mut i32) (i32.const 1))
    (global $zero (mut i32) (i32.const 0))
    (func $recurse (param i32) (result i32)
      (i32.add (i32.load8_u (i32.and (local.get 0) (i32.const 255))) (i32.mul (i32.const 3) (call $recurse (i32.add (local.get 0) (i32.const 1))))))
    (func $keep (param i32) (i32.store (i32.const 128) (local.get 0)))
    (func (export "abi_version") (result i32) (i32.const ${options.version ?? 1}))
    (func (export "init") (param i32 i32 i32) (result i32)
      ${options.trapAtInit ? "(unreachable)" : ""}
      (call $write (i32.const 1) (i32.const 16) (i32.const 31))
      (i32.const 0))
    (func (export "frame_alloc") (result i32)
      (if (result i32) (global.get $free) (then (global.set $free (i32.const 0)) (i32.const 4096)) (else (i32.const 0))))
    (func (export "frame_free") (param i32) (global.set $free (i32.const 1)))
    (func (export "on_frame") (param i32 i32 i32 i32) (result i32)
      (call $send_frame (local.get 1) (local.get 2) (local.get 3))
      (i32.const 0))
    (func (export "poll") (param i32) (result i32) (i32.const -1))
    (func (export "console_buffer") (result i32) (i32.const 8192))
    (func (export "console_in") (param $length i32) (result i32) (local $c i32)
      (call $write (i32.const 0) (i32.const 8192) (local.get $length))
      (local.set $c (i32.load8_u (i32.const 8192)))
      ${when("U", "(unreachable)")}
      ${when("O", "(call $keep (i32.load (i32.const 65536)))")}
      ${when("W", "(i32.store (i32.const 65534) (i32.const 85))")}
      ${when("H", "(call $keep (i32.load offset=2147483632 (i32.const -4)))")}
      ${when("D", "(call $keep (i32.div_s (i32.const 5) (global.get $zero)))")}
      ${when("R", "(call $keep (call $recurse (i32.const 0)))")}
      ${when("L", "(loop $l (call $keep (i32.const 1)) (br $l))")}
      ${when("A", "(call $halt (i32.const 1) (i32.const 77))")}
      ${when("Q", "(call $halt (i32.const 2) (i32.const 0))")}
      ${when("N", "(call $write (i32.const 2) (i32.const 8192) (local.get $length))")}
      ${when("E", "(call $write (i32.const 0) (select (i32.const 64) (i32.const 78) (i32.eq (call $random (i32.const 256) (i32.const 100)) (i32.const 100))) (i32.const 14))")}
      (i32.const 0)))`);
  if (!module.validate()) throw new Error("the trap module is not valid");
  const bytes = new Uint8Array(module.emitBinary());
  module.dispose();
  return bytes;
}
