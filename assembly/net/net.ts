/** The room's entries for `device`: making it, and its time. What passes through it goes by the other files. */
import { anyDue } from "../util/deadline";
import * as arp from "./arp_cache";
import * as arpProbe from "./arp_probe";
import * as dhcp from "./dhcp/dhcp";
import * as egress from "./egress";
import * as fragment from "./fragment";
import * as icmp from "./icmp";
import * as interfaces from "./interface";
import * as nat from "./nat/nat";
import * as policyRoute from "./policy_route";
import * as outgoing from "./outgoing";
import * as ping from "./ping";
import * as route from "./route";
import * as traceroute from "./traceroute";
import * as tunnels from "./tunnels";

let seen: u32 = 0;

/** @param seed any number: identifications of datagrams begin there @param secret another one, that nobody outside learns */
export function init(seed: u32, secret: u32): void {
  egress.init();
  interfaces.init();
  tunnels.init();
  outgoing.init(seed);
  route.init();
  icmp.init();
  arp.init();
  fragment.init();
  ping.init();
  traceroute.init();
  arpProbe.init();
  dhcp.init(seed);
  nat.init(secret);
  seen = 0;
  policyRoute.init();
}

/** What is due by now. */
export function poll(): void {
  if (ping.busy()) ping.poll();
  if (traceroute.busy()) traceroute.poll();
  if (!anyDue() && seen == interfaces.generation) return;
  seen = interfaces.generation;
  arp.poll();
  fragment.poll();
  dhcp.poll();
  nat.poll();
}
