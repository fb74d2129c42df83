/** `ip address dhcp`, and the other ways to an address that are not built. */
import { NAME_MAX } from "../../limits";
import * as client from "../../net/dhcp/client";
import { PORT_OWN, State } from "../../net/dhcp/client";
import { areHostLetters } from "../../net/dhcp/lease";
import * as interfaces from "../../net/interface";
import { Kind, NO_INTERFACE } from "../../net/interface";
import { row } from "../grammar";
import * as ignored from "../ios/ignored";
import * as matcher from "../matcher";
import { nl, refuse, refused } from "../output";
import * as session from "../session";
import * as words from "../words";
import { noSuchPort } from "../ports";

export function rows(): void {
  row("i:ip address dhcp~ [client-id IF] [hostname WORD]", setDhcp);
  row("i:ip address negotiated", pppoe);
  row("i:pppoe enable~ [group WORD]", pppoe);
  row("i:pppoe-client dial-pool-number <1-255>", pppoe);
  row("i:ip helper-address A.B.C.D [LINE]", relay);
  row("e:release dhcp IF", release);
  row("e:renew dhcp IF", renew);
}

function pppoe(no: bool): bool {
  if (no) return true;
  return refused("PPPoE is not built: an address comes from `ip address A.B.C.D MASK` or `ip address dhcp`.");
}

function relay(no: bool): bool {
  if (no) return true;
  refuse("A DHCP relay (`ip helper-address`) is not built: `ip dhcp pool` serves the network of an interface.");
  nl();
  ignored.add(1 + session.subject, 0xfffd, false);
  return true;
}

function setDhcp(no: bool): bool {
  const port = session.subject;
  if (no) {
    client.stop(port);
    return true;
  }
  const own = interfaces.at(port);
  if (!own.hasStations) return refused("DHCP gives addresses to ports and their subinterfaces alone.");
  if (own.kind == Kind.SUBINTERFACE && own.vlan == 0) return refused("The subinterface has no VLAN yet: `encapsulation dot1Q N` is wanted first.");
  let identity: u32 = PORT_OWN;
  const id = matcher.find("client-id");
  if (id != 0xffffffff) {
    identity = matcher.port(id + 1);
    if (identity == NO_INTERFACE) return noSuchPort(identity);
  }
  let len: u32 = 0;
  const name = matcher.find("hostname");
  if (name != 0xffffffff) {
    len = words.wordLen(name + 1);
    if (len > NAME_MAX || !areHostLetters(words.word(name + 1), len)) {
      refuse("").escaped(words.word(name + 1), len).put(" is no host's name: up to ").u32(NAME_MAX).put(" letters, digits, `-`, `_` and `.` are allowed.");
      nl();
      return false;
    }
  }
  client.start(port, identity, words.word(len ? name + 1 : 0), len);
  return true;
}

/** The port of `release dhcp` and `renew dhcp`; NO_INTERFACE: it has said why not. */
function clientPort(): u32 {
  const port = matcher.port(matcher.base + 2);
  if (port == NO_INTERFACE) {
    noSuchPort(port);
    return NO_INTERFACE;
  }
  if (client.at(port).state != State.OFF) return port;
  interfaces.name(refuse(""), port).put(" has no `ip address dhcp`.");
  nl();
  return NO_INTERFACE;
}

function release(no: bool): bool {
  const port = clientPort();
  if (port == NO_INTERFACE) return false;
  if (client.release(port)) return true;
  interfaces.name(refuse(""), port).put(" has no lease to give back.");
  nl();
  return false;
}

function renew(no: bool): bool {
  const port = clientPort();
  if (port == NO_INTERFACE) return false;
  return client.renew(port);
}
