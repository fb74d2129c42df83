/**
 * Where the operator stands: the mode, what the mode is about, and the prompt that tells of both.
 */
import * as ownIdentity from "../ike/settings/own_identity";
import * as syslog from "../services/syslog";
import { NAME_MAX } from "../limits";
import * as dhcpClient from "../net/dhcp/client";
import { putString } from "../util/bytes";
import { Text } from "../util/text";
import { Mode } from "./grammar";

export let mode: Mode = Mode.EXEC;
/** What a submode is about: the port, the policy's priority, or the map entry's sequence number. */
export let subject: u32 = 0;
/** The name that a submode is about: a transform set's, a crypto map's, an access list's. */
export const subjectName: usize = memory.data(<i32>NAME_MAX, 4);
export let subjectNameLen: u32 = 0;

/** The router's name; `ike/identity` is told of it. */
const name: usize = memory.data(64, 4);
let nameLen: u32 = 0;

/** Mode.INTERFACE is about a subinterface. */
let sub: bool = false;

export function init(): void {
  sub = false;
  mode = Mode.EXEC;
  subjectNameLen = 0;
  resetHostname();
}

export function setMode(m: Mode): void {
  mode = m;
}

export function setSub(subinterface: bool): void {
  sub = subinterface;
}

/** Enters a submode. */
export function enter(m: Mode, number: u32, p: usize, len: u32): void {
  mode = m;
  subject = number;
  subjectNameLen = len < NAME_MAX ? len : NAME_MAX;
  memory.copy(subjectName, p, <usize>subjectNameLen);
}

export function resetHostname(): void {
  nameLen = putString(name, "Router");
  dhcpClient.setRouterName(name, nameLen);
  syslog.setHostname(name, nameLen);
  ownIdentity.setHostname(name, nameLen);
}

/** @param len at most NAME_MAX octets */
export function setHostname(p: usize, len: u32): void {
  memory.copy(name, p, <usize>len);
  nameLen = len;
  syslog.setHostname(name, len);
  ownIdentity.setHostname(name, len);
  dhcpClient.setRouterName(name, len);
}

export function putHostname(text: Text): Text {
  return text.ascii(name, nameLen);
}

/** Writes the prompt, without the blank that no prompt of IOS has. */
export function putPrompt(text: Text): Text {
  putHostname(text);
  switch (mode) {
    case Mode.USER: return text.char(62);
    case Mode.CONFIG: return text.put("(config)#");
    case Mode.INTERFACE: return text.put(sub ? "(config-subif)#" : "(config-if)#");
    case Mode.ISAKMP: return text.put("(config-isakmp)#");
    case Mode.KEYRING: return text.put("(conf-keyring)#");
    case Mode.PROFILE: return text.put("(conf-isa-prof)#");
    case Mode.GROUP: return text.put("(config-isakmp-group)#");
    case Mode.TRUSTPOINT: return text.put("(ca-trustpoint)#");
    case Mode.PUBKEY_CHAIN: return text.put("(config-pubkey-chain)#");
    case Mode.PUBKEY: return text.put("(config-pubkey-key)#");
    case Mode.CERTIFICATE_MAP: return text.put("(ca-certificate-map)#");
    case Mode.CERTIFICATE_CHAIN: return text.put("(config-cert-chain)#");
    case Mode.TRANSFORM: return text.put("(cfg-crypto-trans)#");
    case Mode.IPSEC_PROFILE: return text.put("(ipsec-profile)#");
    case Mode.MAP: return text.put("(config-crypto-map)#");
    case Mode.DHCP_POOL: return text.put("(dhcp-config)#");
    case Mode.ROUTE_MAP: return text.put("(config-route-map)#");
    case Mode.ACCESS_LIST: return text.put("(config-ext-nacl)#");
    case Mode.LINE: return text.put("(config-line)#");
    case Mode.STANDARD_LIST: return text.put("(config-std-nacl)#");
    case Mode.OBJECT_GROUP: return text.put("(config-network-group)#");
    default: return text.char(35);
  }
}
