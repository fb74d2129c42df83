/** The sequence diagram of a negotiation, a line for each ike.message event as it passes. */
import type { IkeMessage } from "../host/node/events.ts";

export interface Colours {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  red(text: string): string;
}

const WIDTH = 54;
const MODES: Record<string, string> = { main: "Main Mode", quick: "Quick Mode", informational: "Informational", aggressive: "Aggressive Mode" };

export class Diagram {
  private exchange = "";
  private started = false;

  constructor(
    private readonly write: (line: string) => void,
    private readonly colours: Colours,
    private readonly left: string,
    private readonly right: string,
  ) {}

  private head(): void {
    const { bold, dim, yellow, green } = this.colours;
    this.write("");
    this.write(`${" ".repeat(9)}${bold(this.left)}${" ".repeat(Math.max(2, WIDTH + 2 - this.left.length - this.right.length))}${bold(this.right)}`);
    this.write(dim(`       ms ${yellow("──")} in the clear  ${green("══")} encrypted`));
  }

  /** Draws a message. `time`: ms since whatever the diagram begins with. */
  message(message: IkeMessage, fromLeft: boolean, time: number): void {
    const { bold, dim, yellow, green } = this.colours;
    if (!this.started) this.head();
    this.started = true;
    if (message.exchange !== this.exchange) {
      this.exchange = message.exchange;
      this.write(`${" ".repeat(9)}│${bold((MODES[message.exchange] ?? message.exchange).padStart(WIDTH / 2 + 5).padEnd(WIDTH))}│`);
    }
    const line = message.encrypted ? "═" : "─";
    const paint = message.encrypted ? green : yellow;
    const again = message.retransmission ? " again" : "";
    let label = ` ${message.number}${again}  ${message.payloads.join(", ")} `;
    if (label.length > WIDTH - 8) label = `${label.slice(0, WIDTH - 11)}... `;
    const rest = line.repeat(WIDTH - label.length - 5);
    const arrow = fromLeft ? `${line.repeat(4)}${label}${rest}▶` : `◀${rest}${label}${line.repeat(4)}`;
    this.write(`${time.toFixed(1).padStart(8)} │${paint(arrow)}│ ${dim(`${message.length} bytes`)}`);
  }
}
