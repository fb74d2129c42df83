// Mutants as schemata: every clause of the rooms is written twice, whole and broken, and a number in memory says which one
// clause is the broken one. So one compilation serves all mutants; each is chosen by four octets of the module.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

export const ROOMS = ["ike", "ipsec", "sadb", "wire", "oakley", "net", "device"];
/** What people read, and nothing on the wire hangs on. */
const TEXT = /(trace|notices|mismatch|likely|stats|report|attempt|outcome|ike_numbers|ipsec_doi|workspace|malformed|curve_constants)\.ts$/;
/** Calls that only tell. */
const TELLS = /^(trace|log|notices|attempt|stats|note\b|assertThat|drop$|count$|debug|t\.put|said|report)/;
/** Room for one more octet breaks nothing. */
const SIZES = /BYTES|SIZE|SLOTS|ROOM|_MAX$|WORKSPACE/;
const FLIPS = { "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "<<": ">>", ">>": "<<", ">>>": "<<", "&": "|", "|": "&", "%": "+", "*": "+" };
const ORDERS = ["<", "<=", ">", ">="];
const ASSIGNMENTS = ["=", "+=", "-=", "|=", "&=", "^="];

/** What the octets of the mutant's number follow, in the module and in its memory. After them: one octet a clause, set when it is met. */
export const MARKER = Buffer.from("7c1f9ae25bd8436ea0f4c93b6d127e85", "hex");
/** The number that is no mutant's. */
export const NONE = 0x7fffffff;

/** The files of a folder and those below it whose names end so. */
export const files = (folder, end) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path, end) : path.endsWith(end) ? [path] : [];
  });

const bare = (node) => {
  while (ts.isParenthesizedExpression(node)) node = node.expression;
  return node;
};

/** A name by itself, or its negation: the compiler learns from it that a reference is not null, so it stays as it is. */
function narrows(node) {
  node = bare(node);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) node = bare(node.operand);
  return ts.isIdentifier(node);
}

const narrowsWithin = (node) => {
  node = bare(node);
  return ts.isBinaryExpression(node) && ["&&", "||"].includes(node.operatorToken.getText()) ? narrowsWithin(node.left) || narrowsWithin(node.right) : narrows(node);
};

const leaves = (statement) => {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last && (ts.isReturnStatement(last) || ts.isContinueStatement(last) || ts.isBreakStatement(last));
};

/** Constants that are objects or lists: there is nothing that is one more. */
let objects = new Set();
const objectsOf = (paths) => new Set(paths.flatMap((path) => Array.from(readFileSync(path, "utf8").matchAll(/\bconst (\w+)(?:: [\w.<>]+)? = (?:new |\[)/g), ([, name]) => name)));

/** The text of a file with its mutants in it. `add(kind, node)` gives a mutant's number, or 0 for none. */
function written(text, source, add) {
  let within = false;
  const bareNames = new Set(Array.from(text.matchAll(/\blet (\w+)(?:: [\w.<>]+)?;/g), ([, name]) => name));
  const plain = (node) => text.slice(node.getStart(), node.end);
  const children = (node) => {
    let out = "";
    let at = node.getStart();
    const all = [];
    ts.forEachChild(node, (child) => void all.push(child));
    for (const child of all.sort((a, b) => a.getStart() - b.getStart())) {
      if (child.getStart() < at) continue;
      out += text.slice(at, child.getStart()) + of(child);
      at = child.end;
    }
    return out + text.slice(at, node.end);
  };
  const binary = (node) => {
    const op = node.operatorToken.getText();
    if (op === "&&" || op === "||") {
      const side = (part) => {
        const inner = bare(part);
        const number = (ts.isBinaryExpression(inner) && inner.operatorToken.getText() === op) || narrows(part) ? 0 : add(op === "&&" ? "taken as true" : "taken as false", part);
        if (!number) return of(part);
        return op === "&&" ? `(!!(${of(part)}) || __m(${number}))` : `(!!(${of(part)}) && !__m(${number}))`;
      };
      return `${side(node.left)} ${op} ${side(node.right)}`;
    }
    const by = FLIPS[op];
    if (!by || /"/.test(node.getText())) return children(node);
    const flip = add(`${op} for ${by}`, node);
    const negate = ORDERS.includes(op) ? add("negated", node) : 0;
    let out = `(${of(node.left)} ${op} ${of(node.right)})`;
    if (flip) out = `(__m(${flip}) ? (${plain(node.left)} ${by} ${plain(node.right)}) : ${out})`;
    if (negate) out = `(__m(${negate}) ? !(${plain(node)}) : ${out})`;
    return out;
  };
  const statement = (node) => {
    const does = node.expression;
    const call = ts.isCallExpression(does);
    if (call && (TELLS.test(does.expression.getText()) || /super/.test(does.expression.getText()))) return plain(node);
    const assigns = ts.isPostfixUnaryExpression(does) || ts.isPrefixUnaryExpression(does) || (ts.isBinaryExpression(does) && ASSIGNMENTS.includes(does.operatorToken.getText()));
    // The compiler must see a variable set before it is read, and a reference made.
    const kept = ts.isBinaryExpression(does) && ts.isIdentifier(does.left) && (bareNames.has(does.left.text) || /^changetype</.test(does.right.getText()));
    const number = (assigns || call) && !kept ? add(assigns ? "assignment left out" : /wipe|fill\(/.test(node.getText()) ? "wipe left out" : "call left out", node) : 0;
    return number ? `{ if (!__m(${number})) { ${children(node)} } }` : children(node);
  };
  const of = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isEnumDeclaration(node) || ts.isTypeNode(node) || ts.isParameter(node) || ts.isDecorator(node)) return plain(node);
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node) || ts.isConstructorDeclaration(node)) {
      // What `init` sets is set once more by nobody: memory begins as zeros.
      if (node.name?.text === "init" || node.type?.getText() === "string" || ts.isConstructorDeclaration(node)) return plain(node);
      const before = within;
      within = true;
      const out = children(node);
      within = before;
      return out;
    }
    if (!within) return children(node);
    if (ts.isCallExpression(node) && TELLS.test(node.expression.getText())) return plain(node);
    // Lanes and offsets of memory's instructions are part of the instruction.
    if (ts.isCallExpression(node) && /^(i8x16|i16x8|i32x4|i64x2|v128|load|store|memory\.data|offsetof)\b/.test(node.expression.getText())) {
      const [first, second] = node.arguments;
      if (!first || /^(memory|offsetof)/.test(node.expression.getText())) return plain(node);
      const middle = /^store/.test(node.expression.getText()) && second ? text.slice(first.end, second.getStart()) + of(second) : "";
      return text.slice(node.getStart(), first.getStart()) + of(first) + middle + text.slice((middle ? second : first).end, node.end);
    }
    if (ts.isIfStatement(node) && /debugIsakmp|debugIpsec/.test(node.expression.getText())) return plain(node);
    if (ts.isBinaryExpression(node)) return binary(node);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken && !narrows(node)) {
      const number = add("negation left out", node);
      return number ? `(__m(${number}) ? !!(${plain(node.operand)}) : !(${of(node.operand)}))` : `!${of(node.operand)}`;
    }
    if (ts.isIfStatement(node) && !node.elseStatement && leaves(node.thenStatement)) {
      const number = narrowsWithin(node.expression) && !/block/.test(node.expression.getText()) ? 0 : add("check dropped", node.expression);
      const condition = of(node.expression);
      return `if (${number ? `!!(${condition}) && !__m(${number})` : condition}) ${of(node.thenStatement)}`;
    }
    if (ts.isForStatement(node)) {
      const part = (of, it) => (it ? of(it) : "");
      return `for (${part(of, node.initializer)}; ${part(of, node.condition)}; ${part(plain, node.incrementor)}) ${of(node.statement)}`;
    }
    if (ts.isExpressionStatement(node)) return statement(node);
    if (ts.isCaseClause(node)) return text.slice(node.getStart(), node.expression.end) + text.slice(node.expression.end, node.statements[0]?.getStart() ?? node.end) + node.statements.map((s, i) => (i ? text.slice(node.statements[i - 1].end, s.getStart()) : "") + of(s)).join("");
    if (ts.isNumericLiteral(node)) {
      const number = Number(node.text) > 0xffffff ? 0 : add("number one more", node);
      return number ? `(${plain(node)} + __one(${number}))` : plain(node);
    }
    const constant = ts.isIdentifier(node) ? node.text : ts.isPropertyAccessExpression(node) && /^[A-Z]\w+\.[A-Z]/.test(node.getText()) ? node.name.text : "";
    const { parent } = node;
    const named = parent.name === node || (ts.isCallExpression(parent) && parent.expression === node) || (ts.isBinaryExpression(parent) && parent.left === node && ASSIGNMENTS.includes(parent.operatorToken.getText()));
    if (/^[A-Z][A-Z0-9_]+$/.test(constant) && !SIZES.test(constant) && !objects.has(constant) && !named) {
      const number = add("constant one more", node);
      return number ? `__more(${plain(node)}, ${number})` : plain(node);
    }
    if (ts.isPropertyAccessExpression(node)) return of(node.expression) + text.slice(node.expression.end, node.end);
    return children(node);
  };
  const first = source.statements[0].getStart();
  let out = text.slice(0, first);
  let at = first;
  for (const each of source.statements) {
    out += text.slice(at, each.getStart()) + of(each);
    at = each.end;
  }
  return out + text.slice(at);
}

/** Writes the mutants into a copy of the tree. `without`: keys of those that the compiler refused. Returns them, each { number, path, line, kind, was, key }. */
export function instrument(root, copy, without) {
  const mutants = [];
  const paths = ROOMS.flatMap((room) => files(join(root, "assembly", room), ".ts")).sort();
  objects = objectsOf(paths);
  for (const path of paths) {
    if (TEXT.test(path)) continue;
    const name = relative(root, path);
    const text = readFileSync(path, "utf8");
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
    const add = (kind, node) => {
      const key = `${name}:${node.getStart()}:${kind}`;
      if (without.has(key)) return 0;
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      mutants.push({ number: mutants.length + 1, path: name, line, kind, was: node.getText().replace(/\s+/g, " ").slice(0, 100), key });
      return mutants.length;
    };
    const out = written(text, source, add);
    const up = "../".repeat(name.split("/").length - 2);
    writeFileSync(join(copy, name), `${out.trimEnd()}\nimport { __m, __one, __more } from "${up}mutant";\n`);
  }
  const number = Buffer.alloc(4);
  number.writeUInt32LE(NONE);
  const cell = [...MARKER, ...number, ...new Uint8Array(mutants.length + 1)];
  writeFileSync(
    join(copy, "assembly/mutant.ts"),
    `const CELL: usize = memory.data<u8>([${cell}], 16);
// @ts-ignore: decorator
@inline
export function __m(k: i32): bool { store<u8>(CELL + ${MARKER.length + 4} + k, 1); return load<i32>(CELL + ${MARKER.length}) == k; }
// @ts-ignore: decorator
@inline
export function __one(k: i32): u8 { return __m(k) ? 1 : 0; }
// @ts-ignore: decorator
@inline
export function __more<T>(v: T, k: i32): T { if (isInteger<T>()) { if (__m(k)) return <T>(v + 1); } return v; }
`,
  );
  return mutants;
}

/** Sets the number in the octets of a module or of its memory. Returns whether the place was found. */
export function choose(bytes, number) {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(MARKER);
  if (at < 0) return false;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at + MARKER.length, number, true);
  return true;
}

/** The numbers of the clauses that were met, of `count`, in a memory. */
export function met(memory, count) {
  const at = Buffer.from(memory).indexOf(MARKER);
  return at < 0 ? [] : Array.from({ length: count }, (_, i) => i + 1).filter((number) => new Uint8Array(memory)[at + MARKER.length + 4 + number]);
}
