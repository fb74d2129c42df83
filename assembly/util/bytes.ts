/**
 * Octets in network byte order. Lengths are checked by the caller.
 */

// @ts-ignore: decorator
@inline
export function get16(p: usize): u32 {
  return <u32>bswap<u16>(load<u16>(p));
}

// @ts-ignore: decorator
@inline
export function put16(p: usize, v: u32): void {
  store<u16>(p, bswap<u16>(<u16>v));
}

// @ts-ignore: decorator
@inline
export function get32(p: usize): u32 {
  return bswap<u32>(load<u32>(p));
}

// @ts-ignore: decorator
@inline
export function put32(p: usize, v: u32): void {
  store<u32>(p, bswap<u32>(v));
}

// @ts-ignore: decorator
@inline
export function get64(p: usize): u64 {
  return bswap<u64>(load<u64>(p));
}

// @ts-ignore: decorator
@inline
export function put64(p: usize, v: u64): void {
  store<u64>(p, bswap<u64>(v));
}

/** Equality of public octets; for secrets there is ct.equal. */
export function equal(a: usize, b: usize, len: u32): bool {
  return memory.compare(a, b, <usize>len) == 0;
}

/** Copies the characters of a static string (ASCII) to `p` and returns how many there were. */
export function putString(p: usize, s: string): u32 {
  const n = <u32>s.length;
  for (let i: u32 = 0; i < n; i++) store<u8>(p + i, <u8>s.charCodeAt(i));
  return n;
}

/** The value of a hexadecimal digit of either case; 16: it is none. Found by arithmetic: keys are written in such digits, too. */
export function hexDigit(c: u32): u32 {
  const digit = c - 48;
  const letter = (c | 32) - 97;
  const isDigit = ((digit | (9 - digit)) >>> 31) - 1;
  const isLetter = ((letter | (5 - letter)) >>> 31) - 1;
  return (digit & isDigit) | ((letter + 10) & isLetter) | (16 & ~(isDigit | isLetter));
}
