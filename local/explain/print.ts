/** An explanation as a person reads it: one line per fact, the outcome first. */
import type { CloseRule } from "../../routing/explain/close.ts";
import type { Explanation } from "../../routing/explain/explain.ts";
import type { Filters } from "../../routing/explain/filters.ts";
import type { CandidateWords, PoolWords } from "../../routing/explain/pools.ts";
import type { SpillWords } from "../../routing/explain/spill.ts";
import type { RuleWords } from "../../routing/explain/words.ts";

/** What `POST /v1/explain` answers. */
export interface Answered extends Explanation {
  readonly known: {
    readonly colo: string;
    readonly colo_version: number | null;
    readonly region: string;
    readonly reachable: boolean;
  };
}

export function printed(told: Answered): string {
  const { steering } = told;
  const lines: (readonly [string, string])[] = [
    ...(told.route === null ? [] : [["route", ruleLine(told.route)] as const]),
    ...(told.route?.targets ?? []).map(
      ({ kind, name, weight, exists }) =>
        [
          "to",
          `${kind} ${name}, weight ${weight}${exists ? "" : ", which does not exist"}`,
        ] as const,
    ),
    ...told.close.map((close) => ["close", `${ruleLine(close)}: ${closeLine(close)}`] as const),
    ...told.rules.map(
      ({ name, verdict, condition }) =>
        ["rule", `${name}: ${verdict}${condition === "" ? "" : `  (${condition})`}`] as const,
    ),
    ...(told.filters === null ? [] : filterLines(told.filters)),
    ...(steering === null
      ? []
      : [
          [
            "steering",
            `${steering.policy}: ${steering.stages.map(({ kind, pool }) => `${pool} (${kind})`).join(", then ")}`,
          ] as const,
        ]),
    ...told.pools.flatMap((pool) => admittedLines(pool, steering?.criticality)),
    ...(steering?.spill?.full === true ? [["full", spillLine(steering.spill)] as const] : []),
    ...(told.session === null ? [] : [["session", sessionLine(told.session)] as const]),
    ...told.pools.flatMap(leftOut).map((text) => ["left out", text] as const),
    ...told.candidates.map((one, index) => [`try ${index + 1}`, candidateLine(one)] as const),
    ["known", knownLine(told.known)],
  ];
  return [headline(told), ...lines.map(([label, text]) => `  ${label.padEnd(9)} ${text}`)].join(
    "\n",
  );
}

const HEADLINES: Readonly<Record<Exclude<Explanation["outcome"], "forward" | "answer">, string>> = {
  fail: "500, because a rule sends it to nothing that exists",
  "no-endpoint": "503, because no endpoint can take it",
  overloaded: "503, because its pools are overloaded and do not let it in",
  "not-found": "404, because nothing takes it",
  "unknown-host": "421, because nobody serves this host",
};

function headline({
  host,
  path,
  version,
  outcome,
  pool,
  endpoint,
  answer,
  known,
}: Answered): string {
  const where = `${host}${path} at ${known.colo}, version ${version}:`;
  if (outcome === "forward") return `${where} ${pool}/${endpoint}`;
  if (outcome !== "answer") return `${where} ${HEADLINES[outcome]}`;
  const to = answer?.location == null ? "" : ` to ${answer.location}`;
  return `${where} ${answer?.status}${to}, answered by a rule (${answer?.by})`;
}

const ruleLine = ({ hostname, namespace, name, rule, rule_name, match }: RuleWords): string =>
  `${namespace}/${name} rule ${rule_name ?? rule} of ${hostname} (${match})`;

const closeLine = ({ lacks, loses }: CloseRule): string =>
  lacks === null ? `loses by ${loses}` : `the request lacks ${lacks}`;

function filterLines(filters: Filters): readonly (readonly [string, string])[] {
  const { path, hostname, request_headers, response_headers, cors, mirrors } = filters;
  const changes = (which: string, list: Filters["request_headers"]) =>
    list.map(
      ({ do: does, name, value }) =>
        ["filter", `${which}: ${does} ${name}${value === null ? "" : ` = ${value}`}`] as const,
    );
  return [
    ...(path === null ? [] : [["filter", `path becomes ${path}`] as const]),
    ...(hostname === null ? [] : [["filter", `X-Forwarded-Host becomes ${hostname}`] as const]),
    ...changes("request", request_headers),
    ...changes("answer", response_headers),
    ...(cors ? [["filter", "CORS"] as const] : []),
    ...mirrors.map(
      ({ kind, name, ratio }) => ["filter", `mirror to ${kind} ${name}, ratio ${ratio}`] as const,
    ),
  ];
}

const admittedLines = (
  { pool, admitted }: PoolWords,
  criticality = "default",
): readonly (readonly [string, string])[] =>
  admitted >= 1
    ? []
    : [["overload", `${pool} lets in ${percent(admitted)} of what is ${criticality}`]];

function spillLine({ pool, utilization, wanted, gives, to }: SpillWords): string {
  const given = gives.map((one) => `${percent(one.share)} to ${one.pool}`).join(", ");
  const here = to === null ? "" : `; this request goes to ${to}`;
  return `${pool} is at ${percent(utilization)}, wanted ${percent(wanted)}; gives ${given || "nothing away"}${here}`;
}

const percent = (ratio: number): string => `${Math.round(100 * ratio)} %`;

const sessionLine = ({ by, endpoint, verdict }: NonNullable<Explanation["session"]>): string =>
  `by ${by}: ${endpoint === null ? "" : `${endpoint} `}${verdict}`;

const leftOut = ({ pool, endpoints }: PoolWords): readonly string[] =>
  endpoints
    .filter(({ outside }) => outside)
    .map(
      ({ endpoint, country }) => `${pool}/${endpoint}  residency: ${country ?? "country unknown"}`,
    );

function candidateLine({
  pool,
  endpoint,
  why,
  health,
  reason,
  estimate_ms,
}: CandidateWords): string {
  const estimate = estimate_ms === null ? "never measured" : `${Math.round(estimate_ms)} ms`;
  return `${pool}/${endpoint}  ${why}, ${health}${reason === "" ? "" : ` (${reason})`}, ${estimate}`;
}

function knownLine({ region, reachable, colo, colo_version }: Answered["known"]): string {
  if (!reachable) return `${region} does not answer: no health and no latency is known`;
  const version =
    colo_version === null ? "no isolate has reported" : `its isolates have version ${colo_version}`;
  return `health and latency from ${region}; ${colo}: ${version}`;
}
