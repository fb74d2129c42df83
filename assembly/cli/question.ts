/**
 * A question whose answer is the next line: a name, a password. What is asked for in secret ends with an escape sequence that conceals text, which
 * is how hosts with a line editor know it (host/abi.md, "The console").
 */
import { write, Stream } from "../util/host";
import { putString } from "../util/bytes";
import { Text } from "../util/text";

/** Takes the answer. False: it was refused, and it has said why. */
type Answer = (p: usize, len: u32) => bool;
type Dropped = () => void;

let text: string = "";
let secret: bool = false;
let then: Answer | null = null;
let dropped: Dropped | null = null;
const reveal: usize = memory.data(8, 4);

export function init(): void {
  then = null;
}

/** @param otherwise what is done where the operator does not answer (Ctrl-C), or is gone */
export function ask(prompt: string, hidden: bool, done: Answer, otherwise: Dropped): void {
  text = prompt;
  secret = hidden;
  then = done;
  dropped = otherwise;
}

export function active(): bool {
  return then != null;
}

/** The answer is not to be seen. */
export function concealed(): bool {
  return then != null && secret;
}

export function putPrompt(out: Text): void {
  out.put(text);
  if (secret) out.put("\x1b[8m");
}

/** The terminal shows text again. */
function revealed(): void {
  if (secret) write(Stream.CONSOLE, reveal, putString(reveal, "\x1b[28m"));
}

export function answer(p: usize, len: u32): bool {
  const done = then;
  revealed();
  then = null;
  return done ? done(p, len) : true;
}

/** Ends it, and nothing is done. */
export function forget(): void {
  if (then) revealed();
  then = null;
}

/** Ends it without an answer. */
export function cancel(): void {
  if (!then) return;
  const otherwise = dropped;
  revealed();
  then = null;
  if (otherwise) otherwise();
}
