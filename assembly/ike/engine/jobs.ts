/**
 * The powers and multiples of Diffie-Hellman: one exchange at a time, the oldest first, a slice a poll. Packets flow between the slices.
 */
import { dhBusy, dhResult, dhStart, dhStep } from "../../oakley/dh_group";
import { NewGroupFault, newGroupBetween, newGroupResult, newGroupStart, newGroupStep } from "../../oakley/new_group";
import { assertThat } from "../../util/status";
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
  const ex = jobHolder(Job.PUBLIC | Job.SHARED);
  if (ex && newGroupBetween()) return exchangeWork(ex);
  const validated = jobHolder(Job.VALIDATE);
  if (validated) return validateWork(validated);
  return ex ? exchangeWork(ex) : false;
}

function exchangeWork(ex: Exchange): bool {
  if (!ex.running && !startJob(ex)) return true;
  if (!dhStep()) return true;
  const job = ex.running;
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
  const group = ex.group;
  assertThat(group != null && !dhBusy(), 40201);
  const job: u32 = ex.jobs & Job.PUBLIC ? Job.PUBLIC : Job.SHARED;
  const base: usize = job == Job.PUBLIC ? 0 : ex.peerPublic;
  if (!dhStart(group!, base, ex.exponent)) return false;
  ex.running = job;
  return true;
}
