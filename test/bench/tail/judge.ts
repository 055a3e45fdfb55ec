/** Who won a scenario, and which bars of the project were missed: pure, from the pooled figures. */
import { areDisjoint } from "./bootstrap.ts";
import type { Cell } from "./cell.ts";
import type { Scenario } from "./scenarios.ts";

export interface Verdict {
  /** The best peer by the figure that the scenario is judged by; `null` when no peer ran. */
  readonly bestPeer: string | null;
  /** Ours ÷ the best peer's: of e99, or of goodput, where more is better. `null` without a peer. */
  readonly ratio: number | null;
  /** A difference counts only when the intervals are disjoint. */
  readonly result: "win" | "loss" | "even" | "alone";
  /** Every bar that was missed, in words. */
  readonly missed: readonly string[];
}

type JudgedScenario = Pick<Scenario, "bars"> & { readonly mayLoseNothing: boolean };

export function judge(
  ours: Cell,
  peers: readonly Cell[],
  { bars, mayLoseNothing }: JudgedScenario,
): Verdict {
  const missed = [
    ours.amplification > bars.amplification &&
      `amplification ${ours.amplification.toFixed(3)}, at most ${bars.amplification}`,
    mayLoseNothing && ours.lostIdempotent > 0 && `${ours.lostIdempotent} idempotent requests lost`,
    ours.postsTwice > 0 && `${ours.postsTwice} POSTs executed twice`,
    bars.errors && moreErrors(ours, peers),
  ].filter((sentence) => sentence !== false);
  const compared = bars.goodput ? byGoodput(ours, peers) : byTail(ours, peers, bars.tailRatio);
  return { ...compared, missed: [...compared.missed, ...missed] };
}

/** As shares: targets may have had different numbers of runs. */
function moreErrors(ours: Cell, peers: readonly Cell[]): string | false {
  const share = ({ errors, requests }: Cell) => errors / requests;
  const fewest = best(peers, (one, other) => share(one) < share(other));
  if (fewest === null || share(ours) <= share(fewest)) return false;
  return `${ours.errors} errors of ${ours.requests}, ${fewest.target} ${fewest.errors} of ${fewest.requests}`;
}

function byTail(ours: Cell, peers: readonly Cell[], wanted: number | null): Verdict {
  const peer = best(peers, (one, other) => one.e99 < other.e99);
  if (peer === null) return ALONE;
  const ratio = ours.e99 / peer.e99;
  const apart = areDisjoint(ours.e99Interval, peer.e99Interval);
  const isMissed = wanted !== null && ratio > wanted;
  return {
    bestPeer: peer.target,
    ratio,
    result: apart ? (ratio < 1 ? "win" : "loss") : "even",
    missed: isMissed ? [`e99 is ${ratio.toFixed(2)} × ${peer.target}'s, at most ${wanted}`] : [],
  };
}

function byGoodput(ours: Cell, peers: readonly Cell[]): Verdict {
  const peer = best(peers, (one, other) => one.goodput > other.goodput);
  if (peer === null) return ALONE;
  const ratio = ours.goodput / peer.goodput;
  const apart = areDisjoint(ours.goodputInterval, peer.goodputInterval);
  return {
    bestPeer: peer.target,
    ratio,
    result: apart ? (ratio > 1 ? "win" : "loss") : "even",
    missed: ratio < 1 ? [`goodput is ${ratio.toFixed(2)} × ${peer.target}'s`] : [],
  };
}

const ALONE: Verdict = { bestPeer: null, ratio: null, result: "alone", missed: [] };

function best(cells: readonly Cell[], isBetter: (one: Cell, other: Cell) => boolean): Cell | null {
  return cells.reduce<Cell | null>(
    (found, cell) => (found === null || isBetter(cell, found) ? cell : found),
    null,
  );
}
