/** From what was used in a month to what it costs by list price: arithmetic alone. A month has 30 days. */
import prices from "./data/prices.json" with { type: "json" };

export const MONTH_S = 30 * 86_400;
const MONTH_H = MONTH_S / 3_600;

/** Of one month. */
export interface Usage {
  readonly requests: number;
  readonly cpuMs: number;
  /** Calls of objects and their alarms. */
  readonly objectRequests: number;
  readonly objectGbS: number;
  readonly rowsWritten: number;
  readonly kvReads: number;
  readonly kvWrites: number;
}

/** USD a month, above what is included. */
export interface Bill {
  readonly base: number;
  readonly requests: number;
  readonly cpu: number;
  readonly objectRequests: number;
  readonly objectDuration: number;
  readonly rows: number;
  readonly kv: number;
  readonly total: number;
}

interface Tier {
  readonly included: number;
  readonly usd_per_million: number;
}

const above = (used: number, { included, usd_per_million }: Tier): number =>
  (Math.max(0, used - included) / 1e6) * usd_per_million;

export function billOf(usage: Usage): Bill {
  const { workers, durable_objects: objects, kv } = prices;
  const parts = {
    base: workers.base_usd_per_month,
    requests: above(usage.requests, workers.requests),
    cpu: above(usage.cpuMs, workers.cpu_ms),
    objectRequests: above(usage.objectRequests, objects.requests),
    objectDuration: above(usage.objectGbS, objects.gb_s),
    rows: above(usage.rowsWritten, objects.rows_written),
    kv: above(usage.kvReads, kv.reads) + above(usage.kvWrites, kv.writes),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/** GB-seconds of an object that never sleeps. */
export const ALWAYS_ON_GB_S = MONTH_S * prices.durable_objects.billed_gb;

export interface Traffic {
  readonly requestsPerS: number;
  /** Both ways together, as the balancers count. */
  readonly bytesPerRequest: number;
  readonly requestsPerConnection: number;
}

const gbPerHour = ({ requestsPerS, bytesPerRequest }: Traffic): number =>
  (requestsPerS * bytesPerRequest * 3_600) / 1e9;

/** USD a month of one balancer in one region. */
export const managed = {
  awsAlb(traffic: Traffic): number {
    const { usd_per_hour, usd_per_lcu_hour, lcu } = prices.aws_alb;
    const connectionsPerS = traffic.requestsPerS / traffic.requestsPerConnection;
    const lcus = Math.max(
      connectionsPerS / lcu.new_connections_per_s,
      gbPerHour(traffic) / lcu.gb_per_hour,
    );
    return MONTH_H * (usd_per_hour + lcus * usd_per_lcu_hour);
  },
  gcp(traffic: Traffic): number {
    const { usd_per_hour, usd_per_gb } = prices.gcp_forwarding_rule;
    return MONTH_H * (usd_per_hour + gbPerHour(traffic) * usd_per_gb);
  },
  azure: (traffic: Traffic): number =>
    MONTH_H * gbPerHour(traffic) * prices.azure_lb_standard.usd_per_gb,
} as const;

/** Bytes of a request at which a balancer that asks by the GB costs as much as a Worker does for this many USD per million. */
export const breakEvenBytes = (usdPerMillion: number, usdPerGb: number): number =>
  (usdPerMillion / usdPerGb) * 1e3;

export const GCP_USD_PER_GB = prices.gcp_forwarding_rule.usd_per_gb;
