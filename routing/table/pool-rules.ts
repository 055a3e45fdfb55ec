/** Rules between the fields of a pool, its endpoints and its monitor. */
import type { PoolDraft } from "./draft.ts";
import { closedPort, isClosed } from "./hopeless-monitor-rules.ts";
import { type Problem, pointTo } from "./problem.ts";
import { type Rule, type RuleInput, repeated } from "./rule.ts";

const perPool = (
  name: string,
  check: (pool: PoolDraft, input: RuleInput) => readonly Problem[],
): Rule => ({
  name,
  check: (input) => input.drafts.pools.flatMap((pool) => check(pool, input)),
});

const uniqueEndpoints = perPool("unique-endpoint-names", ({ endpoints }) =>
  repeated(endpoints, ({ fields }) => fields.name ?? "").map(({ item, first }) => ({
    pointer: pointTo(item.pointer, "name"),
    detail: `The name "${item.fields.name}" is already at ${first.pointer}.`,
    value: item.fields.name,
    range: "a name that no other endpoint of the pool has",
  })),
);

const minimumWithinCount = perPool("minimum-origins-within-count", (pool) => {
  const { minimum_origins: minimum = 0 } = pool.fields;
  const count = pool.endpoints.length;
  if (count === 0 || minimum <= count) return [];
  const detail = `The pool needs ${minimum} healthy endpoints and has ${count}, so it would never be used.`;
  return [
    {
      pointer: pointTo(pool.pointer, "minimum_origins"),
      detail,
      value: minimum,
      range: `0..${count}`,
    },
  ];
});

/** One coordinate alone is no place. */
const bothCoordinates = perPool("both-coordinates", ({ pointer, fields, endpoints }) => [
  ...halfPlace(fields, pointer),
  ...endpoints.flatMap((endpoint) =>
    halfPlace(endpoint.fields.locality ?? {}, pointTo(endpoint.pointer, "locality")),
  ),
]);

function halfPlace(
  { latitude, longitude }: { latitude?: number | undefined; longitude?: number | undefined },
  pointer: string,
): readonly Problem[] {
  if ((latitude === undefined) === (longitude === undefined)) return [];
  const missing = latitude === undefined ? "latitude" : "longitude";
  const range = missing === "latitude" ? "a number -90..90" : "a number -180..180";
  const detail = `Only one coordinate is given: write ${missing} as well, or neither.`;
  return [{ pointer: pointTo(pointer, missing), detail, range }];
}

const monitorExists = perPool("monitor-exists", ({ pointer, fields }, { monitors }) => {
  if (!fields.monitor || monitors.find(fields.monitor) !== null) return [];
  return [monitors.dangling(fields.monitor, pointTo(pointer, "monitor"))];
});

const groupExists = perPool("monitor-group-exists", ({ pointer, fields }, { monitorGroups }) => {
  const { monitor_group: reference } = fields;
  if (!reference || monitorGroups.find(reference) !== null) return [];
  return [monitorGroups.dangling(reference, pointTo(pointer, "monitor_group"))];
});

const oneOfBoth = perPool("monitor-or-group", ({ pointer, fields }) => {
  if (!fields.monitor || !fields.monitor_group) return [];
  const detail =
    "A pool has a monitor or a monitor group: take one away, or make the monitor a member of the group.";
  const value = fields.monitor_group;
  return [
    { pointer: pointTo(pointer, "monitor_group"), detail, value, range: "absent beside a monitor" },
  ];
});

/** Those that open a TCP connection to the port of the endpoint itself. */
function tcpMonitorsOf({ fields }: PoolDraft, { monitors, monitorGroups }: RuleInput) {
  const group = fields.monitor_group ? monitorGroups.find(fields.monitor_group) : null;
  const members = (group?.fields.members ?? []).filter(({ enabled }) => enabled !== false);
  return [fields.monitor, ...members.map(({ monitor_id }) => monitor_id)].flatMap((reference) => {
    const monitor = reference ? monitors.find(reference) : null;
    return monitor?.fields.type === "tcp" && monitor.fields.port === 0 ? [monitor] : [];
  });
}

/** A name has no port of its own, and a guess that happens to be open would call a dead service healthy. */
const tcpHasPort = perPool("tcp-monitor-has-port", (pool, input) => {
  const [monitor] = tcpMonitorsOf(pool, input);
  if (monitor === undefined) return [];
  return pool.endpoints
    .filter((endpoint) => endpoint.fields.port === 0)
    .map((endpoint) => ({
      pointer: pointTo(endpoint.pointer, "port"),
      detail: `The monitor "${monitor.name}" opens a TCP connection: write a port here or in the monitor.`,
      value: 0,
      range: "a whole number 1..65535",
    }));
});

const tcpPortIsOpen = perPool("tcp-endpoint-port-is-open", (pool, input) => {
  if (tcpMonitorsOf(pool, input).length === 0) return [];
  return pool.endpoints
    .filter((endpoint) => isClosed(endpoint.fields.port))
    .map((endpoint) => closedPort(pointTo(endpoint.pointer, "port")));
});

export const POOL_RULES: readonly Rule[] = [
  uniqueEndpoints,
  minimumWithinCount,
  bothCoordinates,
  monitorExists,
  groupExists,
  oneOfBoth,
  tcpHasPort,
  tcpPortIsOpen,
];
