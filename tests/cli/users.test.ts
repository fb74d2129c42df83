/** Who may configure: logins, levels, passwords and their forms, silence; what is shown of secrets to whom. */
import assert from "node:assert/strict";
import { pbkdf2Sync, scryptSync } from "node:crypto";
import { describe, test } from "node:test";
import { Console } from "./console.ts";

const TYPE5 = "$1$aB3x$U7NERajb11KD.cSFY1Edv0", TYPE8 = "$8$nTs.Zq4vW0aKb/$Hm2JguwsxuTsNQD1L.V8FMEWBbmb0RuS.TNWbr8wJhk", TYPE9 = "$9$nTs.Zq4vW0aKb/$6KcvUtOw/ygqN/UP2W.NEta46BSWxL2B/hTff5o3d4A";
const PASSWORD = "Example-Pass1";
const HIDE = "\x1b[8m", SHOW = "\x1b[28m";

/** A console on whose clock time passes while it works, but no more than it asks for. */
class Seat extends Console {
  /** Milliseconds that the last input took to be answered. */
  took = 0;

  run(text: string): string {
    const before = this.output.length;
    const begun = this.now;
    this.input(text);
    this.settle();
    this.took = this.now - begun;
    return this.output.slice(before);
  }

  settle(): void {
    for (let n = 0; n < 20_000; n++) {
      const wait = this.exports.poll(this.now) >>> 0;
      if (wait >= 20_000) return;
      this.now += wait;
    }
    assert.fail("the console never rests");
  }

  /** Time passes. */
  pass(milliseconds: number): string {
    const before = this.output.length;
    const end = this.now + milliseconds;
    while (this.now < end) {
      this.now += Math.min(1000, end - this.now);
      this.exports.poll(this.now);
    }
    return this.output.slice(before);
  }
}

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join("");
const CLOSED = "\nRouter con0 is now available\n\nPress RETURN to get started.\n\n";
const ASKED = "\nUser Access Verification\n\nUsername: ";
const GUARDED = lines(`enable secret 8 ${TYPE8}`, `username ada privilege 15 secret 9 ${TYPE9}`, `username bob secret 5 ${TYPE5}`, `username cy privilege 7 secret 8 ${TYPE8}`, "crypto isakmp key a-long-random-secret address 192.0.2.2", "line con 0", " login local");
const seat = (startup: string) => new Seat({ startup });

const A64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const letters = (octets: Buffer) => octets.toString("base64").replace(/=/g, "").replace(/./g, (c) => A64[B64.indexOf(c)]!);

describe("who may configure", () => {
  test("a startup configuration is taken without a login, and what follows is asked for one", () => {
    const c = seat(GUARDED);
    assert.equal(c.output, `${ASKED}`);
    assert.equal(c.run("ada\n"), `Password: ${HIDE}`);
    assert.equal(c.run(`${PASSWORD}\n`), `${SHOW}Router#`);
    assert.equal(c.run("show privilege\n"), "Current privilege level is 15\nRouter#");
    assert.match(c.run("show users\n"), /^\*  0 con 0     ada         idle                 00:00:0\d$/m);
  });

  test("every type lets its password in, and no other; wrong names take as long", () => {
    const took = new Set<number>();
    for (const [name, prompt] of [["ada", "Router#"], ["bob", "Router>"], ["cy", "Router>"]] as const) {
      const c = seat(GUARDED);
      for (const wrong of [[name, "example-Pass1"], ["nobody", PASSWORD]]) {
        assert.equal(c.run(lines(...wrong)), `${SHOW}% Login invalid\n\nUsername: `, name);
        took.add(c.took);
      }
      assert.equal(c.run(lines(name, PASSWORD)), `${SHOW}${prompt}`);
      assert.ok(c.took < 100);
    }
    assert.deepEqual([...took], [2000]);
  });

  test("three wrong ones close the console, which then rests; Ctrl-C saves no time", () => {
    const c = seat(GUARDED);
    c.run(lines("ada", "one", "ada", "two"));
    const said = c.run(lines("ada", "three"));
    assert.match(said, /% Login invalid\n\n.+ %SEC_LOGIN-4-LOGIN_FAILED: Three wrong passwords for login on console 0; 3 in all since the start\n/);
    assert.ok(said.endsWith(CLOSED));
    assert.equal(c.run("\n"), ASKED);
    c.run(lines("ada", PASSWORD));
    assert.ok(c.took > 10_000, `${c.took}`);
    const again = seat(GUARDED);
    again.input("ada\nwrong\n");
    assert.match(again.run("\x03"), /% Login invalid\n\nUsername: $/);
    again.run(lines("ada", PASSWORD));
    assert.ok(again.took >= 1900, `${again.took}`);
  });

  test("nothing is a command while somebody is asked who he is", () => {
    const c = seat(GUARDED);
    for (const input of ["show version\n", "\x1a", "\x03", "?", "enable\n", "configure startup\nend startup\n", "\n", "\x1a\x1a", "sh\t"]) {
      const said = c.run(input);
      assert.doesNotMatch(said, /[>#]/, input);
      assert.doesNotMatch(said, /Postern/);
    }
  });

  test("enable asks thrice; disable gives it up", () => {
    const c = seat(GUARDED);
    assert.equal(c.run(lines("bob", PASSWORD)), `${SHOW}Router>`);
    assert.match(c.run("configure terminal\n"), /Invalid input/);
    assert.equal(c.run("enable\n"), `Password: ${HIDE}`);
    assert.equal(c.run("x\n"), `${SHOW}Password: ${HIDE}`);
    assert.equal(c.run("y\n"), `${SHOW}Password: ${HIDE}`);
    assert.match(c.run("z\n"), /^\x1b\[28m% Bad secrets\n/);
    c.pass(20_000);
    c.run("enable\n");
    assert.equal(c.run(`${PASSWORD}\n`), `${SHOW}Router#`);
    assert.equal(c.run("disable\n"), "Router>");
    assert.equal(c.run("enable\n"), `Password: ${HIDE}`);
    assert.equal(c.run("\x03"), `${SHOW}Router>`);
  });

  test("`enable secret` alone begins below it, and so does nothing after `exit`", () => {
    const c = seat(`enable secret 8 ${TYPE8}\n`);
    assert.equal(c.output, "Router>");
    assert.equal(c.run(lines("enable", PASSWORD)), `${SHOW}Router#`);
    const open = new Seat();
    assert.equal(open.run("exit\n"), CLOSED);
    assert.equal(open.run("\n"), "Router>");
    assert.equal(open.run("enable\n"), "Router#");
    open.run("logout\n");
    assert.match(open.run("show privilege\n"), /level is 1\nRouter>$/);
    assert.equal(open.run("quit\n"), CLOSED);
  });

  test("`login` alone asks for the line's password, and `privilege level` says what it opens", () => {
    const c = seat(lines("line con 0", ` password 8 ${TYPE8}`, " privilege level 15", " login"));
    assert.equal(c.output, `\nUser Access Verification\n\nPassword: ${HIDE}`);
    assert.equal(c.run("wrong\n"), `${SHOW}% Login invalid\n\nPassword: ${HIDE}`);
    assert.equal(c.run(`${PASSWORD}\n`), `${SHOW}Router#`);
    // Without its password the line lets nobody in.
    const shut = seat(lines("line con 0", " login"));
    assert.match(shut.output, /% Warning: login is disabled on line 0 until `password` is set\./);
    assert.equal(shut.run("\n"), `${SHOW}% Login invalid\n\nPassword: ${HIDE}`);
  });

  test("silence ends a session, and what was typed in it", () => {
    const c = seat(`${GUARDED} exec-timeout 1 30\n`);
    c.run(lines("ada", PASSWORD));
    assert.equal(c.pass(80_000), "");
    c.run("show privilege\nconf");
    assert.equal(c.pass(89_000), "");
    assert.equal(c.pass(2_000), `\n${CLOSED}`);
    assert.equal(c.run("igure terminal\n"), ASKED);
    // Who does not answer is gone too.
    assert.equal(c.pass(31_000), `\n${CLOSED}`);
    const never = seat(`${GUARDED} exec-timeout 0 0\n`);
    never.run(lines("ada", PASSWORD));
    assert.equal(never.pass(3_600_000), "");
    const usual = seat(GUARDED);
    usual.run(lines("ada", PASSWORD));
    assert.equal(usual.pass(599_000), "");
    assert.equal(usual.pass(2_000), `\n${CLOSED}`);
    const open = new Seat();
    open.run("show version\n");
    assert.equal(open.pass(3_600_000), "");
  });

  test("what is given in plain is kept as a hash that Node makes too, and no line of it is in the history", () => {
    const c = new Seat();
    c.run(lines("configure terminal", `username eve privilege 15 secret ${PASSWORD}`, `enable secret 0 ${PASSWORD}`, `username old password 7 052E1E0E2C5C420C54351601185D`, "end"));
    const said = c.run("show running-config\n");
    assert.ok(!said.includes(PASSWORD));
    const hashes = [...said.matchAll(/ 8 \$8\$(.{14})\$(.{43})$/gm)];
    assert.equal(hashes.length, 3);
    for (const [, salt, hash] of hashes) assert.equal(letters(pbkdf2Sync(PASSWORD, salt!, 20_000, 32, "sha256")), hash);
    assert.equal(new Set(hashes.map(([, salt]) => salt)).size, 3);
    assert.equal(c.run("show history\n"), "  configure terminal\n  end\n  show running-config\n  show history\nRouter#");
    assert.equal(letters(scryptSync(PASSWORD, "nTs.Zq4vW0aKb/", 32, { N: 16384, r: 1, p: 1 })), TYPE9.split("$")[3]);
  });

  test("a configuration that is stored at once has the hash, and comes back as it is", () => {
    const c = new Seat();
    c.input(lines("configure terminal", `username eve privilege 15 secret ${PASSWORD}`, "line con 0", "login local", "exec-timeout 3", "privilege level 15", "history size 5", "length 0", "width 132", "logging synchronous", "end", "write memory"));
    assert.match(c.nvram!, /^username eve privilege 15 secret 8 \$8\$/m);
    assert.match(c.nvram!, /^line con 0\n exec-timeout 3 0\n privilege level 15\n logging synchronous\n history size 5\n length 0\n width 132\n login local\n!\n/m);
    const again = seat(c.nvram!);
    assert.equal(again.run(lines("eve", PASSWORD)), `${SHOW}Router#`);
    again.run("write memory\n");
    assert.equal(again.nvram, c.nvram);
  });

  test("forms that are refused, and why; what was there stays", () => {
    const c = new Seat();
    c.run("configure terminal\n");
    c.run(`enable secret 8 ${TYPE8}\nusername ada secret 8 ${TYPE8}\n`);
    const refused: [string, string][] = [
      ["enable secret 4 rAGHk2gN.", "% A secret of type 4 is one SHA-256 without a salt, which is soon guessed: give the password, or its hash of type 8.\n"],
      ["username ada secret 7 02050D480809", "% A secret of type 7 can be read by anybody: give the password, or its hash of type 8.\n"],
      ["username ada password 7 99050D480809", "% That is no password of type 7: two digits from 00 to 15, and two hexadecimal digits for each character.\n"],
      ["username ada password 7 020", "% That is no password of type 7: two digits from 00 to 15, and two hexadecimal digits for each character.\n"],
      ["enable secret 5 $1$aB3x$short", "% That is no hash: a hash of type 5 reads $1$SALT$ and 22 letters.\n"],
      ["enable secret 8 $8$x$y", "% That is no hash: a hash of type 8 reads $8$, 14 letters of salt, $ and 43 letters.\n"],
      ["username ada secret 9 $9$x$y", "% That is no hash: a hash of type 9 reads $9$, 14 letters of salt, $ and 43 letters.\n"],
      [`enable secret ${"x".repeat(65)}`, "% The password is too long: up to 64 characters are allowed.\n"],
      [`username ${"x".repeat(49)} secret swordfish`, "% The name is too long: up to 48 characters are allowed.\n"],
      ["enable secret level 5 swordfish", "% There is one password for `enable`, of level 15; level 5 has none.\n"],
      ["no username zoe", "% There is no user zoe.\n"],
    ];
    for (const [line, answer] of refused) {
      assert.equal(c.run(`${line}\n`), `${answer}Router(config)#`, line);
      assert.equal(c.refused, 1, line);
    }
    const kept = c.run("do show running-config\n");
    assert.match(kept, new RegExp(`^enable secret 8 ${TYPE8.replace(/[$./]/g, "\\$&")}$`, "m"));
    assert.deepEqual(kept.match(/^username .*$/gm), [`username ada secret 8 ${TYPE8}`]);
    for (let i = 0; ; i++) {
      const said = c.run(`username u${i} secret 8 ${TYPE8}\n`);
      if (said === "Router(config)#") continue;
      assert.match(said, /^% There are \d+ users already, which is the most\.\n/);
      break;
    }
  });

  test("a line that was to protect the console and is refused is not passed over in silence", () => {
    const c = seat("hostname Router\nenable secret 4 rAGHk2gN.\n");
    assert.match(c.output, /% The console asks for no password: line 2 of the startup configuration, which was to protect it, was refused\.\n/);
  });

  test("keys are shown whole at level 15, hidden from 2 to 14, and not at all below", () => {
    const c = seat(`${GUARDED}\nntp authentication-key 1 md5 a-long-key-of-time\n`);
    c.run(lines("ada", PASSWORD));
    assert.match(c.run("show running-config\n"), /^crypto isakmp key a-long-random-secret address 192\.0\.2\.2$/m);
    c.run("exit\n\n");
    c.run(lines("cy", PASSWORD));
    const shown = c.run("show running-config\n");
    assert.match(shown, /^crypto isakmp key <hidden> address 192\.0\.2\.2$/m);
    assert.match(shown, /^enable secret 8 <hidden>$/m);
    assert.match(shown, /^ntp authentication-key 1 md5 <hidden>$/m);
    assert.equal(shown.match(/\$[589]\$|a-long/), null);
    c.run("exit\n\n");
    c.run(lines("bob", PASSWORD));
    assert.match(c.run("show running-config\n"), /^% The configuration is shown from privilege level 2 on, and its keys at level 15\.\nRouter>$/);
  });

  test("with a master key they are sealed, and a restart opens them by the device key alone", () => {
    const deviceKey = new Uint8Array(32).fill(5);
    const c = new Seat({ deviceKey });
    c.run(lines("configure terminal", "crypto isakmp key a-long-random-secret address 192.0.2.2", "ntp authentication-key 1 md5 a-long-key-of-time", "password encryption aes"));
    assert.equal(c.run("key config-key password-encrypt\n"), `New key: ${HIDE}`);
    assert.equal(c.run("Example-Master1\n"), `${SHOW}Confirm key: ${HIDE}`);
    assert.equal(c.run("Example-Master2\n"), `${SHOW}% The two are not the same; nothing was changed.\nRouter(config)#`);
    c.run("key config-key password-encrypt Example-Master1\n");
    c.run("crypto isakmp key 6 AGMAScA`PBCfg^\\GGWZEF\\aBYGacKiVDIATB\\^Q address 192.0.2.3\nend\nwrite memory\n");
    assert.equal(c.nvram!.match(/Example|a-long/), null, c.nvram);
    assert.match(c.nvram!, /^password encryption aes\nkey config-key password-encrypt sealed \S+$/m);
    assert.match(c.nvram!, /^crypto isakmp key sealed \S+ address 192\.0\.2\.3$/m);
    assert.match(c.nvram!, /^ntp authentication-key 1 md5 sealed \S+$/m);
    const again = new Seat({ deviceKey, startup: c.nvram! });
    assert.doesNotMatch(again.output, /refused/);
    const plain = again.run("configure terminal\nno password encryption aes\ndo show running-config\n");
    assert.match(plain, /^crypto isakmp key a-long-random-secret address 192\.0\.2\.2$/m);
    assert.match(plain, /^ntp authentication-key 1 md5 a-long-key-of-time$/m);
    assert.match(plain, /^crypto isakmp key Example-Pass1 address 192\.0\.2\.3$/m);
    // On another device the master key has to be given once more; until then these lines are refused, each with one sentence.
    const other = new Seat({ deviceKey: new Uint8Array(32).fill(6), startup: c.nvram! });
    assert.match(other.output, /% This master key is not sealed under the key of this device: give it again by `key config-key password-encrypt`\.\n/);
    assert.equal(other.output.match(/% This key is encrypted: it can be read once `key config-key password-encrypt` has given the master key\.\n/g)!.length, 3);
    const sealed = /^crypto isakmp key sealed .* address 192\.0\.2\.2$/m.exec(c.nvram!)![0];
    assert.equal(other.run(`configure terminal\nkey config-key password-encrypt Example-Master1\n${sealed}\n`), "Router(config)#");
    assert.equal(other.run("key config-key password-encrypt short\n"), "% A master key has 8 to 64 characters.\nRouter(config)#");
  });

  test("an encrypted key may have octets that no line has: it is shown and stored in hexadecimal digits, wherever it stands", () => {
    const deviceKey = new Uint8Array(32).fill(5);
    const c = new Seat({ deviceKey });
    c.run("configure terminal\nkey config-key password-encrypt Example-Master1\n");
    const TWO_WORDS = "KYg_VDS[YPNGJHMBQe^PESBZFRe[IbZ_J", TWO_LINES = "KYg_VDS[YPNGGLQCF\\^hXQIZJQ^aLWYQ\\K\\TLQWWic";
    c.run(lines(`crypto isakmp key 6 ${TWO_LINES} address 192.0.2.2`, "crypto isakmp profile P", ` pre-shared-key 6 ${TWO_WORDS}`, "crypto keyring R", ` pre-shared-key address 192.0.2.3 key 6 ${TWO_LINES}`, ` pre-shared-key hostname hex key 0 hex`, "end"));
    const WORDS = Buffer.from("two words").toString("hex"), LINES = Buffer.from("a\nhostname evil").toString("hex");
    const shown = [`crypto isakmp key hex ${LINES} address 192.0.2.2`, ` pre-shared-key hex ${WORDS}`, ` pre-shared-key address 192.0.2.3 key hex ${LINES}`, " pre-shared-key hostname hex key 0 hex"];
    c.run("write memory\n");
    const again = new Seat({ deviceKey, startup: c.nvram! });
    assert.doesNotMatch(again.output, /refused/);
    for (const text of [c.nvram!, again.run("show running-config\n")]) for (const line of shown) assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
    assert.match(again.run("show crypto isakmp key\n"), new RegExp(`^default +192\\.0\\.2\\.2 +hex ${LINES}$`, "m"));
    assert.match(again.run("configure terminal\ncrypto isakmp profile P\npre-shared-key hex 0g\n"), /% The key is not made of pairs of hexadecimal digits\./);
  });
});
