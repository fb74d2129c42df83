/** Commands that wait for answers from afar: `ping`, `traceroute`, and the names that they look up. One of them runs at a time. */
import * as askTarget from "./ask_target";
import * as ping from "./ping";
import * as target from "./target";
import * as traceroute from "./traceroute";

export function init(): void {
  target.init();
  askTarget.init();
  ping.init();
  traceroute.init();
}

export function rows(): void {
  ping.rows();
  traceroute.rows();
  askTarget.rows();
}

export function busy(): bool {
  return target.resolving || ping.busy() || traceroute.busy();
}

/** Shows what has come since the last call. */
export function progress(): void {
  if (target.resolving) target.progress();
  else if (ping.busy()) ping.progress();
  else traceroute.progress();
}

/** The operator's break. */
export function abort(): void {
  target.abort();
  ping.abort();
  traceroute.abort();
}
