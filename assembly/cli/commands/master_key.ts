/** `password encryption aes` and `key config-key`: pre-shared keys are sealed in what is shown and stored. */
import * as master from "../../access/master";
import * as sealed from "../../access/sealed";
import * as ct from "../../util/ct";
import { row } from "../grammar";
import * as login from "../login";
import * as matcher from "../matcher";
import { nl, out, refuse, refused } from "../output";
import * as question from "../question";
import * as startup from "../startup";
import * as words from "../words";
import * as work from "../work";

export function rows(): void {
  row("c:password encryption aes~", encryption);
  row("c:key config-key password-encrypt~ [sealed WORD|WORD]", configKey);
}

/** What was given first, and is to be given once more. */
const first: usize = memory.data(64, 8);
let firstLen: u32 = 0;

function encryption(no: bool): bool {
  master.want(!no);
  if (!no && !master.known && !startup.applying) {
    refuse("Warning: keys are encrypted once `key config-key password-encrypt` has given the master key.");
    nl();
  }
  return true;
}

function configKey(no: bool): bool {
  const k = matcher.base + 3;
  if (no) {
    master.forget();
    return true;
  }
  if (matcher.isKeyword(k, "sealed")) {
    return master.restore(words.word(k + 1), words.wordLen(k + 1)) || refused("This master key is not sealed under the key of this device: give it again by `key config-key password-encrypt`.");
  }
  if (matcher.argCount() > k) return begin(words.word(k), words.wordLen(k));
  if (startup.applying) return refused("Nobody is asked here: the master key stands in the line.");
  question.ask("New key: ", true, again, dropped);
  return true;
}

function fits(len: u32): bool {
  if (len >= master.LENGTH_MIN && len <= master.LENGTH_MAX) return true;
  refuse("A master key has ").u32(master.LENGTH_MIN).put(" to ").u32(master.LENGTH_MAX).put(" characters.");
  nl();
  return false;
}

function again(p: usize, len: u32): bool {
  if (!fits(len)) return false;
  memory.copy(first, p, <usize>len);
  firstLen = len;
  question.ask("Confirm key: ", true, confirmed, dropped);
  return true;
}

function confirmed(p: usize, len: u32): bool {
  const same = len == firstLen && ct.equal(p, first, len);
  dropped();
  return same ? begin(p, len) : refused("The two are not the same; nothing was changed.");
}

function dropped(): void {
  ct.wipe(first, 64);
  firstLen = 0;
}

function begin(p: usize, len: u32): bool {
  if (!fits(len)) return false;
  master.begin(p, len);
  // The lines that follow it in a configuration need it.
  if (startup.applying) while (!master.step()) {}
  else work.begin(master.step, master.abort);
  return true;
}

export function write(): void {
  if (master.wanted) {
    out.put("password encryption aes");
    nl();
  }
  const letters = master.write();
  if (letters) {
    out.put("key config-key password-encrypt sealed ");
    if (login.hides()) out.put("<hidden>");
    else out.ascii(sealed.text, letters);
    nl();
  }
  sealed.wipe();
}
