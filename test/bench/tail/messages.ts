/** Between the bench and the process of the servers. Each request is answered under its `id`. */
import type { Behaviour } from "./behaviour.ts";
import type { ServerCounts } from "./server.ts";

export type FleetRequest = { readonly id: number } & FleetCommand;

export type FleetCommand =
  | { readonly do: "reset"; readonly seed: number; readonly workers: number }
  | { readonly do: "behave"; readonly server: number; readonly behaviour: Behaviour }
  | { readonly do: "recount" }
  | { readonly do: "counts" };

export interface FleetAnswer {
  readonly id: number;
  /** Of each server, as they are after the command. */
  readonly ports: readonly number[];
  readonly counts: readonly ServerCounts[];
}
