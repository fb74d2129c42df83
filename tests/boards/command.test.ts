/** `npm run board`: its words, and what it says to others. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { it } from "node:test";
import { netdev } from "../../tools/board/board.mjs";
import { boards } from "../../tools/board/firmware.mjs";

it("a board that is none gets the list", () => {
  const done = spawnSync(process.execPath, ["tools/board/board.mjs", "nosuch"], { encoding: "utf8" });
  assert.equal(done.status, 1);
  for (const word of ['"nosuch"', ...Object.keys(boards)]) assert.ok(done.stderr.includes(word), done.stderr);
});

it("links in the words of postern run", () => {
  assert.match(netdev("udp:1:127.0.0.1:2", "p"), /^dgram,id=p,.*local\.port=1,.*remote\.port=2$/);
  assert.match(netdev("stream:unix:/a,b:listen", "p"), /server=on,addr\.type=unix,addr\.path=\/a,,b$/);
  assert.throws(() => netdev("udp:0:x:2", "p"), /the link "udp:0:x:2" is not known; allowed are/);
});
