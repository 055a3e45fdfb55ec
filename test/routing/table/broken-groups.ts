/** Monitor groups that decide nothing, or not what they seem to. */
import type { BrokenDocument } from "./broken-documents.ts";
import { broken, type Whole } from "./broken-rules.ts";

const both = (members: readonly object[]) => (document: Whole) => {
  Object.assign(document.monitor_groups.both, { members });
};
const eu = (fields: object) => (document: Whole) => {
  Object.assign(document.pools["eu"] ?? {}, fields);
};
const AT = "/monitor_groups/both/members";

export const brokenGroups = (): readonly BrokenDocument[] => [
  broken("rule:group-members-exist", both([{ monitor_id: "wbe" }]), `${AT}/0/monitor_id`, {
    value: "wbe",
    range: "one of: web, sql",
  }),
  broken(
    "rule:group-members-once",
    both([{ monitor_id: "web" }, { monitor_id: "web" }]),
    `${AT}/1/monitor_id`,
    { value: "web", range: "every monitor at most once" },
  ),
  broken(
    "rule:group-watchers-do-not-decide",
    both([
      { monitor_id: "web" },
      { monitor_id: "sql", monitoring_only: true, must_be_healthy: true },
    ]),
    `${AT}/1/must_be_healthy`,
    { value: true, range: "false, or monitoring_only false" },
  ),
  ...[{ monitoring_only: true }, { enabled: false }].map((flags) =>
    broken("rule:group-has-a-counting-member", both([{ monitor_id: "web", ...flags }]), AT, {
      range: "at least one member that is enabled and not monitoring_only",
    }),
  ),
  broken(
    "rule:group-fits-interval",
    (document) => {
      Object.assign(document.monitors.web, { interval: 60, timeout: 10 });
      Object.assign(document.monitors.sql, { interval: 12 });
    },
    AT,
    { value: 15, range: "0..12" },
  ),
  broken(
    "rule:monitor-group-exists",
    eu({ monitor: "", monitor_group: "bth" }),
    "/pools/eu/monitor_group",
    {
      value: "bth",
      range: "one of: both",
    },
  ),
  broken("rule:monitor-or-group", eu({ monitor_group: "both" }), "/pools/eu/monitor_group", {
    value: "both",
    range: "absent beside a monitor",
  }),
  broken(
    "rule:tcp-monitor-has-port",
    (document) => {
      document.monitors.sql["port"] = 0;
      document.pools["us"] = { origins: [{ name: "us-1", address: "us-1.example.net", port: 1 }] };
      eu({ monitor: "", monitor_group: "both" })(document);
    },
    "/pools/eu/origins/0/port",
    { value: 0, range: "a whole number 1..65535" },
  ),
];
