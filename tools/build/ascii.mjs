// A compiler transform: `ascii([...])` as the value of a variable is the address of the texts as octets, one behind the other, each
// ended by a line feed and all of them by a zero. A string of the compiler's takes two octets a letter, and some twenty more.
import { NodeKind, Parser } from "assemblyscript";

const textsOf = (value) =>
  value?.kind === NodeKind.Call && value.expression.text === "ascii" ? value.args[0].elementExpressions.map(({ value: text }) => text) : undefined;

/** The expression of the octets, as the compiler reads it in a file. */
function octets(texts, path) {
  const bytes = Buffer.from(`${texts.map((text) => `${text}\n`).join("")}\0`, "latin1");
  const parser = new Parser();
  parser.parseFile(`const octets = memory.data<u8>([${bytes.join()}]);`, path, false);
  return parser.sources[0].statements[0].declarations[0].initializer;
}

export default class {
  afterParse(parser) {
    for (const { normalizedPath, statements } of parser.sources) {
      if (!normalizedPath.startsWith("assembly/")) continue;
      for (const one of statements.flatMap(({ declarations }) => declarations ?? [])) {
        const texts = textsOf(one.initializer);
        if (!texts) continue;
        const wrong = texts.find((text) => !/^[\x20-\x7e]+$/.test(text));
        if (wrong !== undefined) throw new Error(`${normalizedPath}: a text of ASCII's letters is wanted, not "${wrong}"`);
        one.initializer = octets(texts, normalizedPath);
      }
    }
  }
}
