/** Octets as the configuration and exports have them: lines of hexadecimal digits, and PEM. */
import * as base64 from "../pki/base64";
import * as ct from "../util/ct";
import { nl, out } from "./output";

/** Octets of a line of hexadecimal digits, in groups of four. */
const HEX_LINE: u32 = 32;
/** Octets of a line of base64. */
const PEM_LINE: u32 = 48;
const line: usize = memory.data(64, 4);

/** Lines of digits behind `indent` blanks, then `quit`. */
export function hex(p: usize, len: u32, indent: u32): void {
  for (let at: u32 = 0; at < len; at += HEX_LINE) {
    for (let i: u32 = 0; i < indent; i++) out.char(32);
    const n = min<u32>(HEX_LINE, len - at);
    for (let i: u32 = 0; i < n; i += 4) {
      if (i) out.char(32);
      out.hexBytes(p + at + i, min<u32>(4, n - i));
    }
    nl();
  }
  for (let i: u32 = 0; i < indent; i++) out.char(32);
  out.put("quit");
  nl();
}

/** A block of PEM. */
export function pem(label: string, p: usize, len: u32): void {
  out.put("-----BEGIN ").put(label).put("-----");
  nl();
  for (let at: u32 = 0; at < len; at += PEM_LINE) {
    out.ascii(line, base64.encode(p + at, min<u32>(PEM_LINE, len - at), line));
    nl();
  }
  ct.wipe(line, 64);
  out.put("-----END ").put(label).put("-----");
  nl();
}
