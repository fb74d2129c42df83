/** A part of the set with postern-linux on our side; `npm run interop -- --host linux` runs all of it. */
import natt from "../natt/scenario.ts";
import rekey from "../rekey/scenario.ts";
import { onHost } from "../../bench/scenario.ts";
import suites from "../suite/scenario.ts";
import wrongPsk from "../wrong-psk/scenario.ts";

const PART = /^(suite-aes256-sha256|rekey-phase2|natt|wrong-psk)-(initiator|responder)$/;

export default onHost("linux", [...suites, ...rekey, ...natt, ...wrongPsk], (name) => (PART.test(name) ? `linux-${name}` : undefined));
