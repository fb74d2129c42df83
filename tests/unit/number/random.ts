// Numbers that only look drawn: the same ones in every run.
let state: u64 = 88172645463325252;

export function random64(): u64 {
  state ^= state << 13;
  state ^= state >>> 7;
  state ^= state << 17;
  return state;
}

export function random(): u32 {
  return <u32>(random64() >>> 16);
}
