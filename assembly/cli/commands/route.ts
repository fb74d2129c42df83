/** `ip route`. */
import { ROUTES } from "../../limits";
import * as interfaces from "../../net/interface";
import { NO_INTERFACE, Status } from "../../net/interface";
import * as route from "../../net/route";
import { DISTANCE_DEFAULT, PORT_NONE, PORT_NULL } from "../../net/route";
import { Item, row } from "../grammar";
import * as matcher from "../matcher";
import { nl, out, refuse } from "../output";
import { noSuchPort } from "../ports";

export function rows(): void {
  row("c:ip route A.B.C.D M.M.M.M~ (A.B.C.D|IF [A.B.C.D]|Null0)~ {<1-255>|permanent|name WORD|tag <1-4294967295>|track <1-1000>}", setRoute);
}

function setRoute(no: bool): bool {
  const k = matcher.base + 2;
  const prefix = matcher.address(k);
  const mask = matcher.address(k + 1);
  let end = k + 2;
  let nextHop: u32 = 0;
  let port: u32 = PORT_NONE;
  if (matcher.argCount() > end) {
    if (matcher.kindOf(end) == Item.ADDRESS) nextHop = matcher.address(end);
    else if (matcher.isKeyword(end, "Null0")) port = PORT_NULL;
    else {
      port = matcher.port(end);
      if (port == NO_INTERFACE) return noSuchPort(port);
      end = matcher.behindPort(end) - 1;
      if (matcher.argCount() > end + 1 && matcher.kindOf(end + 1) == Item.ADDRESS) {
        end++;
        // Stations are met by their addresses; the other end of a tunnel is the tunnel.
        if (interfaces.at(port).hasStations) {
          nextHop = matcher.address(end);
          port = PORT_NONE;
        }
      }
    }
    end++;
  }
  if (no) {
    if (route.remove(prefix, mask, nextHop, port) == Status.OK) return true;
    refuse("No such route is configured.");
    nl();
    return false;
  }
  let distance = DISTANCE_DEFAULT;
  for (let at = end; at < matcher.argCount(); at++) {
    if (matcher.kindOf(at) == Item.NUMBER) distance = matcher.number(at);
    else if (!matcher.isKeyword(at, "permanent")) {
      if (matcher.isKeyword(at, "track")) {
        refuse("Warning: routes are not tracked here: this one stays whether or not what it tracks is reachable.");
        nl();
      }
      at++;
    }
  }
  const status = route.add(prefix, mask, nextHop, port, distance);
  if (status == Status.OK) return true;
  refuse("");
  switch (status) {
    case Status.BAD_PREFIX:
      out.ip(prefix).put(" has bits outside the mask ").ip(mask).put(": the network is ").ip(prefix & mask).char(46);
      break;
    case Status.BAD_NEXT_HOP:
      out.ip(nextHop).put(" can't be a next hop: another station's address is wanted.");
      break;
    case Status.TABLE_FULL:
      out.put("There are ").u32(ROUTES).put(" routes already, which is the most.");
      break;
    default:
      out.put("The route was refused.");
  }
  nl();
  return false;
}

/** The lines of the configuration. */
export function write(): void {
  for (let i: u32 = 0; i < route.staticCount(); i++) {
    const r = route.staticAt(i);
    if (r.learned) continue;
    out.put("ip route ").ip(r.prefix).char(32).ip(r.mask).char(32);
    if (r.port == PORT_NONE) out.ip(r.nextHop);
    else if (r.port == PORT_NULL) out.put("Null0");
    else interfaces.name(out, r.port);
    if (r.distance != DISTANCE_DEFAULT) out.char(32).u32(r.distance);
    nl();
  }
  if (route.staticCount()) {
    out.char(33);
    nl();
  }
}
