// A writer over a buffer, and what it has written, for the specs of this folder.
import { IdRange } from "../../../assembly/wire/id";
import { MessageWriter } from "../../../assembly/wire/message_writer";
import { toHex } from "../crypto/bytes";

export const buffer: usize = memory.data(512, 8);
export const range = changetype<IdRange>(memory.data(16, 4));
export const w = new MessageWriter();

/** Closes the payload; all octets since `buffer`. */
export function written(): string {
  w.close();
  return toHex(buffer, <u32>(w.here - buffer));
}
