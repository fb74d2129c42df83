/** IOS's words for protection that is not made here: each is refused by name, with what takes its place. */
import { row } from "../grammar";
import { nl, refuse, refused } from "../output";

export function rows(): void {
  row("c:crypto isakmp client LINE", xauth);
  row("c:crypto map WORD client LINE", xauth);
  row("c:crypto map WORD isakmp LINE", xauth);
  row("f:client LINE", xauth);
  row("f:isakmp LINE", xauth);
  row("c:crypto isakmp peer hostname LINE", aggressivePeer);
  row("c:crypto call admission LINE", admission);
  row("c:crypto map WORD <1-65535> (ipsec-manual|gdoi) [LINE]", manual);
  row("c:crypto map WORD <1-65535> ipsec-isakmp profile WORD", mapOfProfile);
  row("c:crypto ipsec optional [LINE]", optional);
  row("c:crypto ipsec client LINE", easyVpn);
  row("c:crypto ikev2 LINE", ikev2);
  row("m:set ikev2-profile LINE", ikev2);
  row("m:set security-association level per-host", perHost);
  row("m:set security-association dummy LINE", dummy);
  row("c:crypto ipsec security-association dummy LINE", dummy);
  row("mq:set security-association replay LINE", replayWindow);
  row("m:set session-key LINE", manual);
  row("f:keepalive~ [LINE]", keepalive);
  row("m:set security-association dfbit (clear|copy|set)", dfBit);
  row("c:crypto isakmp enable~", enable);
  row("f:local-address LINE", localAddress);
  row("f:vrf LINE", vrf);
  row("f:virtual-template LINE", virtualTemplate);
  row("f:match identity group LINE", xauth);
}

function xauth(no: bool): bool {
  return refused("Xauth, Mode Config and groups of clients are not built: this gateway talks to gateways, and to clients that have a key or certificate of their own.");
}

function aggressivePeer(no: bool): bool {
  return refused("A peer of Aggressive Mode is named by its address here: `crypto isakmp peer address A.B.C.D`, or `crypto isakmp profile` and `set isakmp-profile`.");
}

/** What would protect no less without it: taken, and said. */
function warned(s: string): bool {
  refuse("Warning: ").put(s);
  nl();
  return true;
}

function admission(no: bool): bool {
  return warned("How many IKE SAs there may be is fixed by the profile of size (`show memory`), and shared fairly: no line is needed.");
}

function manual(no: bool): bool {
  return refused("Keys set by hand and group keys (GDOI) are not built: `ipsec-isakmp` is.");
}

function mapOfProfile(no: bool): bool {
  return refused("An IPsec profile belongs to a tunnel interface (`tunnel protection`); a crypto map's entry has `set transform-set` and `set isakmp-profile`.");
}

function optional(no: bool): bool {
  return refused("Here traffic that is to be protected never goes in plain: `crypto ipsec optional` is not built.");
}

function easyVpn(no: bool): bool {
  return refused("Easy VPN is not built: a crypto map or a tunnel interface takes its place.");
}

function ikev2(no: bool): bool {
  return refused("IKEv2 is not built: this is a gateway for IKEv1 (`crypto isakmp`).");
}

function perHost(no: bool): bool {
  return warned("SAs for each host are not built: one pair serves a line of the access list; write a line for each host.");
}

function dummy(no: bool): bool {
  return refused("Dummy packets are not sent: that line would promise what is not there.");
}

function replayWindow(no: bool): bool {
  return warned("The replay window is one for all: `crypto ipsec security-association replay window-size N`.");
}

function dfBit(no: bool): bool {
  return warned("The DF bit is one for all, or an interface's: `crypto ipsec df-bit clear|copy|set`.");
}

function enable(no: bool): bool {
  return !no || warned("IKE is on where a crypto map or a protected tunnel is: take that off.");
}

function keepalive(no: bool): bool {
  if (no) return true;
  return warned("Dead peer detection is one for all: `crypto isakmp keepalive SECONDS [RETRY]`.");
}

function localAddress(no: bool): bool {
  return warned("A profile is for every interface here: the peer's name, key or certificate says whose it is.");
}

function vrf(no: bool): bool {
  return refused("VRFs are not built: there is one table of routes.");
}

function virtualTemplate(no: bool): bool {
  return refused("Virtual templates are not built: `crypto dynamic-map` takes peers of any address, `interface Tunnel` one peer.");
}
