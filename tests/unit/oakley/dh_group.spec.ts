// Diffie-Hellman in every kind of group through the one interface: both sides get one secret, lengths are the group's, and
// only one job runs at a time.
import * as drbg from "../../../assembly/crypto/drbg";
import { DhGroup, EXPONENT_MAX, dhAbort, dhBusy, dhGroupById, dhGroupCheckPublic, dhGroupPrivate, dhResult, dhStart, dhStep, groupBits, groupName } from "../../../assembly/oakley/dh_group";
import * as dhGroup from "../../../assembly/oakley/dh_group";
import { freeWorkspace, takeWorkspace } from "../../../assembly/number/workspace";
import { MODP_1024 } from "../../../assembly/oakley/groups";
import { fromHex } from "../crypto/bytes";

const IDS: StaticArray<u32> = [1, 2, 3, 4, 5, 7, 14, 15, 16, 17, 18, 19, 20, 21, 31];
const x: usize = memory.data(72, 8);
const y: usize = memory.data(72, 8);
const g_x: usize = memory.data(1024, 8);
const g_y: usize = memory.data(1024, 8);
const one: usize = memory.data(1024, 8);
const other: usize = memory.data(1024, 8);
const prime: usize = memory.data(128, 8);
const two: usize = memory.data<u8>([2]);

beforeAll(() => {
  dhGroup.init();
  drbg.init();
  drbg.seed();
});

function run(group: DhGroup, base: usize, exponent: usize, out: usize): void {
  expect<bool>(dhStart(group, base, exponent)).toBe(true);
  while (!dhStep()) {}
  expect<bool>(dhResult(out)).toBe(true);
}

function agree(group: DhGroup): void {
  expect<bool>(group.exponentBytes <= EXPONENT_MAX).toBe(true);
  expect<bool>(dhGroupPrivate(group, x) && dhGroupPrivate(group, y)).toBe(true);
  run(group, 0, x, g_x);
  run(group, 0, y, g_y);
  expect<bool>(dhGroupCheckPublic(group, g_x, group.publicBytes)).toBe(true);
  expect<bool>(dhGroupCheckPublic(group, g_x, group.publicBytes - 1)).toBe(false);
  expect<bool>(dhGroupCheckPublic(group, g_x, group.publicBytes + 1)).toBe(false);
  run(group, g_y, x, one);
  run(group, g_x, y, other);
  expect<i32>(memory.compare(one, other, group.secretBytes)).toBe(0);
}

describe("groups of any kind", () => {
  test("both sides get the same secret", () => {
    for (let i = 0; i < IDS.length; i++) agree(dhGroupById(IDS[i]) as DhGroup);
  });

  test("exactly these are known, each with a name and its bits", () => {
    for (let id: u32 = 0; id < 64; id++) {
      expect<bool>(dhGroupById(id) != null).toBe(IDS.includes(id));
      expect<bool>(groupBits(id) != 0).toBe(IDS.includes(id));
      expect<bool>(groupName(id) != "unknown group").toBe(IDS.includes(id));
    }
    expect<string>(groupName(40000)).toBe("a private group");
  });

  test("one job at a time; an abort lets the next begin", () => {
    const group = dhGroupById(19) as DhGroup;
    expect<bool>(dhGroupPrivate(group, x)).toBe(true);
    expect<bool>(dhStart(group, 0, x)).toBe(true);
    expect<bool>(dhStart(dhGroupById(14) as DhGroup, 0, x)).toBe(false);
    dhAbort();
    expect<bool>(dhBusy()).toBe(false);
    expect<bool>(dhStart(dhGroupById(14) as DhGroup, 0, x)).toBe(true);
    dhAbort();
  });

  test("X25519: values of low order are refused before any computation, with the highest bit set too; those beside them are taken", () => {
    const group = dhGroupById(31) as DhGroup;
    expect<bool>(dhGroupPrivate(group, x)).toBe(true);
    const LOW: string[] = [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ];
    for (let i = 0; i < LOW.length; i++) {
      fromHex(g_y, LOW[i]);
      for (let high = 0; high < 2; high++) {
        expect<bool>(dhGroupCheckPublic(group, g_y, 32)).toBe(false, LOW[i]);
        expect<bool>(dhStart(group, g_y, x)).toBe(false, LOW[i]);
        store<u8>(g_y + 31, load<u8>(g_y + 31) ^ 0x80);
      }
      for (let at: usize = 0; at < 32; at++) {
        store<u8>(g_y + at, load<u8>(g_y + at) ^ 0x10);
        expect<bool>(dhGroupCheckPublic(group, g_y, 32)).toBe(true, "an octet changed");
        store<u8>(g_y + at, load<u8>(g_y + at) ^ 0x10);
      }
    }
  });

  test("a private group: Oakley's second as if a peer had brought it", () => {
    MODP_1024.prime(prime);
    const group = new DhGroup(40000, null, null);
    group.define(40000, prime, 128, two, 1);
    agree(group);
    memory.fill(g_y, 0, 128);
    store<u8>(g_y + 127, 1);
    expect<bool>(dhGroupCheckPublic(group, g_y, 128)).toBe(false, "1");
    // The same power as in the known group.
    const known = dhGroupById(2) as DhGroup;
    run(group, 0, x, one);
    run(known, 0, x, other);
    expect<i32>(memory.compare(one, other, 128)).toBe(0);
  });

  test("a job that cannot begin leaves none behind; one that is dropped gives back what it took, in every kind", () => {
    MODP_1024.prime(prime);
    const own = new DhGroup(40000, null, null);
    own.define(40000, prime, 128, two, 1);
    const kinds: DhGroup[] = [dhGroupById(2) as DhGroup, dhGroupById(3) as DhGroup, dhGroupById(19) as DhGroup, dhGroupById(31) as DhGroup, own];
    for (let i = 0; i < kinds.length; i++) {
      const group = kinds[i];
      expect<bool>(dhGroupPrivate(group, x)).toBe(true);
      const taken = takeWorkspace();
      expect<bool>(dhStart(group, 0, x)).toBe(false);
      expect<bool>(dhBusy()).toBe(false);
      freeWorkspace(taken);
      dhAbort();
      expect<bool>(dhStart(group, 0, x)).toBe(true);
      expect<bool>(dhBusy()).toBe(true);
      expect<usize>(takeWorkspace()).toBe(0);
      dhAbort();
      expect<bool>(dhBusy()).toBe(false);
      const again = takeWorkspace();
      expect<usize>(again).not.toBe(0);
      freeWorkspace(again);
      run(group, 0, x, g_x);
      expect<bool>(dhBusy()).toBe(false);
      expect<usize>(takeWorkspace()).not.toBe(0);
      freeWorkspace(again);
    }
  });

  test("private values need entropy, in every kind; without it nothing is left", () => {
    MODP_1024.prime(prime);
    const own = new DhGroup(40000, null, null);
    own.define(40000, prime, 128, two, 1);
    drbg.init();
    for (let i = 0; i <= IDS.length; i++) {
      const group = i < IDS.length ? (dhGroupById(IDS[i]) as DhGroup) : own;
      memory.fill(x, 0x5a, 72);
      expect<bool>(dhGroupPrivate(group, x)).toBe(false);
      for (let k: u32 = 0; k < 72; k++) expect<u32>(load<u8>(x + k)).toBe(k < group.exponentBytes ? 0 : 0x5a);
    }
    drbg.seed();
  });

  test("a private group is what it is defined as, and may be another later", () => {
    const own = new DhGroup(0, null, null);
    expect<u32>(own.publicBytes + own.secretBytes + own.exponentBytes).toBe(0);
    const lengths: StaticArray<u32> = [128, 257, 385];
    const exponents: StaticArray<u32> = [32, 40, 44];
    for (let i: u32 = 0; i < 3; i++) {
      own.define(40000 + i, prime, lengths[i], two, 1 + i);
      expect<u32>(own.id).toBe(40000 + i);
      expect<u32>(own.publicBytes).toBe(lengths[i]);
      expect<u32>(own.secretBytes).toBe(lengths[i]);
      expect<u32>(own.exponentBytes).toBe(exponents[i]);
      expect<usize>(own.prime).toBe(prime);
      expect<usize>(own.generator).toBe(two);
      expect<u32>(own.generatorLen).toBe(1 + i);
    }
  });

  test("lengths of values and of secrets, group by group", () => {
    const publics: StaticArray<u32> = [96, 128, 20, 24, 192, 21, 256, 384, 512, 768, 1024, 64, 96, 132, 32];
    const secrets: StaticArray<u32> = [96, 128, 20, 24, 192, 21, 256, 384, 512, 768, 1024, 32, 48, 66, 32];
    const bits: StaticArray<u32> = [768, 1024, 155, 185, 1536, 163, 2048, 3072, 4096, 6144, 8192, 256, 384, 521, 255];
    for (let i = 0; i < IDS.length; i++) {
      const group = dhGroupById(IDS[i]) as DhGroup;
      expect<u32>(group.id).toBe(IDS[i]);
      expect<u32>(group.publicBytes).toBe(publics[i]);
      expect<u32>(group.secretBytes).toBe(secrets[i]);
      expect<u32>(groupBits(IDS[i])).toBe(bits[i]);
    }
    expect<string>(groupName(32767)).toBe("unknown group");
    expect<string>(groupName(32768)).toBe("a private group");
    expect<string>(groupName(65535)).toBe("a private group");
    expect<string>(groupName(65536)).toBe("unknown group");
  });
});
