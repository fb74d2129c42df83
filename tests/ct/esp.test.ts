/** Constant time of whole ESP packets, sealed and opened: as trace.test.ts, with every way of encrypting and authenticating. */
import assert from "node:assert/strict";
import { Esp, espBinary } from "../support/primitives/esp.ts";
import { bare, keymatLength, sealWithNode, suites, type Suite } from "../support/second/esp.ts";
import { Random } from "../support/world/random.ts";
import { Trace, instrument } from "./instrument.ts";
import { onePath, secretsOf } from "./one_path.ts";

const { binary, sites } = instrument(await espBinary());
const trace = new Trace(sites);
const entropy = new Random(3);
const esp = await Esp.load((out) => entropy.fill(out), binary, { trace: trace.imports });
const secret = secretsOf(new Random(2027));
const constant = (name: string, arrange: (run: number) => () => void): void => onePath(trace, name, 6, arrange);

const WANTED = ["3des/sha1", "null/sha256", "aes-256/sha512", "aes-128/aes-xcbc", "ctr-192/sha1", "ctr-256/aes-xcbc", "gcm-128/8", "gcm-192/12", "gcm-256/16", "ccm-128/16", "ccm-256/8", "gmac-256/16", "chacha/16", "camellia-256/sha256"];

for (const esn of [false, true])
  for (const suite of [...suites.filter(({ name }) => WANTED.includes(name)), ...(esn ? [] : [bare("aes-128")])] as Suite[])
    for (const length of [40, 333]) {
      const what = `${suite.auth || suite.icv ? suite.name : "aes-128 alone"}${esn ? ", extended numbers" : ""}, ${length} octets`;
      const keyed = (run: number): Uint8Array => {
        const keymat = secret(run, keymatLength(suite));
        esp.key(suite, keymat, 64, esn);
        return keymat;
      };
      constant(`${what}, sealed`, (run) => {
        keyed(run);
        const payload = secret((run * 5) % 6, length);
        return () => assert.equal(esp.seal(payload).reason, 0);
      });
      if (!suite.icv) continue;
      for (const right of [true, false])
        constant(`${what}, opened, ICV ${right ? "right" : "wrong"}`, (run) => {
          const keymat = keyed(run);
          const packet = sealWithNode(suite, keymat, esp.spi, { sequence: 1, esn }, secret((run * 5) % 6, length));
          // That it is wrong is no secret; where it is wrong is one.
          if (!right) packet[packet.length - 1 - run]! ^= 1 << run;
          return () => assert.equal(esp.open(packet).reason === 0, right);
        });
    }
