/**
 * The values of HTTPS and SVCB records: a priority, a target and parameters, in the form of RFC 9460, appendix A.
 *
 * Canonical: parameters by the number of their key, each value in quotes. Backslashes are refused: only names of protocols that nobody has
 * registered would need one, and providers escape it in ways of their own.
 */
import { ok, type Result, refuse } from "../result.ts";
import { canonicalAddress, canonicalTarget, uint16 } from "./fields.ts";

/** IANA's registry of service parameter keys: number and name (RFC 9460, section 14.3.2; RFC 9461; RFC 9540). */
const KEYS = [
  "mandatory",
  "alpn",
  "no-default-alpn",
  "port",
  "ipv4hint",
  "ech",
  "ipv6hint",
  "dohpath",
  "ohttp",
] as const;
type Key = (typeof KEYS)[number];

/** Number → value, `null` where there is none. */
type Parameters = ReadonlyMap<number, string | null>;

/** Idempotent. Refusals end a sentence. */
export function canonicalService(value: string): Result<string, string> {
  const [, priority = "", target = "", rest = ""] =
    /^(\d+)[\t ]+([^\t ]+)((?:[\t ].*)?)$/.exec(value) ?? [];
  const number = uint16(priority);
  if (number === null) {
    return refuse(
      'is not a priority of 0..65535, a name or . and parameters, such as 1 . alpn="h2"',
    );
  }
  const name = target === "." ? ok(".") : canonicalTarget(target);
  if (!name.ok) return refuse(`leads to "${target}", which ${name.error}`);
  const parameters = readParameters(rest);
  if (!parameters.ok) return parameters;
  if (number === 0 && parameters.value.size > 0) {
    return refuse("has the priority 0, an alias, of which nobody reads the parameters");
  }
  const why = whyInconsistent(parameters.value);
  return why === null
    ? ok([number, name.value, ...written(parameters.value)].join(" "))
    : refuse(why);
}

const PARAMETER = /^[\t ]+([a-z0-9-]{1,63})(?:=(?:"([^"\\]*)"|([^"\\\t ]*)))?(?=[\t ]|$)/;

function readParameters(text: string): Result<Parameters, string> {
  const found = new Map<number, string | null>();
  for (let rest = text; /[^\t ]/.test(rest); ) {
    const [whole, key = "", quoted, bare] = PARAMETER.exec(rest) ?? [];
    if (whole === undefined) {
      return refuse(`has "${rest.trim().slice(0, 40)}" where a parameter key="value" should be`);
    }
    const number = numberOf(key);
    if (!number.ok) return number;
    if (found.has(number.value)) return refuse(`has the parameter ${key} twice`);
    const read = readParameter(number.value, quoted ?? bare ?? "");
    if (!read.ok) return refuse(`has a parameter ${key} that ${read.error}`);
    found.set(number.value, read.value);
    rest = rest.slice(whole.length);
  }
  return ok(found);
}

/** A key that has a name is called by it: two spellings would be two parameters to whoever compares. */
function numberOf(key: string): Result<number, string> {
  const known = KEYS.indexOf(key as Key);
  if (known !== -1) return ok(known);
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(key)?.[1];
  const number = digits === undefined ? null : uint16(digits);
  // 65535 is reserved as invalid.
  if (number === null || number === 65_535) return refuse(`has the unknown parameter "${key}"`);
  const name = KEYS[number];
  return name === undefined ? ok(number) : refuse(`has the parameter ${key}; write ${name}`);
}

const nameOf = (number: number): string => KEYS[number] ?? `key${number}`;

function readParameter(number: number, value: string): Result<string | null, string> {
  switch (KEYS[number]) {
    case "mandatory":
      return readMandatory(value);
    case "alpn":
      return eachOf(value, (id) =>
        /^[!-~]{1,255}$/.test(id) ? ok(id) : refuse("is not a list of protocols, such as h2,h3"),
      );
    case "port": {
      const port = uint16(value);
      return port === null ? refuse("is not a port of 0..65535") : ok(String(port));
    }
    case "ipv4hint":
      return eachOf(value, (address) => canonicalAddress(address, 4));
    case "ipv6hint":
      return eachOf(value, (address) => canonicalAddress(address, 6));
    case "ech":
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value) &&
        value !== ""
        ? ok(value)
        : refuse("is not in base64");
    case "dohpath":
      return /^\/[!-~]*\{\?dns\}[!-~]*$/.test(value)
        ? ok(value)
        : refuse("is not a path such as /dns-query{?dns}");
    case "no-default-alpn":
    case "ohttp":
      return value === "" ? ok(null) : refuse("takes no value");
    default:
      return ok(value === "" ? null : value);
  }
}

/** The order is the owner's: of protocols it is the order of preference. */
function eachOf(
  value: string,
  read: (item: string) => Result<string, string>,
): Result<string, string> {
  const items: string[] = [];
  for (const item of value.split(",")) {
    const found = read(item);
    if (!found.ok) return found;
    items.push(found.value);
  }
  return ok(items.join(","));
}

function readMandatory(value: string): Result<string, string> {
  const numbers: number[] = [];
  for (const key of value.split(",")) {
    const number = numberOf(key);
    if (!number.ok) return number;
    if (number.value === 0) return refuse("names itself");
    if (numbers.includes(number.value)) return refuse(`names ${key} twice`);
    numbers.push(number.value);
  }
  return ok(
    numbers
      .sort((a, b) => a - b)
      .map(nameOf)
      .join(","),
  );
}

/** RFC 9460, sections 7.1.1 and 8: a record that contradicts itself is ignored by those who read it. */
function whyInconsistent(parameters: Parameters): string | null {
  const has = (key: Key) => parameters.has(KEYS.indexOf(key));
  if (has("no-default-alpn") && !has("alpn")) return "has no-default-alpn without alpn";
  const mandatory = parameters.get(0)?.split(",") ?? [];
  const missing = mandatory.find((key) => {
    const number = numberOf(key);
    return !number.ok || !parameters.has(number.value);
  });
  return missing === undefined ? null : `calls ${missing} mandatory and has it not`;
}

const written = (parameters: Parameters): readonly string[] =>
  [...parameters]
    .sort(([a], [b]) => a - b)
    .map(([number, value]) => (value === null ? nameOf(number) : `${nameOf(number)}="${value}"`));
