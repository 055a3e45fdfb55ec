/** Expressions and requests by chance: some right, some nearly right, some noise. */
import { FIELDS } from "../../../routing/expression/fields.ts";
import { FUNCTIONS } from "../../../routing/expression/functions.ts";
import { COMPARATORS } from "../../../routing/expression/syntax.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { pickIndex, type Rng } from "../../../routing/rng.ts";
import { EVIL } from "../table/pattern/evil.ts";
import { REFUSALS, TRUTHS } from "./cases.ts";

const CORPUS: readonly string[] = [
  ...Object.values(TRUTHS).flatMap((cases) => cases.map(([expression]) => expression)),
  ...REFUSALS.map(([expression]) => expression),
];

const FIELD_NAMES = [...FIELDS.keys()];
const FUNCTION_NAMES = [...FUNCTIONS.keys()];
const STRINGS = ["", "a", "shop.example", "DE", "*", "/a/*", "\\", '"', "☁", "__proto__", "accept"];
const NOISE = [...'()[]{}!"\\*.,#~^&|<>=/:- \n\t0129azAZ_$é☁\0'];
const SIGNS = ["==", "!=", "<", "<=", ">", ">=", "~", ...COMPARATORS];

const oneOf = <T>(items: readonly T[], rng: Rng): T => items[pickIndex(items.length, rng)] as T;

export function anyExpression(rng: Rng): string {
  const kind = rng();
  if (kind < 0.45) return condition(3, rng);
  if (kind < 0.8) return mutated(kind < 0.65 ? oneOf(CORPUS, rng) : condition(2, rng), rng);
  if (kind < 0.9) return Array.from({ length: pickIndex(20, rng) }, () => word(rng)).join(" ");
  return Array.from({ length: pickIndex(60, rng) }, () => oneOf(NOISE, rng)).join("");
}

function condition(depth: number, rng: Rng): string {
  const kind = depth === 0 ? 0.6 : rng();
  if (kind < 0.15) return `(${condition(depth - 1, rng)})`;
  if (kind < 0.3) return `${oneOf(["not ", "!"], rng)}${condition(depth - 1, rng)}`;
  if (kind < 0.5) {
    const sign = oneOf(["and", "&&", "or", "||", "xor", "^^"], rng);
    return `${condition(depth - 1, rng)} ${sign} ${condition(depth - 1, rng)}`;
  }
  if (kind < 0.55) return oneOf(["ssl", "true", "false"], rng);
  if (kind < 0.88) return sound(rng);
  if (kind < 0.94) return `any(${comparison(`${operand(1, rng)}[*]`, rng)})`;
  if (kind < 0.97) return operand(depth, rng);
  return comparison(operand(depth, rng), rng);
}

const TEXT_FIELDS = FIELD_NAMES.filter((name) => {
  const field = FIELDS.get(name);
  return field?.type === "String" && field.shape === "one";
});
const ARRAYS = [
  "http.request.headers.names",
  "http.request.headers.values",
  'http.request.headers["accept"]',
  'http.request.cookies["a"]',
];

/** Of the right types, whatever it says. */
function sound(rng: Rng): string {
  const kind = rng();
  if (kind < 0.15)
    return `ip.src ${oneOf(["eq", "!="], rng)} ${oneOf(["203.0.113.9", "::1"], rng)}`;
  if (kind < 0.25) return "ip.src in {203.0.113.0/24 ::1..::ff 2001:db8::/32}";
  if (kind < 0.4)
    return `${number(rng)} ${oneOf(["==", "ne", "<", "ge"], rng)} ${pickIndex(20, rng)}`;
  if (kind < 0.5) return `${number(rng)} in {-5..5 3320 0x10}`;
  if (kind < 0.75) return textual(text(2, oneOf(TEXT_FIELDS, rng), rng), rng);
  const each = text(1, `${oneOf(ARRAYS, rng)}[*]`, rng);
  return `${oneOf(["any", "all"], rng)}(${textual(each.endsWith("[*]") ? each : `${each}[*]`, rng)})`;
}

const number = (rng: Rng): string =>
  oneOf(["ip.src.asnum", "len(http.host)", `len(${oneOf(ARRAYS, rng)})`], rng);

/** `inner` inside some functions of text. */
function text(depth: number, inner: string, rng: Rng): string {
  if (depth === 0 || rng() < 0.4) return inner;
  const name = oneOf(["lower", "upper", "url_decode", "concat"], rng);
  const more =
    name === "concat" ? ", http.cookie, http.cookie" : name === "url_decode" ? ', "ru"' : "";
  return text(depth - 1, `${name}(${inner}${more})`, rng);
}

function textual(left: string, rng: Rng): string {
  const string = JSON.stringify(oneOf(STRINGS.slice(0, 4), rng));
  const kind = rng();
  if (kind < 0.5)
    return `${left} ${oneOf(["eq", "ne", "lt", "contains", "wildcard"], rng)} ${string}`;
  if (kind < 0.7) return `${left} in {${string} "b"}`;
  return `${left} matches r##"${oneOf(EVIL.slice(0, 28), rng).pattern}"##`;
}

function comparison(left: string, rng: Rng): string {
  const sign = oneOf(SIGNS, rng);
  if (sign === "in") return `${left} in {${literal(rng)} ${literal(rng)}}`;
  if (sign === "~" || sign === "matches")
    return `${left} ${sign} r##"${oneOf(EVIL, rng).pattern}"##`;
  return `${left} ${sign} ${literal(rng)}`;
}

function operand(depth: number, rng: Rng): string {
  if (depth > 0 && rng() < 0.35) {
    const inner = operand(depth - 1, rng);
    const second = rng() < 0.5 ? "" : `, ${rng() < 0.5 ? literal(rng) : operand(depth - 1, rng)}`;
    return `${oneOf(FUNCTION_NAMES, rng)}(${inner}${second})`;
  }
  const field = oneOf(FIELD_NAMES, rng);
  if (rng() < 0.7) return field;
  return `${field}${oneOf(['["accept"]', "[0]", "[*]", '["accept"][0]', '["x"][*]', "[9999]"], rng)}`;
}

function literal(rng: Rng): string {
  const kind = rng();
  if (kind < 0.5) return JSON.stringify(oneOf(STRINGS, rng));
  if (kind < 0.55) return rng() < 0.5 ? "ssl" : oneOf(["true", "false"], rng);
  if (kind < 0.85) return sound(rng);
  if (kind < 0.9) return `r#"${oneOf(STRINGS, rng)}"#`;
  const bare = [
    "1",
    "-5..5",
    "3320",
    "10.0.0.0/8",
    "203.0.113.9",
    "::1..::ff",
    "2001:db8::/32",
    "true",
  ];
  return oneOf(bare, rng);
}

const word = (rng: Rng): string =>
  oneOf(
    [...FIELD_NAMES, ...FUNCTION_NAMES, ...SIGNS, "and", "or", "not", "(", ")", "[*]", "{", "}"],
    rng,
  );

/** A few characters left out, put in, doubled, or the tail of another expression. */
function mutated(expression: string, rng: Rng): string {
  let text = expression;
  for (let count = pickIndex(3, rng); count >= 0; count -= 1) {
    const at = pickIndex(text.length + 1, rng);
    const kind = rng();
    if (kind < 0.3) text = text.slice(0, at) + text.slice(at + 1);
    else if (kind < 0.6) text = text.slice(0, at) + oneOf(NOISE, rng) + text.slice(at);
    else if (kind < 0.8) text = text.slice(0, at) + oneOf(CORPUS, rng).slice(pickIndex(10, rng));
    else text = text.repeat(2);
  }
  return text;
}

const TEXTS = [
  "",
  "a",
  "a=b; c=d",
  "é☁😀",
  "\ud800",
  "%E4%BD%",
  "a".repeat(9_000),
  "x=;".repeat(500),
];

/** Requests that no platform would hand over are among them. */
export function anyRequest(rng: Rng): RequestFacts {
  const text = () => oneOf(TEXTS, rng);
  const maybe = <T>(value: T): T | undefined => (rng() < 0.5 ? value : undefined);
  const names = ["accept", "cookie", "user-agent", "__proto__", "constructor", "", "x"];
  const headers = names.filter(() => rng() < 0.5).map((name) => [name, text()] as const);
  return {
    method: oneOf(["GET", "POST", ""], rng),
    scheme: oneOf(["http", "https"], rng),
    host: text(),
    path: `/${text()}`,
    query: text(),
    headers: Object.fromEntries(headers),
    clientIp: oneOf(
      ["203.0.113.9", "2001:db8::1", "", "10.0.0.1, 10.0.0.2", "::ffff:1.2.3.4"],
      rng,
    ),
    country: maybe("DE"),
    continent: maybe("EU"),
    asn: maybe(oneOf([0, 3320, Number.NaN], rng)),
    latitude: maybe(52.5),
    longitude: maybe(-0),
    colo: oneOf(["FRA", ""], rng),
    coloRegion: maybe("WEU"),
  };
}
