/** The vendor's functions, as far as a routing rule needs them. */
import type { Report, Span } from "./problem.ts";
import type { Literal } from "./syntax.ts";
import { bounded, byteLength, lower, ROUNDS_MAX, upper, urlDecode } from "./text.ts";
import { type Each, lift, type Many, nameOf, type One, type Read, type Term } from "./value.ts";
import { CHANGE, DECODE, spend } from "./work.ts";

export type Parameter =
  | { readonly kind: "term"; readonly term: Term; readonly span: Span }
  | { readonly kind: "literal"; readonly literal: Literal; readonly span: Span };

interface Use {
  readonly parameters: readonly Parameter[];
  readonly report: Report;
}

interface Definition {
  readonly signature: string;
  readonly least: number;
  readonly most: number;
  readonly compile: (use: Use) => Term | undefined;
}

type Text = One<"String"> | Each<"String">;

const PARTS_MAX = 32;

export const FUNCTIONS: ReadonlyMap<string, Definition> = new Map<string, Definition>([
  ["lower", mapping("lower(String)", lower)],
  ["upper", mapping("upper(String)", upper)],
  ["len", { signature: "len(String | Array)", least: 1, most: 1, compile: len }],
  ["starts_with", affix("starts_with", (text, part) => text.startsWith(part))],
  ["ends_with", affix("ends_with", (text, part) => text.endsWith(part))],
  ["any", quantifier("any", (values) => values.includes(true))],
  ["all", quantifier("all", (values) => !values.includes(false))],
  [
    "url_decode",
    { signature: 'url_decode(String [, "ur"])', least: 1, most: 2, compile: urlDecoding },
  ],
  ["concat", { signature: "concat(String, …)", least: 2, most: PARTS_MAX, compile: concat }],
  [
    "to_string",
    { signature: "to_string(Integer | Boolean | IP address)", least: 1, most: 1, compile: toText },
  ],
]);

export function compileCall(
  { signature, least, most, compile }: Definition,
  parameters: readonly Parameter[],
  span: Span,
  report: Report,
): Term | undefined {
  const count = parameters.length;
  if (count < least || count > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    return report(span, `${signature} takes ${range} arguments, not ${count}.`, signature);
  }
  return compile({ parameters, report });
}

function mapping(signature: string, apply: (text: string) => string): Definition {
  const compile = (use: Use) => {
    const source = sourceOf(use, signature);
    return source === undefined ? undefined : lift(source, "String", costing(CHANGE, apply));
  };
  return { signature, least: 1, most: 1, compile };
}

function affix(name: string, apply: (text: string, part: string) => boolean): Definition {
  const signature = `${name}(String, "text")`;
  const compile = (use: Use) => {
    const source = sourceOf(use, signature);
    const part = quotedOf(use, 1, signature);
    if (source === undefined || part === undefined) return undefined;
    return lift(source, "Boolean", (text) => apply(text, part));
  };
  return { signature, least: 2, most: 2, compile };
}

function quantifier(name: string, apply: (values: readonly boolean[]) => boolean): Definition {
  const signature = `${name}(Array<Boolean>)`;
  const compile = ({ parameters: [parameter], report }: Use): One<"Boolean"> | undefined => {
    if (parameter?.kind === "term") {
      const { term } = parameter;
      if (term.type === "Boolean" && term.shape !== "one") {
        return { shape: "one", type: "Boolean", read: present(term.read, apply) };
      }
    }
    return refuseArgument(parameter, signature, report);
  };
  return { signature, least: 1, most: 1, compile };
}

/** `apply`, paid for by the character. */
const costing =
  <T>(units: number, apply: (text: string) => T) =>
  (text: string): T => {
    spend(units * text.length);
    return apply(text);
  };

const present =
  <T, U>(read: Read<T>, apply: (value: T) => U): Read<U> =>
  (facts) => {
    const value = read(facts);
    return value === undefined ? undefined : apply(value);
  };

function len({ parameters: [parameter], report }: Use): Term | undefined {
  if (parameter?.kind === "term") {
    const { term } = parameter;
    if (term.shape === "many") return { shape: "one", type: "Integer", read: lengthOf(term) };
    if (term.type === "String" && term.shape !== "keyed")
      return lift(term, "Integer", costing(CHANGE, byteLength));
  }
  return refuseArgument(parameter, "len(String | Array)", report);
}

const lengthOf = ({ read }: Many): Read<number> => present(read, (array) => array.length);

function urlDecoding(use: Use): Term | undefined {
  const signature = 'url_decode(String [, "ur"])';
  const source = sourceOf(use, signature);
  const flags = use.parameters.length < 2 ? "" : quotedOf(use, 1, signature);
  if (source === undefined || flags === undefined) return undefined;
  if (!/^[ru]*$/.test(flags)) {
    const span = use.parameters[1]?.span ?? { position: 0, length: 0 };
    return use.report(span, "Options of url_decode are r, recursive, and u, Unicode.", '"r", "u"');
  }
  const options = { recursive: flags.includes("r"), unicode: flags.includes("u") };
  const rounds = options.recursive ? ROUNDS_MAX : 1;
  const decode = (text: string) => urlDecode(text, options);
  return lift(source, "String", costing(DECODE * rounds, decode));
}

/** Missing parts are left out, as with the vendor; only when every part is missing the whole is. */
function concat({ parameters, report }: Use): Term | undefined {
  const parts: Read<string>[] = [];
  for (const parameter of parameters.slice(1)) {
    const part = partOf(parameter, report);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const [first] = parameters;
  if (first?.kind === "term" && first.term.type === "String" && first.term.shape === "each") {
    return lift(first.term, "String", (text, facts) => joined([() => text, ...parts], facts) ?? "");
  }
  const head = partOf(first, report);
  if (head === undefined) return undefined;
  return { shape: "one", type: "String", read: (facts) => joined([head, ...parts], facts) };
}

function joined(
  parts: readonly Read<string>[],
  facts: Parameters<Read<string>>[0],
): string | undefined {
  const texts = parts.map((read) => read(facts)).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  const joint = bounded(texts.join(""));
  spend(joint.length);
  return joint;
}

function partOf(parameter: Parameter | undefined, report: Report): Read<string> | undefined {
  if (parameter?.kind === "literal" && parameter.literal.kind === "string") {
    const { value } = parameter.literal;
    return () => value;
  }
  if (parameter?.kind === "term") {
    const { term } = parameter;
    if (term.type === "String" && term.shape === "one") return term.read;
  }
  return refuseArgument(parameter, "concat(String, …), with [*] only in the first", report);
}

function toText({ parameters: [parameter], report }: Use): Term | undefined {
  if (parameter?.kind === "term") {
    const { term } = parameter;
    if (term.shape === "one" || term.shape === "each") {
      if (term.type === "Integer") return lift(term, "String", String);
      if (term.type === "Boolean") return lift(term, "String", String);
      if (term.type === "IP address") return lift(term, "String", ({ text }) => text);
    }
  }
  return refuseArgument(parameter, "to_string(Integer | Boolean | IP address)", report);
}

/** The first argument of a function of text: not a literal, whose result could be written down instead. */
function sourceOf({ parameters: [parameter], report }: Use, signature: string): Text | undefined {
  if (parameter?.kind === "term") {
    const { term } = parameter;
    if (term.type === "String" && (term.shape === "one" || term.shape === "each")) return term;
  }
  return refuseArgument(parameter, signature, report);
}

function quotedOf(
  { parameters, report }: Use,
  index: number,
  signature: string,
): string | undefined {
  const parameter = parameters[index];
  if (parameter?.kind === "literal" && parameter.literal.kind === "string") {
    return parameter.literal.value;
  }
  return refuseArgument(parameter, signature, report);
}

function refuseArgument(
  parameter: Parameter | undefined,
  signature: string,
  report: Report,
): undefined {
  const found = parameter?.kind === "term" ? nameOf(parameter.term) : "a value written out";
  const span = parameter?.span ?? { position: 0, length: 0 };
  return report(span, `${signature} does not take ${found} here.`, signature);
}
