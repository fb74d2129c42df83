/** `ip nat inside|outside`: which side of NAT an interface is on. */
import * as settings from "../../net/nat/settings";
import { Side } from "../../net/nat/settings";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { say } from "../output";
import * as session from "../session";

export function rows(): void {
  row("i:ip nat (inside|outside)~", side);
}

function side(no: bool): bool {
  const port = session.subject;
  const wanted = matcher.isKeyword(matcher.base + 2, "inside") ? Side.INSIDE : Side.OUTSIDE;
  if (no && settings.side(port) != wanted) return true;
  settings.setSide(port, no ? Side.NONE : wanted);
  return true;
}

/** The interface's line of the configuration. */
export function writeInterface(port: u32): void {
  const side = settings.side(port);
  if (side != Side.NONE) say(side == Side.INSIDE ? " ip nat inside" : " ip nat outside");
}
