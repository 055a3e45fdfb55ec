/** Random routes and requests from alphabets so small that most requests meet several rules that compete. */
import type {
  HttpRoute,
  NamedMatch,
  PathMatchType,
  RouteMatch,
} from "../../../routing/http-route.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { pickIndex, type Rng } from "../../../routing/rng.ts";
import { factsOf, matchOf, named, namedLike, path, routeOf, ruleOf } from "./routes.ts";

export const oneOf = <T>(items: readonly [T, ...T[]], rng: Rng): T =>
  items[pickIndex(items.length, rng)] ?? items[0];

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const HOSTS = ["shop.example", "a.shop.example", "b.a.shop.example", "other.test"] as const;
const HOSTNAMES = [...HOSTS, "*.shop.example", "*.a.shop.example", "*.example", "*.test"] as const;
const PATTERNS = ["/a.*", "/(a|b)/b?", "/[ab]+", ".*", "/a/b/.+", "(", "/ab|/a"] as const;
/** Names that an object has without anybody having put them there are among them. */
const HEADERS = ["x", "y", "constructor", "__proto__"] as const;
const PARAMETERS = ["q", "r s", "é", "a+b", "toString"] as const;
const VALUES = ["1", "2", "", "a b", "é"] as const;

/** From the first slash; empty elements, so also trailing slashes, among them. */
const randomPath = (rng: Rng): string =>
  `/${times(pickIndex(4, rng), () => oneOf(["a", "b", "ab", "A", ""], rng)).join("/")}`;

const randomNamed = (names: readonly [string, ...string[]], rng: Rng): NamedMatch => {
  const name = oneOf(names, rng);
  return rng() < 0.8
    ? named(name, oneOf(VALUES, rng))
    : namedLike(name, oneOf(["1|2", ".*", "[", "a.b"], rng));
};

/** No name twice in one list, as the model promises. */
const randomList = (names: readonly [string, ...string[]], rng: Rng): readonly NamedMatch[] => {
  const found = times(pickIndex(3, rng), () => randomNamed(names, rng));
  return found.filter(
    ({ name }, index) => found.findIndex((other) => other.name === name) === index,
  );
};

export function randomMatch(rng: Rng): RouteMatch {
  const type = oneOf<PathMatchType>(
    ["Exact", "PathPrefix", "PathPrefix", "RegularExpression"],
    rng,
  );
  const value = type === "RegularExpression" ? oneOf(PATTERNS, rng) : randomPath(rng);
  return matchOf({
    path: path(type, value),
    headers: rng() < 0.5 ? [] : randomList(HEADERS, rng),
    query: rng() < 0.6 ? [] : randomList(PARAMETERS, rng),
    ...(rng() < 0.3 ? { method: oneOf(["GET", "POST"], rng) } : {}),
  });
}

export const randomRoute = (name: string, rng: Rng): HttpRoute =>
  routeOf(
    name,
    times(1 + pickIndex(3, rng), () =>
      ruleOf(times(1 + pickIndex(2, rng), () => randomMatch(rng))),
    ),
    {
      namespace: oneOf(["default", "team"], rng),
      createdAtMs: pickIndex(3, rng),
      hostnames: [...new Set(times(pickIndex(3, rng), () => oneOf(HOSTNAMES, rng)))],
    },
  );

export const randomRoutes = (rng: Rng): readonly HttpRoute[] =>
  times(1 + pickIndex(12, rng), (index) => randomRoute(`r${index}`, rng));

/** One value, written in any of the ways in which a browser or a script may write it. */
const spelt = (text: string, rng: Rng): string =>
  oneOf([encodeURIComponent(text), new URLSearchParams([["", text]]).toString().slice(1)], rng);

function randomQuery(rng: Rng): string {
  const pieces = times(pickIndex(4, rng), () => {
    const broken = oneOf(["", "=", "%", "%e9=%zz", "q", "q=%31", "q=1=2"], rng);
    const whole = `${spelt(oneOf(PARAMETERS, rng), rng)}=${spelt(oneOf(VALUES, rng), rng)}`;
    return rng() < 0.2 ? broken : whole;
  });
  return pieces.join("&");
}

export const randomFacts = (rng: Rng): RequestFacts =>
  factsOf(`${oneOf(["GET", "POST", "HEAD"], rng)} ${randomPath(rng)}`, {
    host: oneOf(HOSTS, rng),
    query: randomQuery(rng),
    headers: Object.fromEntries(
      times(pickIndex(4, rng), () => [oneOf(HEADERS, rng), oneOf(VALUES, rng)]),
    ),
  });
