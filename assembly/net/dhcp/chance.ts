/** What is drawn by lot here: transactions and pauses (RFC 2131, 4.1). They hide nothing, for every station of the link sees them. */
let state: u32 = 1;

export function seed(number: u32): void {
  state = number | 1;
}

/** Any number of 32 bits (xorshift, Marsaglia 2003). */
export function draw(): u32 {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state;
}

/** A number below `bound`. */
export function below(bound: u32): u32 {
  return bound ? draw() % bound : 0;
}
