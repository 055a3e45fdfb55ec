/**
 * Canonical values taken apart and put together, for providers that want a field for each part; and what no provider may be sent.
 *
 * A reader answers `null` for what is not canonical: a foreign value is then told as the provider has it.
 */
import { type RecordSet, valuesOf } from "../../../routing/dns/record.ts";

/** Labels of letters, digits, hyphens and underscores, of at most 63 characters (RFC 1035, 2.3.4; RFC 8552 for `_`). */
const NAME = /^(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const MX = /^(\d{1,5}) (\S+)$/;
const SRV = /^(\d{1,5}) (\d{1,5}) (\d{1,5}) (\S+)$/;
const CAA = /^(\d{1,3}) ([a-z0-9]+) "((?:[^"\\]|\\.)*)"$/;
const SERVICE = /^(\d{1,5}) (\S+)(?: (\S.*))?$/;
/** `key`, `key=value` and `key="value"`, as RFC 9460, section 2.1, writes parameters. */
const PARAMETER = /(?<=^|\s)([a-z0-9-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/g;

const SHORT_MAX = 65_535;

export interface MxValue {
  readonly priority: number;
  readonly target: string;
}

export interface SrvValue extends MxValue {
  readonly weight: number;
  readonly port: number;
}

export interface CaaValue {
  readonly flags: number;
  readonly tag: string;
  /** Without quotes and their escapes. */
  readonly value: string;
}

/** Of HTTPS and SVCB. */
export interface ServiceValue extends MxValue {
  readonly parameters: string;
}

export function readMx(value: string): MxValue | null {
  const [, priority, target] = MX.exec(value) ?? [];
  return target === undefined ? null : { priority: Number(priority), target };
}

export function readSrv(value: string): SrvValue | null {
  const [, priority, weight, port, target] = SRV.exec(value) ?? [];
  if (target === undefined) return null;
  return { priority: Number(priority), weight: Number(weight), port: Number(port), target };
}

export function readCaa(text: string): CaaValue | null {
  const [, flags, tag, value] = CAA.exec(text) ?? [];
  if (tag === undefined || value === undefined) return null;
  return { flags: Number(flags), tag, value: value.replace(/\\(.)/g, "$1") };
}

export const caaText = ({ flags, tag, value }: CaaValue): string =>
  `${flags} ${tag.toLowerCase()} "${value.replace(/["\\]/g, "\\$&")}"`;

export function readService(value: string): ServiceValue | null {
  const [, priority, target, parameters = ""] = SERVICE.exec(value) ?? [];
  return target === undefined ? null : { priority: Number(priority), target, parameters };
}

/** Every value in quotes, in the order given; what is no list of parameters stays as it is. */
export function parametersText(text: string): string {
  const rest = text.replace(PARAMETER, "").trim();
  if (rest !== "") return text;
  return [...text.matchAll(PARAMETER)]
    .map(([, key, quoted, bare]) =>
      quoted === undefined && bare === undefined ? key : `${key}="${quoted ?? bare}"`,
    )
    .join(" ");
}

/** Lower case, without the last dot; the root stays `.`. */
export const bareName = (name: string): string =>
  name === "." ? name : name.toLowerCase().replace(/\.$/, "");

/** An IPv6 address as a URL writes it; anything else as it is. */
export function compressed(address: string): string {
  if (!URL.canParse(`http://[${address}]`)) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** IPv4 or IPv6. */
export const isAddress = (text: string): boolean =>
  IPV4.test(text) || (text.includes(":") && URL.canParse(`http://[${text}]`));

export const isWithin = (name: string, zone: string): boolean =>
  name === zone || name.endsWith(`.${zone}`);

/** Why the set must not be sent, as the second half of a sentence; `null`: it may be. The last look: a plan has looked at all of this. */
export function whyNotSent(zone: string, types: readonly string[], set: RecordSet): string | null {
  const { name, type, ttl } = set;
  if (!NAME.test(name.replace(/^\*\./, ""))) return "has a name that is none";
  if (!isWithin(name, zone)) return `is not in the zone ${zone}`;
  if (!types.includes(type)) return `has a type that is not one of ${types.join(", ")}`;
  if (!Number.isInteger(ttl) || ttl < 0) return `has a TTL of ${ttl}, no whole number of seconds`;
  if (set.policy !== undefined) return "has a policy, and there is none that is written here";
  const values = valuesOf(set);
  if (values.length === 0) return "has no value";
  const wrong = values.find((value) => !isCanonical(type, value));
  return wrong === undefined ? null : `has a value that is no ${type}: ${JSON.stringify(wrong)}`;
}

const isTarget = (name: string): boolean => NAME.test(name);
const isRootOrTarget = (name: string): boolean => name === "." || isTarget(name);
const isShort = (number: number): boolean => number <= SHORT_MAX;

function isCanonical(type: string, value: string): boolean {
  switch (type) {
    case "A":
      return IPV4.test(value);
    case "AAAA":
      return (
        value.includes(":") && URL.canParse(`http://[${value}]`) && compressed(value) === value
      );
    case "CNAME":
      return isTarget(value);
    case "MX": {
      const read = readMx(value);
      return read !== null && isShort(read.priority) && isRootOrTarget(read.target);
    }
    case "SRV": {
      const read = readSrv(value);
      if (read === null || !isRootOrTarget(read.target)) return false;
      return isShort(read.priority) && isShort(read.weight) && isShort(read.port);
    }
    case "CAA": {
      const read = readCaa(value);
      return read !== null && read.flags <= 255;
    }
    case "HTTPS":
    case "SVCB": {
      const read = readService(value);
      if (read === null || !isShort(read.priority) || !isRootOrTarget(read.target)) return false;
      return parametersText(read.parameters) === read.parameters;
    }
    default:
      // A text has no wrong form: every character is sent as a byte in quotes.
      return type === "TXT";
  }
}
