/** One list of what happened everywhere, and the cursor that says how far a reader has come. */
import type { Event } from "../../../routing/exchange.ts";
import { ask, REGION_TIMEOUT_MS } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";
import { askRegions } from "./regions.ts";

const CONFIG = "config";

/** Source → the last sequence read there. As text: `config.3~weur.12`. */
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
        const [source = "", sequence = "0"] = part.split(".");
        return [source, Number(sequence)];
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
 * Cost: one call to each object, at most `REGION_TIMEOUT_MS`.
 */
export async function eventsAfter(central: Central, cursor: Cursor): Promise<News> {
  const { ports, account } = central;
  const config = async () => ports.objects.config(account).events(cursor[CONFIG] ?? 0);
  const [regions, fromConfig] = await Promise.all([
    askRegions(central, (object, region) => object.events(cursor[region] ?? 0)),
    ask(ports, config, REGION_TIMEOUT_MS),
  ]);
  const lists = regions.flatMap((heard) => (heard.reachable ? [heard.value] : []));
  const unreachable: string[] = regions
    .filter((heard) => !heard.reachable)
    .map(({ region }) => region);
  if (fromConfig.ok) lists.push(fromConfig.value);
  else unreachable.push(CONFIG);
  return { events: merged(lists), unreachable };
}

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
