/**
 * Interfaces of IOS boxes that are of no use here: radios, dial-up lines, modules within the box. Their lines are kept and have no effect, but for one
 * that would give such an interface an address, or a way to the provider: somebody counts on that, and it is refused.
 */
import { nl, out } from "../output";
import { lower, word, wordLen } from "../words";
import { fits } from "./pattern";

/** What stands before the number, in small letters, apart by blanks. */
const KINDS =
  "null dot11radio wlan-ap wlan-gigabitethernet wlan-controller embedded-service-engine service-engine content-engine integrated-service-engine analysis-module ids-sensor service-module bri async group-async atm cellular ethernet-internal ucse usb hssi tokenring nvi ism lex pos";

/** Whether the `n` characters at `p` are one of the kinds. */
function isKind(p: usize, n: u32): bool {
  for (let from = 0; from < KINDS.length; ) {
    let to = from;
    while (to < KINDS.length && KINDS.charCodeAt(to) != 32) to++;
    if (<u32>(to - from) == n) {
      let i: u32 = 0;
      while (i < n && lower(<u32>load<u8>(p + i)) == <u32>KINDS.charCodeAt(from + <i32>i)) i++;
      if (i == n) return true;
    }
    from = to + 1;
  }
  return false;
}

/** What stands below `interface range`, ports of a switch. */
let ofRange: bool = false;

/** Whether the line in `words` begins the lines of such an interface. */
export function begins(): bool {
  if (!fits("interface +", 0, 0)) return false;
  ofRange = fits("interface range +", 0, 0);
  if (ofRange) return true;
  const p = word(1);
  const len = wordLen(1);
  for (let n: u32 = 1; n <= len; n++) {
    if ((n == len || <u32>load<u8>(p + n) - 48 < 10) && isKind(p, n)) return true;
  }
  return false;
}

/** Whether a line below it is refused; it says why. */
export function refuses(): bool {
  if (ofRange && fits("ip|crypto|tunnel|zone-member|service-policy|mac|channel-group +", 0, 0)) out.clear().put("% `interface range` is known for the ports of a switch: write this line under each interface.");
  else if (fits("ip address +", 0, 0)) out.clear().put("% There is no such interface here, and so nobody has this address.");
  else if (fits("pppoe|pppoe-client|dialer +", 0, 0)) out.clear().put("% PPPoE and PPP are missing here.");
  else return false;
  nl();
  return true;
}
