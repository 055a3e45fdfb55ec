/** One probe of one endpoint, by its monitor or by the members of its monitor group one after the other. */
import type { ProbeTarget } from "../../routing/exchange.ts";
import type { MemberHealth } from "../../routing/health/group.ts";
import type { Ms } from "../../routing/units.ts";
import { isGrouped, Members } from "./probe-members.ts";
import { isLate, REASONS } from "./probe-reasons.ts";
import { type Check, type CheckView, type Prober as Trier, tryOnce } from "./probe-try.ts";

export interface Prober extends Trier {
  /** What members of groups saw last; without it every probe asks all of them. */
  readonly members?: Members;
}

/** What it saw of the endpoint; see `CheckView`. */
export interface ProbeView {
  readonly saw: CheckView["saw"];
  /** Empty when healthy. */
  readonly reason: string;
  /** Of the last answer; absent without one, and of a group. */
  readonly status?: number;
  /** How long the last try took; of a group all that were asked together. */
  readonly ms?: Ms;
  /** Of a group: what each enabled member says. */
  readonly members?: readonly MemberHealth[];
}

/** Errors: none; a failure is a view. */
export async function probe(target: ProbeTarget, prober: Prober): Promise<ProbeView> {
  const refusal = prober.addresses(target.address, "");
  if (refusal !== null) return { saw: "unhealthy", reason: REASONS.address };
  if (!isGrouped(target)) return await check(target, prober);
  const members = prober.members ?? new Members();
  return await members.probe(target, prober.ports.clock, (member) =>
    check({ ...member, address: target.address }, prober),
  );
}

/** Up to 1 + `retries` tries, each with its own clock; retries follow a timeout at once, as the vendor's monitors do. */
async function check(one: Check, prober: Trier): Promise<CheckView> {
  for (let left = one.monitor.retries; ; left--) {
    const view = await tryOnce(one, prober);
    if (!isLate(view.reason) || left <= 0) return view;
  }
}
