/** The boards' figures as an SVG: horizontal bars on a logarithmic scale, a panel for ESP and one for the handshakes. */

export type Engine = "AOT" | "interpreter";

export interface Handshake {
  group: number;
  /** millions of guest instructions */
  initiator: number;
  responder: number;
}

export interface Priced {
  board: string;
  engine: Engine;
  /** milliseconds of guest time from reset to the loop */
  ready: number;
  handshakes: Handshake[];
  /** milliseconds of guest time from reset to the first packet through the tunnel */
  tunnel: number;
  /** guest instructions for an octet of the inner datagram, by suite: sealing, opening, by LENGTHS */
  esp: { suite: string; out: number[]; in: number[] }[];
}

const COLOURS: Record<Engine, string> = { AOT: "#2b6cb0", interpreter: "#c05621" };
const [WIDTH, LEFT, ROW] = [760, 290, 16];

interface Bar {
  label: string;
  engine: Engine;
  value: number;
}

function panel(title: string, bars: Bar[], top: number): { text: string; bottom: number } {
  const values = bars.map(({ value }) => value);
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const x = (value: number): number => LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - 70);
  const bottom = top + 30 + bars.length * ROW;
  let text = `<text x="10" y="${top + 14}" font-weight="bold">${title}</text>\n`;
  for (let power = low; power <= high; power++)
    text += `<path d="M${x(10 ** power).toFixed(1)} ${top + 24}V${bottom}" stroke="#ccc"/><text x="${x(10 ** power).toFixed(1)}" y="${bottom + 12}" text-anchor="middle">${10 ** power}</text>\n`;
  bars.forEach(({ label, engine, value }, i) => {
    const y = top + 26 + i * ROW;
    text += `<text x="${LEFT - 6}" y="${y + 11}" text-anchor="end">${label}</text><rect x="${LEFT}" y="${y + 1}" width="${(x(value) - LEFT).toFixed(1)}" height="${ROW - 3}" fill="${COLOURS[engine]}"/><text x="${(x(value) + 4).toFixed(1)}" y="${y + 11}">${value.toFixed(0)}</text>\n`;
  });
  return { text, bottom: bottom + 30 };
}

/** The picture; ESP with the longest of `lengths`, both directions' mean. */
export function svg(all: Priced[], lengths: number[]): string {
  const last = lengths.length - 1;
  const esp = panel(
    `ESP: guest instructions an octet, datagrams of ${lengths[last]} octets, mean of both directions`,
    all.flatMap(({ board, engine, esp }) => esp.map((row) => ({ label: `${board}, ${engine}, ${row.suite}`, engine, value: (row.out[last]! + row.in[last]!) / 2 }))),
    10,
  );
  const hands = panel(
    "Handshake: millions of guest instructions of the initiator, by group",
    all.flatMap(({ board, engine, handshakes }) => handshakes.map(({ group, initiator }) => ({ label: `${board}, ${engine}, group ${group}`, engine, value: initiator }))),
    esp.bottom,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${hands.bottom}" font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n${esp.text}${hands.text}</svg>\n`;
}
