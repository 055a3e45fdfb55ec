/** From what ConfigStore gives of one host to the sites that a request for it is decided by, as an edge makes them. */
import { knownHostKeys } from "../../../routing/match/hosts.ts";
import { buildSite, type Site } from "../../../routing/match/site.ts";
import { invariant, type Result } from "../../../routing/result.ts";
import { partKeys, readBlock } from "../../../routing/route-block.ts";
import { readShard, type SnapshotRefusal } from "../../../routing/snapshot.ts";
import type { HostSnapshot } from "../../config-object.ts";
import type { Timers } from "../../ports.ts";

type Parts = HostSnapshot["parts"];

/** Never long in one turn of the event loop: other operators are served in between. */
export async function sitesOf(
  host: string,
  parts: Parts,
  timers: Timers,
): Promise<readonly Site[]> {
  const isNamed = (key: string) => Object.hasOwn(parts, key);
  const sites: Site[] = [];
  for (const hostKey of knownHostKeys(host, isNamed)) {
    const shard = wasWritten(readShard(textOf(parts, hostKey)));
    const [, ...blockKeys] = partKeys(hostKey, isNamed);
    const blocks = blockKeys.map((key) => wasWritten(readBlock(textOf(parts, key))));
    const steps = buildSite(shard, blocks, null);
    let step = steps.next();
    while (!step.done) {
      await timers.wait(0);
      step = steps.next();
    }
    sites.push(step.value);
  }
  return sites;
}

const textOf = (parts: Parts, key: string): string => parts[key]?.text ?? "";

/** The store has just written it, with the code of the same release or the one before. */
function wasWritten<T>(read: Result<T, SnapshotRefusal>): T {
  invariant(read.ok, "a part that ConfigStore has compiled can be read");
  return read.value;
}
