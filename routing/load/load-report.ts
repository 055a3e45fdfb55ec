/**
 * What an endpoint says of its own load in the headers of an answer (ORCA, Open Request Cost Aggregation).
 *
 * `endpoint-load-metrics: JSON {...}` or `TEXT name=value,...`, and `endpoint-load-metrics-json: {...}` as some send it. The
 * binary form is not read. Source: Envoy, `orca_parser.cc`, where the separator of TEXT is `:`; vLLM writes `=`.
 *
 * The sender is not trusted: whatever is no number of a sane size is left out, and what cannot be read is no report.
 */

export const LOAD_HEADER = "endpoint-load-metrics";
export const LOAD_HEADER_JSON = "endpoint-load-metrics-json";
/** Not read, and no more the visitor's to see than the others. */
export const LOAD_HEADER_BINARY = "endpoint-load-metrics-bin";

/** Absent = not told, or told in vain. Utilisations are of 1 = full; an overloaded processor may tell more. */
export interface LoadReport {
  readonly cpu_utilization?: number;
  readonly mem_utilization?: number;
  readonly application_utilization?: number;
  readonly rps_fractional?: number;
  /** Errors per second. */
  readonly eps?: number;
  readonly utilization: ReadonlyMap<string, number>;
  readonly named_metrics: ReadonlyMap<string, number>;
}

/** A report is a few numbers; a longer header is something else. */
const CHARACTERS_MAX = 4_096;
const METRICS_MAX = 64;
const NAME_CHARACTERS_MAX = 128;
/** Ten times full is a percentage, or a mistake. */
const UTILIZATION_MAX = 10;
/** Nothing that is counted per second by one endpoint comes near it. */
const AMOUNT_MAX = 1e9;

/** `null`: there is no report in it. Never throws. Cost: linear in at most `CHARACTERS_MAX`. */
export function readLoadReport(header: string | null, json: string | null): LoadReport | null {
  if (header?.startsWith("JSON ")) return fromJson(header.slice("JSON ".length));
  if (header?.startsWith("TEXT ")) return fromText(header.slice("TEXT ".length));
  return header === null && json !== null ? fromJson(json) : null;
}

/**
 * One number for how full the endpoint is: what the application says, or else the fullest of processor and named
 * resources. `null` = it does not say; nor does 0, which in protobuf is the same as nothing.
 *
 * Source: gRPC A58 and Envoy's `getUtilizationFromOrcaReport`: `application_utilization`, else `cpu_utilization`. Named
 * resources count there when an operator lists them; here always, because by the standard `utilization` holds shares of 1.
 * `named_metrics` may be anything, and memory is full in every healthy process with a cache: neither counts.
 */
export function utilizationOf(report: LoadReport): number | null {
  const { application_utilization = 0, cpu_utilization = 0 } = report;
  if (application_utilization > 0) return application_utilization;
  let fullest = cpu_utilization;
  for (const value of report.utilization.values()) fullest = Math.max(fullest, value);
  return fullest > 0 ? fullest : null;
}

function fromJson(text: string): LoadReport | null {
  if (text.length > CHARACTERS_MAX) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return null;
    // Protobuf's own JSON is in camel case, and readers of it take both.
    const of = (name: string, camel: string) => value[name] ?? value[camel];
    return {
      ...scalars((name) => of(name, CAMEL[name])),
      utilization: metrics(entriesOf(value["utilization"]), UTILIZATION_MAX),
      named_metrics: metrics(entriesOf(of("named_metrics", "namedMetrics")), AMOUNT_MAX),
    };
  } catch {
    return null;
  }
}

function fromText(text: string): LoadReport | null {
  if (text.length > CHARACTERS_MAX) return null;
  const pairs = text.split(",", METRICS_MAX).map(pairOf);
  const told = new Map(pairs);
  const under = (prefix: string) =>
    pairs
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value] as const);
  return {
    ...scalars((name) => told.get(name)),
    utilization: metrics(under("utilization."), UTILIZATION_MAX),
    named_metrics: metrics(under("named_metrics."), AMOUNT_MAX),
  };
}

const SCALARS = {
  cpu_utilization: UTILIZATION_MAX,
  mem_utilization: UTILIZATION_MAX,
  application_utilization: UTILIZATION_MAX,
  rps_fractional: AMOUNT_MAX,
  eps: AMOUNT_MAX,
} as const;
type Scalar = keyof typeof SCALARS;

const CAMEL: Readonly<Record<Scalar, string>> = {
  cpu_utilization: "cpuUtilization",
  mem_utilization: "memUtilization",
  application_utilization: "applicationUtilization",
  rps_fractional: "rpsFractional",
  eps: "eps",
};

function scalars(told: (name: Scalar) => unknown): Partial<Record<Scalar, number>> {
  const report: Partial<Record<Scalar, number>> = {};
  for (const name of Object.keys(SCALARS) as Scalar[]) {
    const value = told(name);
    if (isSane(value, SCALARS[name])) report[name] = value;
  }
  return report;
}

function metrics(
  entries: readonly (readonly [string, unknown])[],
  most: number,
): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (const [name, value] of entries.slice(0, METRICS_MAX)) {
    if (name !== "" && name.length <= NAME_CHARACTERS_MAX && isSane(value, most)) {
      known.set(name, value);
    }
  }
  return known;
}

const pairOf = (pair: string): readonly [string, unknown] => {
  const at = pair.search(/[=:]/);
  const value = at < 0 ? "" : pair.slice(at + 1).trim();
  return [pair.slice(0, Math.max(0, at)).trim(), value === "" ? null : Number(value)];
};

/** NaN is none of them. */
const isSane = (value: unknown, most: number): value is number =>
  typeof value === "number" && value >= 0 && value <= most;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entriesOf = (value: unknown) => (isRecord(value) ? Object.entries(value) : []);
