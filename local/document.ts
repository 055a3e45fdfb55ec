import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { ok, type Result, refuse } from "../routing/result.ts";
import { isObject } from "../routing/table/entries.ts";
import { routeName } from "../routing/table/http-route/name.ts";

export type ConfigDocument = Readonly<Record<string, unknown>>;

/** Reads an operator's file: YAML, and so JSON too. Refusal: one line with file, line, column and reason. */
export function readConfigFile(path: string): Result<ConfigDocument, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    return refuse(`${path}: ${reason}`);
  }
  return parseConfigText(path, text);
}

export function parseConfigText(path: string, text: string): Result<ConfigDocument, string> {
  const lineCounter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = parsed.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return refuse(`${path}:${line}:${col}: ${error.message}`);
  }
  const value: unknown = parsed.toJS();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(`${path}: a map with monitors, pools and load_balancers is expected at the top`);
  }
  return ok(value as ConfigDocument);
}

/** Both documents in one; where they name the same thing, `over` wins. Sections are maps or lists of objects with `name`. */
export function mergeDocuments(under: ConfigDocument, over: ConfigDocument): ConfigDocument {
  const sections = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...sections].map((section) => [section, mergeSection(under[section], over[section])]),
  );
}

function mergeSection(under: unknown, over: unknown): unknown {
  if (under === undefined || over === undefined) return over ?? under;
  if (Array.isArray(under) && Array.isArray(over)) return mergeLists(under, over);
  return { ...byName(under), ...byName(over) };
}

function mergeLists(under: readonly unknown[], over: readonly unknown[]): unknown[] {
  const names = new Set(over.map(nameOf));
  return [...under.filter((member) => !names.has(nameOf(member))), ...over];
}

/** A manifest has its name inside. */
function nameOf(member: unknown): unknown {
  if (!isObject(member)) return undefined;
  return isObject(member["metadata"]) ? routeName(member["metadata"]) : member["name"];
}

function byName(section: unknown): object {
  if (!Array.isArray(section)) return section as object;
  return Object.fromEntries(section.map((member) => [String(nameOf(member)), member]));
}
