/**
 * Selectors (RFC 4301, 4.4.1.1): ranges of local and remote addresses, a protocol, a port on each side. "Local" is the
 * side behind this gateway, whichever way a packet goes. Addresses are numbers whose highest octet comes first. An object
 * that has one keeps three words of 64 bits for it and casts the first (sas/sa.ts).
 */
@unmanaged
export class Selector {
  localFirst: u32;
  localLast: u32;
  remoteFirst: u32;
  remoteLast: u32;
  /** 0: any */
  localPort: u16;
  /** 0: any */
  remotePort: u16;
  /** 0: any */
  protocol: u8;

  /** Whether a flow lies inside. A packet without ports (a later fragment, ICMP) has ports 0 and matches port 0 only. */
  matches(local: u32, remote: u32, protocol: u32, localPort: u32, remotePort: u32): bool {
    return (
      local >= this.localFirst &&
      local <= this.localLast &&
      remote >= this.remoteFirst &&
      remote <= this.remoteLast &&
      (this.protocol == 0 || <u32>this.protocol == protocol) &&
      (this.localPort == 0 || <u32>this.localPort == localPort) &&
      (this.remotePort == 0 || <u32>this.remotePort == remotePort)
    );
  }

  equals(other: Selector): bool {
    return (
      this.localFirst == other.localFirst &&
      this.localLast == other.localLast &&
      this.remoteFirst == other.remoteFirst &&
      this.remoteLast == other.remoteLast &&
      this.protocol == other.protocol &&
      this.localPort == other.localPort &&
      this.remotePort == other.remotePort
    );
  }

  /** Whether every flow of `inner` lies inside this selector. */
  contains(inner: Selector): bool {
    return (
      inner.localFirst >= this.localFirst &&
      inner.localLast <= this.localLast &&
      inner.remoteFirst >= this.remoteFirst &&
      inner.remoteLast <= this.remoteLast &&
      (this.protocol == 0 || this.protocol == inner.protocol) &&
      (this.localPort == 0 || this.localPort == inner.localPort) &&
      (this.remotePort == 0 || this.remotePort == inner.remotePort)
    );
  }

  /** Whether some flow lies inside both. */
  overlaps(other: Selector): bool {
    return (
      other.localFirst <= this.localLast &&
      other.localLast >= this.localFirst &&
      other.remoteFirst <= this.remoteLast &&
      other.remoteLast >= this.remoteFirst &&
      (this.protocol == 0 || other.protocol == 0 || this.protocol == other.protocol) &&
      (this.localPort == 0 || other.localPort == 0 || this.localPort == other.localPort) &&
      (this.remotePort == 0 || other.remotePort == 0 || this.remotePort == other.remotePort)
    );
  }

  copyFrom(other: Selector): void {
    memory.copy(changetype<usize>(this), changetype<usize>(other), offsetof<Selector>());
  }
}
