/** A real address translator between the two routers: a namespace of its own with nftables' masquerade. Needs root. */
import { must } from "./shell.ts";
import { Netns } from "./netns.ts";

export class Nat {
  readonly #netns: Netns;
  /** The address inside whom everybody outside reaches with IKE. */
  readonly #forward: string | undefined;
  #generation = 0;
  private constructor(netns: Netns, forward: string | undefined) { this.#netns = netns; this.#forward = forward; }

  /**
   * `inside` and `outside` are the ports of the two cards' links; `address` is what the outer world sees. The network inside is
   * 198.18.`number`.0/24; what comes to UDP 500 and 4500 from outside is `forward`'s, if there is one.
   */
  static async open(inside: { own: number; remote: number }, outside: { own: number; remote: number }, address: string, number = 0, forward?: string): Promise<Nat> {
    const nat = new Nat(await Netns.open("nat", [
      { name: "inside", mac: `02:00:00:00:02:${number}1`, address: `198.18.${number}.1/24`, ...inside },
      { name: "outside", mac: `02:00:00:00:02:${number}2`, address: `${address}/24`, ...outside },
    ]), forward);
    await nat.#rules();
    return nat;
  }

  async #rules(): Promise<void> {
    const first = 20000 + this.#generation * 10000;
    const inward = this.#forward ? `chain in { type nat hook prerouting priority dstnat; iifname "outside" udp dport { 500, 4500 } dnat to ${this.#forward}; }; ` : "";
    await must(this.#netns, `nft 'flush ruleset; table ip nat { ${inward}chain out { type nat hook postrouting priority srcnat; ` +
      `oifname "outside" ip protocol udp masquerade to :${first}-${first + 999}; oifname "outside" masquerade; }; }'`);
  }

  /** Every mapping is forgotten, and new ones get other ports: what happens when a translator restarts. */
  async remap(): Promise<void> {
    this.#generation = (this.#generation + 1) % 4;
    await this.#rules();
    // Masquerading forgets a card's mappings when the card goes down.
    await must(this.#netns, "ip link set outside down && ip link set outside up");
  }

  stop(): Promise<void> { return this.#netns.stop(); }
}
