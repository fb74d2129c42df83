/** Two of ours with a tunnel for each of many transform sets: what static states and scapy are tried against. */

export const NEAR = "192.0.2.1", FAR = "192.0.2.2";

/** The configuration of one side; set N protects 10.1.0.0/16 to 10.2.N.0/24. A set that ends in ESN has it on. */
export function configuration(sets: readonly string[], near: boolean): string {
  const [own, other] = near ? [NEAR, FAR] : [FAR, NEAR];
  const inner = (n: number) => `10.2.${n}.0 0.0.0.255`;
  return `hostname ${near ? "alpha" : "beta"}
crypto isakmp policy 10
 group 14
crypto isakmp key correct-horse-battery-staple address ${other}
${sets.map((words, n) => `crypto ipsec transform-set T${n} ${words.replace(" ESN", "\n esn")}
ip access-list extended A${n}
 permit ip ${near ? `10.1.0.0 0.0.255.255 ${inner(n)}` : `${inner(n)} 10.1.0.0 0.0.255.255`}
crypto map CM ${10 + n} ipsec-isakmp
 set peer ${other}
 set transform-set T${n}
 match address A${n}
`).join("")}interface Ethernet0
 ip address ${near ? "10.1.0.1" : "10.2.0.1"} 255.255.0.0
interface Ethernet1
 ip address ${own} 255.255.255.0
 crypto map CM
ip route 0.0.0.0 0.0.0.0 ${other}
`;
}

/** Which of the networks a pair of SPIs is for: the far side's event says so. */
export function networks(events: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of events.split("\n")) {
    const m = /^event=ipsec\.sa .*state=up .*spi_in=(0x\w+) spi_out=(0x\w+) .*local=10\.2\.(\d+)\.0-/.exec(line);
    if (m) for (const spi of [m[1]!, m[2]!]) found.set(spi, Number(m[3]));
  }
  return found;
}
