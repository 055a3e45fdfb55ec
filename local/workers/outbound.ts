/** What a region's object sends, and the faults that stop it on its way: probes of all regions, and a region that is cut off. */
import type { Board } from "./board.ts";

/** The runtime ends a request that waits for nothing it knows, so silence is a timer that looks again. */
const SILENT_CHECK_MS = 50;

/** How this object's probe fares: `null` when it gets through. */
export function probeMode(board: Board, region: string): "error" | "hang" | null {
  if (isCutOff(board, region)) return "hang";
  const mode = board.mode("probes");
  return mode === "error" || mode === "hang" ? mode : null;
}

/** Under `region NAME cut` nothing that it sends arrives. */
export const isCutOff = (board: Board, region: string): boolean =>
  board.mode(`region ${region}`) === "cut";

/** Passes when a probe gets through. Errors: throws under `error`, and when the prober gives up waiting. */
export async function probeGetsThrough(
  board: Board,
  region: string,
  signal?: AbortSignal,
): Promise<void> {
  for (let mode = probeMode(board, region); mode !== null; mode = probeMode(board, region)) {
    if (mode === "error") throw new Error("Fault injected: probes, error");
    await scheduler.wait(SILENT_CHECK_MS, signal === undefined ? {} : { signal });
  }
}
