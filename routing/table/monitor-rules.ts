/** Rules between the fields of one monitor. */
import { perMonitor } from "./per-monitor.ts";
import { pointTo } from "./problem.ts";
import { type Rule, repeated } from "./rule.ts";

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

const CONNECTION = "it belongs to the connection, which fetch keeps; remove it";
const PLATFORM = "the platform writes it; remove it";

/** What fetch, the platform or we write ourselves, and what to do instead. */
const OUR_HEADERS: Readonly<Record<string, string>> = {
  host: "fetch sends the host of the URL; write the name that the endpoint should see as its `address`",
  "user-agent": "it says who probes, so that an endpoint's owner can tell; remove it",
  ...Object.fromEntries(
    ["connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"]
      .concat(["expect", "keep-alive"])
      .map((name) => [name, CONNECTION]),
  ),
  ...Object.fromEntries(
    ["cf-connecting-ip", "cf-ray", "cf-worker", "cdn-loop"].map((name) => [name, PLATFORM]),
  ),
};

const headersNotOurs = perMonitor("monitor-headers-not-ours", ({ header = {} }) =>
  Object.entries(header).flatMap(([name, value]) => {
    const key = name.toLowerCase();
    if (!Object.hasOwn(OUR_HEADERS, key)) return [];
    return [
      {
        pointer: pointTo("/header", name),
        detail: `The header ${name} cannot be set: ${OUR_HEADERS[key]}.`,
        value,
        range: `any header but ${Object.keys(OUR_HEADERS).join(", ")}`,
      },
    ];
  }),
);

/** They would be one header on the wire, and one of them lost. */
const headersDiffer = perMonitor("monitor-headers-differ", ({ header = {} }) =>
  repeated(Object.keys(header), (name) => name.toLowerCase()).map(({ item, first }) => ({
    pointer: pointTo("/header", item),
    detail: `The header ${item} is there already as ${first}: write all its values there.`,
    value: header[item],
    range: "every header once, in any case",
  })),
);

export const MONITOR_RULES: readonly Rule[] = [
  timeoutWithinInterval,
  methodFitsType,
  codesAscend,
  headersNotOurs,
  headersDiffer,
];
