/** One list of what happened everywhere, and the cursor that says how far a reader has come. */
import type { EventFilter } from "../../../routing/event-evidence.ts";
import type { Event } from "../../../routing/exchange.ts";
import { ask, REGION_TIMEOUT_MS } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";
import { askRegions } from "./regions.ts";
import { askSyncedZones } from "./zones.ts";

const CONFIG = "config";
export const zoneSource = (zone: string): string => `zone:${zone}`;
/** Each is asked once a second by each stream; zones beyond have their own. */
const ZONES_TOLD_MAX = 20;

/** Source → the last sequence read there. As text: `config.3~weur.12~zone:shop.example.5`. */
export type Cursor = Readonly<Record<string, number>>;

export const cursorText = (cursor: Cursor): string =>
  Object.entries(cursor)
    .map(([source, sequence]) => `${source}.${sequence}`)
    .sort()
    .join("~");

/** Reads a text whose form has been checked. */
export const readCursor = (text: string): Cursor =>
  Object.fromEntries(
    text
      .split("~")
      .filter((part) => part !== "")
      .map((part) => {
        const dot = part.lastIndexOf(".");
        return [part.slice(0, dot), Number(part.slice(dot + 1))];
      }),
  );

export const advanced = (cursor: Cursor, { source, sequence }: Event): Cursor => ({
  ...cursor,
  [source]: Math.max(cursor[source] ?? 0, sequence),
});

export interface News {
  /** Oldest first; of each source in the order of its sequence. */
  readonly events: readonly Event[];
  /** Sources that did not answer: theirs come later, because the cursor waits for them. */
  readonly unreachable: readonly string[];
}

/**
 * What came after the cursor: of each source at most its newest 200.
 *
 * Cost: one call to each object, at most `REGION_TIMEOUT_MS`, and where there are zones as much again.
 */
export async function eventsAfter(
  central: Central,
  cursor: Cursor,
  filter: EventFilter = {},
): Promise<News> {
  const { ports, account } = central;
  const config = async () => ports.objects.config(account).events(cursor[CONFIG] ?? 0, filter);
  const [regions, fromConfig, zones] = await Promise.all([
    askRegions(central, (object, region) => object.events(cursor[region] ?? 0, filter)),
    ask(ports, config, REGION_TIMEOUT_MS),
    askSyncedZones(
      central,
      (ledger, zone) => ledger.events(cursor[zoneSource(zone)] ?? 0, filter),
      ZONES_TOLD_MAX,
    ),
  ]);
  const lists = regions.flatMap((heard) => (heard.reachable ? [heard.value] : []));
  const unreachable: string[] = regions
    .filter((heard) => !heard.reachable)
    .map(({ region }) => region);
  for (const heard of zones) {
    if (heard.reachable) lists.push(heard.value);
    else unreachable.push(zoneSource(heard.zone));
  }
  if (fromConfig.ok) lists.push(fromConfig.value);
  else unreachable.push(CONFIG);
  return { events: merged(lists).filter((event) => fits(event, filter)), unreachable };
}

/** An object of the release before tells everything. */
const fits = ({ kind, subject }: Event, wanted: EventFilter): boolean =>
  (wanted.kind === undefined || kind === wanted.kind) &&
  (wanted.subject === undefined ||
    subject === wanted.subject ||
    subject.startsWith(`${wanted.subject}/`));

/** A clock may step back, a sequence never does: within a source the sequence decides. */
function merged(lists: readonly (readonly Event[])[]): readonly Event[] {
  return lists
    .flatMap((list) => {
      let latest = 0;
      return list.map((event) => {
        latest = Math.max(latest, event.at);
        return { event, at: latest };
      });
    })
    .sort((one, other) => one.at - other.at)
    .map(({ event }) => event);
}
