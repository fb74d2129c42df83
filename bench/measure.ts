/**
 * How everything is measured. A case is one piece of work that several contenders can do; before anything is timed, each has to
 * give the same octets. Then all are warmed up, and take turns: a round is a few milliseconds of one after the other, so
 * that what else the machine does meets all of them alike. What counts is processor time. Of the rounds' costs, and of
 * each round's ratio to the first contender, the median and the quartiles are kept.
 */

/** A median and its quartiles. */
export interface Spread {
  q1: number;
  median: number;
  q3: number;
}

export interface Contender {
  name: string;
  /** What its work gives: compared with the case's. */
  result(): Uint8Array | Promise<Uint8Array>;
  /** Does the work n times. Gives the microseconds of processor time that it took. */
  run(n: number): number | Promise<number>;
}

export interface Case {
  /** What is done: one plot, one table. */
  group: string;
  /** Octets, bits ...: the place on the x axis. */
  size: number;
  /** The right result. */
  expected: Uint8Array;
  /** The first is the one that ratios are of. */
  contenders: Contender[];
}

export interface Measured {
  name: string;
  /** Cost of one piece of work, in the suite's unit. */
  cost: Spread;
  /** Speed of the first contender in times of this one's. */
  ratio: Spread;
}

export interface Row {
  group: string;
  size: number;
  contenders: Measured[];
}

/** How long to measure. */
export interface Effort {
  rounds: number;
  /** Milliseconds of processor time of one contender in a round. */
  slice: number;
  warm: number;
  quick: boolean;
}

export const FULL: Effort = { rounds: 15, slice: 12, warm: 60, quick: false };
export const QUICK: Effort = { rounds: 3, slice: 0.5, warm: 1, quick: true };

/** Microseconds of processor time that this process has used. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** A contender of this process. */
export function local(name: string, call: () => void, result: () => Uint8Array): Contender {
  return {
    name,
    result,
    run(n) {
      const start = cpu();
      for (let i = 0; i < n; i++) call();
      return cpu() - start;
    },
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => {
    const place = (sorted.length - 1) * part;
    const low = Math.floor(place);
    return sorted[low]! + ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!) * (place - low);
  };
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

/** Pieces of work that take about `ms`, found by doubling; all of them warm the contender up. */
async function warmUp({ run }: Contender, { slice, warm }: Effort): Promise<number> {
  let n = 1;
  let spent = 0;
  for (;;) {
    const us = await run(n);
    spent += us;
    if (us >= slice * 1000) {
      if (spent >= warm * 1000) return Math.max(1, Math.round((n * slice * 1000) / us));
    } else n *= 2;
  }
}

/** Checks and measures one case. Throws where a contender's result is wrong. */
export async function measure(one: Case, effort: Effort): Promise<Row> {
  for (const contender of one.contenders) {
    const got = await contender.result();
    if (Buffer.compare(got, one.expected) !== 0)
      throw new Error(`${one.group}, ${one.size}: ${contender.name} gives ${Buffer.from(got).toString("hex").slice(0, 64)} and not ${Buffer.from(one.expected).toString("hex").slice(0, 64)}`);
  }
  const counts: number[] = [];
  for (const contender of one.contenders) counts.push(await warmUp(contender, effort));
  const costs: number[][] = one.contenders.map(() => []);
  for (let round = 0; round < effort.rounds; round++)
    for (const [i, contender] of one.contenders.entries()) {
      const us = await contender.run(counts[i]!);
      // The clock ticks in microseconds.
      costs[i]!.push(Math.max(us, 0.5) / counts[i]!);
    }
  return {
    group: one.group,
    size: one.size,
    contenders: one.contenders.map(({ name }, i) => ({ name, cost: spread(costs[i]!), ratio: spread(costs[i]!.map((cost, round) => cost / costs[0]![round]!)) })),
  };
}
