/** `show crypto isakmp profile`. */
import { NO_KEYRING } from "../../ike/settings/keyring";
import { Profile } from "../../ike/settings/profile";
import * as profiles from "../../ike/settings/profile";
import * as isakmpSa from "../../ike/state/isakmp_sa";
import { putMatch, putSelf } from "../commands/isakmp_profile";
import { row } from "../grammar";
import { nl, out, say } from "../output";

export function rows(): void {
  row("ue:show crypto isakmp profile", showProfiles);
}

function showProfiles(no: bool): bool {
  for (let i: u32 = 0; i < profiles.slots(); i++) {
    const profile = profiles.at(i);
    if (profile) show(profile);
  }
  return true;
}

function show(profile: Profile): void {
  out.put("ISAKMP PROFILE ").ascii(profile.name, profile.nameLen);
  nl();
  say(profile.aggressive ? "   Aggressive Mode: begun and answered" : "   Main Mode only");
  say("   Identities matched are:");
  for (let k: u32 = 0; k < profiles.matchSlots(); k++) {
    const m = profiles.matchAt(k);
    if (!m || m.profile != profile.id) continue;
    out.put("     ");
    putMatch(m);
    nl();
  }
  if (profile.hasSelf) {
    out.put("   Self identity is: ");
    putSelf(profile);
    nl();
  }
  if (profile.keyringLen) {
    out.put("   Keyring(s): ").ascii(profile.keyringName, profile.keyringLen);
    if (profile.keyring == NO_KEYRING) out.put(" (not configured)");
    nl();
  }
  if (profile.secretLen) say("   Pre-shared key: its own");
  else say(profile.keyringLen ? "   Pre-shared key: from the keyring" : "   Pre-shared key: from crypto isakmp key");
  out.put("   ISAKMP SAs: ").u32(count(profile.id));
  nl();
}

function count(id: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < isakmpSa.slots(); i++) {
    const sa = isakmpSa.at(i);
    if (sa && sa.profile == id) n++;
  }
  return n;
}
