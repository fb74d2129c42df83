/** The room's making: every pool of policies and associations, once, at start. */
import * as acquire from "./acquire";
import * as sad from "./sad";
import * as spd from "./spd";
import * as sets from "./transform_set";

export function init(): void {
  acquire.init();
  sets.init();
  spd.init();
  sad.init();
}
