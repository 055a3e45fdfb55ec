/** Where the running planet is and what opens it, for the commands that ask it. */
import { ok, type Result, refuse } from "../routing/result.ts";
import { parsePort } from "./flags.ts";
import { findPlanet, type RunningPlanet } from "./planet-file.ts";

/** `edge` is unknown when the planet's file is not here and only its token was given. */
export type Reached = Omit<RunningPlanet, "edge"> & { readonly edge: string | null };

export interface Unreached {
  readonly reason: string;
  /** The command line is wrong, and not the world. */
  readonly isUsage: boolean;
}

/** `portText` is the value of `--central-port`. */
export function reachPlanet(portText: string | undefined): Result<Reached, Unreached> {
  const port = portText === undefined ? null : parsePort("--central-port", portText);
  if (port !== null && !port.ok) return refuse({ reason: port.error, isUsage: true });
  const found = findPlanet(port === null ? null : port.value);
  const central = found?.central ?? `http://127.0.0.1:${port?.value ?? 8788}`;
  const token = process.env["TRADEWIND_API_TOKEN"] ?? found?.token;
  return token === undefined
    ? refuse({
        reason: `no planet is running at ${central}; start one with npm start`,
        isUsage: false,
      })
    : ok({ central, token, edge: found?.edge ?? null });
}
