/**
 * Several monitors as one: what they say together of an endpoint, and the monitor that stands for them.
 *
 * Source: https://developers.cloudflare.com/load-balancing/monitors/monitor-groups/ (a member that must be healthy overrides;
 * else an endpoint is down when more than half of those that count say so). Where its text is silent: docs/differences.md.
 */
import type { Monitor, Named } from "../model.ts";
import type { Ms } from "../units.ts";

/** One monitor of a group, and where it looks at the endpoint. */
export interface ProbeMember {
  readonly monitor: Monitor;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly monitoringOnly: boolean;
  readonly mustBeHealthy: boolean;
}

export interface Opinion {
  /** The monitor's name. */
  readonly monitor: string;
  readonly healthy: boolean;
  /** Empty when healthy. */
  readonly reason: string;
  readonly monitoringOnly: boolean;
  readonly mustBeHealthy: boolean;
}

/** What one monitor of a group saw last of an endpoint. */
export interface MemberHealth extends Opinion {
  readonly observedAtMs: Ms;
}

export interface GroupVerdict {
  readonly healthy: boolean;
  /** Which members failed and why; empty when healthy. */
  readonly reason: string;
}

/** `opinions` of the enabled members. Without one that counts nothing speaks against the endpoint. */
export function combine(opinions: readonly Opinion[]): GroupVerdict {
  const counting = opinions.filter(({ monitoringOnly }) => !monitoringOnly);
  const failed = counting.filter(({ healthy }) => !healthy);
  const isDown =
    failed.some(({ mustBeHealthy }) => mustBeHealthy) || failed.length * 2 > counting.length;
  if (!isDown) return { healthy: true, reason: "" };
  const each = failed.map(
    ({ monitor, reason, mustBeHealthy }) =>
      `${monitor} (${mustBeHealthy ? "must be healthy, " : ""}${reason})`,
  );
  const reason = `${failed.length} of ${counting.length} monitors failed: ${each.join("; ")}`;
  return { healthy: false, reason };
}

/**
 * By this the group's target is scheduled, and its verdict flips: the shortest interval, all timeouts together, and the largest
 * thresholds of those that count. What it asks is what the first of these asks. `null`: no member counts.
 */
export function groupMonitor(
  group: Named,
  members: readonly { readonly monitor: Monitor; readonly monitoringOnly: boolean }[],
): Monitor | null {
  const monitors = members.map(({ monitor }) => monitor);
  const counting = members.filter((one) => !one.monitoringOnly).map(({ monitor }) => monitor);
  const [first] = counting;
  if (first === undefined) return null;
  const { id, name, description } = group;
  return {
    ...first,
    ...{ id, name, description },
    interval: Math.min(...monitors.map(({ interval }) => interval)),
    timeout: monitors.reduce((sum, { timeout }) => sum + timeout, 0),
    consecutive_up: Math.max(...counting.map((one) => one.consecutive_up)),
    consecutive_down: Math.max(...counting.map((one) => one.consecutive_down)),
  };
}
