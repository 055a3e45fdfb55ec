/**
 * The freeze switch of an account: any one place that says so stops every automatic and every ordered change.
 *
 * There are three because on the day on which it is needed one or two cannot be reached. A place that cannot be read says nothing: else
 * losing KV would freeze everybody.
 */

/** `store`: by the API, kept with the configuration. `kv`: a key that `wrangler` can write. `script`: a variable. */
export const FREEZE_PLACES = ["store", "kv", "script"] as const;
export type FreezePlace = (typeof FREEZE_PLACES)[number];

/** What each place says: text as it was found there, `null` = nothing. */
export type FreezeSwitches = Readonly<Partial<Record<FreezePlace, string | null>>>;

/** What a person writes to turn the switch off without taking it away. */
const OFF: readonly string[] = ["", "0", "false"];

/** Whether a text turns the switch: anything but nothing, `0` and `false`. */
export const isFreeze = (text: string | null | undefined): boolean =>
  text !== null && text !== undefined && !OFF.includes(text.trim().toLowerCase());

/** The places where the switch is turned; empty = go on. */
export const frozenBy = (switches: FreezeSwitches): readonly FreezePlace[] =>
  FREEZE_PLACES.filter((place) => isFreeze(switches[place]));

/** The way back, for each place of `frozenBy`, in one sentence. */
export function thawing(places: readonly FreezePlace[], account: string): string {
  const steps: Readonly<Record<FreezePlace, string>> = {
    store: "DELETE /v1/freeze",
    kv: `delete the key ${freezeKey(account)} of the namespace SNAPSHOTS`,
    script: "take the variable TW_FREEZE away from the scripts central and state",
  };
  return `To go on: ${places.map((place) => steps[place]).join(", and ")}.`;
}

/** Of the account's switch in KV. */
export const freezeKey = (account: string): string => `v1:freeze:${account}`;
