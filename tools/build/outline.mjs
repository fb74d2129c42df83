// A compiler transform: what runs a few times a second at most is called, never inlined. Inlining it everywhere made the
// module a third larger; the data path, the ciphers and the arithmetic are left to the optimizer.
import binaryen from "assemblyscript/binaryen";

const seldom = ["util/text", "util/log", "util/pool", "cli", "ike", "wire/message_writer", "wire/payloads", "wire/sa", "wire/attribute", "wire/id", "wire/notify", "wire/delete"];

export default class {
  afterCompile(module) {
    for (const room of seldom) {
      binaryen.setPassArgument("no-inline", `assembly/${room}/*`);
      module.runPasses(["no-inline"]);
    }
  }
}
