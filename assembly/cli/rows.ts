/** All rows of the grammar, room by room. The order decides which of two rows that fit the same words is taken. */
import * as basic from "./commands/basic";
import * as files from "./commands/files";
import * as interfaces from "./commands/interface";
import * as route from "./commands/route";
import { clear } from "./grammar";
import * as ping from "./ping";
import * as network from "./show/network";
import * as system from "./show/system";

export function init(): void {
  clear();
  basic.rows();
  files.rows();
  interfaces.rows();
  route.rows();
  ping.rows();
  network.rows();
  system.rows();
}
