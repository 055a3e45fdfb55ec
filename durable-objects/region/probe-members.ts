/**
 * The probe of an endpoint by a monitor group: its members one after the other, in the one slot that the endpoint has. Each is asked
 * at its own interval; until then what it saw last counts.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { combine, type MemberHealth, type ProbeMember } from "../../routing/health/group.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Clock } from "../../workers/ports.ts";
import type { ProbeView } from "./probe.ts";
import type { CheckView } from "./probe-try.ts";

interface Look {
  readonly view: CheckView;
  /** When the probe began in which it was asked. */
  readonly roundMs: Ms;
  readonly atMs: Ms;
}

type Looks = Map<ProbeMember, Look>;
type Grouped = ProbeTarget & { readonly members: readonly ProbeMember[] };

export const isGrouped = (target: ProbeTarget): target is Grouped => target.members !== undefined;

/** In memory only, and by the very target: another version of the table, or another instance, asks everybody again. */
export class Members {
  readonly #looks = new WeakMap<ProbeTarget, Looks>();

  /** Errors: as `check` does. */
  async probe(
    target: Grouped,
    clock: Clock,
    check: (member: ProbeMember) => Promise<CheckView>,
  ): Promise<ProbeView> {
    const looks: Looks = this.#looks.get(target) ?? new Map();
    this.#looks.set(target, looks);
    const beganMs = clock.nowMs();
    const due = new Set(
      target.members.filter((one) => isDue(one, looks.get(one), target, beganMs)),
    );
    const look = async (members: Iterable<ProbeMember>) => {
      let isAnswered = false;
      for (const member of members) {
        const view = await check(member);
        looks.set(member, { view, roundMs: beganMs, atMs: clock.nowMs() });
        isAnswered ||= view.saw !== "nothing";
      }
      return isAnswered;
    };
    // What was seen earlier must not stand for an answer now: who hears nothing asks the others too.
    const isAnswered =
      (await look(due)) || (await look(target.members.filter((one) => !due.has(one))));
    const members = this.of(target);
    const { healthy, reason } = combine(members);
    const saw = healthy ? "healthy" : isAnswered ? "unhealthy" : "nothing";
    return { saw, reason, ms: clock.nowMs() - beganMs, members };
  }

  /** The same of every target, for `RegionStatus`. */
  shown(targets: Iterable<ProbeTarget>): Pick<RegionStatus, "members"> {
    const members: Record<EndpointId, readonly MemberHealth[]> = {};
    for (const target of targets) {
      const seen = this.of(target);
      if (seen.length > 0) members[target.endpoint] = seen;
    }
    return Object.keys(members).length === 0 ? {} : { members };
  }

  /** What the members saw last, as far as they have looked; empty without a group. */
  of(target: ProbeTarget): readonly MemberHealth[] {
    const looks = this.#looks.get(target);
    return (target.members ?? []).flatMap((member) => {
      const look = looks?.get(member);
      return look === undefined ? [] : [healthOf(member, look)];
    });
  }
}

/** Who heard nothing is asked each time: it may have been the prober that was blind. The rounds of a group are its shortest interval apart, so the nearest one counts. */
function isDue(
  { monitor }: ProbeMember,
  look: Look | undefined,
  target: ProbeTarget,
  nowMs: Ms,
): boolean {
  if (look === undefined || look.view.saw === "nothing") return true;
  return nowMs - look.roundMs >= (monitor.interval - target.monitor.interval / 2) * 1_000;
}

const healthOf = (
  { monitor, monitoringOnly, mustBeHealthy }: ProbeMember,
  { view, atMs }: Look,
): MemberHealth => ({
  monitor: monitor.name,
  healthy: view.saw === "healthy",
  reason: view.reason,
  monitoringOnly,
  mustBeHealthy,
  observedAtMs: atMs,
});
