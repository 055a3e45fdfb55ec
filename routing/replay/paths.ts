/** The paths that decisions are known to read, each one byte in a record. Others are written out, so a new signal is recorded at once. */
import type { ByteReader, ByteWriter } from "./bytes.ts";

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
];

const WRITTEN_OUT = 0;

export function writePath(path: string, to: ByteWriter): void {
  const place = PATHS.indexOf(path) + 1;
  to.whole(place);
  if (place === WRITTEN_OUT) to.text(path);
}

/** Errors: throws for bytes that no `writePath` has written. */
export function readPath(from: ByteReader): string {
  const place = from.whole();
  if (place === WRITTEN_OUT) return from.text();
  const path = PATHS[place - 1];
  if (path === undefined) throw new RangeError(`a record of a newer release reads path ${place}`);
  return path;
}
