/**
 * Modules of a few lines that keep host/abi.md, for tests of hosts. Frames go out of the port that they came in by, as they
 * came; what else happens is a test's own: pieces of WebAssembly text.
 */
import binaryen from "binaryen";

export interface Contract {
  version?: number;
  trapAtInit?: boolean;
  /** An export that is left out. */
  without?: string;
  /** What `poll` answers. */
  wait?: number;
  /** What `unprotected` answers. */
  unprotected?: number;
  /** Pages of memory (1). */
  pages?: number;
  /** Globals, data and functions. The first octets of data are at 64. */
  more?: string;
  /** At the end of `init`, whose flags are `local 2`. */
  init?: string;
  /** Before the frame goes out: port, address and length are `local 1` to `local 3`. */
  onFrame?: string;
  /** Console input of `$length` octets is at 8192, its first octet is `$c`. */
  consoleIn: string;
}

/** A condition on the first octet of a line, inside `consoleIn`. */
export const when = (letter: string, what: string): string => `(if (i32.eq (local.get $c) (i32.const ${letter.charCodeAt(0)})) (then ${what}))`;

export function contract({ version = 2, trapAtInit = false, without, wait = -1, pages = 1, unprotected = 0, more = "", init = "", onFrame = "", consoleIn }: Contract): Uint8Array<ArrayBuffer> {
  const exported = (name: string) => (name === without ? "" : `(export "${name}")`);
  const module = binaryen.parseText(`(module
    (import "host" "random" (func $random (param i32 i32) (result i32)))
    (import "host" "send_frame" (func $send_frame (param i32 i32 i32)))
    (import "host" "write" (func $stream (param i32 i32 i32) (result i32)))
    (import "host" "read_startup" (func $read_startup (param i32 i32) (result i32)))
    (import "host" "halt" (func $halt (param i32 i32)))
    (memory (export "memory") ${pages} ${pages})
    (data (i32.const 16) "event=started t=0 version=test\\0a")
    (global $free (mut i32) (i32.const 1))
    ${more}
    (func $write (param i32 i32 i32) (drop (call $stream (local.get 0) (local.get 1) (local.get 2))))
    (func $abi_version ${exported("abi_version")} (result i32) (i32.const ${version}))
    (func $init ${exported("init")} (param i32 i32 i32) (result i32)
      ${trapAtInit ? "(unreachable)" : ""}
      (call $write (i32.const 1) (i32.const 16) (i32.const 31))
      ${init}
      (i32.const 0))
    (func $frame_alloc ${exported("frame_alloc")} (result i32)
      (if (result i32) (global.get $free) (then (global.set $free (i32.const 0)) (i32.const 4096)) (else (i32.const 0))))
    (func $frame_free ${exported("frame_free")} (param i32) (global.set $free (i32.const 1)))
    (func $on_frame ${exported("on_frame")} (param i32 i32 i32 i32) (result i32)
      ${onFrame}
      (call $send_frame (local.get 1) (local.get 2) (local.get 3))
      (i32.const 0))
    (func $poll ${exported("poll")} (param i32) (result i32) (i32.const ${wait}))
    (func $console_buffer ${exported("console_buffer")} (result i32) (i32.const 8192))
    (func $device_key ${exported("device_key")} (result i32) (i32.const 30000))
    (func $unprotected ${exported("unprotected")} (result i32) (i32.const ${unprotected}))
    (func $port_state ${exported("port_state")} (param i32 i32))
    (func $console_in ${exported("console_in")} (param $length i32) (result i32) (local $c i32)
      (local.set $c (i32.load8_u (i32.const 8192)))
      ${consoleIn}
      (i32.const 0)))`);
  if (!module.validate()) throw new Error("the module is not valid");
  const bytes = new Uint8Array(module.emitBinary());
  module.dispose();
  return bytes;
}
