/** Rules between a monitor group, its members and the monitors that they name. */
import type { Draft } from "./draft.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Rule, type RuleInput, repeated } from "./rule.ts";

type Group = Draft<"monitor_group">;

const perGroup = (
  name: string,
  check: (group: Group, input: RuleInput) => readonly Problem[],
): Rule => ({
  name,
  check: (input) => input.drafts.monitorGroups.flatMap((group) => check(group, input)),
});

/** With the place where each stands; those that the schema refused are not empty but without fields. */
const membersIn = ({ pointer, fields: { members = [] } }: Group) =>
  members.map((member, at) => ({ member, pointer: pointTo(pointer, "members", at) }));

const membersExist = perGroup("group-members-exist", (group, { monitors }) =>
  membersIn(group).flatMap(({ member: { monitor_id: reference }, pointer }) =>
    reference === undefined || monitors.find(reference) !== null
      ? []
      : [monitors.dangling(reference, pointTo(pointer, "monitor_id"))],
  ),
);

const membersOnce = perGroup("group-members-once", (group, { monitors }) => {
  const known = membersIn(group).flatMap(({ member, pointer }) => {
    const monitor = monitors.find(member.monitor_id ?? "");
    return monitor === null ? [] : [{ name: monitor.name, member, pointer }];
  });
  return repeated(known, ({ name }) => name).map(({ item, first }) => ({
    pointer: pointTo(item.pointer, "monitor_id"),
    detail: `The monitor "${item.name}" is a member already, at ${first.pointer}.`,
    value: item.member.monitor_id,
    range: "every monitor at most once",
  }));
});

const watchersDoNotDecide = perGroup("group-watchers-do-not-decide", (group) =>
  membersIn(group)
    .filter(({ member }) => member.monitoring_only === true && member.must_be_healthy === true)
    .map(({ pointer }) => ({
      pointer: pointTo(pointer, "must_be_healthy"),
      detail:
        "A member that is monitoring_only never counts, so nothing can depend on it: take one of the two away.",
      value: true,
      range: "false, or monitoring_only false",
    })),
);

const somebodyCounts = perGroup("group-has-a-counting-member", (group) => {
  const members = membersIn(group);
  const counts = members.some(
    ({ member }) => member.enabled !== false && member.monitoring_only !== true,
  );
  if (members.length === 0 || counts) return [];
  return [
    {
      pointer: pointTo(group.pointer, "members"),
      detail:
        "No member counts, so no endpoint would ever be down: enable one that is not monitoring_only.",
      range: "at least one member that is enabled and not monitoring_only",
    },
  ];
});

/** They run one after the other in one slot, and must be over when the next probe is due. */
const fitsInterval = perGroup("group-fits-interval", (group, { monitors }) => {
  const fields = membersIn(group).flatMap(({ member }) => {
    const monitor = member.enabled === false ? null : monitors.find(member.monitor_id ?? "");
    return monitor?.fields.interval === undefined ? [] : [monitor.fields];
  });
  const shortest = Math.min(...fields.map(({ interval = 0 }) => interval));
  const total = fields.reduce(
    (sum, { timeout, interval = 0 }) => sum + (timeout ?? Math.min(5, interval)),
    0,
  );
  if (fields.length === 0 || total <= shortest) return [];
  return [
    {
      pointer: pointTo(group.pointer, "members"),
      detail: `The timeouts of its monitors are ${total} s together, and the shortest interval is ${shortest} s: shorten timeouts, or lengthen that interval.`,
      value: total,
      range: `0..${shortest}`,
    },
  ];
});

export const GROUP_RULES: readonly Rule[] = [
  membersExist,
  membersOnce,
  watchersDoNotDecide,
  somebodyCounts,
  fitsInterval,
];
