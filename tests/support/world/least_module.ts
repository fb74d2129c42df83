/** Modules of a few lines that keep host/abi.md, for tests of the hosts alone: what each does differently is given as text of WebAssembly. */
import binaryen from "binaryen";

export interface LeastModule {
  version?: number | undefined;
  trapAtInit?: boolean | undefined;
  /** An export that is left out. */
  without?: string | undefined;
  /** Text at address 64, behind the EVENT line at 16 that `init` writes. */
  data: string;
  /** Fields of the module: globals, functions. */
  fields?: string;
  /** At the end of `init`; local 2 is its flags. */
  init?: string;
  /** Before a frame goes out by the port that it came in by, as it came; local 2 is its address. */
  onFrame?: string;
  /** What `poll` answers. */
  wait?: number;
  /** What is done with a line of console input at INPUT, $length octets long, $c the first of them. */
  consoleIn: string;
}

/** Where console input lies. */
export const INPUT = 8192;

export function leastModule(options: LeastModule): Uint8Array<ArrayBuffer> {
  const exported = (name: string) => (name === options.without ? "" : `(export "${name}")`);
  const module = binaryen.parseText(`(module
    (import "host" "random" (func $random (param i32 i32) (result i32)))
    (import "host" "send_frame" (func $send_frame (param i32 i32 i32)))
    (import "host" "write" (func $write (param i32 i32 i32)))
    (import "host" "halt" (func $halt (param i32 i32)))
    (memory (export "memory") 1 1)
    (data (i32.const 16) "event=started t=0 version=test\\0a")
    (data (i32.const 64) "${options.data}")
    (global $free (mut i32) (i32.const 1))
    ${options.fields ?? ""}
    (func $abi_version ${exported("abi_version")} (result i32) (i32.const ${options.version ?? 1}))
    (func $init ${exported("init")} (param i32 i32 i32) (result i32)
      ${options.trapAtInit ? "(unreachable)" : ""}
      (call $write (i32.const 1) (i32.const 16) (i32.const 31))
      ${options.init ?? ""}
      (i32.const 0))
    (func $frame_alloc ${exported("frame_alloc")} (result i32)
      (if (result i32) (global.get $free) (then (global.set $free (i32.const 0)) (i32.const 4096)) (else (i32.const 0))))
    (func $frame_free ${exported("frame_free")} (param i32) (global.set $free (i32.const 1)))
    (func $on_frame ${exported("on_frame")} (param i32 i32 i32 i32) (result i32)
      ${options.onFrame ?? ""}
      (call $send_frame (local.get 1) (local.get 2) (local.get 3))
      (i32.const 0))
    (func $poll ${exported("poll")} (param i32) (result i32) (i32.const ${options.wait ?? -1}))
    (func $console_buffer ${exported("console_buffer")} (result i32) (i32.const ${INPUT}))
    (func $console_in ${exported("console_in")} (param $length i32) (result i32) (local $c i32)
      (local.set $c (i32.load8_u (i32.const ${INPUT})))
      ${options.consoleIn}
      (i32.const 0)))`);
  if (!module.validate()) throw new Error("a test's module is not valid");
  const bytes = new Uint8Array(module.emitBinary());
  module.dispose();
  return bytes;
}

/** Done when the value of `get` is that of a letter (or any octet). */
export const whenIs = (get: string, octet: number | string, what: string): string =>
  `(if (i32.eq ${get} (i32.const ${typeof octet === "string" ? octet.charCodeAt(0) : octet})) (then ${what}))`;
