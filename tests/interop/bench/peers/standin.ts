/**
 * strongSwan in our place: a second User-mode Linux guest as the router under test. A scenario that fails with this one
 * on our side has its mistake in the harness (`npm run interop -- --ours strongswan`).
 */
import { Charon } from "./charon.ts";
import type { Gateway, GatewayConfig, TunnelState, Wires } from "./gateway.ts";
import { must } from "./shell.ts";
import { UmlGuest } from "./uml.ts";

export class StandIn implements Gateway {
  readonly name = "strongswan";
  #guest: UmlGuest | undefined;
  #charon: Charon | undefined;

  async start({ mirrored, address }: GatewayConfig, { lans, wan }: Wires): Promise<void> {
    const macs = ["02:00:00:00:01:01", "02:00:00:00:01:03"];
    this.#guest = await UmlGuest.boot("standin", [
      { mac: macs[0]!, ...lans[0]! }, { mac: "02:00:00:00:01:02", ...wan }, ...lans.slice(1).map((lan, i) => ({ mac: macs[i + 1]!, ...lan })),
    ]);
    await must(this.#guest, `ip link set eth0 up; ip link set eth1 up; ip addr add 10.1.0.1/16 dev eth0; ip addr add ${address}/24 dev eth1` +
      (address.startsWith("198.") ? "; ip route add 192.0.2.0/24 via 198.18.0.1" : "") +
      (lans.length > 1 ? "; ip link set eth2 up; ip addr add 10.3.0.1/16 dev eth2" : ""));
    this.#charon = new Charon(this.#guest, "kernel");
    await this.#charon.start(mirrored);
  }

  async stop(): Promise<void> { await this.#guest?.stop(); }

  async state(): Promise<TunnelState> {
    const sas = await this.#charon!.sas();
    return {
      phase1: sas.filter((s) => s.state === "ESTABLISHED").length,
      phase2: sas.flatMap((s) => s.children).filter((c) => c.state === "INSTALLED").length,
      detail: JSON.stringify(sas),
    };
  }

  async clear(): Promise<void> { await this.#charon!.swanctl("--terminate --ike tunnel"); }
  get said(): string { return this.#charon?.log ?? ""; }
  get events(): string { return ""; }
  ask(): Promise<string> { return Promise.resolve(""); }
  artefacts(): Record<string, string | Buffer> { return { "ours.log": this.said }; }
}
