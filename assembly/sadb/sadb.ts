/** The room's making: every pool of policies and associations, once, at start. */
import * as acquire from "./work";
import * as sad from "./sas/sad";
import * as spd from "./policies/spd";
import * as sets from "./settings/transform_set";

export function init(): void {
  acquire.init();
  sets.init();
  spd.init();
  sad.init();
}
