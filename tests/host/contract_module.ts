/**
 * A module of a few lines that keeps host/abi.md, for tests of the host alone. Frames go out as they came in, except by
 * their first octet: 0xde traps, 0xab fails an assertion at line 77, 0xaa is a reload. Console input comes out again; what
 * begins with `T` traps, with `N` is also stored in NVRAM.
 */
import binaryen from "binaryen";

export function contractModule(options: { version?: number; trapAtInit?: boolean; without?: string; wait?: number } = {}): Uint8Array<ArrayBuffer> {
  const { version = 1, wait = -1 } = options;
  const exported = (name: string) => (name === options.without ? "" : `(export "${name}")`);
  const module = binaryen.parseText(`(module
    (import "host" "random" (func $random (param i32 i32) (result i32)))
    (import "host" "send_frame" (func $send_frame (param i32 i32 i32)))
    (import "host" "write" (func $write (param i32 i32 i32)))
    (import "host" "halt" (func $halt (param i32 i32)))
    (memory (export "memory") 1 1)
    (data (i32.const 16) "event=started t=0 version=test\\0a")
    (data (i32.const 64) "ikev1 0011223344556677 00112233445566778899aabbccddeeff\\0a")
    (global $free (mut i32) (i32.const 1))
    (func $abi_version ${exported("abi_version")} (result i32) (i32.const ${version}))
    (func $init ${exported("init")} (param i32 i32 i32) (result i32)
      ${options.trapAtInit ? "(unreachable)" : ""}
      (call $write (i32.const 1) (i32.const 16) (i32.const 31))
      (if (i32.and (local.get 2) (i32.const 1)) (then (call $write (i32.const 3) (i32.const 64) (i32.const 56))))
      (i32.const 0))
    (func $frame_alloc ${exported("frame_alloc")} (result i32)
      (if (result i32) (global.get $free) (then (global.set $free (i32.const 0)) (i32.const 4096)) (else (i32.const 0))))
    (func $frame_free ${exported("frame_free")} (param i32) (global.set $free (i32.const 1)))
    (func $on_frame ${exported("on_frame")} (param i32 i32 i32 i32) (result i32)
      (if (i32.eq (i32.load8_u (local.get 2)) (i32.const 0xde)) (then (unreachable)))
      (if (i32.eq (i32.load8_u (local.get 2)) (i32.const 0xab)) (then (call $halt (i32.const 1) (i32.const 77))))
      (if (i32.eq (i32.load8_u (local.get 2)) (i32.const 0xaa)) (then (call $halt (i32.const 2) (i32.const 0))))
      (call $send_frame (local.get 1) (local.get 2) (local.get 3))
      (i32.const 0))
    (func $poll ${exported("poll")} (param i32) (result i32) (i32.const ${wait}))
    (func $console_buffer ${exported("console_buffer")} (result i32) (i32.const 8192))
    (func $console_in ${exported("console_in")} (param i32) (result i32)
      (if (i32.eq (i32.load8_u (i32.const 8192)) (i32.const 84)) (then (unreachable)))
      (if (i32.eq (i32.load8_u (i32.const 8192)) (i32.const 78)) (then (call $write (i32.const 2) (i32.const 8192) (local.get 0))))
      (call $write (i32.const 0) (i32.const 8192) (local.get 0))
      (i32.const 0)))`);
  const bytes = new Uint8Array(module.emitBinary());
  module.dispose();
  return bytes;
}
