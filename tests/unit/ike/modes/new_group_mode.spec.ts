// New Group Mode (RFC 2409, 5.6), message by message: what is offered, what of an offer is taken, and what is refused.
import { Exchange, Job, State } from "../../../../assembly/ike/state/exchange";
import { IsakmpSa } from "../../../../assembly/ike/state/isakmp_sa";
import * as message from "../../../../assembly/ike/message/message";
import { HashKind } from "../../../../assembly/ike/message/message";
import { group_inI1_outR1, group_inI1_outR1_continued, group_inR1, group_outI1, group_outI1_continued } from "../../../../assembly/ike/modes/new_group_mode";
import { OK, SUSPEND, fail } from "../../../../assembly/ike/modes/verdict";
import * as groups from "../../../../assembly/ike/settings/private_groups";
import { PrivateGroup } from "../../../../assembly/ike/settings/private_groups";
import { NEW_GROUP_OFFERS_PER_SA, NEW_GROUP_PAUSE, PRIVATE_GROUPS_PER_SA } from "../../../../assembly/limits";
import { NewGroupFault } from "../../../../assembly/oakley/new_group";
import * as clock from "../../../../assembly/util/clock";
import { Drop } from "../../../../assembly/util/status";
import { ExchangeType, Notify, Payload } from "../../../../assembly/wire/ike_numbers";
import { ref } from "../../sadb/world";
import { fromHex, toHex } from "../../crypto/bytes";
import { begin, established, exchangeOf } from "../by_hand/world";

const body: usize = memory.data(1280, 8);
const scratch: usize = memory.data(64, 8);
let sa: IsakmpSa = changetype<IsakmpSa>(0);

const PRIME: string = "f1020304050607f7";
const OTHER: string = "f1020304050607f9";
/** Number 32768, MODP. */
const MODP: string = "80048000" + "80050001";
const REFUSED: u32 = fail(Drop.IKE_GROUP, Notify.ATTRIBUTES_NOT_SUPPORTED);
const NOTHING: u32 = fail(Drop.IKE_GROUP, Notify.NONE);

beforeEach(() => {
  begin();
  sa = established(true);
});

function hex2(v: u32): string {
  let text = "";
  for (let k = 3; k >= 0; k--) text += "0123456789abcdef".charAt(<i32>((v >>> (k << 2)) & 15));
  return text;
}

function variable(type: string, value: string): string {
  return type + hex2(<u32>value.length / 2) + value;
}

/** The attributes of a group of this prime and the generator 2. */
function attributes(prime: string = PRIME, generator: string = "02"): string {
  return MODP + variable("0006", prime) + variable("0007", generator);
}

/** An SA body of one proposal, number 5, and one transform, number 3. */
function SAof(attributes: string, protocol: string = "01", id: string = "01"): string {
  const n = <u32>attributes.length / 2 + 8;
  return "0000000100000001" + "0000" + hex2(n + 8) + "05" + protocol + "0001" + "0000" + hex2(n) + "03" + id + "0000" + attributes;
}

function exchange(initiator: bool): Exchange {
  const ex = exchangeOf(sa, ExchangeType.NEW_GROUP_MODE, initiator ? State.GROUP_I0 : State.GROUP_R0, initiator);
  message.begin(ex, false, HashKind.NONE);
  ex.groupId = 32768;
  return ex;
}

function came(SA: string): void {
  message.payloads.clear();
  message.payloads.add(Payload.SA, body, fromHex(body, SA));
}

/** A responder that has seen such an offer. */
function offered(SA: string, outcome: u32): Exchange {
  const ex = exchange(false);
  sa.groupOffers = 0;
  came(SA);
  expect<u32>(group_inI1_outR1(ex)).toBe(outcome, SA.length < 200 ? SA : "a long one");
  return ex;
}

function configured(prime: string = PRIME): PrivateGroup {
  const group = groups.add(0, 32768) as PrivateGroup;
  const n = fromHex(scratch, prime);
  fromHex(scratch + 32, "02");
  group.set(scratch, n, scratch + 32, 1);
  return group;
}

function written(): string {
  message.w.close();
  return toHex(message.w.body, <u32>(message.w.here - message.w.body));
}

function zeros(octets: i32, first: string = "00"): string {
  let text = first;
  for (let i = 1; i < octets; i++) text += "01";
  return text;
}

describe("our offer", () => {
  test("is the configured group's, proved once", () => {
    const group = configured();
    const ex = exchange(true);
    ex.orderLen = 9;
    ex.fault = 1;
    expect<u32>(group_outI1(ex)).toBe(SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.VALIDATE);
    expect<bool>(ex.prime == group.prime && ex.primeLen == 8 && ex.generator == group.generator && ex.generatorLen == 1).toBe(true);
    expect<u32>(ex.orderLen + ex.fault).toBe(0);
    expect<bool>(group.valid).toBe(false);
    expect<u32>(group_outI1_continued(ex)).toBe(OK);
    expect<bool>(group.valid).toBe(true);
    const inner = attributes();
    const n = <u32>inner.length / 2 + 8;
    expect<string>(written()).toBe("0000" + hex2(n + 20) + "0000000100000001" + "0000" + hex2(n + 8) + "01010001" + "0000" + hex2(n) + "01010000" + inner);
    const again = exchange(true);
    expect<u32>(group_outI1(again)).toBe(OK);
    expect<u32>(again.jobs).toBe(0);
  });

  test("is none without a group, without its prime, or with one that is not good", () => {
    expect<u32>(group_outI1(exchange(true))).toBe(NOTHING);
    const group = groups.add(0, 32768) as PrivateGroup;
    expect<u32>(group_outI1(exchange(true))).toBe(NOTHING, "it has no prime yet");
    configured();
    const ex = exchange(true);
    group_outI1(ex);
    ex.fault = NewGroupFault.NONE + 1;
    expect<u32>(group_outI1_continued(ex)).toBe(NOTHING);
    expect<bool>(group.valid).toBe(false);
    ex.fault = NewGroupFault.NONE;
    groups.remove(group);
    expect<u32>(group_outI1_continued(ex)).toBe(NOTHING);
  });
});

describe("an offer", () => {
  test("is looked at, kept for its SA, and answered with its own transform", () => {
    const SA = SAof(attributes());
    const ex = offered(SA, SUSPEND);
    expect<u32>(ex.jobs).toBe(Job.VALIDATE);
    expect<u32>(ex.groupId).toBe(32768);
    expect<string>(toHex(ex.prime, ex.primeLen)).toBe(PRIME);
    expect<string>(toHex(ex.generator, ex.generatorLen)).toBe("02");
    expect<u32>(ex.orderLen).toBe(0);
    expect<u32>(group_inI1_outR1_continued(ex)).toBe(OK);
    expect<string>(written()).toBe("0000" + hex2(<u32>SA.length / 2 + 4) + SA);
    const group = groups.find(sa.number, 32768) as PrivateGroup;
    expect<bool>(group.valid).toBe(true);
    expect<string>(toHex(group.prime, group.primeLen) + toHex(group.generator, group.generatorLen)).toBe(PRIME + "02");
    expect<usize>(ref(groups.find(0, 32768))).toBe(0);
    // The same once more needs no proof; another of that number is refused; these numbers under another number are known.
    offered(SA, OK);
    offered(SAof(attributes(OTHER)), REFUSED);
    offered(SAof(attributes(PRIME, "03")), REFUSED);
    offered(SAof("80048001" + "80050001" + variable("0006", PRIME) + variable("0007", "02")), OK);
    const order = offered(SAof("80048001" + "80050001" + variable("0006", PRIME) + variable("0007", "02") + variable("0010", "0005")), SUSPEND);
    expect<string>(toHex(order.order, order.orderLen)).toBe("05", "an order that is said is looked at, without its zeros");
  });

  test("is answered with its own transform though another's has been looked at meanwhile", () => {
    const SA = SAof(attributes());
    const ex = offered(SA, SUSPEND);
    const foreign = established(true);
    const mine = sa;
    sa = foreign;
    offered(SAof(attributes(PRIME, "0000")), REFUSED);
    sa = mine;
    message.begin(ex, false, HashKind.NONE);
    came(SA);
    expect<u32>(group_inI1_outR1_continued(ex)).toBe(OK);
    expect<string>(written()).toBe("0000" + hex2(<u32>SA.length / 2 + 4) + SA);
  });

  test("comes so many times under one SA, and not at once again", () => {
    const ex = exchange(false);
    came(SAof(attributes()));
    for (let i: u32 = 1; i <= NEW_GROUP_OFFERS_PER_SA; i++) {
      expect<u32>(group_inI1_outR1(ex)).toBe(SUSPEND);
      expect<u32>(sa.groupOffers).toBe(i);
      expect<u64>(sa.nextGroupAt).toBe(clock.now() + NEW_GROUP_PAUSE);
    }
    expect<u32>(group_inI1_outR1(ex)).toBe(REFUSED);
  });

  test("whose proof fails, or for which there is no room, is refused", () => {
    const ex = offered(SAof(attributes()), SUSPEND);
    ex.fault = NewGroupFault.NONE + 1;
    expect<u32>(group_inI1_outR1_continued(ex)).toBe(REFUSED);
    ex.fault = NewGroupFault.NONE;
    for (let i: u32 = 0; i < PRIVATE_GROUPS_PER_SA; i++) groups.add(sa.number, 40000 + i);
    expect<u32>(group_inI1_outR1_continued(ex)).toBe(REFUSED);
    expect<usize>(ref(groups.find(sa.number, 32768))).toBe(0);
  });

  test("is of one MODP group with a number of private use, each attribute once", () => {
    offered(SAof(attributes()), SUSPEND);
    const tail = variable("0006", PRIME) + variable("0007", "02");
    offered(SAof("8004ffff" + "80050001" + tail), SUSPEND);
    offered(SAof("80047fff" + "80050001" + tail), REFUSED);
    offered(SAof(variable("0004", "00010000") + "80050001" + tail), REFUSED);
    offered(SAof("80048000" + "80050002" + tail), REFUSED);
    offered(SAof("80048000" + tail), REFUSED);
    offered(SAof("80050001" + tail), REFUSED);
    offered(SAof(MODP + variable("0007", "02")), REFUSED);
    offered(SAof(MODP + variable("0006", PRIME)), REFUSED);
    offered(SAof(attributes() + "80050001"), REFUSED);
    offered(SAof(attributes() + "800b0001"), REFUSED);
    // Its number modulo 32 is the group type's.
    offered(SAof("80048000" + "80250001" + tail), REFUSED);
    offered(SAof(attributes(), "03"), REFUSED);
    offered(SAof(attributes(), "01", "02"), REFUSED);
    offered(SAof(attributes()).substring(0, 60), REFUSED);
  });

  test("has numbers of 1 to 512 and 1 to 16 octets, leading zeros apart", () => {
    const zero = offered(SAof(attributes("0000" + PRIME, "000002")), SUSPEND);
    expect<string>(toHex(zero.prime, zero.primeLen) + toHex(zero.generator, zero.generatorLen)).toBe(PRIME + "02");
    offered(SAof(attributes("000000")), REFUSED);
    offered(SAof(attributes(PRIME, "00")), REFUSED);
    offered(SAof(attributes(zeros(512, "01"))), SUSPEND);
    offered(SAof(attributes(zeros(513))), SUSPEND);
    offered(SAof(attributes(zeros(513, "01"))), REFUSED);
    offered(SAof(attributes(PRIME, zeros(16, "01"))), SUSPEND);
    offered(SAof(attributes(PRIME, zeros(17, "01"))), REFUSED);
    offered(SAof(attributes() + variable("0010", zeros(512, "01"))), SUSPEND);
    offered(SAof(attributes() + variable("0010", zeros(513, "01"))), REFUSED);
  });

  test("is one transform of one proposal", () => {
    const inner = attributes();
    const n = <u32>inner.length / 2 + 8;
    const first = "0300" + hex2(n) + "03010000" + inner;
    const second = "0000" + hex2(n) + "04010000" + inner;
    offered("0000000100000001" + "0000" + hex2(2 * n + 8) + "05010002" + first + second, REFUSED);
    const one = hex2(n + 8) + "05010001" + second;
    offered("0000000100000001" + "0200" + one + "0000" + one, REFUSED);
  });
});

describe("the answer", () => {
  test("is what was offered: the group is the SA's from then on", () => {
    configured();
    const ex = exchange(true);
    group_outI1(ex);
    came(SAof(attributes()));
    expect<u32>(group_inR1(ex)).toBe(OK);
    const group = groups.find(sa.number, 32768) as PrivateGroup;
    expect<bool>(group.valid).toBe(true);
    expect<string>(toHex(group.prime, group.primeLen) + toHex(group.generator, group.generatorLen)).toBe(PRIME + "02");
  });

  test("of another number, prime or generator, or one that cannot be read, is refused under the number that was offered", () => {
    configured();
    const answers: StaticArray<string> = [
      SAof("80048001" + "80050001" + variable("0006", PRIME) + variable("0007", "02")), SAof(attributes(OTHER)), SAof(attributes(PRIME, "03")),
      SAof(attributes() + "80050001"),
    ];
    // A second configured group, of the number that the first answer says.
    const second = groups.add(0, 32769) as PrivateGroup;
    const n = fromHex(scratch, PRIME);
    fromHex(scratch + 32, "02");
    second.set(scratch, n, scratch + 32, 1);
    for (let i = 0; i < answers.length; i++) {
      const ex = exchange(true);
      came(answers[i]);
      expect<u32>(group_inR1(ex)).toBe(REFUSED);
      expect<u32>(ex.groupId).toBe(32768);
      expect<usize>(ref(groups.find(sa.number, 32768))).toBe(0);
    }
    const ex = exchange(true);
    for (let i: u32 = 0; i < PRIVATE_GROUPS_PER_SA; i++) groups.add(sa.number, 40000 + i);
    came(SAof(attributes()));
    expect<u32>(group_inR1(ex)).toBe(fail(Drop.IKE_POOL, Notify.NONE));
  });
});
