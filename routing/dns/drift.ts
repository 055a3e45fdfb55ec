/** What was written and is not there any more as it was. */
import { type RecordSet, setText } from "./record.ts";

/** A set of ours that somebody else changed. `found` is `null` where it is gone. */
export interface Drift {
  readonly key: string;
  readonly wrote: string;
  readonly found: string | null;
}

/** `byKey`: a complete listing. `written`: by `setKey`, the `setText` of what we last wrote there. */
export function driftOf(
  byKey: ReadonlyMap<string, RecordSet>,
  written: Readonly<Record<string, string>>,
): readonly Drift[] {
  return Object.entries(written).flatMap(([key, wrote]) => {
    const set = byKey.get(key);
    const found = set === undefined ? null : setText(set);
    return found === wrote ? [] : [{ key, wrote, found }];
  });
}
