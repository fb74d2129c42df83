/** What IOS has and this router has not, by name: one sentence behind a refused line. */
import { Mode } from "../grammar";
import { nl, out } from "../output";
import * as session from "../session";
import { is } from "../words";
import { fits } from "./pattern";

/** A pattern and its sentence, by turns. */
const MISSING: StaticArray<string> = [
  "router +", "Routing protocols are missing here: `ip route` sets routes.",
  "ip ospf|rip|eigrp|bgp|pim|igmp|next-hop-self|hello-interval|hold-time|summary-address|authentication|split-horizon|multicast-routing|as-path|prefix-list|community-list *", "Routing protocols are missing here: `ip route` sets routes.",
  "key chain *", "Routing protocols are missing here, and so are their keys.",
  "isis|clns *", "Routing protocols are missing here: `ip route` sets routes.",
  "ip nhrp *", "NHRP and DMVPN are missing here: `tunnel destination` names the one other end.",
  "tunnel mode gre multipoint", "NHRP and DMVPN are missing here: `tunnel destination` names the one other end.",
  "aaa *", "AAA and its servers are missing here.",
  "radius|radius-server|tacacs|tacacs-server|ldap *", "AAA and its servers are missing here.",
  "ip radius|tacacs|telnet *", "AAA servers and telnet are missing here.",
  "telnet *", "Telnet is missing here.",
  "pppoe|pppoe-client|vpdn|vpdn-group|bba-group|dialer|dialer-list|ppp *", "PPPoE and PPP are missing here.",
  "encapsulation ppp|frame-relay|slip *", "PPP and Frame Relay are missing here.",
  "ipv6 *", "IPv6 is missing here.",
  "crypto ikev2 *", "IKEv2 is missing here: `crypto isakmp` is IKEv1.",
  "crypto gdoi *", "GDOI is missing here.",
  "vrf|mpls *", "VRFs are missing here.",
  "ip vrf *", "VRFs are missing here.",
  "standby|vrrp|glbp *", "HSRP and VRRP are missing here.",
  "switchport *", "Switching is missing here: each port is an interface of its own.",
  "zone|zone-pair|zone-member|parameter-map *", "Zones are missing here: `ip inspect` and `ip access-group` filter.",
  "class-map|policy-map|service-policy type *", "Zones are missing here: `ip inspect` and `ip access-group` filter.",
];

/** Names what the refused line in `words` asks for, where it has a name. */
export function explain(): void {
  if (session.mode < Mode.CONFIG) return;
  const k: u32 = is(0, "no") ? 1 : 0;
  for (let i = 0; i < MISSING.length; i += 2) {
    if (!fits(unchecked(MISSING[i]), 0, k)) continue;
    out.clear().put("% ").put(unchecked(MISSING[i + 1]));
    nl();
    return;
  }
}
