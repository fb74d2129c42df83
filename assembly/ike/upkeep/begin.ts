/**
 * Beginning exchanges of our own.
 */
import * as drbg from "../../crypto/drbg";
import { Policy } from "../../sadb/policies/policy";
import { ExchangeType } from "../../wire/ike_numbers";
import { begin } from "../engine/engine";
import { newSa } from "../engine/exchange_life";
import * as message from "../message/message";
import { possible, sayNoMethod } from "../proof/authenticate";
import * as lastAttempt from "../report/last_attempt";
import * as notices from "../report/notices";
import * as profiles from "../settings/profile";
import { State } from "../state/exchange";
import * as exchanges from "../state/exchange";
import { IsakmpSa } from "../state/isakmp_sa";
import * as isakmpSa from "../state/isakmp_sa";
import * as pairs from "../state/pairs";

/**
 * Begins phase 1 with a peer: Aggressive Mode if its profile (by id, 0: none) says so, else Main Mode. `renews`: number of the
 * SA that it is to replace, or 0. False: not possible now.
 */
export function startPhase1(peer: u32, local: u32, renews: u32, profileId: u32): bool {
  lastAttempt.began(peer, true, 1, lastAttempt.NO_POLICY);
  if (!drbg.ready() && !drbg.seed()) {
    notices.noEntropy();
    return false;
  }
  if (!local) return false;
  const profile = profiles.byId(profileId);
  const sa = newSa(peer, local, true);
  if (!sa) return false;
  sa.renews = renews;
  sa.profile = profileId;
  sa.aggressive = profile != null && profile.aggressive && !profiles.aggressiveDisabled;
  if (!possible(sa)) {
    sayNoMethod(sa);
    isakmpSa.free(sa);
    return false;
  }
  const ex = sa.aggressive
    ? exchanges.take(sa, ExchangeType.AGGRESSIVE, State.AGGR_I0, true, 0)
    : exchanges.take(sa, ExchangeType.IDENTITY_PROTECTION, State.MAIN_I0, true, 0);
  if (!ex) {
    isakmpSa.free(sa);
    return false;
  }
  sa.exchange = ex;
  return begin(ex);
}

/** Begins New Group Mode for a policy whose PFS wants a group of private use. False: not possible now. */
export function startNewGroup(sa: IsakmpSa, policy: Policy, groupId: u32): bool {
  const M_ID = sa.freshM_ID();
  if (!M_ID) return false;
  const ex = exchanges.take(sa, ExchangeType.NEW_GROUP_MODE, State.GROUP_I0, true, M_ID);
  if (!ex) return false;
  ex.policySlot = policy.slot;
  ex.groupId = groupId;
  message.startPhase2Iv(sa, M_ID, ex.iv);
  return begin(ex);
}

/** Begins Quick Mode for a policy; `renews`: inbound SPI of the pair that it is to replace, or 0. False: not possible now. */
export function startQuick(sa: IsakmpSa, policy: Policy, renews: u32): bool {
  const M_ID = sa.freshM_ID();
  if (!M_ID) return false;
  const ex = exchanges.take(sa, ExchangeType.QUICK_MODE, State.QUICK_I0, true, M_ID);
  if (!ex) return false;
  ex.policySlot = policy.slot;
  lastAttempt.began(sa.configured, true, 2, policy.slot);
  ex.renews = renews;
  pairs.selectorFor(policy, renews, ex.selector);
  message.startPhase2Iv(sa, M_ID, ex.iv);
  return begin(ex);
}
