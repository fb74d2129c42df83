/**
 * The transition table: every message that is taken, and what follows. A row is an arrow of RFC 2409's notation, given
 * above it; `HDR*` is an encrypted message. What no row names is a counted drop. `check` looks over the table at start.
 */
import { assertThat } from "../../util/status";
import { ExchangeType, Payload } from "../../wire/ike_numbers";
import { HashKind } from "../message/message";
import { Job, State, Timeout } from "../state/exchange";
import * as aggr from "./aggressive_mode";
import { informational_in } from "./informational";
import * as sealedAggr from "./encrypted_aggressive_mode";
import * as sealedMain from "./encrypted_main_mode";
import * as main from "./main_mode";
import * as group from "./new_group_mode";
import * as quick from "./quick_mode";
import { Column, Is, Row } from "./row";
import * as signedAggr from "./signed_aggressive_mode";
import * as signedMain from "./signed_main_mode";

const SA: u32 = 1 << Payload.SA;
const KE: u32 = 1 << Payload.KE;
const ID: u32 = 1 << Payload.ID;
const HASH: u32 = 1 << Payload.HASH;
const NONCE: u32 = 1 << Payload.NONCE;
const N: u32 = 1 << Payload.NOTIFY;
const D: u32 = 1 << Payload.DELETE;
const CR: u32 = 1 << Payload.CERT_REQUEST;
const CERT: u32 = 1 << Payload.CERT;
const SIG: u32 = 1 << Payload.SIG;
const VID: u32 = 1 << Payload.VENDOR_ID;
const NAT_D: u32 = 1 << Payload.NAT_D;
const NAT_OA: u32 = 1 << Payload.NAT_OA;

const ROWS: u32 = 34;
const rows = new StaticArray<Row | null>(<i32>ROWS);
/** Row of a state, one a state; and those that stand in their place with signatures, and with RSA encryption. */
const byState = new StaticArray<Row | null>(<i32>State.COUNT);
const signedByState = new StaticArray<Row | null>(<i32>State.COUNT);
const sealedByState = new StaticArray<Row | null>(<i32>State.COUNT);
let count: u32 = 0;

export function init(): void {
  count = 0;
  for (let s = 0; s < <i32>State.COUNT; s++) unchecked((byState[s] = signedByState[s] = sealedByState[s] = null));
  const MAIN: u32 = ExchangeType.IDENTITY_PROTECTION;
  const QUICK: u32 = ExchangeType.QUICK_MODE;
  const AGGR: u32 = ExchangeType.AGGRESSIVE;
  const GROUP: u32 = ExchangeType.NEW_GROUP_MODE;
  const BOTH: u32 = Is.ENCRYPTED_IN | Is.ENCRYPTED_OUT;

  // --> HDR, SA
  add(new Row(
    State.MAIN_I0, State.MAIN_I1, MAIN, Is.STARTS | Is.REPLIES, 0, 0, HashKind.NONE, HashKind.NONE,
    main.main_outI1, null, Job.NONE, null, Timeout.RETRANSMIT, 0, 1));
  // HDR, SA --> HDR, SA
  add(new Row(
    State.MAIN_R0, State.MAIN_R1, MAIN, Is.REPLIES, SA, VID | CR, HashKind.NONE, HashKind.NONE,
    main.main_inI1_outR1, null, Job.NONE, null, Timeout.WAIT, 1, 2));
  // HDR, SA --> HDR, KE, Ni [, NAT-D, NAT-D ]
  add(new Row(
    State.MAIN_I1, State.MAIN_I2, MAIN, Is.REPLIES, SA, VID | CR, HashKind.NONE, HashKind.NONE,
    main.main_inR1_outI2, main.main_outKE, Job.NONE, null, Timeout.RETRANSMIT, 2, 3));
  // HDR, KE, Ni [, NAT-D, NAT-D ] --> HDR, KE, Nr [, NAT-D, NAT-D ]
  add(new Row(
    State.MAIN_R1, State.MAIN_R2, MAIN, Is.REPLIES, KE | NONCE, VID | CR | NAT_D, HashKind.NONE, HashKind.NONE,
    main.main_inI2_outR2, main.main_outKE, Job.SHARED, main.main_outR2_after, Timeout.WAIT, 3, 4));
  // HDR, KE, Nr [, NAT-D, NAT-D ] --> HDR*, IDii, HASH_I
  add(new Row(
    State.MAIN_I2, State.MAIN_I3, MAIN, Is.ENCRYPTED_OUT | Is.REPLIES, KE | NONCE, VID | CR | NAT_D, HashKind.NONE, HashKind.NONE,
    main.main_inR2_outI3, main.main_inR2_outI3_continued, Job.NONE, null, Timeout.RETRANSMIT, 4, 5));
  // HDR*, IDii, HASH_I --> HDR*, IDir, HASH_R
  add(new Row(
    State.MAIN_R2, State.MAIN_DONE, MAIN, BOTH | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, ID | HASH, VID | CR | N,
    HashKind.NONE, HashKind.NONE, main.main_inI3_outR3, null, Job.NONE, null, Timeout.LINGER, 5, 6));
  // HDR*, IDir, HASH_R -->
  add(new Row(
    State.MAIN_I3, State.MAIN_DONE, MAIN, Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, ID | HASH, VID | CR | N,
    HashKind.NONE, HashKind.NONE, main.main_inR3, null, Job.NONE, null, Timeout.NONE, 6, 0));

  // With signatures (RFC 2409, 5.1), CERT and CERTREQ in any place behind SA:
  // HDR, KE, Nr [, NAT-D, NAT-D ] --> HDR*, IDii [, CERT ], SIG_I
  add(new Row(
    State.MAIN_I2, State.MAIN_I3, MAIN, Is.SIGNED | Is.ENCRYPTED_OUT | Is.REPLIES, KE | NONCE, VID | CR | NAT_D, HashKind.NONE, HashKind.NONE,
    main.main_inR2_outI3, signedMain.main_inR2_outI3_signed, Job.NONE, null, Timeout.RETRANSMIT, 4, 5));
  // HDR*, IDii [, CERT ], SIG_I --> HDR*, IDir [, CERT ], SIG_R
  add(new Row(
    State.MAIN_R2, State.MAIN_DONE, MAIN, Is.SIGNED | Is.LATE | BOTH | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, ID | SIG, VID | CERT | CR | N,
    HashKind.NONE, HashKind.NONE, signedMain.main_inI3_signed, signedMain.main_inI3_outR3_signed, Job.NONE, null, Timeout.LINGER, 5, 6));
  // HDR*, IDir [, CERT ], SIG_R -->
  add(new Row(
    State.MAIN_I3, State.MAIN_DONE, MAIN, Is.SIGNED | Is.LATE | Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, ID | SIG, VID | CERT | CR | N,
    HashKind.NONE, HashKind.NONE, signedMain.main_inR3_signed, signedMain.main_inR3_signed_continued, Job.NONE, null, Timeout.NONE, 6, 0));

  // With RSA encryption (RFC 2409, 5.2), <x>P being x encrypted by the other's public key; revised (5.3) in the second line, <x>K being x under a key of the nonce:
  // HDR, SA --> HDR, KE, [ HASH(1), ] <IDii_b>P, <Ni_b>P [, NAT-D, NAT-D ]
  //             HDR, [ HASH(1), ] <Ni_b>P, <KE_b>K, <IDii_b>K [, <NAT-D>K, <NAT-D>K ]
  add(new Row(
    State.MAIN_I1, State.MAIN_I2, MAIN, Is.SEALED | Is.REPLIES, SA, VID | CR, HashKind.NONE, HashKind.NONE,
    main.main_inR1_outI2, sealedMain.main_outI2_encrypted, Job.NONE, null, Timeout.RETRANSMIT, 2, 3));
  // HDR, KE, [ HASH(1), ] <IDii_b>P, <Ni_b>P --> HDR, KE, <IDir_b>P, <Nr_b>P
  // HDR, [ HASH(1), ] <Ni_b>P, <KE_b>K, <IDii_b>K [, <Cert-I_b>K ] --> HDR, <Nr_b>P, <KE_b>K, <IDir_b>K
  add(new Row(
    State.MAIN_R1, State.MAIN_R2, MAIN, Is.SEALED | Is.REPLIES, KE | NONCE | ID, VID | CR | NAT_D | HASH | CERT, HashKind.NONE, HashKind.NONE,
    sealedMain.main_inI2_encrypted, sealedMain.main_inI2_outR2_encrypted, Job.SHARED, main.main_outR2_after, Timeout.WAIT, 3, 4));
  // HDR, KE, <IDir_b>P, <Nr_b>P --> HDR*, HASH_I
  add(new Row(
    State.MAIN_I2, State.MAIN_I3, MAIN, Is.SEALED | Is.ENCRYPTED_OUT | Is.REPLIES, KE | NONCE | ID, VID | CR | NAT_D | CERT, HashKind.NONE, HashKind.NONE,
    sealedMain.main_inR2_encrypted, sealedMain.main_inR2_outI3_encrypted, Job.NONE, null, Timeout.RETRANSMIT, 4, 5));
  // HDR*, HASH_I --> HDR*, HASH_R
  add(new Row(
    State.MAIN_R2, State.MAIN_DONE, MAIN, Is.SEALED | Is.HASH_FIRST | BOTH | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, HASH, VID | CR | N,
    HashKind.NONE, HashKind.NONE, sealedMain.main_inI3_outR3_encrypted, null, Job.NONE, null, Timeout.LINGER, 5, 6));
  // HDR*, HASH_R -->
  add(new Row(
    State.MAIN_I3, State.MAIN_DONE, MAIN, Is.SEALED | Is.HASH_FIRST | Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, HASH, VID | CR | N,
    HashKind.NONE, HashKind.NONE, sealedMain.main_inR3_encrypted, null, Job.NONE, null, Timeout.NONE, 6, 0));

  // --> HDR, SA, KE, Ni, IDii
  add(new Row(
    State.AGGR_I0, State.AGGR_I1, AGGR, Is.STARTS | Is.REPLIES, 0, 0, HashKind.NONE, HashKind.NONE,
    aggr.aggr_outI1, aggr.aggr_outI1_continued, Job.NONE, null, Timeout.RETRANSMIT, 0, 1));
  // HDR, SA, KE, Ni, IDii --> HDR, SA, KE, Nr, IDir, HASH_R [, NAT-D, NAT-D ]
  add(new Row(
    State.AGGR_R0, State.AGGR_R1, AGGR, Is.REPLIES, SA | KE | NONCE | ID, VID | CR | NAT_D | HASH | CERT, HashKind.NONE, HashKind.NONE,
    aggr.aggr_inI1_outR1, aggr.aggr_inI1_outR1_continued, Job.SHARED, aggr.aggr_outR1_after, Timeout.WAIT, 1, 2));
  // HDR, SA, KE, Nr, IDir, HASH_R [, NAT-D, NAT-D ] --> HDR*, HASH_I [, NAT-D, NAT-D ]
  add(new Row(
    State.AGGR_I1, State.AGGR_DONE, AGGR, Is.ENCRYPTED_OUT | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, SA | KE | NONCE | ID | HASH,
    VID | CR | N | NAT_D, HashKind.NONE, HashKind.NONE, aggr.aggr_inR1_outI2, aggr.aggr_inR1_outI2_continued, Job.NONE, null,
    Timeout.CONFIRM, 2, 3));
  // HDR*, HASH_I [, NAT-D, NAT-D ] -->
  add(new Row(
    State.AGGR_R1, State.AGGR_DONE, AGGR, Is.ENCRYPTED_IN | Is.PLAIN_IN | Is.AUTHENTIC | Is.COMPLETES, HASH, VID | CR | N | NAT_D,
    HashKind.NONE, HashKind.NONE, aggr.aggr_inI2, null, Job.NONE, null, Timeout.NONE, 3, 0));

  // With signatures:
  // HDR, SA, KE, Ni, IDii --> HDR, SA, KE, Nr, IDir [, CERT ], SIG_R [, NAT-D, NAT-D ]
  add(new Row(
    State.AGGR_R0, State.AGGR_R1, AGGR, Is.SIGNED | Is.REPLIES, SA | KE | NONCE | ID, VID | CR | NAT_D, HashKind.NONE, HashKind.NONE,
    aggr.aggr_inI1_outR1, signedAggr.aggr_inI1_outR1_signed, Job.NONE, null, Timeout.WAIT, 1, 2));
  // HDR, SA, KE, Nr, IDir [, CERT ], SIG_R [, NAT-D, NAT-D ] --> HDR* [, CERT ], SIG_I [, NAT-D, NAT-D ]
  add(new Row(
    State.AGGR_I1, State.AGGR_DONE, AGGR, Is.SIGNED | Is.LATE | Is.ENCRYPTED_OUT | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, SA | KE | NONCE | ID | SIG,
    VID | CERT | CR | N | NAT_D, HashKind.NONE, HashKind.NONE, signedAggr.aggr_inR1_signed, signedAggr.aggr_inR1_outI2_signed, Job.NONE, null,
    Timeout.CONFIRM, 2, 3));
  // HDR* [, CERT ], SIG_I [, NAT-D, NAT-D ] -->
  add(new Row(
    State.AGGR_R1, State.AGGR_DONE, AGGR, Is.SIGNED | Is.LATE | Is.ENCRYPTED_IN | Is.PLAIN_IN | Is.AUTHENTIC | Is.COMPLETES, SIG, VID | CERT | CR | N | NAT_D,
    HashKind.NONE, HashKind.NONE, signedAggr.aggr_inI2_signed, signedAggr.aggr_inI2_signed_continued, Job.NONE, null, Timeout.NONE, 3, 0));

  // With RSA encryption; revised with the nonce before KE, as above:
  // HDR, SA, [ HASH(1), ] KE, <IDii_b>P, <Ni_b>P --> HDR, SA, KE, <IDir_b>P, <Nr_b>P, HASH_R
  add(new Row(
    State.AGGR_R0, State.AGGR_R1, AGGR, Is.SEALED | Is.REPLIES, SA | KE | NONCE | ID, VID | CR | NAT_D | HASH | CERT, HashKind.NONE, HashKind.NONE,
    aggr.aggr_inI1_outR1, sealedAggr.aggr_inI1_outR1_encrypted, Job.SHARED, aggr.aggr_outR1_after, Timeout.WAIT, 1, 2));
  // HDR, SA, KE, <IDir_b>P, <Nr_b>P, HASH_R --> HDR*, HASH_I [, NAT-D, NAT-D ]
  add(new Row(
    State.AGGR_I1, State.AGGR_DONE, AGGR, Is.SEALED | Is.LATE | Is.ENCRYPTED_OUT | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, SA | KE | NONCE | ID | HASH,
    VID | CERT | CR | N | NAT_D, HashKind.NONE, HashKind.NONE, sealedAggr.aggr_inR1_encrypted, sealedAggr.aggr_inR1_outI2_encrypted, Job.NONE, null,
    Timeout.CONFIRM, 2, 3));
  // HDR*, HASH_I [, NAT-D, NAT-D ] -->
  add(new Row(
    State.AGGR_R1, State.AGGR_DONE, AGGR, Is.SEALED | Is.HASH_FIRST | Is.ENCRYPTED_IN | Is.PLAIN_IN | Is.AUTHENTIC | Is.COMPLETES, HASH, VID | CR | N | NAT_D,
    HashKind.NONE, HashKind.NONE, sealedAggr.aggr_inI2_encrypted, null, Job.NONE, null, Timeout.NONE, 3, 0));

  // --> HDR*, HASH(1), SA, Ni [, KE ], IDci, IDcr
  add(new Row(
    State.QUICK_I0, State.QUICK_I1, QUICK, Is.STARTS | Is.ENCRYPTED_OUT | Is.REPLIES, 0, 0, HashKind.NONE, HashKind.HASH_1,
    quick.quick_outI1, quick.quick_outI1_continued, Job.NONE, null, Timeout.RETRANSMIT, 0, 1));
  // HDR*, HASH(1), SA, Ni [, KE ] [, IDci, IDcr ] --> HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ]
  add(new Row(
    State.QUICK_R0, State.QUICK_R1, QUICK, BOTH | Is.REPLIES | Is.AUTHENTIC, HASH | SA | NONCE, VID | KE | ID | N | NAT_OA,
    HashKind.HASH_1, HashKind.HASH_2, quick.quick_inI1_outR1, quick.quick_inI1_outR1_continued, Job.NONE, null,
    Timeout.RETRANSMIT, 1, 2));
  // HDR*, HASH(2), SA, Nr [, KE ] [, IDci, IDcr ] --> HDR*, HASH(3)
  add(new Row(
    State.QUICK_I1, State.QUICK_DONE, QUICK, BOTH | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, HASH | SA | NONCE,
    VID | KE | ID | N | NAT_OA, HashKind.HASH_2, HashKind.HASH_3, quick.quick_inR1_outI2, quick.quick_inR1_outI2_continued,
    Job.NONE, null, Timeout.LINGER, 2, 3));
  // HDR*, HASH(3) -->
  add(new Row(
    State.QUICK_R1, State.QUICK_DONE, QUICK, Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, HASH, VID | N,
    HashKind.HASH_3, HashKind.NONE, quick.quick_inI2, null, Job.NONE, null, Timeout.NONE, 3, 0));

  // HDR*, HASH(1), N -->: CONNECTED as the fourth message, as some send it; others do in an Informational of the same M_ID
  add(new Row(
    State.QUICK_COMMIT, State.QUICK_DONE, QUICK, Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, HASH | N, VID,
    HashKind.HASH_1, HashKind.NONE, quick.quick_connected, null, Job.NONE, null, Timeout.LINGER, 4, 0));

  // --> HDR*, HASH(1), SA
  add(new Row(
    State.GROUP_I0, State.GROUP_I1, GROUP, Is.STARTS | Is.ENCRYPTED_OUT | Is.REPLIES, 0, 0, HashKind.NONE, HashKind.HASH_1,
    group.group_outI1, group.group_outI1_continued, Job.NONE, null, Timeout.RETRANSMIT, 0, 1));
  // HDR*, HASH(1), SA --> HDR*, HASH(2), SA; New Group Mode's HASH(2) is made as its HASH(1): there is no nonce
  add(new Row(
    State.GROUP_R0, State.GROUP_DONE, GROUP, BOTH | Is.REPLIES | Is.AUTHENTIC | Is.COMPLETES, HASH | SA, VID | N, HashKind.HASH_1,
    HashKind.HASH_1, group.group_inI1_outR1, group.group_inI1_outR1_continued, Job.NONE, null, Timeout.LINGER, 1, 2));
  // HDR*, HASH(2), SA -->
  add(new Row(
    State.GROUP_I1, State.GROUP_DONE, GROUP, Is.ENCRYPTED_IN | Is.AUTHENTIC | Is.COMPLETES, HASH | SA, VID | N, HashKind.HASH_1,
    HashKind.NONE, group.group_inR1, null, Job.NONE, null, Timeout.NONE, 2, 0));

  // HDR*, HASH(1), N/D -->
  add(new Row(
    State.INFORMATIONAL, State.INFORMATIONAL, ExchangeType.INFORMATIONAL, Is.ENCRYPTED_IN | Is.AUTHENTIC, HASH,
    VID | N | D, HashKind.HASH_1, HashKind.NONE, informational_in, null, Job.NONE, null, Timeout.NONE, 1, 0));
  check();
}

function add(row: Row): void {
  assertThat(count < ROWS, 40101);
  // One row a state: a second one could never be reached.
  const column = row.has(Is.SIGNED) ? signedByState : row.has(Is.SEALED) ? sealedByState : byState;
  assertThat(!unchecked(column[<i32>row.state]), 40102);
  row.index = count;
  unchecked((rows[count] = row));
  unchecked((column[<i32>row.state] = row));
  count++;
}

/** The row for a message of this exchange type in this state, or null: the message is unexpected. */
export function rowFor(state: u32, exchange: u32, column: Column = Column.HASHED): Row | null {
  if (state >= <u32>State.COUNT) return null;
  const own = column == Column.SIGNED ? unchecked(signedByState[state]) : column == Column.SEALED ? unchecked(sealedByState[state]) : null;
  const row = own ? own : unchecked(byState[state]);
  return row && row.exchange == exchange && !row.has(Is.STARTS) ? row : null;
}

/** The row that begins in this state. */
export function startingRow(state: u32): Row {
  const row = unchecked(byState[state]);
  assertThat(row != null && row.has(Is.STARTS), 40103);
  return row!;
}

export function rowAt(i: u32): Row {
  return unchecked(rows[i])!;
}

/** The table's own rules; a row that breaks one is a fault of ours. */
function check(): void {
  assertThat(count == ROWS, 40110);
  for (let i: u32 = 0; i < count; i++) {
    const row = rowAt(i);
    const phase1 = row.phase1;
    assertThat((row.required & row.optional) == 0, 40111);
    // What comes in has a number, required payloads and a state before; what begins has none of these.
    assertThat(row.has(Is.STARTS) == (row.required == 0), 40112);
    assertThat(row.has(Is.STARTS) == (row.numberIn == 0), 40113);
    assertThat(row.has(Is.REPLIES) == (row.numberOut != 0), 40114);
    // Phase 2 is encrypted and hashed throughout (RFC 2409, 5.5); phase 1 hashes nothing but the identities.
    if (!phase1) {
      assertThat(row.has(Is.STARTS) || (row.has(Is.ENCRYPTED_IN) && row.hashIn != HashKind.NONE), 40115);
      assertThat(!row.has(Is.REPLIES) || (row.has(Is.ENCRYPTED_OUT) && row.hashOut != HashKind.NONE), 40116);
    } else assertThat(row.hashIn == HashKind.NONE && row.hashOut == HashKind.NONE, 40117);
    assertThat(row.hashIn == HashKind.NONE || (row.required & HASH) != 0, 40118);
    assertThat(row.hashIn == HashKind.NONE || row.has(Is.AUTHENTIC), 40119);
    // A reply is made to be sent again, or to be answered from memory; a row that is complete waits for nobody.
    assertThat(!row.has(Is.REPLIES) || row.timeout != Timeout.NONE, 40120);
    assertThat(!row.has(Is.COMPLETES) || row.timeout == Timeout.NONE || row.timeout == Timeout.LINGER || row.timeout == Timeout.CONFIRM, 40121);
    assertThat(row.laterJobs == 0 || row.after != null, 40122);
    // Nobody unverified is retransmitted to: a responder's rows in phase 1 wait.
    if (phase1 && row.has(Is.REPLIES) && row.numberOut % 2 == 0) assertThat(row.timeout != Timeout.RETRANSMIT, 40123);
    // A signature takes the place of a row, and pauses.
    if (row.has(Is.SIGNED)) assertThat(phase1 && unchecked(byState[<i32>row.state]) != null && row.continued != null, 40125);
    // Every state that is waited in has a row.
    if (!row.has(Is.COMPLETES)) assertThat(unchecked(byState[<i32>row.next]) != null, 40124);
  }
}
