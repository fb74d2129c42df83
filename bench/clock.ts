/** Milliseconds of processor time that this process has used: on a machine that does other things too, only what is measured counts. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
