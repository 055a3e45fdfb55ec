/** The words of fault injection: shared by the command line, the API of the planet and the workers. */
import { REGIONS } from "../routing/names.ts";
import { ok, type Result, refuse } from "../routing/result.ts";
import { COLO_NAMES } from "./colos.ts";

export const OBJECT_MODES = ["stop", "hang", "error", "abort"] as const;
export const STORE_MODES = ["error", "hang", "empty"] as const;
export const EDGE_MODES = ["error", "hang"] as const;
/** Of a region's object alone: the others stand in no place that could be cut off. */
export const REGION_MODES = [...OBJECT_MODES, "cut"] as const;
export const PROBE_MODES = ["error", "hang"] as const;

/** `target` is `region weur`, `config`, `kv`, `isolate FRA`, …; `mode` is one that the target knows. */
export interface Fault {
  readonly target: string;
  readonly mode: string;
}

/** A fault that stays on until it is healed. */
export interface ActiveFault extends Fault {
  readonly sinceMs: number;
}

export type Command =
  | { readonly do: "inject"; readonly fault: Fault }
  /** No target: everything. */
  | { readonly do: "heal"; readonly target: string | null };

/** First word of a target → the second words it takes (empty: none; `null`: any) and its modes. */
const TARGETS: Readonly<
  Record<string, { readonly names: readonly string[] | null; readonly modes: readonly string[] }>
> = {
  region: { names: REGIONS, modes: REGION_MODES },
  config: { names: [], modes: OBJECT_MODES },
  directory: { names: [], modes: OBJECT_MODES },
  desk: { names: [], modes: OBJECT_MODES },
  ledger: { names: [], modes: OBJECT_MODES },
  "all-objects": { names: [], modes: OBJECT_MODES },
  kv: { names: [], modes: STORE_MODES },
  "colo-cache": { names: [], modes: STORE_MODES },
  edge: { names: [], modes: EDGE_MODES },
  probes: { names: [], modes: PROBE_MODES },
  isolate: { names: [...COLO_NAMES, "all"], modes: ["recycle"] },
  origin: { names: null, modes: ["stop"] },
};

export const USAGE = `fault <target> <mode>, heal [<target>], or list
  region <${REGIONS.join("|")}>   ${REGION_MODES.join("|")}
  config | directory | desk | ledger | all-objects   ${OBJECT_MODES.join("|")}
  kv | colo-cache   ${STORE_MODES.join("|")}
  edge   ${EDGE_MODES.join("|")}
  probes   ${PROBE_MODES.join("|")}
  isolate <${COLO_NAMES[0]}|…|all>   recycle
  origin <name of a demo origin>   stop

  stop     the object refuses every call, has lost its memory, and its alarm does nothing
  hang     calls to it never answer; error: calls to it fail; in both it lives on. Of the edge: all visitors in all colos
  abort    once: its memory is lost, the next call starts it again
  cut      the region's object lives on and is cut off: no call reaches it, its probes and what it publishes get nowhere
  empty    reads find nothing, writes are forgotten
  probes   of all regions: fail at once, or never get an answer. Visitors notice nothing of it by themselves
  recycle  once: a new V8 isolate with an empty colo cache`;

/** `["region", "weur", "stop"]`, `["heal", "kv"]`. Refusal: one line that says what would be right. */
export function parseCommand(words: readonly string[]): Result<Command, string> {
  const healing = words[0] === "heal";
  if (healing && words.length === 1) return ok({ do: "heal", target: null });
  const rest = healing ? words.slice(1) : words.slice(0, -1);
  const target = parseTarget(rest);
  if (!target.ok) return target;
  if (healing) return ok({ do: "heal", target: target.value.text });
  const mode = words.at(-1) ?? "";
  if (!target.value.modes.includes(mode)) {
    return refuse(`${target.value.text} knows ${target.value.modes.join(", ")}, not "${mode}"`);
  }
  return ok({ do: "inject", fault: { target: target.value.text, mode } });
}

function parseTarget(
  words: readonly string[],
): Result<{ readonly text: string; readonly modes: readonly string[] }, string> {
  const [kind = "", name] = words;
  const known = Object.hasOwn(TARGETS, kind) ? TARGETS[kind] : undefined;
  if (known === undefined) {
    return refuse(`unknown target "${kind}"; there are ${Object.keys(TARGETS).join(", ")}`);
  }
  const takesName = known.names === null || known.names.length > 0;
  if (takesName !== (words.length === 2) || words.length > 2) {
    return refuse(takesName ? `${kind} needs a name and a mode` : `${kind} takes a mode only`);
  }
  if (known.names !== null && name !== undefined && !known.names.includes(name)) {
    return refuse(`unknown ${kind} "${name}"; there are ${known.names.join(", ")}`);
  }
  return ok({ text: words.join(" "), modes: known.modes });
}
