/**
 * docs/examples/branch-office on the virtual clock: its text typed at a router without a configuration, what it promises, and the same after
 * a power cut; what the document shows is what is shown. `UPDATE=1 node --import tsx --test tests/exchange/branch_office.test.ts` writes that anew.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { BranchOffice, DOCUMENT, password, typed, USER } from "../support/second/branch_office.ts";
import { standsAtItsLine, type Seat } from "../support/second/branch_office_checks.ts";
import { World, type Router } from "../support/world/world.ts";

const PROMPT = /[\w.-]+(?:\([\w-]+\))?[>#]$|(?:Username|Password): \S*$/;

/** A router's console on its world's clock. */
class Console implements Seat {
  constructor(
    private world: World,
    private router: Router,
  ) {}

  async ask(command: string): Promise<string> {
    const before = this.router.output.length;
    this.router.input(`${command}\n`);
    assert.ok(this.world.run(120_000, () => PROMPT.test(this.router.output.slice(before))), `${command}: ${this.router.output.slice(before)}`);
    return this.router.output.slice(before).replace(PROMPT, "").trimEnd();
  }

  async until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = this.world.now + 120_000; !(await check()); this.world.run(20)) if (this.world.now > end) throw new Error(`never: ${what}\n${this.router.output.slice(-2000)}`);
  }

  async pass(seconds: number): Promise<void> {
    this.world.run(seconds * 1000);
  }
}

/** What differs from one run to the next. */
const masked = (text: string): string => text.replace(/\b[0-9a-f.]*\d[0-9a-f.]*\b/g, "0").replace(/ {2,}/g, " ");

/** A blank board in its place, and what is typed there. */
async function configured(lines: string[]): Promise<{ world: World; router: Router; seat: Console; office: BranchOffice }> {
  const world = new World(21);
  const router = world.router("board", { config: readFileSync(new URL("../../boards/default.ios", import.meta.url), "utf8"), deviceKey: new Uint8Array(32).fill(7) });
  const seat = new Console(world, router);
  const office = new BranchOffice(world, router.port(0), router.port(1));
  for (const line of lines) {
    const said = await seat.ask(line);
    assert.doesNotMatch(said, /^% (?!NOTE)/m, `${line}\n${said}`);
  }
  assert.match(router.output, /\[OK\]/);
  return { world, router, seat, office };
}

test("branch-office: typed from the document, and again after a power cut", async () => {
  const { world, router, seat, office } = await configured(typed());
  await standsAtItsLine(office, seat);

  // The document shows what is shown.
  const before = readFileSync(DOCUMENT, "utf8");
  let document = before;
  for (const [block, body] of before.matchAll(/^```console\n([^]*?)^```$/gm)) {
    const lines: string[] = [];
    for (const [line, command] of body!.matchAll(/^branch#(.*)$/gm)) {
      lines.push(line);
      const said = await seat.ask(command!);
      if (said) lines.push(said);
    }
    document = document.replace(block, () => `\`\`\`console\n${lines.join("\n")}\n\`\`\``);
  }
  if (process.env.UPDATE === "1") writeFileSync(DOCUMENT, document);
  else assert.equal(masked(before), masked(document), "write it anew with UPDATE=1");

  // A power cut: what is stored starts, and somebody has to say who he is.
  router.output = "";
  router.start(router.nvram!);
  assert.equal(router.refusedLines, 0, router.output);
  world.run(1000);
  assert.match(router.output, /Username: /);
  await seat.ask(USER);
  assert.match(await seat.ask("not-the-password"), /% /);
  await seat.ask(USER);
  await seat.ask(password());
  assert.match(router.output, /branch#$/);
  await standsAtItsLine(office, seat);
});

for (const [missing, fault] of [
  [" ip access-group WAN-IN in", /show ip access-lists|deny ip any any log|!==|The input did not match/],
  [" ip inspect OUT out", /never: the Internet answers/],
  [" ip nat inside", /never: the Internet answers/],
  [" deny ip 10.7.0.0 0.0.0.255 10.1.0.0 0.0.0.255", /never: the head office answers/],
  [" crypto map WAN", /never|strictly/],
  ["logging source-interface Ethernet0", /never: the log says|strictly/],
  ["ntp server time.example.net", /never: show ntp status/],
  [" import all", /strictly equal/],
] as const)
  test(`without \`${missing.trim()}\` it is noticed`, async () => {
    assert.ok(typed().includes(missing));
    const { office, seat } = await configured(typed().filter((line) => line !== missing));
    await assert.rejects(standsAtItsLine(office, seat), fault);
  });
