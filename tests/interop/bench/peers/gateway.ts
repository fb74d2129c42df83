/** Our side of a tunnel as the scenarios see it: Postern, or the stand-in that proves the harness itself. */
export interface Wires { lans: { own: number; remote: number }[]; wan: { own: number; remote: number } }

/** What our side was asked to be: its own configuration, what the peer's would be with the
 * places exchanged, and the address of the outer card. */
export interface GatewayConfig { ours: string; mirrored: string; address: string; faults?: string | undefined;
  /** False: frames are not recorded, because there are very many. */
  record?: boolean }

export interface TunnelState { phase1: number; phase2: number; detail: string }

export interface Gateway {
  readonly name: string;
  start(config: GatewayConfig, wires: Wires): Promise<void>;
  stop(): Promise<void>;
  /** Main Mode SAs and pairs of IPsec SAs that carry traffic now. */
  state(): Promise<TunnelState>;
  /** Takes the tunnel down from our side, the peer being told: phase 2 and phase 1. */
  clear(): Promise<void>;
  /** Everything that our side told a person so far, and what it told machines. */
  readonly said: string;
  readonly events: string;
  /** Asks our side a question of its console. */
  ask(line: string): Promise<string>;
  /** Files that tell afterwards what happened, by name. */
  artefacts(): Record<string, string | Buffer>;
}
