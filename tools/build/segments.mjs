// Joins the data segments of a wasm file. The compiler cuts data apart at every eight zeros, into thousands of segments;
// each costs a runtime without an operating system more memory for its row than the zeros between would.

/** A LEB128 number at `at`: [value, where the next octet is]. Signed for i32.const. */
function leb(bytes, at, signed = false) {
  let value = 0;
  let shift = 0;
  for (;;) {
    const octet = bytes[at++];
    value |= (octet & 127) << shift;
    shift += 7;
    if (octet >= 128) continue;
    if (signed && shift < 32 && octet & 64) value |= -1 << shift;
    return [signed ? value : value >>> 0, at];
  }
}

function toLeb(value, signed = false) {
  const out = [];
  for (;;) {
    const octet = value & 127;
    value = signed ? value >> 7 : value >>> 7;
    if (signed ? (value === 0 && !(octet & 64)) || (value === -1 && octet & 64) : value === 0) return [...out, octet];
    out.push(octet | 128);
  }
}

const FUNCTIONS = 3;
const MEMORY = 5;
const CODE = 10;
const DATA = 11;
const ACTIVE = 0;
const I32_CONST = 0x41;
const END = 0x0b;

/** The segments: [{ at, bytes }]. Null where one is not active at a constant address of memory 0. */
function read(body) {
  let [count, at] = leb(body, 0);
  const segments = [];
  while (count-- > 0) {
    let kind, length, offset;
    [kind, at] = leb(body, at);
    if (kind !== ACTIVE || body[at] !== I32_CONST) return null;
    [offset, at] = leb(body, at + 1, true);
    if (body[at++] !== END) return null;
    [length, at] = leb(body, at);
    segments.push({ at: offset >>> 0, bytes: body.subarray(at, at + length) });
    at += length;
  }
  return segments;
}

/**
 * The module with segments joined that are at most `gap` octets apart. A memory begins as zeros, so only the order and
 * the number of the segments change, and never what is in memory; overlapping ones are refused.
 */
export function joinSegments(wasm, gap) {
  const out = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const begin = at;
    const id = wasm[at];
    const [size, body] = leb(wasm, at + 1);
    at = body + size;
    // The data count section (12) would have to follow; only memory.init needs it, which active segments do not.
    if (id !== DATA) {
      if (id !== 12) out.push(wasm.subarray(begin, at));
      continue;
    }
    const joined = [];
    const segments = read(wasm.subarray(body, at));
    if (!segments) throw new Error("postern: a data segment is not active at a constant address");
    for (const segment of segments.sort((a, b) => a.at - b.at)) {
      const last = joined.at(-1);
      const end = last ? last.at + last.bytes.length : 0;
      if (last && segment.at < end) throw new Error("postern: data segments overlap");
      if (last && segment.at - end <= gap) last.bytes = Buffer.concat([last.bytes, Buffer.alloc(segment.at - end), segment.bytes]);
      else joined.push({ ...segment });
    }
    const parts = [Buffer.from(toLeb(joined.length)), ...joined.flatMap(({ at: offset, bytes }) => [Buffer.from([ACTIVE, I32_CONST, ...toLeb(offset | 0, true), END, ...toLeb(bytes.length)]), bytes])];
    const content = Buffer.concat(parts);
    out.push(Buffer.from([DATA, ...toLeb(content.length)]), content);
  }
  return Buffer.concat(out);
}

/** The module with so many pages of memory, from the start and at the most. */
export function memorySize(wasm, pages) {
  const out = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length;) {
    const begin = at;
    const id = wasm[at];
    const [size, body] = leb(wasm, at + 1);
    at = body + size;
    if (id !== MEMORY) out.push(wasm.subarray(begin, at));
    else {
      if (wasm[body] !== 1) throw new Error("postern: a module has one memory");
      const content = [1, 1, ...toLeb(pages), ...toLeb(pages)];
      out.push(Buffer.from([MEMORY, ...toLeb(content.length), ...content]));
    }
  }
  return Buffer.concat(out);
}

/**
 * What a module consists of: how many functions, octets of code and of data, and of its memory at the start (data of other
 * kinds than `joinSegments` takes counts as none). */
export function shape(wasm) {
  const found = { functions: 0, code: 0, data: 0, memory: 0 };
  for (let at = 8; at < wasm.length;) {
    const id = wasm[at];
    const [size, body] = leb(wasm, at + 1);
    at = body + size;
    if (id === FUNCTIONS) found.functions = leb(wasm, body)[0];
    // One memory: its count, a flag, its first pages.
    else if (id === MEMORY) found.memory = leb(wasm, body + 2)[0] * 65536;
    else if (id === CODE) found.code = size;
    else if (id === DATA) found.data = (read(wasm.subarray(body, at)) ?? []).reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
  return found;
}
