/** A real address translator between the two routers: a namespace of its own with nftables' masquerade. Needs root. */
import { must } from "./shell.ts";
import { Netns } from "./netns.ts";

export class Nat {
  readonly #netns: Netns;
  #generation = 0;
  private constructor(netns: Netns) { this.#netns = netns; }

  /** `inside` and `outside` are the ports of the two cards' links; `address` is what the outer world sees. */
  static async open(inside: { own: number; remote: number }, outside: { own: number; remote: number }, address: string): Promise<Nat> {
    const nat = new Nat(await Netns.open("nat", [
      { name: "inside", mac: "02:00:00:00:02:01", address: "198.18.0.1/24", ...inside },
      { name: "outside", mac: "02:00:00:00:02:02", address: `${address}/24`, ...outside },
    ]));
    await nat.#rules();
    return nat;
  }

  async #rules(): Promise<void> {
    const first = 20000 + this.#generation * 10000;
    await must(this.#netns, `nft 'flush ruleset; table ip nat { chain out { type nat hook postrouting priority srcnat; ` +
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
