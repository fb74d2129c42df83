/** What is measured, and how: by the processor time of this process, the best of several tries. */

/** Milliseconds of processor time that this process has used: on a machine that does other things too, only what is measured counts. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Times a second that `call(n)` does n of its work, the best of several slices so that a busy machine matters less. */
export function rate(call: (n: number) => void, seconds: number): number {
  call(50);
  let best = 0;
  const end = cpuMs() + seconds * 1000;
  while (cpuMs() < end) {
    const start = cpuMs();
    let done = 0;
    do {
      call(20);
      done += 20;
    } while (cpuMs() - start < 20);
    best = Math.max(best, (done * 1000) / (cpuMs() - start));
  }
  return best;
}

/** One call as `rate` wants it. */
export const times = (call: () => void) => (n: number): void => {
  for (let i = 0; i < n; i++) call();
};

/** Milliseconds of a call: the best of those that fit in `seconds`, at least three. */
export function milliseconds(call: () => void, seconds: number): number {
  let best = Infinity;
  const end = cpuMs() + seconds * 1000;
  for (let calls = 0; calls < 3 || cpuMs() < end; calls++) {
    const start = cpuMs();
    call();
    best = Math.min(best, cpuMs() - start);
  }
  return best;
}
