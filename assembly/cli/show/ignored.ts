/** `show configuration ignored`: the lines of the configuration that have no effect here. */
import { INTERFACES } from "../../limits";
import * as interfaces from "../../net/interface";
import { row } from "../grammar";
import * as ignored from "../ios/ignored";
import { nl, out, say } from "../output";

export function rows(): void {
  row("e:show configuration ignored", show);
}

function show(no: bool): bool {
  const n = ignored.count();
  if (!n) {
    say("Every line of the configuration has its effect.");
    return true;
  }
  out.u32(n).put(n == 1 ? " line of the configuration has no effect here:" : " lines of the configuration have no effect here:");
  nl();
  ignored.print(0);
  for (let port: u32 = 0; port < INTERFACES; port++) {
    if (!ignored.has(1 + port)) continue;
    out.put("interface ");
    interfaces.name(out, port);
    nl();
    ignored.print(1 + port);
  }
  if (ignored.has(ignored.CONSOLE)) {
    say("line con 0");
    ignored.print(ignored.CONSOLE);
  }
  return true;
}
