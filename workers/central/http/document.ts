/** Text into plain JSON, from JSON or YAML: what comes out has no traps, whichever way it came in. */
import { parseDocument } from "yaml";
import { parseJson } from "../../../routing/table/json.ts";
import { plainJsonProblems } from "../../../routing/table/plain-json.ts";
import type { Problem } from "../../../routing/table/problem.ts";
import type { BodyType } from "./body.ts";
import { Refusal } from "./problem.ts";

/** A few aliases save typing; many are a bomb (the library counts what they would expand to). */
const ALIASES_MAX = 100;

/** Errors: throws `Refusal` 400 that carries every reason. */
export function readDocument(text: string, type: BodyType): unknown {
  if (type === "yaml") return fromYaml(text);
  const parsed = parseJson(text);
  if (!parsed.ok) throw unreadable("JSON", parsed.error);
  return parsed.value;
}

function fromYaml(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: true, stringKeys: true });
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) throw unreadable("YAML", wrong.map(problemOf));
  const value = plainValue(document);
  const problems = plainJsonProblems(value);
  if (problems.length > 0) throw unreadable("YAML", problems);
  return value;
}

function plainValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    throw unreadable("YAML", [problemOf(error as Error)]);
  }
}

/** The library's sentence has the line and column; what follows it is the text again. */
const problemOf = ({ message }: Error): Problem => ({
  pointer: "",
  detail: message.split("\n")[0] ?? message,
});

const unreadable = (language: "JSON" | "YAML", errors: readonly Problem[]): Refusal =>
  new Refusal(
    "malformed",
    `The body is not ${language} that can be read: ${errors[0]?.detail} Mend it and send it again.`,
    { members: { errors } },
  );
