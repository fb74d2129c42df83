/** The words that interfaces are called by: those of ports, those made here, and those that people paste and that are neither. */

export const enum Type {
  NONE = 0,
  // Ports
  ETHERNET,
  FAST_ETHERNET,
  GIGABIT_ETHERNET,
  SERIAL,
  // Made by the configuration
  TUNNEL,
  LOOPBACK,
  // A port again: behind Tunnel, so that "t" is a tunnel as before
  TEN_GIGABIT_ETHERNET,
  // A network of switch ports, and of bridged ones: a port here
  VLAN,
  BVI,
  // Known by name, and not made here
  DIALER,
  BRI,
  ATM,
  ASYNC,
  CELLULAR,
  PORT_CHANNEL,
  VIRTUAL_TEMPLATE,
  MULTILINK,
  GROUP_ASYNC,
  EMBEDDED_SERVICE,
  COUNT,
}

/** The word as the configuration shows it. */
export function word(type: u32): string {
  switch (type) {
    case Type.FAST_ETHERNET: return "FastEthernet";
    case Type.GIGABIT_ETHERNET: return "GigabitEthernet";
    case Type.SERIAL: return "Serial";
    case Type.TUNNEL: return "Tunnel";
    case Type.LOOPBACK: return "Loopback";
    case Type.TEN_GIGABIT_ETHERNET: return "TenGigabitEthernet";
    case Type.VLAN: return "Vlan";
    case Type.DIALER: return "Dialer";
    case Type.BRI: return "BRI";
    case Type.ATM: return "ATM";
    case Type.ASYNC: return "Async";
    case Type.CELLULAR: return "Cellular";
    case Type.PORT_CHANNEL: return "Port-channel";
    case Type.VIRTUAL_TEMPLATE: return "Virtual-Template";
    case Type.MULTILINK: return "Multilink";
    case Type.BVI: return "BVI";
    case Type.GROUP_ASYNC: return "Group-Async";
    case Type.EMBEDDED_SERVICE: return "Embedded-Service-Engine";
    default: return "Ethernet";
  }
}

/** Whether ports have names of this type. */
export function isPort(type: u32): bool {
  return (type >= <u32>Type.ETHERNET && type <= <u32>Type.SERIAL) || (type >= <u32>Type.TEN_GIGABIT_ETHERNET && type <= <u32>Type.BVI);
}

// @ts-ignore: decorator
@inline
function small(c: u32): u32 {
  return c - 65 < 26 ? c | 32 : c;
}

/** The first type whose word begins so; NONE: there is none. */
export function find(p: usize, len: u32): Type {
  for (let type: u32 = Type.ETHERNET; len > 0 && type < <u32>Type.COUNT; type++) {
    const text = word(type);
    if (len > <u32>text.length) continue;
    let i: u32 = 0;
    while (i < len && small(<u32>load<u8>(p + i)) == small(<u32>text.charCodeAt(i))) i++;
    if (i == len) return type;
  }
  return Type.NONE;
}
