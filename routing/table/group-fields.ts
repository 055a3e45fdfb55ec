/** The members of a monitor group: references in and ids out, and back. */
import type { GroupMember } from "../model.ts";
import type { MonitorGroupFields } from "./schema.ts";

export const membersOf = (
  { members }: MonitorGroupFields,
  monitorId: (reference: string) => string,
): readonly GroupMember[] =>
  members.map(({ monitor_id, enabled, monitoring_only, must_be_healthy }) => ({
    monitor_id: monitorId(monitor_id),
    enabled,
    monitoring_only,
    must_be_healthy,
  }));

export const membersDocument = (
  members: readonly GroupMember[],
  names: ReadonlyMap<string, string>,
): readonly GroupMember[] =>
  members.map((member) => ({
    ...member,
    monitor_id: names.get(member.monitor_id) ?? member.monitor_id,
  }));
