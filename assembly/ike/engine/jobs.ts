/**
 * The powers and multiples of Diffie-Hellman, signatures, and what RSA encrypts: one exchange at a time, the oldest first, a slice a poll. Packets flow between the slices.
 */
import { dhBusy, dhResult, dhStart, dhStep } from "../../oakley/dh_group";
import { NewGroupFault, newGroupBetween, newGroupResult, newGroupStart, newGroupStep } from "../../oakley/new_group";
import { Begun } from "../../pki/signer";
import * as log from "../../util/log";
import { assertThat } from "../../util/status";
import * as encryption from "../proof/encryption";
import * as signature from "../proof/signature";
import { Exchange, Job } from "../state/exchange";
import * as exchanges from "../state/exchange";
import * as db from "../state/exchanges";
import { Stat } from "../state/stats";
import * as stats from "../state/stats";
import * as strangers from "../state/strangers";
import { resume, spoiled } from "./engine";

/** One slice of what exchanges wait for. True: there is more to do at once. */
export function work(): bool {
  if (!exchanges.jobsWanted) return false;
  // The proof of a group takes long: between two of its powers every other job goes first.
  const ex = jobHolder(Job.PUBLIC | Job.SHARED | Job.CHECK | Job.SIGN | exchanges.ENCRYPTION_JOBS);
  if (ex && newGroupBetween()) return exchangeWork(ex);
  const validated = jobHolder(Job.VALIDATE);
  if (validated) return validateWork(validated);
  return ex ? exchangeWork(ex) : false;
}

function exchangeWork(ex: Exchange): bool {
  if (!ex.running && !startJob(ex)) return true;
  const job = ex.running;
  if (job & (Job.CHECK | Job.SIGN)) return signatureWork(ex, job);
  if (job & exchanges.ENCRYPTION_JOBS) return encryptionWork(ex, job);
  if (!dhStep()) return true;
  const good = dhResult(job == Job.PUBLIC ? ex.ownPublic : ex.g_xy);
  const group = ex.group;
  if (job == Job.PUBLIC && good && group && !group.prime && db.isStranger(ex) && db.underLoad(ex.sa.peerAddress, ex.sa.aggressive)) {
    strangers.keepCommon(group.id, ex.exponent, group.exponentBytes, ex.ownPublic, group.publicBytes);
    exchanges.deadline.arm(strangers.wipeOld());
  }
  exchanges.doneJob(ex, job);
  stats.count(Stat.MODEXP);
  if (!good) spoiled(ex);
  else if (!ex.jobs) resume(ex);
  return exchanges.jobsWanted != 0;
}

function signatureWork(ex: Exchange, job: u32): bool {
  if (!signature.step(ex, job)) return true;
  signature.finish(ex, job);
  return signatureDone(ex, job);
}

function signatureDone(ex: Exchange, job: u32): bool {
  exchanges.doneJob(ex, job);
  stats.count(job == Job.SIGN ? Stat.SIGNED : Stat.CHECKED);
  if (!ex.jobs) resume(ex);
  return exchanges.jobsWanted != 0;
}

function encryptionWork(ex: Exchange, job: u32): bool {
  if (!encryption.step()) return true;
  encryption.finish(ex, job, false);
  return encryptionDone(ex, job);
}

function encryptionDone(ex: Exchange, job: u32): bool {
  exchanges.doneJob(ex, job);
  stats.count(job & (Job.OPEN_ID | Job.OPEN_NONCE) ? Stat.DECRYPTED : Stat.ENCRYPTED);
  if (!ex.jobs) resume(ex);
  return exchanges.jobsWanted != 0;
}

function validateWork(ex: Exchange): bool {
  if (!ex.running) {
    ex.fault = <u32>newGroupStart(ex.prime, ex.primeLen, ex.generator, ex.generatorLen, ex.order, ex.orderLen);
    if (ex.fault == <u32>NewGroupFault.NONE) {
      ex.running = Job.VALIDATE;
      return true;
    }
  } else {
    if (!newGroupStep()) return true;
    ex.fault = <u32>newGroupResult();
  }
  exchanges.doneJob(ex, Job.VALIDATE);
  resume(ex);
  return exchanges.jobsWanted != 0;
}

/** The exchange whose job of these kinds runs, else the oldest that wants one: those of peers that have proved who they are before strangers'. */
function jobHolder(kinds: u32): Exchange | null {
  let oldest: Exchange | null = null;
  for (let i: u32 = 0; i < exchanges.slots(); i++) {
    const ex = exchanges.at(i);
    if (!ex || !(ex.jobs & kinds)) continue;
    if (ex.running) return ex;
    if (!oldest) oldest = ex;
    else if (db.isStranger(ex) != db.isStranger(oldest)) oldest = db.isStranger(ex) ? oldest : ex;
    else if (ex.createdAt < oldest.createdAt) oldest = ex;
  }
  return oldest;
}

function startJob(ex: Exchange): bool {
  if (!(ex.jobs & (Job.PUBLIC | Job.SHARED))) {
    const sealed = ex.jobs & exchanges.ENCRYPTION_JOBS;
    return sealed ? startEncryption(ex, sealed & (0 - sealed)) : startSignature(ex, ex.jobs & Job.CHECK ? Job.CHECK : Job.SIGN);
  }
  const group = ex.group;
  assertThat(group != null && !dhBusy(), 40201);
  const job: u32 = ex.jobs & Job.PUBLIC ? Job.PUBLIC : Job.SHARED;
  if (log.debugEngine) {
    log.debug("crypto_engine:").put(job == Job.PUBLIC ? " generate a Diffie-Hellman value" : " compute a Diffie-Hellman secret").put(" for peer ").ip(ex.sa.peerAddress);
    log.end();
  }
  const base: usize = job == Job.PUBLIC ? 0 : ex.peerPublic;
  if (!dhStart(group!, base, ex.exponent)) return false;
  ex.running = job;
  return true;
}

/** False: another has the workspace, or it is done already, for it can't be. */
function startSignature(ex: Exchange, job: u32): bool {
  const begun = signature.start(ex, job);
  if (begun == Begun.RUNNING) ex.running = job;
  else if (begun == Begun.IMPOSSIBLE) signatureDone(ex, job);
  return begun == Begun.RUNNING;
}

/** Likewise. */
function startEncryption(ex: Exchange, job: u32): bool {
  const begun = encryption.start(ex, job);
  if (begun == Begun.RUNNING) ex.running = job;
  else if (begun == Begun.IMPOSSIBLE) {
    encryption.finish(ex, job, true);
    encryptionDone(ex, job);
  }
  return begun == Begun.RUNNING;
}
