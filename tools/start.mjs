// `npm start`: sets up what is missing, builds what is stale, and runs the demonstration: `postern demo`, or with
// `--board NAME` the same on two boards in QEMU.
import { launch } from "../host/node/postern.mjs";

const args = process.argv.slice(2);

if (args.some((word) => word === "--board" || word.startsWith("--board="))) {
  await launch(async () => {
    const { main } = await import("../demo/boards.ts");
    return {
      main: (words) =>
        main(words).catch((error) => {
          console.error(error.message);
          return error.code?.startsWith?.("ERR_PARSE_ARGS") ? 2 : 1;
        }),
    };
  }, args);
} else await launch(() => import("../host/node/cli/main.ts"), ["demo", ...args]);
