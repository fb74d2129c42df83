// A compiler transform: the text writer of assembly/util/text.ts is called, never inlined. It runs a few times a second at
// most, and inlining it everywhere made the module 100 kB larger.
import binaryen from "assemblyscript/binaryen";

export default class {
  afterCompile(module) {
    binaryen.setPassArgument("no-inline", "assembly/util/text/*");
    module.runPasses(["no-inline"]);
  }
}
