/** Finds, makes and removes the health checks of one owner in one zone. */
import {
  CreateHealthCheckCommand,
  DeleteHealthCheckCommand,
  type HealthCheck,
  ListHealthChecksCommand,
} from "@aws-sdk/client-route-53";
import { type Check, checkText } from "../../../../routing/dns/record.ts";
import { configOf, markOf, readChecks, referenceOf } from "./checks.ts";
import type { Route53Input, Session } from "./session.ts";

/** Vendor, ListHealthChecks: "Amazon Route 53 returns a maximum of 1000 items." */
const PAGE = 1_000;
/** References that a batch may find used up: by its own earlier tries, each of which somebody removed the check of. */
const TRIES = 3;

export interface CheckKeeper {
  /** Of the whole account, those that a `Check` can say, by id. */
  list(signal: AbortSignal): Promise<ReadonlyMap<string, Check>>;
  /** Of ours only, as listed and made so far. */
  idOf(check: Check): string | undefined;
  /** Unless there is one already. `sequence` is that of the batch that needs it. */
  make(check: Check, sequence: number, signal: AbortSignal): Promise<void>;
  /** Removes ours but for those whose id is in `used`. What fails is left for the next time: nothing depends on it. */
  keepOnly(used: ReadonlySet<string | undefined>, signal: AbortSignal): Promise<void>;
}

export function openChecks(input: Route53Input, session: Session): CheckKeeper {
  const mark = markOf(input.owner, input.zone, input.settings.hosted_zone_id);
  let ours = new Map<string, HealthCheck>();
  let ids = new Map<string, string>();

  const isOurs = ({ CallerReference }: HealthCheck) => CallerReference?.startsWith(mark) === true;

  function keep(found: readonly HealthCheck[]): ReadonlyMap<string, Check> {
    const checks = readChecks(found);
    for (const each of found.filter(isOurs)) {
      const check = checks.get(each.Id ?? "");
      if (each.Id !== undefined) ours.set(each.Id, each);
      if (each.Id !== undefined && check !== undefined) ids.set(checkText(check), each.Id);
    }
    return checks;
  }

  async function list(signal: AbortSignal): Promise<ReadonlyMap<string, Check>> {
    const found: HealthCheck[] = [];
    for (let marker: string | undefined; ; ) {
      const command = new ListHealthChecksCommand({ MaxItems: PAGE, Marker: marker });
      const page = await session.page(signal, (client, options) => client.send(command, options));
      found.push(...(page.HealthChecks ?? []));
      if (page.IsTruncated !== true) break;
      if (page.NextMarker === undefined || page.NextMarker === marker) {
        throw new Error(
          "a page of health checks says that there are more and not where they begin",
        );
      }
      marker = page.NextMarker;
    }
    ours = new Map();
    ids = new Map();
    return keep(found);
  }

  async function make(check: Check, sequence: number, signal: AbortSignal): Promise<void> {
    if (ids.has(checkText(check))) return;
    for (let again = 0; ; again += 1) {
      const command = new CreateHealthCheckCommand({
        CallerReference: referenceOf(mark, check, sequence, again),
        HealthCheckConfig: configOf(check),
      });
      try {
        const made = await session.run(signal, (client, options) => client.send(command, options));
        if (made.HealthCheck !== undefined) keep([made.HealthCheck]);
        return;
      } catch (error) {
        const isUsedUp = (error as Error).name === "HealthCheckAlreadyExists";
        if (!isUsedUp || again + 1 === TRIES) throw error;
      }
    }
  }

  return {
    list,
    idOf: (check) => ids.get(checkText(check)),
    make,
    async keepOnly(used, signal) {
      for (const id of [...ours.keys()].filter((each) => !used.has(each))) {
        try {
          const command = new DeleteHealthCheckCommand({ HealthCheckId: id });
          await session.run(signal, (client, options) => client.send(command, options));
          ours.delete(id);
          for (const [text, each] of ids) if (each === id) ids.delete(text);
        } catch {
          return;
        }
      }
    },
  };
}
