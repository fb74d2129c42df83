// A compiler transform: what runs a few times a second at most is called, never inlined. Inlining it everywhere made the
// module a third larger; the data path, the ciphers and the arithmetic are left to the optimizer. So is the reading and
// writing of fields, whose functions the optimizer merges by what they load: those of a packet would be called as well.
import binaryen from "assemblyscript/binaryen";

const seldom = ["util/text", "util/log", "util/pool", "cli", "ike", "wire/message_writer", "wire/payloads", "wire/sa", "wire/attribute", "wire/id", "wire/notify", "wire/delete"].map((room) => `assembly/${room}/`);

export default class {
  afterCompile(module) {
    const names = Array.from({ length: module.getNumFunctions() }, (_, i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name);
    for (const name of names) {
      if (/#[gs]et:/.test(name) || !seldom.some((room) => name.startsWith(room))) continue;
      binaryen.setPassArgument("no-inline", name);
      module.runPasses(["no-inline"]);
    }
  }
}
