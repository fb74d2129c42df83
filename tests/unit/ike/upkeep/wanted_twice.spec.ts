// Two policies with the same flows to one peer: a pair of one renews none of the other.
import { State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as renewal from "../../../../assembly/ike/upkeep/renewal";
import { Policy } from "../../../../assembly/sadb/policies/policy";
import { SA } from "../../../../assembly/sadb/sas/sa";
import { ExchangeType } from "../../../../assembly/wire/ike_numbers";
import { pair, parameters, pass, suite } from "../../sadb/world";
import { begin, established, exchangeOf, other, pairUp, policy } from "../by_hand/world";

let spi: u32 = 0x3000;

/** A pair of a policy with the flows of the first one. */
function made(sa: IsakmpSa, its: Policy, initiator: bool): SA {
  suite(its, 12, 128, 2);
  parameters.peerAddress = sa.peerAddress;
  parameters.peerSpi = ++spi;
  const inbound = pair(its);
  const ex = exchangeOf(sa, ExchangeType.QUICK_MODE, State.QUICK_DONE, initiator);
  ex.policySlot = its.slot;
  ex.spi = inbound.spi;
  ex.peerSpi = spi;
  ex.choice.espCipher = 12;
  ex.selector.copyFrom(policy.selector);
  pairUp(ex, inbound);
  return inbound;
}

beforeEach(() => {
  begin();
});

describe("a pair", () => {
  test("that we answer for retires the policy's own one before it, not another policy's", () => {
    const sa = established(false);
    const first = made(sa, policy, false);
    const foreign = made(sa, other, false);
    expect<bool>(first.retired || foreign.retired).toBe(false);
    pass(40000);
    made(sa, policy, false);
    expect<bool>(first.retired).toBe(true);
    expect<bool>(foreign.retired).toBe(false);
  });

  test("that we have begun takes over from the policy's own one, not from another policy's", () => {
    const sa = established(true);
    const first = made(sa, policy, true);
    const foreign = made(sa, other, true);
    expect<bool>((foreign.pair as SA).deferred).toBe(false);
    pass(40000);
    const next = made(sa, policy, true);
    expect<bool>((next.pair as SA).deferred).toBe(true, "the peer may not receive through it yet");
    pass(2000);
    renewal.poll();
    expect<bool>((next.pair as SA).deferred).toBe(false);
    expect<bool>(first.retired).toBe(true);
    expect<bool>(foreign.retired).toBe(false);
  });
});
