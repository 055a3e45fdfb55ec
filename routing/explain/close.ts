/** Which rules came close and why they lost, over every hostname by which the request could have been taken. */
import type { Taken } from "../match/dispatch.ts";
import { explainMatch, type Why } from "../match/explain.ts";
import type { RequestFacts } from "../match/facts.ts";
import type { Criterion } from "../match/precedence.ts";
import type { Site } from "../match/site.ts";
import { type RuleWords, ruleWords } from "./words.ts";

export interface CloseRule extends RuleWords {
  /** What the request lacks: `method`, `header x-beta`, `query v`; `null` when it fits. */
  readonly lacks: string | null;
  /** By what it fits less well than the one that took the request; `hostname` = a longer one was asked first. */
  readonly loses: Criterion | "hostname" | null;
}

/** As of one hostname: what a person reads. */
const CLOSE_MAX = 20;

/** Cost: as of `match`, over every candidate whose path leads to the request, of every hostname. */
export function closeRules(
  sites: readonly Site[],
  facts: RequestFacts,
  taken: Taken | null,
): readonly CloseRule[] {
  const close: CloseRule[] = [];
  let isOver = false;
  for (const site of sites) {
    const { matched, close: found } = explainMatch(site.matcher, facts);
    const { host } = site.shard;
    if (isOver && matched !== null) {
      close.push({ ...ruleWords(host, matched), lacks: null, loses: "hostname" });
    }
    for (const one of found) close.push({ ...ruleWords(host, one), ...whyWords(one.why, isOver) });
    isOver ||= site === taken?.site;
  }
  return close.slice(0, CLOSE_MAX);
}

function whyWords(found: Why, isOver: boolean): Pick<CloseRule, "lacks" | "loses"> {
  if ("loses" in found) return { lacks: null, loses: isOver ? "hostname" : found.loses };
  return {
    lacks: found.lacks === "method" ? "method" : `${found.lacks} ${found.name}`,
    loses: null,
  };
}
