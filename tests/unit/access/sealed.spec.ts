import * as master from "../../../assembly/access/master";
import * as sealed from "../../../assembly/access/sealed";
import * as type6 from "../../../assembly/access/type6";
import * as type7 from "../../../assembly/access/type7";
import { md5 } from "../../../assembly/crypto/md5";
import { deviceKey } from "../../../assembly/pki/wrapping";
import { putString } from "../../../assembly/util/bytes";

const line: usize = memory.data(512, 4);
const digest: usize = memory.data(16, 4);
const ctx: usize = memory.data(200, 8);
const kept: usize = memory.data(512, 4);
let keptLen: u32 = 0;

function read6(word: string, letters: string): string {
  md5.digest(ctx, line, putString(line, word), digest);
  return String.UTF8.decodeUnsafe(type6.text, <usize>type6.read(digest, line, putString(line, letters)));
}

function read7(letters: string): string {
  return String.UTF8.decodeUnsafe(type7.text, <usize>type7.read(line, putString(line, letters)));
}

describe("keys as configurations have them", () => {
  test("type 6", () => {
    expect<string>(read6("Example-Master1", "AGMAScA`PBCfg^\\GGWZEF\\aBYGacKiVDIATB\\^Q")).toBe("Example-Pass1");
    expect<string>(read6("Cisco123", "fe_a`iJYE\\DZYJhDhTP[`MYaTgRH_MAAB")).toBe("Cisco123");
    expect<string>(read6("mySecretMasterkey", "XOUDEUYHeLGdB`UAZKX\\GK[iEgCWMZXEXN^dTGZ[UAAAB")).not.toBe("");
    expect<string>(read6("Example-Master2", "AGMAScA`PBCfg^\\GGWZEF\\aBYGacKiVDIATB\\^Q")).toBe("");
    expect<string>(read6("Example-Master1", "AGMAScA`PBCfg^\\GGWZEF\\aBYGacKiVDIATB\\^QA")).toBe("");
    expect<string>(read6("Example-Master1", "AGM")).toBe("");
    expect<string>(read6("Example-Master1", "")).toBe("");
    expect<string>(read6("Example-Master1", "iiiiiiiii")).toBe("");
  });
  test("type 7", () => {
    expect<string>(read7("052E1E0E2C5C420C54351601185D")).toBe("Example-Pass1");
    expect<string>(read7("02050D480809")).toBe("cisco");
    expect<string>(read7("16050D480809")).toBe("");
    expect<string>(read7("02050D48080")).toBe("");
    expect<string>(read7("0g050D480809")).toBe("");
    expect<string>(read7("02")).toBe("");
  });
  test("sealed under a root, the same each time, and under no other", () => {
    for (let i: u32 = 0; i < 32; i++) store<u8>(deviceKey + i, <u8>i);
    keptLen = sealed.seal(deviceKey, line, putString(line, "a-long-random-secret"));
    memory.copy(kept, sealed.text, <usize>keptLen);
    expect<u32>(sealed.seal(deviceKey, line, putString(line, "a-long-random-secret"))).toBe(keptLen);
    expect<i32>(memory.compare(kept, sealed.text, <usize>keptLen)).toBe(0);
    expect<string>(String.UTF8.decodeUnsafe(sealed.text, <usize>sealed.open(deviceKey, kept, keptLen))).toBe("a-long-random-secret");
    for (let i: u32 = 0; i < keptLen; i++) {
      const was = load<u8>(kept + i);
      store<u8>(kept + i, was == 65 ? 66 : 65);
      expect<u32>(sealed.open(deviceKey, kept, keptLen)).toBe(0);
      store<u8>(kept + i, was);
      expect<u32>(sealed.open(deviceKey, kept, i)).toBe(0);
    }
    store<u8>(deviceKey, 7);
    expect<u32>(sealed.open(deviceKey, kept, keptLen)).toBe(0);
    memory.fill(line, 120, 128);
    expect<u32>(sealed.seal(deviceKey, line, sealed.TEXT_MAX)).toBe(sealed.LETTERS_MAX);
    memory.copy(kept, sealed.text, <usize>sealed.LETTERS_MAX);
    expect<u32>(sealed.open(deviceKey, kept, sealed.LETTERS_MAX)).toBe(sealed.TEXT_MAX);
  });
  test("the master key comes back under the device key alone", () => {
    master.init();
    expect<bool>(master.known).toBe(false);
    master.begin(line, putString(line, "Example-Master1"));
    while (!master.step()) {}
    const n = sealed.seal(master.root(), line, putString(line, "secret-of-a-peer"));
    memory.copy(kept, sealed.text, <usize>n);
    const letters = master.write();
    memory.copy(kept + 256, sealed.text, <usize>letters);
    master.forget();
    expect<u32>(master.write()).toBe(0);
    expect<bool>(master.restore(kept + 256, letters)).toBe(true);
    expect<string>(String.UTF8.decodeUnsafe(sealed.text, <usize>sealed.open(master.root(), kept, n))).toBe("secret-of-a-peer");
    expect<u32>(type6.read(master.md5Of(), line, putString(line, "AGMAScA`PBCfg^\\GGWZEF\\aBYGacKiVDIATB\\^Q"))).toBe(13);
    master.forget();
    store<u8>(deviceKey, 9);
    expect<bool>(master.restore(kept + 256, letters)).toBe(false);
    expect<bool>(master.known).toBe(false);
  });
});
