/** Rules between the fields of one monitor. */
import { type Problem, pointTo } from "./problem.ts";
import type { Rule } from "./rule.ts";
import type { Salvaged } from "./salvage.ts";
import type { MonitorFields } from "./schema.ts";

type Monitor = Salvaged<MonitorFields>;

/** A rule that looks at one monitor at a time. `pointer` of a problem is relative to the monitor. */
const perMonitor = (name: string, check: (monitor: Monitor) => readonly Problem[]): Rule => ({
  name,
  check: ({ drafts }) =>
    drafts.monitors.flatMap(({ pointer, fields }) =>
      check(fields).map((problem) => ({ ...problem, pointer: pointer + problem.pointer })),
    ),
});

/** One probe must be over when the next is due: else slots fill up with probes of the same endpoint. */
const timeoutWithinInterval = perMonitor("timeout-within-interval", ({ timeout, interval }) => {
  if (timeout === undefined || interval === undefined || timeout <= interval) return [];
  const detail = `The timeout of ${timeout} s is longer than the interval of ${interval} s.`;
  return [{ pointer: "/timeout", detail, value: timeout, range: `1..${Math.min(10, interval)}` }];
});

const methodFitsType = perMonitor("method-fits-type", ({ type, method }) => {
  if (type === undefined || method === undefined) return [];
  if ((type === "tcp") === (method === "connection_established")) return [];
  const range = type === "tcp" ? "connection_established or absent" : "one of: GET, HEAD, OPTIONS";
  const detail = `A probe of type ${type} has no method "${method}": write ${range}.`;
  return [{ pointer: "/method", detail, value: method, range }];
});

const codesAscend = perMonitor("expected-codes-ascend", ({ expected_codes = "" }) => {
  const isBackward = (part: string) => {
    const [from = "", to = from] = part.trim().split("-");
    return Number(to) < Number(from);
  };
  const backward = expected_codes.split(",").find(isBackward);
  if (backward === undefined) return [];
  const detail = `The range ${backward.trim()} is empty: write the smaller code first.`;
  return [
    {
      pointer: "/expected_codes",
      detail,
      value: expected_codes,
      range: "ranges from smaller to larger codes",
    },
  ];
});

/** Fetch sets these from the URL and the body; the agent says who probes, so that an endpoint's owner can tell. */
const OUR_HEADERS = new Set(
  "host user-agent connection content-length transfer-encoding upgrade te trailer expect keep-alive".split(
    " ",
  ),
);

const headersNotOurs = perMonitor("monitor-headers-not-ours", ({ header = {} }) =>
  Object.entries(header)
    .filter(([name]) => OUR_HEADERS.has(name.toLowerCase()))
    .map(([name, value]) => ({
      pointer: pointTo("/header", name),
      detail: `The header ${name} is set by the prober itself; remove it.`,
      value,
      range: `any header but ${[...OUR_HEADERS].join(", ")}`,
    })),
);

export const MONITOR_RULES: readonly Rule[] = [
  timeoutWithinInterval,
  methodFitsType,
  codesAscend,
  headersNotOurs,
];
