/** A place where a peer's commands run: inside a User-mode Linux guest, or in a network namespace. */
export interface Outcome { status: number; output: string }

export interface Shell {
  /** What a person calls this place. */
  readonly name: string;
  /** A directory that both this process and the place can write to: here, and as the place sees it. */
  readonly here: string;
  readonly there: string;
  /** Runs one line of sh to its end; standard output and error together. Several may run at once. */
  exec(line: string, seconds?: number): Promise<Outcome>;
}

/** Runs a line that has to succeed and returns its output. */
export async function must(shell: Shell, line: string, seconds?: number): Promise<string> {
  const { status, output } = await shell.exec(line, seconds);
  if (status !== 0) throw new Error(`${shell.name}: ${line.slice(0, 60)}: status ${status}: ${output.trim().split("\n").slice(-3).join(" / ")}`);
  return output;
}

/** A line that hands `ip` all of these in one call, each whatever became of those before: every start of a program costs a guest much. */
export function ip(...words: string[]): string {
  return `printf '${words.map((line) => `${line}\\n`).join("")}' | ip -force -batch -`;
}
