/**
 * The interfaces of a vendor's published TypeScript declarations as JSON Schemas.
 *
 * It reads the part of the language that generated clients use: interfaces, type aliases, namespaces, arrays,
 * unions and literals. Anything else is an error, so that nothing is left out in silence. Objects are closed
 * (`additionalProperties: false`). Comments say where a parameter goes (`Path param:`, `Query param:`).
 */
import type { Schema } from "../strict.ts";

export type Place = "path" | "query" | "body";

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly place: Place | null;
  readonly type: Type;
}

type Type =
  | { readonly kind: "ref"; readonly name: string; readonly from: string }
  | { readonly kind: "literal"; readonly value: string | number | null }
  | { readonly kind: "array"; readonly of: Type }
  | { readonly kind: "union"; readonly of: readonly Type[] }
  | { readonly kind: "object"; readonly fields: readonly Field[]; readonly bases: readonly Type[] };

const TOKEN = /\/\*\*?[\s\S]*?\*\/|\/\/.*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w$.]+|[^\s\w]/g;
const PLACES: readonly (readonly [string, Place])[] = [
  ["Path param", "path"],
  ["Query param", "query"],
  ["Body param", "body"],
];

export class Declarations {
  readonly #types = new Map<string, Type>();
  readonly #outside: Readonly<Record<string, Schema>>;

  /** `outside`: the schemas of names that the text imports, by the name it uses. */
  constructor(text: string, outside: Readonly<Record<string, Schema>>) {
    this.#outside = outside;
    new Parser(text, (name, type) => this.#types.set(name, type)).file();
  }

  /** The schema of one declaration, or only of its fields in `place`. */
  schema(name: string, place: Place | null = null): Schema {
    return this.#render({ kind: "ref", name, from: "" }, place);
  }

  #render(type: Type, place: Place | null): Schema {
    switch (type.kind) {
      case "literal":
        return { const: type.value };
      case "array":
        return { type: "array", items: this.#render(type.of, null) };
      case "union":
        return this.#union(type.of, place);
      case "object": {
        const fields = this.#fields(type).filter((f) => place === null || f.place === place);
        return {
          type: "object",
          properties: Object.fromEntries(fields.map((f) => [f.name, this.#render(f.type, null)])),
          required: fields.filter((f) => f.required).map((f) => f.name),
          additionalProperties: false,
        };
      }
      case "ref": {
        if (["string", "number", "boolean"].includes(type.name)) return { type: type.name };
        if (type.name === "unknown") return {};
        if (type.name === "null") return { type: "null" };
        const found = this.#find(type);
        return "kind" in found ? this.#render(found as Type, place) : (found as Schema);
      }
    }
  }

  #union(of: readonly Type[], place: Place | null): Schema {
    const literals = of.flatMap((t) => (t.kind === "literal" ? [t.value] : []));
    if (literals.length === of.length) return { enum: literals };
    const members = of.map((t) => this.#render(t, place));
    const tagged = members.every((m) => (m["properties"] as Schema | undefined)?.["type"]);
    return tagged
      ? {
          type: "object",
          discriminator: { propertyName: "type" },
          oneOf: members,
          required: ["type"],
        }
      : { anyOf: members };
  }

  #fields(type: Type & { kind: "object" }): readonly Field[] {
    const inherited = type.bases.flatMap((base) => {
      const found = base.kind === "ref" ? this.#find(base) : base;
      if (!("kind" in found)) return outsideFields(found as Schema);
      const object = found as Type;
      if (object.kind !== "object") throw new Error("an interface extends what is no interface");
      return this.#fields(object);
    });
    const own = new Set(type.fields.map((f) => f.name));
    return [...inherited.filter((f) => !own.has(f.name)), ...type.fields];
  }

  /** A name is looked up in its namespace, then in the ones around it; `RecordsAPI.X` is this file's own X. */
  #find(ref: { readonly name: string; readonly from: string }): Type | Schema {
    const outside = this.#outside[ref.name];
    if (outside !== undefined) return outside;
    const name = ref.name.replace(/^\w+API\./, "");
    for (let scope = name === ref.name ? ref.from : ""; ; scope = scope.replace(/\.?\w+$/, "")) {
      const found = this.#types.get(scope === "" ? name : `${scope}.${name}`);
      if (found !== undefined) return found;
      if (scope === "") throw new Error(`no declaration of ${ref.name} (seen from ${ref.from})`);
    }
  }
}

function outsideFields(schema: Schema): readonly Field[] {
  return Object.entries(schema["properties"] as Record<string, Schema>).map(([name, value]) => ({
    name,
    required: false,
    place: "query",
    type: { kind: "ref", name: String(value["type"]), from: "" },
  }));
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #declare: (name: string, type: Type) => void;
  #at = 0;
  #comment = "";

  constructor(text: string, declare: (name: string, type: Type) => void) {
    this.#tokens = text.match(TOKEN) ?? [];
    this.#declare = declare;
  }

  file(): void {
    while (this.#peek() !== "") this.#statement("");
  }

  #statement(scope: string): void {
    while (["export", "declare"].includes(this.#peek())) this.#next();
    const word = this.#next();
    if (word === "interface") {
      const name = join(scope, this.#next());
      const bases: Type[] = [];
      if (this.#take("extends")) {
        do bases.push(this.#reference(scope));
        while (this.#take(","));
      }
      this.#declare(name, { kind: "object", fields: this.#body(name), bases });
    } else if (word === "type") {
      const name = join(scope, this.#next());
      if (this.#take("<")) this.#skipTo(">");
      this.#expect("=");
      if (/^[A-Z]\w*$/.test(this.#peek()) && this.#tokens[this.#at + 1] === "<") this.#skipTo(";");
      else {
        this.#declare(name, this.#type(name));
        this.#expect(";");
      }
    } else if (word === "namespace") {
      const name = join(scope, this.#next());
      this.#expect("{");
      while (!this.#take("}")) this.#statement(name);
    } else if (word === "class") this.#skipBlock();
    else if (word === "import") this.#skipTo(";");
    else if (word === "{") this.#skipTo(";");
    else throw new Error(`${word}: not a statement this reader knows`);
  }

  #body(scope: string): readonly Field[] {
    const fields: Field[] = [];
    this.#expect("{");
    while (!this.#take("}")) {
      const name = this.#next().replace(/^['"]|['"]$/g, "");
      const place = PLACES.find(([said]) => this.#comment.includes(said))?.[1] ?? null;
      const required = !this.#take("?");
      this.#expect(":");
      fields.push({ name, required, place, type: this.#type(scope) });
      this.#expect(";");
      this.#comment = "";
    }
    return fields;
  }

  #type(scope: string): Type {
    this.#take("|");
    const of: Type[] = [];
    do of.push(this.#one(scope));
    while (this.#take("|"));
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "union", of };
  }

  #one(scope: string): Type {
    const token = this.#peek();
    if (token === "{") return { kind: "object", fields: this.#body(scope), bases: [] };
    if (/^['"]/.test(token)) return { kind: "literal", value: this.#next().slice(1, -1) };
    if (/^\d/.test(token)) return { kind: "literal", value: Number(this.#next()) };
    return this.#reference(scope);
  }

  #reference(scope: string): Type {
    const name = this.#next();
    if (!/^[\w.]+$/.test(name)) throw new Error(`${name}: not the name of a type`);
    if (name !== "Array") return { kind: "ref", name, from: scope };
    this.#expect("<");
    const of = this.#type(scope);
    this.#expect(">");
    return { kind: "array", of };
  }

  /** The next token; the last comment before it is kept. */
  #peek(): string {
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (!token.startsWith("/*") && !token.startsWith("//")) return token;
      this.#comment = token;
      this.#at += 1;
    }
    return "";
  }

  #next(): string {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #expect(wanted: string): void {
    const found = this.#next();
    if (found !== wanted) throw new Error(`expected ${wanted}, found ${found}`);
  }

  #skipTo(end: string): void {
    while (this.#next() !== end) if (this.#at >= this.#tokens.length) throw new Error(`no ${end}`);
  }

  #skipBlock(): void {
    this.#skipTo("{");
    for (let depth = 1; depth > 0; ) {
      const token = this.#next();
      if (token === "{") depth += 1;
      if (token === "}") depth -= 1;
      if (token === "") throw new Error("a block without its end");
    }
  }
}

const join = (scope: string, name: string) => (scope === "" ? name : `${scope}.${name}`);
