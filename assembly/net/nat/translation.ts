/** One translation: a flow between an inside host and an outside one, and the address and port of ours that it has outside. */

/** Bits of `Translation.state`. */
export const enum State {
  /** something came back */
  ANSWERED = 1,
  FIN_OUT = 2,
  FIN_IN = 4,
  /** RST, either way */
  RESET = 8,
}

@unmanaged
export class Translation {
  inside: u32;
  global: u32;
  /** 0 with protocol 0: whoever it is */
  outside: u32;
  /** ICMP: the identifier of the query */
  insidePort: u16;
  globalPort: u16;
  outsidePort: u16;
  /** 0: all of the host's, whatever it is (a pool without overload) */
  protocol: u8;
  state: u8;
  /** Milliseconds, the low 32 bits of clock.now: when a packet came last, and when the first did. */
  used: u32;
  created: u32;
  nextOut: u16;
  nextIn: u16;
  nextMapping: u16;
  /** In the host's ring. */
  before: u16;
  after: u16;
  /** Slot of its inside host. */
  host: u16;
  /** Number of the rule that made it (settings.ts). */
  rule: u8;
  spare: u8;
  /** What the configuration was when the rule was asked last (`translate`). */
  seen: u32;
}
