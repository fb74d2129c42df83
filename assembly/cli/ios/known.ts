/**
 * The lines of IOS that are known and have no effect here: they are taken, kept in the running configuration (ignored.ts) and summed up once at the
 * start. The grammar's rows come first; what is not there and not here is refused.
 *
 * A row is "modes:pattern" (pattern.ts). Behind the letters of the modes may stand: `=` the last one of its kind counts; `>` a mode of its own begins,
 * and what stands below goes with it; `!` the `no` form alone is known; `-` what a session leaves between the lines of a configuration, in a startup
 * configuration only: it is not kept; `^` the row comes before the grammar's; `.` it is taken and not kept: nothing but the console says so; `~` it would protect, and a
 * warning says that it does not.
 */
import { Mode, modeOf } from "../grammar";
import { nl, refuse } from "../output";
import * as session from "../session";
import * as words from "../words";
import * as absent from "./absent";
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
  "c-:reload *",
  // Keys are made at the console: while one is, the lines behind it would wait.
  "c^-:crypto key generate|zeroize *",
  "c:service password-encryption",
  "c:service-module *",
  // What the box signs for its own web pages with.
  "c^>:crypto pki|ca trustpoint TP-self-signed-*",
  "c^>:crypto pki|ca server +",
  "c^>:crypto pki|ca certificate chain TP-self-signed-*",
  "n.:enrollment selfsigned",
  "n:enrollment url|mode|retry|profile|http-proxy|command|credential *",
  "n:source|root|registration|chain-validation|default|primary|on|vrf *",
  "n.:serial-number|ip-address|fqdn|password|auto-enroll|regenerate|storage|usage *",
  "c:security passwords|authentication *",
  "c:service pad|alignment|password-recovery|tcp-keepalives-in|tcp-keepalives-out|tcp-small-servers|udp-small-servers|config|compress-config|finger|internal|nagle|linenumber|prompt|slave-log|telnet-zeroidle|unsupported-transceiver|call-home|hide-telnet-addresses|exec-callback|exec-wait|decimal-tty|pt-vty-logging|old-slip-prompts|counters|disable-ip-fast-frag|heartbeat|scripting|sequence-tracking|module *",
  "c:boot-start-marker|boot-end-marker",
  "c:boot +",
  "c:warm-reboot|downward-compatible-config|config-cache|tftp-server|mta|fax|vstack|buffers|priority-list|queue-list|rmon|tag-switching|l2|netconf|authentication|device-sensor|nsp|autonomous|transport|stun|bstun|dlsw *",
  "c:cts|dot1x|webvpn|wlccp|macro|eou|identity|ntp-service|password-policy *",
  "c:logging rate-limit|message-counter|history|count|monitor|origin-id|queue-limit|userinfo|esm|persistent|snmp-authfail|exception|discriminator|synchronous|cns-events|dmvpn|server-arp|event|alarm|reload|listen|ip|buffered|console *",
  "c:logging host % vrf|discriminator|filtered|session-id|sequence-num-session *",
  "c:ip dhcp use|update|global-options|remember|relay|binding|snooping|bootp|limit|compatibility|database|smart-relay|aaa|subscriber-id|class|debug|support *",
  "c:ip dhcp-client|dhcp-server|default-gateway|default-network|tftp|ftp|kerberos|sdee|reflexive-list|wccp|rtp|rsvp|mrm|options|slb|device|arp|dvmrp|drp|local-proxy-arp *",
  "c:ip route 0.0.0.0 0.0.0.0 dhcp *",
  "c:ip route profile|static *",
  "c!:crypto ikev2 *",
  "c!:router *",
  "c:monitor *",
  "c>:ip ssh pubkey-chain",
  "c:ip dns *",
  "c:ip local *",
  "c:ip domain list|round-robin|timeout|retry|multicast|recursive *",
  "c:ip domain lookup source-interface +",
  "c:ip domain-lookup source-interface +",
  "c:ip domain-list *",
  "c:ip nat service|log|create|settings|piggyback-support|sip-sbc|portmap|switchover *",
  "c:ip nat translation port-timeout|pptp-timeout|routemap-entry-timeout|arp-ping-timeout *",
  "c:ip nat translation max-entries list|vrf|all-vrf *",
  "c^:ip inspect name % fragment|parameter *",
  "c:ip inspect L2-transparent|waas|redundancy *",
  "c>~:appfw policy-name +",
  "c:ip inspect audit-trail|alert-off|hashtable-size|log|one-minute|max-incomplete|dns-timeout|tcp|udp *",
  "c:ip access-list logging|log-update|resequence|persistent *",
  "c:ip sla schedule|responder|logging|reset|restart|reaction-configuration|reaction-trigger|enable|key-chain|group *",
  "c:ip sla monitor schedule|responder|logging|reset|restart|reaction-configuration|reaction-trigger *",
  "c>:ip sla +",
  "c:rtr responder|schedule|logging|reaction-configuration|reaction-trigger|reset|restart *",
  "c>:rtr +",
  "c>:track +",
  "c>:event manager applet +",
  "c:event manager *",
  "c>:time-range +",
  "c>:parser view +",
  "c:privilege exec|configure|interface|all *",
  "c>:call-home|wsma|template|flow|sampler|ephone|ephone-dn|ephone-template *",
  "c>:webvpn gateway|context +",
  "c>:kron occurrence|policy-list +",
  "c>:voice service|class|translation-rule|translation-profile|register|hunt-group|logout-profile|moh-group|source-group +",
  "c>:sip-ua|call-manager-fallback|translation-rule|map-class|l2tp-class|transport-map *",
  "c:ftp-server|xdr|x25|appletalk|ipx|decnet|source-bridge|dspfarm|dsp|call|num-exp|stcapp|tcl|partition|network-clock|fax-relay|chat-script|frame-relay *",
  "c!:vpdn *",
  "c:mac address-table *",
  "c:access-list compiled|dynamic-extended|rate-limit|700|701|702|703|1100|1101 *",
  "c:crypto vpn *",
  "o.:description *",
  "c:bridge +",
  "c:dialer-list *",
  "c>:dial-peer +",
  "c>:vrf definition Mgmt-intf|Mgmt-vrf",
  "c>:parameter-map type inspect global",
  "c:ntp clock-period|update-calendar|max-associations|logging|passive|master|allow|panic|maxdistance|mindistance|orphan|access-group|broadcastdelay *",
  "c:sntp logging|source-interface|broadcast *",
  "c:clock calendar-valid|initialize|save *",
  "c:aaa session-id|local|memory|max-sessions|pod|nas|user *",
  "c:aaa authentication enable|ppp|arap|nasi|dot1x|attempts|banner|fail-message|username-prompt|password-prompt|suppress *",
  "c:crypto isakmp xauth *",
  "c:crypto isakmp default *",
  "c:crypto ipsec nat-transparency udp-encapsulation|udp-encaps",
  "c:crypto isakmp enable|ebypass *",
  "c:crypto ipsec security-association multi-sn|ecn *",
  "c:crypto ipsec fragmentation mtu-discovery *",
  "c:crypto ipsec default transform-set",
  "c:crypto map % redundancy *",
  "c:crypto logging *",
  "c:crypto mib *",
  "c:ip cef *",
  "c:ip source-route|classless|subnet-zero|finger|gratuitous-arps|bootp *",
  "c:ip forward-protocol *",
  "c:ip http *",
  "c:ip ssh *",
  "c:ip scp *",
  "c:ip rcmd *",
  "c:ip tcp synwait-time|path-mtu-discovery|selective-ack|timestamp|window-size|ecn|finwait-time|queuemax|chunk-size|mss|intercept|keepalive|header-compression|async-mobility|RST-count *",
  "c:ip udp small-servers *",
  "c:ip icmp rate-limit|redirect *",
  "c:ip flow-cache|flow-export|flow-capture|flow-aggregation *",
  "c>:ip flow-top-talkers",
  "c:ip auth-proxy|admission max-nodata-conns|max-login-attempts|watch-list|init-state-timer|absolute-timer|inactivity-timer|auth-proxy-banner *",
  "c:ip ips notify *",
  "c:ip audit notify|po *",
  "c>~:ip ips signature-category|signature-definition|event-action-rules *",
  "c~:ip ips|audit|urlfilter *",
  "i~:ip ips|audit|urlfilter *",
  "c:ip host-routing|optimize|identd|address-pool|accounting-threshold|accounting-list|accounting-transits|port-map|spd|rtcp|nbar|traffic-export|sap|extcommunity-list|host-list|telnet-comport *",
  "c!:ipv6 cef|unicast-routing|source-route *",
  "c:ipv6 cef",
  "c!:aaa new-model",
  "c:resource policy|manager *",
  "c>:dot11 ssid +",
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
  "c:vlan internal|accounting|access-log|ifdescr *",
  "c>:vlan +",
  "c:login block-for|delay|quiet-mode|on-failure|on-success *",
  "c:crypto pki token *",
  "c:crypto engine *",
  "c:config-register +",
  "c:default-value +",
  "c:prompt +",
  "c>:line vty|aux|tty|0*|1*|2*|3*|4*|5*|6*|7*|8*|9* *",
  "c>:class-map match-any|match-all +",
  "c>:policy-map +",
  "c:end-class-map|end-policy-map",
  "i=:duplex|half-duplex|full-duplex *",
  "i=:speed +",
  "i=:bandwidth +",
  "i=:delay +",
  "i=:load-interval +",
  "i=:clock rate +",
  "i:clock source *",
  "i:isdn|mab|dialer-group *",
  "i=:clockrate +",
  "i=:media-type +",
  "i=:hold-queue|tx-ring-limit|tx-queue-limit|carrier-delay|keepalive *",
  "i:negotiation +",
  "i:ip nat enable",
  "i:no-negotiation",
  "i:ip virtual-reassembly *",
  "i:ip dhcp client|relay|snooping *",
  "i:ip tcp header-compression|compression-connections *",
  "i:ip verify unicast notification *",
  "i:ip flow|dns|traffic-export|ddns|arp|sticky-arp|proxy-mobile|multicast|sap|mobile *",
  "i:ip rtp|rsvp|cef|wccp|security|irdp|broadcast-address|local-proxy-arp|probe|bandwidth-percent|cgmp *",
  "i:switchport *",
  "i:vlan-id|vlan-range|vlan *",
  "i:bridge-group +",
  "i:autostate|if-state|h323-gateway|backup|transmit-interface|rate-limit|traffic-shape|platform|authentication|track|dot1x|voice|bfd *",
  "i:service-module|arp|serial|frame-relay|compress|down-when-looped|ignore-dcd|dce-terminal-timing-enable|crc|crc4|framing|linecode|cable-length|source|dsl|txqueuelen|transmit-buffers|squelch|physical-layer|async|peer|group-range|channel-group|storm-control|macro|hsrp|udld|flowcontrol|mdix|ntp|lacp|ethernet|no-cdp|vlan-mapping|l2protocol-tunnel|plim|cdp-enable|tcp|zone|rmon|weight|priority|queue|buffers|pxe|wrr-queue|rcv-queue|mvr *",
  "i:tunnel path-mtu-discovery|bandwidth|checksum|sequence-datagrams|ttl|tos|flow|route-via *",
  "i:crypto ipsec fragmentation +",
  "i:qos pre-classify",
  "i:vrf forwarding Mgmt-intf|Mgmt-vrf",
  "m.:qos pre-classify",
  "m.:set nat demux",
  "m.:set security-policy *",
  "q.:set security-policy *",
  "q.:description|responder-only|redundancy|reverse-route *",
  "q.:set reverse-route *",
  "f.:description|accounting|qos-group *",
  "d.:client-name|update|utilization|class|origin|bootfile|next-server|netbios-name-server|netbios-node-type|renew|accounting|relay|override *",
  "r.:description|continue *",
  "r.:set metric|metric-type|tag|local-preference|weight|community|as-path|origin|comm-list|extcommunity|dampening|level|automatic-tag|traffic-index *",
  "r.:set ip tos|precedence|qos-group|dscp *",
  "r.:set ip next-hop verify-availability",
  "r.:set ip next-hop peer-address|self|unchanged|dynamic *",
  "l:login authentication +",
  "l:ip netmask-format *",
  "l:flush-at-activation|session-limit|script|async|autoselect *",
  "l:transport|stopbits|databits|parity|speed|flowcontrol|modem|rotary|exec|notify|monitor|escape-character|international|location|activation-character|autocommand|no-exec|session-timeout|absolute-timeout|access-class|authorization|accounting|prompt|rxspeed|txspeed|special-character-bits|data-character-bits|editing|full-help|autobaud|autohangup|media-type|logout-warning|refuse-message|terminal-type|usb-inactivity-timeout|vacant-message|motd-banner|exec-banner|lockable|padding|dispatch-character|default-value|disconnect-character|domain-lookup|hold-character|insecure|mop|start-character|stop-character|private *",
  "i:ip route-cache|mroute-cache|load-sharing|nbar|accounting|unreachables|mask-reply|information-reply *",
  "i:ip directed-broadcast *",
  "i:cdp|lldp|mop|snmp|logging|dampening|fair-queue|random-detect|max-reserved-bandwidth|priority-group|custom-queue-list|service-policy|qos|auto|mls|spanning-tree|power|trust *",
  "i=:encapsulation hdlc|arpa|ppp|frame-relay *",
  "i!:atm|isdn|ppp|dialer|encapsulation|ipv6|mab|dot1x|pppoe|virtual-reassembly *",
  "x:number|auto|max-ephones|max-dn|max-conferences|button|database|issuer-name|grant|cdp-url|lifetime|username|key-hash|key-string|login|password|transport|exec-timeout|privilege|access-class|logging|history|length|width|session-timeout|stopbits|databits|parity|speed|flowcontrol|modem|rotary|exec|notify|monitor|escape-character|international|location|mode|log|path|write-memory|maximum|hidekeys|class|match|bandwidth|priority|police|shape|set|fair-queue|queue-limit|random-detect|service-policy|description|shutdown|vlan|authentication|guest-mode|wpa-psk|ssid|mbssid|top|sort-by|icmp-echo|icmp-jitter|udp-echo|udp-jitter|tcp-connect|http|dns|type|threshold|timeout|frequency|request-data-size|tos|tag|owner|delay|object|event|action|commands|secret|destination|exporter|record|source|export-protocol|cache|collect|name|periodic|absolute|activation-character|destination-pattern|port|session|codec|dtmf-relay|dspfarm|timer|enrollment|subject-name|revocation-check|rsakeypair|certificate|quit|drop|inspect|pass|compress|contact-email-addr|active|address-family|exit-address-family|autocommand|authorization|accounting *",
];

/** Puts what stands below lines that begin a mode without effect in its place. */
function below(text: string): bool {
  return text.charCodeAt(0) == 120;
}

const enum Flag {
  LAST_COUNTS = 1,
  OPENS = 2,
  NO_ALONE = 4,
  SESSION = 8,
  FIRST = 16,
  NOT_KEPT = 32,
  WARNS = 64,
}

function flagOf(c: u32): u32 {
  switch (c) {
    case 61: return Flag.LAST_COUNTS;
    case 62: return Flag.OPENS;
    case 33: return Flag.NO_ALONE;
    case 45: return Flag.SESSION;
    case 94: return Flag.FIRST;
    case 126: return Flag.WARNS;
    default: return Flag.NOT_KEPT;
  }
}

/** Whether a mode's rows have the line; takes it if so. */
function takeIn(mode: u32, k: u32, startup: bool, depth: u32, first: bool): bool {
  for (let r = 0; r < ROWS.length; r++) {
    const text = unchecked(ROWS[r]);
    if (below(text) || !(modeOf(<u32>text.charCodeAt(0)) & mode)) continue;
    let at = 1;
    let flags: u32 = 0;
    while (text.charCodeAt(at) != 58) flags |= flagOf(<u32>text.charCodeAt(at++));
    if (first != ((flags & Flag.FIRST) != 0) || (flags & Flag.NO_ALONE && k == 0) || (flags & Flag.SESSION && !startup) || !fits(text, at + 1, k, true)) continue;
    if (flags & Flag.WARNS && k == 0) {
      refuse("Warning: nothing is looked for by that here: what it would find or refuse passes.");
      nl();
    }
    if (flags & Flag.NOT_KEPT) return true;
    block.end();
    if (flags & Flag.SESSION) return true;
    // What is indented stands in the mode that is open, whatever it is.
    if (mode == <u32>Mode.CONFIG && depth == 0) session.setMode(Mode.CONFIG);
    if (flags & Flag.OPENS && k == 0) {
      ignored.open(<u32>r);
      block.taken(depth);
    } else ignored.add(mode == <u32>Mode.INTERFACE ? 1 + session.subject : mode == <u32>Mode.LINE ? ignored.CONSOLE : 0, <u32>r, (flags & Flag.LAST_COUNTS) != 0);
    return true;
  }
  return false;
}

/** Takes `interface NAME` of an interface that is of no use here. */
function takeAbsent(k: u32, depth: u32): bool {
  if (k || !absent.begins()) return false;
  block.end();
  session.setMode(Mode.CONFIG);
  ignored.open(<u32>ROWS.length);
  block.taken(depth, true);
  return true;
}

/**
 * Takes the line in `words` if it is known and without effect. @param startup of a startup configuration @param depth blanks before it
 * @param first the rows that come before the grammar's
 */
export function take(startup: bool, depth: u32, first: bool): bool {
  const k: u32 = words.is(0, "no") ? 1 : 0;
  if (words.wordCount() == k) return false;
  if (first) return takeAbsent(k, depth) || takeIn(Mode.CONFIG, k, startup, depth, true);
  // `policy-map type inspect` filters.
  if (words.wordCount() > k + 1 && words.is(k + 1, "type") && fits("class-map|policy-map|service-policy *", 0, k)) return false;
  if (fits("banner +", 0, k, true)) {
    session.setMode(Mode.CONFIG);
    block.end();
    if (!k) return banner.begin();
    ignored.dropLines();
    return true;
  }
  if (session.mode != Mode.CONFIG && takeIn(session.mode, k, startup, depth, false)) return true;
  if (takeIn(Mode.CONFIG, k, startup, depth, false)) return true;
  return block.isTaken() && belowTaken(k);
}

/** Whether the line is one of those that stand below a mode without effect, where it is not indented. */
function belowTaken(k: u32): bool {
  const text = unchecked(ROWS[ROWS.length - 1]);
  if (!fits(text, 2, k, true)) return false;
  ignored.below();
  return true;
}
