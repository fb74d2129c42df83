/**
 * Passwords and keys as configurations bring them, typed at a console: hashes of IOS's types 5, 8 and 9, readable ones of type 7, encrypted ones of type 6 and of our own. They are changed as letters
 * of their alphabet and as octets, and beneath their encryption. A line is taken, with warnings at the most, or refused in one sentence; what was taken is checked against, and comes
 * back as a configuration.
 */
import { createHash } from "node:crypto";
import { sealed6 } from "../support/second/type6.ts";
import type { Random } from "../support/world/random.ts";
import { World, type Router } from "../support/world/world.ts";
import { mutateBytes } from "./mutate.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const MASTER = "Example-Master1";
const MASTER_MD5 = createHash("md5").update(MASTER).digest();
const HASHES: [kind: number, word: string][] = [
  [5, "$1$aB3x$U7NERajb11KD.cSFY1Edv0"],
  [8, "$8$nTs.Zq4vW0aKb/$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk"],
  [9, "$9$nTs.Zq4vW0aKb/$6KcvUtOw/ygqN/UP2W.NEta46BSWxL2B/hTff5o3d4A"],
];
const SEVENS = ["052E1E0E2C5C420C54351601185D", "02050D480809", "094F471A1A0A", "15"];
const ALPHABETS: Record<number, string> = {
  5: "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$",
  8: "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz$",
  6: "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghi",
  7: "0123456789ABCDEFabcdef",
  0: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
};

/** Letters of the word's alphabet in other places, more of them or less. */
function letters(r: Random, word: string, alphabet: string): string {
  let out = word;
  for (let n = 1 + r.below(3); n > 0; n--) {
    const at = r.below(out.length + 1);
    const some = Array.from({ length: r.pick([1, 1, 1, 2, 3, 9, 60, 300]) }, () => alphabet[r.below(alphabet.length)]).join("");
    out = r.pick([() => out.slice(0, at) + some + out.slice(at + some.length), () => out.slice(0, at) + some + out.slice(at), () => out.slice(0, at) + out.slice(at + 1 + r.below(4)), () => out.slice(0, at), () => out + out.slice(at)])();
  }
  return out;
}

/** In place of octets that are keys of the console's, or end the word. */
const visible = (octet: number): number => (octet > 32 && octet < 127 && octet !== 63 ? octet : octet > 160 ? octet : 33 + (octet % 29));

/** What a line may be answered with: sentences, or a caret and what it points at. */
const SENTENCE = /^% .*\S[.:]$|^% (Invalid input detected at|Incomplete command|Ambiguous command)|^ *\^$/;
const BASE = `key config-key password-encrypt ${MASTER}\npassword encryption aes\n`;

export class Passwords {
  private router!: Router;
  private readonly sealed: string[];
  private readonly octets: number;
  private count = 0;

  constructor(private readonly seed: number) {
    this.start(`${BASE}crypto isakmp key sealed-one address 192.0.2.1\ncrypto isakmp key ${"k".repeat(128)} address 192.0.2.2\n`);
    this.sealed = [...this.router.type("end\nshow running-config").matchAll(/ key sealed (\S+)/g)].map(([, word]) => word!);
    if (this.sealed.length !== 2) throw new Error(`keys are not sealed: ${this.router.output}`);
    this.octets = this.router.exports.memory.buffer.byteLength;
    this.start(BASE);
  }

  private start(config: string): void {
    this.router = new World(this.seed).router("console", { config, deviceKey: new Uint8Array(32).fill(7) });
    if (this.router.refusedLines) throw new Error(`a configuration that was shown is refused: ${this.router.output}\n${config}`);
    this.router.type("configure terminal\ncrypto keyring RING\n exit");
  }

  /** A word of that type, changed or whole. */
  private word(r: Random, type: number): string {
    const hash = HASHES.find(([kind]) => kind === type)?.[1];
    // Beneath the encryption: whatever octets there may be in a key.
    const word = hash ?? (type === 7 ? r.pick(SEVENS) : type === 6 ? sealed6(MASTER_MD5, r.fill(new Uint8Array(8)), mutateBytes(r, encode("Example-Pass1"), 140)) : r.pick(this.sealed));
    const way = r.below(10);
    if (way < 2) return word;
    if (way < 7) return letters(r, word, ALPHABETS[Math.min(type, 8)]!);
    return Buffer.from(mutateBytes(r, encode(word), 500).map((octet) => (way === 9 && octet > 31 ? octet : visible(octet)))).toString("latin1");
  }

  /** One line. @returns whether it was taken. @param typed is told it first */
  one(r: Random, typed: (line: string) => void): boolean {
    const { router } = this;
    const type = r.pick([0, 5, 6, 7, 8, 9]);
    // A type that the word isn't of, too.
    const said = r.chance(0.9) ? (type ? String(type) : "sealed") : r.pick(["0", "4", "5", "6", "7", "8", "9", "sealed", "hex", "base64", "level 15 5"]);
    const word = this.word(r, type);
    const line = r.pick(
      type === 6 || type === 0 || (type === 7 && r.chance(0.5))
        ? [`crypto isakmp key ${said} ${word} address 192.0.2.9`, `crypto isakmp key ${said} ${word} hostname a.example.org`, `crypto keyring RING\n pre-shared-key address 192.0.2.9 key ${said} ${word}`, `crypto isakmp profile P\n pre-shared-key ${said} ${word}`, `crypto isakmp peer address 192.0.2.9\n set aggressive-mode password ${said} ${word}`, `ntp authentication-key 9 md5 ${said} ${word}`]
        : [`enable ${type === 7 ? "password" : "secret"} ${said} ${word}`, `username who secret ${said} ${word}`, `username who privilege 15 password ${said} ${word}`, `line console 0\n password ${said} ${word}`],
    );
    typed(line);
    router.output = "";
    const octets = Buffer.from(`${line}\n`, "latin1");
    new Uint8Array(router.exports.memory.buffer, router.exports.console_buffer(), octets.length).set(octets);
    const refused = router.exports.console_in(octets.length);
    router.poll();
    // Help is asked for, and the line stays where it is.
    const asks = line.includes("?");
    if (asks) router.input("\u0003\nend\nconfigure terminal\n");
    else this.judge(refused);
    if (r.chance(0.002)) this.checked(r);
    if (++this.count % 200 === 0) this.round(r);
    return refused === 0 && !asks;
  }

  private judge(refused: number): void {
    const lines = this.router.output.split("\n").filter((one) => one && !/^Router\S*#/.test(one));
    const wrong = lines.find((one) => !SENTENCE.test(one));
    if (wrong !== undefined) throw new Error(`what is said is no sentence: ${JSON.stringify(wrong)}`);
    const refusals = lines.filter((one) => one.startsWith("% ") && !one.startsWith("% Warning: ")).length;
    if (refused > 1 || refusals !== refused) throw new Error(`${refused} lines are refused, in ${refusals} sentences: ${this.router.output}`);
  }

  /** Somebody tries passwords against what was taken: to the end, or not. */
  private checked(r: Random): void {
    const { router } = this;
    router.input("end\ndisable\nenable\n");
    for (let i = 0; i < 3; i++) {
      router.input(r.pick(["Example-Pass1\n", "cisco\n", "\n", `${"x".repeat(70)}\n`]));
      for (let slices = r.pick([3, 400, 4000]); slices > 0 && router.exports.poll(router.clock()) === 0; slices--);
      if (r.chance(0.2)) router.input("\u0003");
    }
    this.start(BASE);
  }

  /** What is shown is taken again, as it stands; keys are sealed in it or not. */
  private round(r: Random): void {
    const { router } = this;
    router.type(`end\nconfigure terminal\n${r.chance(0.5) ? "no " : ""}password encryption aes\nend`);
    const text = router.type("show running-config");
    if (router.exports.memory.buffer.byteLength !== this.octets) throw new Error("memory grew");
    const shown = text.slice(text.indexOf("!\n"), text.lastIndexOf("\nend\n"));
    this.start(shown);
    // Whoever comes then would be asked for a password that nobody knows.
    if (/^enable secret/m.test(shown)) this.start(shown.replace(/^enable secret.*$/m, ""));
  }
}
