/** The paths that decisions are known to read, each one byte in a record. Others are written out, so a new signal is recorded at once. */
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { placeIn } from "./leaf-bytes.ts";

/** Append only: records outlive a release. At most 126, so that each place is one byte. */
const PATHS = [
  "triesMax",
  "preferred",
  "hold",
  "hold.key",
  "hold.isRemembered",
  "hold.failover",
  "hold.drainMs",
  "asker",
  "asker.clientKey",
  "asker.replayable",
  "asker.colo",
  "asker.country",
  "asker.continent",
  "asker.latitude",
  "asker.longitude",
  "memory",
  "memory.incumbent",
  "health",
  "health.healthy",
  "health.changedAtMs",
  "health.observedAtMs",
  "healthAsOfMs",
  "ejection",
  "ejection.phase",
  "ejection.failures",
  "ejection.times",
  "ejection.sinceMs",
  "ejection.ejectedAtMs",
  "ejection.untilMs",
  "load",
  "load.pending",
  "load.peakMs",
  "load.peakAtMs",
  "load.latencyMs",
  "load.latencyAtMs",
  "load.samples",
  "shared",
  "shared.ms",
  "shared.atMs",
  "loads",
  "spills",
  "use",
  "use.utilization",
  "use.rps",
  "use.capacityRps",
  "use.atMs",
  "admissions",
  "criticality",
  "cutoffs",
  "memory.incumbent.shares",
  "memory.incumbent.lookedAtMs",
  "memory.incumbent.away",
  "leases",
  "room",
];

const WRITTEN_OUT = 0;
/** No key of what is read begins so. */
const PLACE_MARK = "#";

const placeName = (place: number, key: string): string =>
  place < 0 ? key : `${PLACE_MARK}${place}`;

const named = (path: string, nameOf: (key: string) => string): string =>
  path.split(".").map(nameOf).join(".");

/** `pools`: the ids of the shard's, which are said by their place. */
export function writePath(path: string, pools: readonly string[], to: ByteWriter): void {
  const place = PATHS.indexOf(path) + 1;
  to.whole(place);
  if (place === WRITTEN_OUT) to.text(named(path, (key) => placeName(pools.indexOf(key), key)));
}

/** Errors: throws for bytes that no `writePath` has written. */
export function readPath(from: ByteReader, pools: readonly string[]): string {
  const place = from.whole();
  if (place === WRITTEN_OUT) {
    return named(from.text(), (key) =>
      key.startsWith(PLACE_MARK) ? placeIn(pools, Number(key.slice(1))) : key,
    );
  }
  const path = PATHS[place - 1];
  if (path === undefined) throw new RangeError(`a record of a newer release reads path ${place}`);
  return path;
}
