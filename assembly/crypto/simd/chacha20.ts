// ChaCha20's block function (RFC 8439, 2.3) on four blocks at once. A vector is a row of the 4 x 4 state, so that a column
// round is four vector steps; between a column and a diagonal round the rows are turned by 1, 2 and 3 places. The blocks
// differ in the counter alone; that there are four hides each other's latency.

// @ts-ignore: decorator
@inline
function rol16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

// @ts-ignore: decorator
@inline
function rol12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20));
}

// @ts-ignore: decorator
@inline
function rol8(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

// @ts-ignore: decorator
@inline
function rol7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

// @ts-ignore: decorator
@inline
function turn1(x: v128): v128 {
  return i8x16.shuffle(x, x, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
}

// @ts-ignore: decorator
@inline
function turn2(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

// @ts-ignore: decorator
@inline
function turn3(x: v128): v128 {
  return i8x16.shuffle(x, x, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
}

/** XORs the key stream of `state` (chacha20.ts) onto `strides` times 256 bytes at `data` and moves the counter on. */
export function crypt(state: usize, data: usize, strides: u32): void {
  const row0 = v128.load(state, 0);
  const row1 = v128.load(state, 16);
  const row2 = v128.load(state, 32);
  for (; strides; strides--, data += 256) {
    const row3 = v128.load(state, 48);
    let a0 = row0, b0 = row1, c0 = row2, d0 = row3;
    let a1 = row0, b1 = row1, c1 = row2, d1 = i32x4.add(row3, i32x4(1, 0, 0, 0));
    let a2 = row0, b2 = row1, c2 = row2, d2 = i32x4.add(row3, i32x4(2, 0, 0, 0));
    let a3 = row0, b3 = row1, c3 = row2, d3 = i32x4.add(row3, i32x4(3, 0, 0, 0));
    for (let i = 0; i < 10; i++) {
      a0 = i32x4.add(a0, b0); d0 = rol16(v128.xor(d0, a0)); a1 = i32x4.add(a1, b1); d1 = rol16(v128.xor(d1, a1));
      a2 = i32x4.add(a2, b2); d2 = rol16(v128.xor(d2, a2)); a3 = i32x4.add(a3, b3); d3 = rol16(v128.xor(d3, a3));
      c0 = i32x4.add(c0, d0); b0 = rol12(v128.xor(b0, c0)); c1 = i32x4.add(c1, d1); b1 = rol12(v128.xor(b1, c1));
      c2 = i32x4.add(c2, d2); b2 = rol12(v128.xor(b2, c2)); c3 = i32x4.add(c3, d3); b3 = rol12(v128.xor(b3, c3));
      a0 = i32x4.add(a0, b0); d0 = rol8(v128.xor(d0, a0)); a1 = i32x4.add(a1, b1); d1 = rol8(v128.xor(d1, a1));
      a2 = i32x4.add(a2, b2); d2 = rol8(v128.xor(d2, a2)); a3 = i32x4.add(a3, b3); d3 = rol8(v128.xor(d3, a3));
      c0 = i32x4.add(c0, d0); b0 = rol7(v128.xor(b0, c0)); c1 = i32x4.add(c1, d1); b1 = rol7(v128.xor(b1, c1));
      c2 = i32x4.add(c2, d2); b2 = rol7(v128.xor(b2, c2)); c3 = i32x4.add(c3, d3); b3 = rol7(v128.xor(b3, c3));
      b0 = turn1(b0); c0 = turn2(c0); d0 = turn3(d0);
      b1 = turn1(b1); c1 = turn2(c1); d1 = turn3(d1);
      b2 = turn1(b2); c2 = turn2(c2); d2 = turn3(d2);
      b3 = turn1(b3); c3 = turn2(c3); d3 = turn3(d3);
      a0 = i32x4.add(a0, b0); d0 = rol16(v128.xor(d0, a0)); a1 = i32x4.add(a1, b1); d1 = rol16(v128.xor(d1, a1));
      a2 = i32x4.add(a2, b2); d2 = rol16(v128.xor(d2, a2)); a3 = i32x4.add(a3, b3); d3 = rol16(v128.xor(d3, a3));
      c0 = i32x4.add(c0, d0); b0 = rol12(v128.xor(b0, c0)); c1 = i32x4.add(c1, d1); b1 = rol12(v128.xor(b1, c1));
      c2 = i32x4.add(c2, d2); b2 = rol12(v128.xor(b2, c2)); c3 = i32x4.add(c3, d3); b3 = rol12(v128.xor(b3, c3));
      a0 = i32x4.add(a0, b0); d0 = rol8(v128.xor(d0, a0)); a1 = i32x4.add(a1, b1); d1 = rol8(v128.xor(d1, a1));
      a2 = i32x4.add(a2, b2); d2 = rol8(v128.xor(d2, a2)); a3 = i32x4.add(a3, b3); d3 = rol8(v128.xor(d3, a3));
      c0 = i32x4.add(c0, d0); b0 = rol7(v128.xor(b0, c0)); c1 = i32x4.add(c1, d1); b1 = rol7(v128.xor(b1, c1));
      c2 = i32x4.add(c2, d2); b2 = rol7(v128.xor(b2, c2)); c3 = i32x4.add(c3, d3); b3 = rol7(v128.xor(b3, c3));
      b0 = turn3(b0); c0 = turn2(c0); d0 = turn1(d0);
      b1 = turn3(b1); c1 = turn2(c1); d1 = turn1(d1);
      b2 = turn3(b2); c2 = turn2(c2); d2 = turn1(d2);
      b3 = turn3(b3); c3 = turn2(c3); d3 = turn1(d3);
    }
    v128.store(data, v128.xor(v128.load(data, 0), i32x4.add(a0, row0)), 0);
    v128.store(data, v128.xor(v128.load(data, 16), i32x4.add(b0, row1)), 16);
    v128.store(data, v128.xor(v128.load(data, 32), i32x4.add(c0, row2)), 32);
    v128.store(data, v128.xor(v128.load(data, 48), i32x4.add(d0, row3)), 48);
    v128.store(data, v128.xor(v128.load(data, 64), i32x4.add(a1, row0)), 64);
    v128.store(data, v128.xor(v128.load(data, 80), i32x4.add(b1, row1)), 80);
    v128.store(data, v128.xor(v128.load(data, 96), i32x4.add(c1, row2)), 96);
    v128.store(data, v128.xor(v128.load(data, 112), i32x4.add(d1, i32x4.add(row3, i32x4(1, 0, 0, 0)))), 112);
    v128.store(data, v128.xor(v128.load(data, 128), i32x4.add(a2, row0)), 128);
    v128.store(data, v128.xor(v128.load(data, 144), i32x4.add(b2, row1)), 144);
    v128.store(data, v128.xor(v128.load(data, 160), i32x4.add(c2, row2)), 160);
    v128.store(data, v128.xor(v128.load(data, 176), i32x4.add(d2, i32x4.add(row3, i32x4(2, 0, 0, 0)))), 176);
    v128.store(data, v128.xor(v128.load(data, 192), i32x4.add(a3, row0)), 192);
    v128.store(data, v128.xor(v128.load(data, 208), i32x4.add(b3, row1)), 208);
    v128.store(data, v128.xor(v128.load(data, 224), i32x4.add(c3, row2)), 224);
    v128.store(data, v128.xor(v128.load(data, 240), i32x4.add(d3, i32x4.add(row3, i32x4(3, 0, 0, 0)))), 240);
    store<u32>(state, load<u32>(state, 48) + 4, 48);
  }
}
