/** From a table to what the probers visit, and to what they do not. */
import type { ProbeTarget, Unprobed } from "../exchange.ts";
import { type Probed, probersOf } from "../health/probed.ts";
import type { Endpoint, Monitor, Pool, Table } from "../model.ts";

/** Every enabled endpoint of every enabled pool that has a monitor or a monitor group. */
export function probeTargets(table: Table): readonly ProbeTarget[] {
  const probed = probersOf(table);
  return table.pools.flatMap((pool) => {
    const how = pool.enabled ? probed(pool) : null;
    if (how === null) return [];
    return pool.origins
      .filter((endpoint) => endpoint.enabled)
      .map((endpoint) => targetOf(endpoint, pool, how));
  });
}

/** The endpoints that requests may be sent to and that nobody probes. */
export function unprobedEndpoints(table: Table): readonly Unprobed[] {
  const probed = probersOf(table);
  return table.pools.flatMap((pool) => {
    if (!pool.enabled || probed(pool) !== null) return [];
    return pool.origins
      .filter((one) => one.enabled)
      .map((one) => ({ endpoint: one.id, pool: pool.name, name: one.name, ...capacityOf(one) }));
  });
}

function targetOf(endpoint: Endpoint, pool: Pool, { monitor, members }: Probed): ProbeTarget {
  const { id, name, address } = endpoint;
  return {
    ...{ endpoint: id, pool: pool.name, name, address },
    ...placeOf(endpoint, monitor),
    monitor,
    ...capacityOf(endpoint),
    ...(members === undefined
      ? {}
      : { members: members.map((one) => ({ ...one, ...placeOf(endpoint, one.monitor) })) }),
  };
}

/** The monitor says how to speak and may name a port of its own; else the endpoint's, else the scheme's. */
function placeOf(endpoint: Endpoint, monitor: Monitor): Pick<ProbeTarget, "port" | "scheme"> {
  const scheme = monitor.type === "tcp" ? endpoint.scheme : monitor.type;
  return { port: monitor.port || endpoint.port || (scheme === "http" ? 80 : 443), scheme };
}

const capacityOf = ({ capacity_rps: capacityRps }: Endpoint): { readonly capacityRps?: number } =>
  capacityRps === undefined ? {} : { capacityRps };
