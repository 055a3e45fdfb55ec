/** Recorded decisions of one host from all regions, and the shards by which they can be replayed. */
import { type DecisionRecord, readRecord, shardName } from "../../../routing/replay/record.ts";
import type { HostSnapshot } from "../../config-object.ts";
import { askConfig } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";
import { askRegions } from "./regions.ts";

export interface Recorded {
  /** Newest first; of each region its newest 250. */
  readonly decisions: readonly DecisionRecord[];
  /** By their names in records: texts of those that the current version has. */
  readonly shards: Readonly<Record<string, string>>;
  readonly unreachable: readonly string[];
}

/** Cost: one call to each region and one to the configuration store. Errors: throws `Refusal` when that is silent. */
export async function decisionsOf(central: Central, host: string): Promise<Recorded> {
  const nextStep = "Traffic is not affected, and recording goes on; ask again.";
  const [heard, snapshot] = await Promise.all([
    askRegions(central, (object) => object.decisions(host)),
    askConfig(central, (config) => config.snapshot(host), nextStep),
  ]);
  const decisions = heard
    .flatMap((one) => (one.reachable ? one.value : []))
    .flatMap(recordIn)
    .sort((one, other) => other.at - one.at);
  return {
    decisions,
    shards: shardsOf(decisions, snapshot?.parts ?? {}),
    unreachable: heard.filter(({ reachable }) => !reachable).map(({ region }) => region),
  };
}

function recordIn(line: string): readonly DecisionRecord[] {
  const record = readRecord(JSON.parse(line));
  return record.ok ? [record.value] : [];
}

function shardsOf(
  decisions: readonly DecisionRecord[],
  parts: HostSnapshot["parts"],
): Recorded["shards"] {
  const named = new Set(decisions.map(({ shard }) => shard));
  const shards: Record<string, string> = {};
  for (const { hash, text } of Object.values(parts)) {
    const name = shardName(hash);
    if (named.has(name)) shards[name] = text;
  }
  return shards;
}
