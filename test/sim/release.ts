/**
 * A message as the release before wrote it, and as it reads one: without what may be absent.
 *
 * What must be there is named, and not what may be absent, so that a member that is new tomorrow is left out by itself.
 */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  report:
    "schema account colo isolate sequence manifest snapshotAgeMs version shards endpoints hosts budgets".split(
      " ",
    ),
  // The manifest is absent only for who has it.
  beat: "schema beatMs manifestHash manifest shards view".split(" "),
  view: "schema region asOfMs health latencyMs".split(" "),
  push: "schema account version manifest shards targets".split(" "),
};

type Message = Readonly<Record<string, unknown>>;

function only(message: Message, kind: string): Message {
  const kept = REQUIRED[kind] ?? [];
  return Object.fromEntries(Object.entries(message).filter(([name]) => kept.includes(name)));
}

/** What a call of the release before would have carried. */
export function olderArguments(method: string, given: readonly unknown[]): readonly unknown[] {
  const [first, ...others] = given;
  if (method === "exchange") return [only(first as Message, "report"), ...others];
  if (method === "push") return [only(first as Message, "push"), ...others];
  return given;
}

/** The same of its answer. */
export function olderResult(method: string, result: unknown): unknown {
  if (method !== "exchange") return result;
  const beat = only(result as Message, "beat");
  return { ...beat, view: only(beat["view"] as Message, "view") };
}
