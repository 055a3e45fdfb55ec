/** How a pool is probed: by one monitor, or by one that stands for the members of a group. */
import type { Monitor, MonitorGroup, Pool, Table } from "../model.ts";
import { groupMonitor, type ProbeMember } from "./group.ts";

export interface Probed {
  readonly monitor: Monitor;
  readonly members?: readonly Omit<ProbeMember, "port" | "scheme">[];
}

/** `null`: nobody probes the pool. */
export function probersOf({
  monitors,
  monitor_groups,
}: Pick<Table, "monitors" | "monitor_groups">): (pool: Pool) => Probed | null {
  const monitorById = new Map<string, Monitor>(monitors.map((monitor) => [monitor.id, monitor]));
  const groupById = new Map<string, MonitorGroup>(monitor_groups.map((group) => [group.id, group]));
  return ({ monitor = "", monitor_group = "" }) => {
    const single = monitorById.get(monitor);
    if (single !== undefined) return { monitor: single };
    const group = groupById.get(monitor_group);
    return group === undefined ? null : probedBy(group, monitorById);
  };
}

/** Who must be healthy is asked first: what it says may be all that counts. */
function probedBy(group: MonitorGroup, monitors: ReadonlyMap<string, Monitor>): Probed | null {
  const members = group.members
    .filter(({ enabled }) => enabled)
    .toSorted((a, b) => Number(b.must_be_healthy) - Number(a.must_be_healthy))
    .flatMap(({ monitor_id, monitoring_only, must_be_healthy }) => {
      const monitor = monitors.get(monitor_id);
      if (monitor === undefined) return [];
      return [{ monitor, monitoringOnly: monitoring_only, mustBeHealthy: must_be_healthy }];
    });
  const monitor = groupMonitor(group, members);
  return monitor === null ? null : { monitor, members };
}
