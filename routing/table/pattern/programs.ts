/** What an edge is given in place of the parser: the programs of all patterns that a host's rules and routes have. */
import { patternsIn } from "../../expression/patterns.ts";
import type { HttpRoute } from "../../http-route.ts";
import type { Programs } from "../../match/pattern.ts";
import { toText } from "../../match/program-text.ts";
import type { LoadBalancer } from "../../model.ts";
import { indexOf, patternsBetween, type RouteIndex } from "../../route-index.ts";
import { parsePattern } from "./pattern.ts";

const patternsOf = (index: RouteIndex): readonly string[] =>
  patternsBetween(index, 0, index.paths.length);

/** Writes programs down, each pattern once however many hosts have it. */
export class Programmer {
  readonly #texts = new Map<string, string | null>();

  /** As a member of a block; nothing when no route has a pattern. */
  ofRoutes(routes: readonly HttpRoute[]): { readonly patterns?: Programs } {
    return this.#programs(patternsOf(indexOf(routes)));
  }

  /** As a member of a shard; nothing when no rule has a pattern. Rules that are disabled need none. */
  ofRules(balancers: readonly LoadBalancer[]): { readonly patterns?: Programs } {
    const rules = balancers.flatMap((balancer) => balancer.rules);
    return this.#programs(
      rules.flatMap(({ disabled, condition }) => (disabled ? [] : patternsIn(condition))),
    );
  }

  #programs(patterns: readonly string[]): { readonly patterns?: Programs } {
    const entries = [...new Set(patterns)].flatMap((pattern) => {
      const text = this.#textOf(pattern);
      return text === null ? [] : [[pattern, text] as const];
    });
    return entries.length === 0 ? {} : { patterns: Object.fromEntries(entries) };
  }

  /** `null`: what was accepted by another release and is no pattern for this one, which is then a pattern without a program. */
  #textOf(pattern: string): string | null {
    const known = this.#texts.get(pattern);
    if (known !== undefined) return known;
    const program = parsePattern(pattern);
    const text = program.ok ? toText(program.value) : null;
    this.#texts.set(pattern, text);
    return text;
  }
}
