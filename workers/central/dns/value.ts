/**
 * Canonical values in parts, for providers that want a field for each, and listed ones in their canonical form.
 *
 * A reader of parts answers `null` for what has not its form: a foreign value is then told as the provider has it.
 */
import { RECORD_TYPES, type RecordType } from "../../../routing/dns/record.ts";
import { canonicalValue } from "../../../routing/dns/values.ts";

const MX = /^(\d{1,5}) (\S+)$/;
const SRV = /^(\d{1,5}) (\d{1,5}) (\d{1,5}) (\S+)$/;
const CAA = /^(\d{1,3}) ([a-z0-9]+) "((?:[^"\\]|\\.)*)"$/;
const SERVICE = /^(\d{1,5}) (\S+)(?: (\S.*))?$/;

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

/** Lower case, without the last dot; the root stays `.`. Of any name, also one that could not be ours. */
export const bareName = (name: string): string =>
  name === "." ? name : name.toLowerCase().replace(/\.$/, "");

/** An IPv6 address as a URL writes it; anything else as it is. */
export function compressed(address: string): string {
  if (!URL.canParse(`http://[${address}]`)) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

const isPublished = (type: string): type is RecordType =>
  (RECORD_TYPES as readonly string[]).includes(type);

/** Canonical where the type is one of ours and the text says one of its values, else the text. Of TXT the text is canonical already. */
export function listedValue(type: string, text: string): string {
  if (type === "TXT" || !isPublished(type)) return text;
  const value = canonicalValue(type, text);
  return value.ok ? value.value : text;
}
