/**
 * The room's entries for `device`: its making (every pool of policies and associations, once, at start), its time, and the
 * moment at which changed settings take effect.
 */
import * as spd from "./policies/spd";
import { scan } from "./sas/expiry";
import * as held from "./sas/held";
import * as sad from "./sas/sad";
import * as peerNames from "./settings/peer_names";
import * as sets from "./settings/transform_set";
import * as acquire from "./work";
import { anyDue } from "../util/deadline";

export function init(): void {
  acquire.init();
  sets.init();
  peerNames.init();
  spd.init();
  sad.init();
}

/** Changed settings take effect: to be called where nobody holds a policy or an SA. */
// @ts-ignore: decorator
@inline
export function refresh(): void {
  spd.refresh();
}

/** Lifetimes: posts Work.REKEY and Work.EXPIRED, drops held packets that waited too long. */
export function poll(): void {
  refresh();
  if (!anyDue()) return;
  if (sad.alarms.deadline.due()) scan();
  if (held.deadline.due()) spd.expireHeld();
}
