// `npm start`: sets up what is missing, builds what is stale, and runs the demonstration: `postern demo`.
import { launch } from "../host/node/postern.mjs";

await launch(() => import("../host/node/cli/main.ts"), ["demo", ...process.argv.slice(2)]);
