/**
 * The lines of IOS that are known and have no effect here: they are taken, kept in the running configuration (ignored.ts) and summed up once at the
 * start. The grammar's rows come first; what is not there and not here is refused.
 *
 * A row is "modes:pattern" (pattern.ts). Behind the letters of the modes may stand: `=` the last one of its kind counts; `>` a mode of its own begins,
 * and what stands below goes with it; `!` the `no` form alone is known; `-` what a session leaves between the lines of a configuration, in a startup
 * configuration only: it is not kept.
 */
import { Mode, modeOf } from "../grammar";
import * as session from "../session";
import * as words from "../words";
import * as banner from "./banner";
import * as block from "./block";
import * as ignored from "./ignored";
import { fits } from "./pattern";

const ROWS: StaticArray<string> = [
  // The first is what `iosVersion` looks for.
  "c=:version +",
  "c-:Building configuration...",
  "c-:Current configuration *",
  "c-:Using +",
  "c-:Last configuration change *",
  "c-:NVRAM config last updated *",
  "c-:enable",
  "c-:conf|configure t|terminal",
  "c-:copy run|running-config start|startup-config",
  "c-:wr|write",
  "c-:wr|write mem|memory",
  "c-:terminal *",
  "c:service pad|tcp-keepalives-in|tcp-keepalives-out|tcp-small-servers|udp-small-servers|config|compress-config|finger|internal|nagle|linenumber|prompt|slave-log|telnet-zeroidle|unsupported-transceiver|call-home|hide-telnet-addresses|exec-callback|exec-wait|decimal-tty|pt-vty-logging|old-slip-prompts|counters|disable-ip-fast-frag|heartbeat|scripting|sequence-tracking|module *",
  "c:boot-start-marker|boot-end-marker",
  "c:boot +",
  "c:ip cef *",
  "c:ip source-route|classless|subnet-zero|finger|gratuitous-arps|bootp *",
  "c:ip forward-protocol *",
  "c:ip http *",
  "c:ip ssh *",
  "c:ip scp *",
  "c:ip rcmd *",
  "c:ip tcp synwait-time|path-mtu-discovery|selective-ack|timestamp|window-size|ecn|finwait-time|queuemax|chunk-size *",
  "c:ip icmp rate-limit *",
  "c:ip flow-cache|flow-export|flow-capture|flow-aggregation *",
  "c>:ip flow-top-talkers",
  "c:ip auth-proxy|admission max-nodata-conns +",
  "c:ip ips notify *",
  "c:ip audit notify|po *",
  "c:ip host-routing|optimize *",
  "c!:ipv6 cef|unicast-routing|source-route *",
  "c:ipv6 cef",
  "c!:aaa new-model",
  "c:aaa session-id *",
  "c:resource policy|manager *",
  "c:dot11 *",
  "c:multilink *",
  "c:call rsvp-sync",
  "c>:voice-card|voice-port|telephony-service|gatekeeper|gateway|sccp|controller *",
  "c:voice call|rtp|hunt|vad *",
  "c:mgcp *",
  "c:ccm-manager *",
  "c:isdn switch-type +",
  "c:license *",
  "c>:redundancy *",
  "c>:control-plane *",
  "c>:archive",
  "c:scheduler *",
  "c:cdp *",
  "c:lldp *",
  "c:snmp-server|snmp *",
  "c:mmi *",
  "c:memory-size|memory *",
  "c:network-clock-participate|network-clock-select *",
  "c:card type *",
  "c:file prompt|verify|privilege *",
  "c:alias *",
  "c:exception *",
  "c:parser cache|config|command *",
  "c:process cpu|memory *",
  "c:process-max-time *",
  "c:spanning-tree|vtp|errdisable|mac-address-table|mls|diagnostic|platform|hw-module|upgrade|ethernet|subscriber|cns|no-ip *",
  "c:vlan internal|accounting *",
  "c:login block-for|delay|quiet-mode|on-failure|on-success *",
  "c:crypto pki token *",
  "c:crypto engine *",
  "c:config-register +",
  "c:default-value +",
  "c:prompt +",
  "c>:line vty|aux|tty *",
  "c>:class-map match-any|match-all +",
  "c>:policy-map +",
  "c:end-class-map|end-policy-map",
  "i=:duplex|half-duplex|full-duplex *",
  "i=:speed +",
  "i=:bandwidth +",
  "i=:delay +",
  "i=:load-interval +",
  "i=:clock rate +",
  "i=:clockrate +",
  "i=:media-type +",
  "i=:hold-queue|tx-ring-limit|tx-queue-limit|carrier-delay|keepalive *",
  "i:negotiation +",
  "i:no-negotiation",
  "i:ip virtual-reassembly *",
  "i:ip route-cache|mroute-cache|load-sharing|flow|nbar|accounting|unreachables|mask-reply|information-reply *",
  "i!:ip directed-broadcast *",
  "i:cdp|lldp|mop|snmp|logging|dampening|fair-queue|random-detect|max-reserved-bandwidth|priority-group|custom-queue-list|service-policy|qos|auto|mls|spanning-tree|power|trust *",
  "i=:encapsulation hdlc|arpa",
  "i!:atm|isdn|ppp|dialer|encapsulation|ipv6 *",
  "x:login|password|transport|exec-timeout|privilege|access-class|logging|history|length|width|session-timeout|stopbits|databits|parity|speed|flowcontrol|modem|rotary|exec|notify|monitor|escape-character|international|location|mode|log|path|write-memory|maximum|hidekeys|class|match|bandwidth|priority|police|shape|set|fair-queue|queue-limit|random-detect|service-policy|description *",
];

/** Puts what stands below lines that begin a mode without effect in its place. */
function below(text: string): bool {
  return text.charCodeAt(0) == 120;
}

/** Whether a mode's rows have the line; takes it if so. */
function takeIn(mode: u32, k: u32, startup: bool, depth: u32): bool {
  for (let r = 0; r < ROWS.length; r++) {
    const text = unchecked(ROWS[r]);
    if (below(text) || !(modeOf(<u32>text.charCodeAt(0)) & mode)) continue;
    let at = 1;
    let flag: u32 = 0;
    if (text.charCodeAt(1) != 58) flag = <u32>text.charCodeAt(at++);
    if ((flag == 33 && k == 0) || (flag == 45 && !startup) || !fits(text, at + 1, k, true)) continue;
    block.end();
    if (flag == 45) return true;
    const place: u32 = mode == <u32>Mode.INTERFACE ? 1 + session.subject : 0;
    if (mode == <u32>Mode.CONFIG) session.setMode(Mode.CONFIG);
    if (flag == 62 && k == 0) {
      ignored.open(<u32>r);
      block.taken(depth);
    } else ignored.add(place, <u32>r, flag == 61);
    return true;
  }
  return false;
}

/** Takes the line in `words` if it is known and without effect. @param startup of a startup configuration @param depth blanks before it */
export function take(startup: bool, depth: u32): bool {
  const k: u32 = words.is(0, "no") ? 1 : 0;
  if (words.wordCount() == k) return false;
  // `policy-map type inspect` filters.
  if (words.wordCount() > k + 1 && words.is(k + 1, "type")) return false;
  if (fits("banner +", 0, k, true)) {
    session.setMode(Mode.CONFIG);
    block.end();
    if (!k) return banner.begin();
    ignored.dropLines();
    return true;
  }
  if (session.mode == Mode.INTERFACE && takeIn(Mode.INTERFACE, k, startup, depth)) return true;
  if (takeIn(Mode.CONFIG, k, startup, depth)) return true;
  return block.isTaken() && belowTaken(k);
}

/** Whether the line is one of those that stand below a mode without effect, where it is not indented. */
function belowTaken(k: u32): bool {
  const text = unchecked(ROWS[ROWS.length - 1]);
  if (!fits(text, 2, k, true)) return false;
  ignored.below();
  return true;
}
