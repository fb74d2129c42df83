// The index: who has a key is found, in the order of the slots, whatever stands beside it in a list.
import { Index, NONE, ceilPowerOfTwo, keyOf } from "../../../assembly/util/index";

const SIZE: u32 = 300;
const keys = new StaticArray<u32>(<i32>SIZE);
let index: Index = changetype<Index>(0);
let state: u32 = 1;

function random(): u32 {
  state = state * 1664525 + 1013904223;
  return state >>> 8;
}

/** The slots that have a key, as the index and as a walk of all finds them: how often the two differ. */
function differences(key: u32): u32 {
  let wrong: u32 = 0;
  let slot = index.first(key);
  for (let i: u32 = 0; i < SIZE; i++) {
    if (keys[i] != key) continue;
    while (slot != NONE && keys[slot] != key) slot = index.next(slot);
    if (slot != i) wrong++;
    else slot = index.next(slot);
  }
  while (slot != NONE && keys[slot] != key) slot = index.next(slot);
  return wrong + (slot != NONE ? 1 : 0);
}

beforeEach(() => {
  index = new Index(SIZE);
  for (let i = 0; i < <i32>SIZE; i++) keys[i] = 0;
});

describe("an index", () => {
  test("is empty at first, and after `clear`", () => {
    expect(index.first(7)).toBe(NONE);
    index.add(3, 7);
    expect(index.first(7)).toBe(3);
    index.clear();
    expect(index.first(7)).toBe(NONE);
  });

  test("finds every slot of a key in ascending order, whatever comes and goes", () => {
    let wrong: u32 = 0;
    for (let n = 0; n < 20000; n++) {
      const slot = random() % SIZE;
      if (keys[slot]) {
        index.remove(slot, keys[slot]);
        keys[slot] = 0;
      } else {
        keys[slot] = 1 + random() % 40;
        index.add(slot, keys[slot]);
      }
      if (n % 16 == 0) wrong += differences(1 + random() % 40);
    }
    expect(wrong).toBe(0);
  });

  test("removing what is not there changes nothing", () => {
    index.add(5, 9);
    index.remove(6, 9);
    index.remove(4, 9);
    expect(index.first(9)).toBe(5);
    expect(index.next(5)).toBe(NONE);
    index.remove(5, 9);
    expect(index.first(9)).toBe(NONE);
  });

  test("keys of octets differ where the octets do", () => {
    const name = memory.data(4);
    store<u32>(name, 0x41414141);
    const key = keyOf(name, 4);
    expect(keyOf(name, 3)).not.toBe(key);
    store<u8>(name + 3, 0x42);
    expect(keyOf(name, 4)).not.toBe(key);
  });

  test("powers of two", () => {
    expect(ceilPowerOfTwo(1)).toBe(1);
    expect(ceilPowerOfTwo(2)).toBe(2);
    expect(ceilPowerOfTwo(3)).toBe(4);
    expect(ceilPowerOfTwo(10000)).toBe(16384);
  });
});
