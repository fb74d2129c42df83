/**
 * Text written octet by octet into a fixed buffer: nothing is allocated, a full buffer cuts the text and says so in
 * `cut`. Octets that a peer supplied go through `escaped`, and through nothing else (CLI and log injection).
 */
const HEX = "0123456789abcdef";

export class Text {
  base: usize;
  len: u32 = 0;
  cut: bool = false;

  constructor(public capacity: u32) {
    this.base = heap.alloc(<usize>capacity);
  }

  clear(): Text {
    this.len = 0;
    this.cut = false;
    return this;
  }

  char(c: u32): Text {
    if (this.len < this.capacity) {
      store<u8>(this.base + this.len, <u8>c);
      this.len++;
    } else this.cut = true;
    return this;
  }

  put(s: string): Text {
    const n = s.length;
    for (let i = 0; i < n; i++) this.char(<u32>s.charCodeAt(i));
    return this;
  }

  /** ASCII octets that this side wrote itself (names from the configuration). */
  ascii(p: usize, len: u32): Text {
    for (let i: u32 = 0; i < len; i++) this.char(<u32>load<u8>(p + i));
    return this;
  }

  /** Octets from outside: printable ASCII stays, anything else, backslash and quote become \xNN. */
  escaped(p: usize, len: u32): Text {
    for (let i: u32 = 0; i < len; i++) {
      const c = <u32>load<u8>(p + i);
      if (c > 0x20 && c < 0x7f && c != 0x5c && c != 0x22) this.char(c);
      else this.put("\\x").hex8(c);
    }
    return this;
  }

  u32(v: u32): Text {
    return this.u64(<u64>v);
  }

  u64(v: u64): Text {
    let divisor: u64 = 1;
    while (v / divisor >= 10) divisor *= 10;
    while (divisor > 0) {
      this.char(48 + <u32>((v / divisor) % 10));
      divisor /= 10;
    }
    return this;
  }

  /** Right-aligned in `width` columns. */
  u64Wide(v: u64, width: u32): Text {
    let digits: u32 = 1;
    for (let rest = v / 10; rest > 0; rest /= 10) digits++;
    for (; digits < width; digits++) this.char(32);
    return this.u64(v);
  }

  /** With leading zeros, for times. */
  padded(v: u32, width: u32): Text {
    let divisor: u32 = 1;
    for (let i: u32 = 1; i < width; i++) divisor *= 10;
    for (; divisor > 0; divisor /= 10) this.char(48 + ((v / divisor) % 10));
    return this;
  }

  hex8(v: u32): Text {
    this.char(<u32>HEX.charCodeAt((v >>> 4) & 15));
    return this.char(<u32>HEX.charCodeAt(v & 15));
  }

  hex16(v: u32): Text {
    return this.hex8(v >>> 8).hex8(v);
  }

  /** Eight digits, without 0x. */
  hex32(v: u32): Text {
    return this.hex16(v >>> 16).hex16(v);
  }

  hexBytes(p: usize, len: u32): Text {
    for (let i: u32 = 0; i < len; i++) this.hex8(<u32>load<u8>(p + i));
    return this;
  }

  /** An IPv4 address kept as a number whose highest octet comes first. */
  ip(a: u32): Text {
    this.u32(a >>> 24).char(46).u32((a >>> 16) & 255).char(46);
    return this.u32((a >>> 8) & 255).char(46).u32(a & 255);
  }

  /** Cisco's way: 0123.4567.89ab */
  mac(p: usize): Text {
    for (let i: u32 = 0; i < 6; i += 2) {
      if (i) this.char(46);
      this.hex8(load<u8>(p + i)).hex8(load<u8>(p + i + 1));
    }
    return this;
  }

  /** Fills with blanks up to column `column`, and puts at least one. */
  to(column: u32): Text {
    do this.char(32);
    while (this.len < column && !this.cut);
    return this;
  }

  nl(): Text {
    return this.char(10);
  }
}
