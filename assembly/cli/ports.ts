/** Interfaces as lines name them: found, made, or refused with what there is. */
import { INTERFACES } from "../limits";
import * as interfaces from "../net/interface";
import { Kind, NO_INTERFACE } from "../net/interface";
import * as names from "../net/interface_names";
import { Made } from "../net/interface_names";
import { Type } from "../net/interface_type";
import * as matcher from "./matcher";
import { nl, out, refuse, refused } from "./output";

/** Says that there is no interface of the name that was read last, and which there are. */
export function noSuchPort(port: u32): bool {
  names.putRead(refuse("There is no ")).put(": interfaces here are ");
  names.putPorts(out);
  for (let i: u32 = 0; i < INTERFACES; i++) if (interfaces.at(i).kind > Kind.PORT) interfaces.name(out.put(", "), i);
  out.char(46);
  nl();
  return false;
}

/** The interface that a line of configuration names at word `k`, made if it is one that can be; NO_INTERFACE: refused, and it has said why. */
export function portMade(k: u32): u32 {
  matcher.readInterface(k);
  switch (names.make()) {
    case Made.OK: return names.made;
    case Made.NO_TYPE:
      if (names.readType() == Type.DIALER) {
        refused("PPPoE is not built, and so there is no Dialer interface: an address comes from `ip address A.B.C.D MASK` or `ip address dhcp`.");
        return NO_INTERFACE;
      }
      names.putRead(refuse("")).put(" is of a kind that there is not here: interfaces are ");
      names.putPorts(out).put(", subinterfaces of these, Loopback and Tunnel.");
      break;
    case Made.FULL:
      names.putRead(refuse("There is no room for ")).put(": ").u32(INTERFACES).put(" interfaces are the most.");
      break;
    case Made.BAD_NUMBER:
      names.putRead(refuse("")).put(" can't be: a loopback or a tunnel has a number alone, and only ports have subinterfaces.");
      break;
    default:
      noSuchPort(NO_INTERFACE);
      return NO_INTERFACE;
  }
  nl();
  return NO_INTERFACE;
}
