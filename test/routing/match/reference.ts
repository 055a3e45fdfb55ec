/**
 * The Gateway API's rules in the plainest way there is: look at every match of every route, keep those that fit, sort
 * them, take the first. It shares with the product only the engine for regular expressions.
 */
import type { HttpRoute, NamedMatch, RouteMatch } from "../../../routing/http-route.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { compileFullPattern } from "../../../routing/table/pattern/pattern.ts";

export interface Answer {
  readonly route: string;
  readonly rule: number;
  readonly match: number;
}

interface Fit extends Answer {
  readonly order: readonly (number | string)[];
}

export function reference(routes: readonly HttpRoute[], facts: RequestFacts): Answer | null {
  const fits: Fit[] = [];
  for (const route of routes) {
    const host = hostOrder(route.hostnames, facts.host);
    if (host === null) continue;
    route.rules.forEach((one, rule) => {
      one.matches.forEach((wanted, match) => {
        if (!fitsRequest(wanted, facts)) return;
        const name = `${route.namespace}/${route.name}`;
        const order = [...host, ...matchOrder(wanted), route.createdAtMs, name, rule, match];
        fits.push({ route: name, rule, match, order });
      });
    });
  }
  fits.sort((a, b) => compare(a.order, b.order));
  const [first] = fits;
  return first === undefined ? null : { route: first.route, rule: first.rule, match: first.match };
}

/** A hostname without a wildcard first, then the longer one; smaller is better, `null` is no match at all. */
function hostOrder(hostnames: readonly string[], host: string): readonly number[] | null {
  const covering = hostnames.filter((name) =>
    name.startsWith("*.") ? host.endsWith(name.slice(1)) && host !== name.slice(2) : name === host,
  );
  if (hostnames.length === 0) return [1, 0];
  const orders = covering.map((name) => [name.startsWith("*.") ? 1 : 0, -name.length]);
  return orders.sort(compare)[0] ?? null;
}

function matchOrder({ path, method, headers, query }: RouteMatch): readonly number[] {
  const length =
    path.type === "PathPrefix" ? elementsOf(path.value).join("/").length : path.value.length;
  return [
    ["Exact", "RegularExpression", "PathPrefix"].indexOf(path.type),
    path.type === "Exact" ? 0 : -length,
    method === undefined ? 1 : 0,
    -headers.length,
    -query.length,
  ];
}

function fitsRequest({ path, method, headers, query }: RouteMatch, facts: RequestFacts): boolean {
  const parameters = new URLSearchParams(facts.query);
  return (
    fitsPath(path, facts.path) &&
    (method === undefined || method === facts.method) &&
    headers.every((one) => fitsValue(one, new Map(Object.entries(facts.headers)).get(one.name))) &&
    query.every((one) => fitsValue(one, parameters.get(one.name) ?? undefined))
  );
}

function fitsPath({ type, value }: RouteMatch["path"], path: string): boolean {
  if (type === "Exact") return path === value;
  if (type === "RegularExpression") return covers(value, path);
  const wanted = elementsOf(value);
  const given = path.split("/");
  return wanted.every((element, index) => given[index] === element);
}

/** `/a/` and `/a` → "", "a"; `/` → "". */
const elementsOf = (value: string): readonly string[] => value.replace(/\/$/, "").split("/");

const fitsValue = ({ type, value }: NamedMatch, given: string | undefined): boolean =>
  given !== undefined && (type === "Exact" ? given === value : covers(value, given));

function covers(text: string, subject: string): boolean {
  const compiled = compileFullPattern(text);
  return compiled.ok && compiled.value(subject);
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? value;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
