/** The XML of Route 53's requests and answers: elements and text. Whatever else XML has is refused. */
import { ok, type Result, refuse } from "../../../routing/result.ts";

export interface Element {
  readonly name: string;
  /** Of the element itself, without its children's; unescaped. */
  readonly text: string;
  readonly children: readonly Element[];
  /** The default namespace that it declares, if any. */
  readonly namespace: string | null;
}

const TOKEN = /<\?xml[^>]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|[^<]+/gy;
const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

/** Errors: a sentence that says where it is no XML of this kind. */
export function parseXml(source: string): Result<Element, string> {
  interface Open {
    name: string;
    text: string;
    children: Element[];
    namespace: string | null;
  }
  const root: Open = { name: "", text: "", children: [], namespace: null };
  const open: Open[] = [root];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const [token, closing, name, attributes = "", empty] = match;
    const parent = open.at(-1) ?? root;
    if (name === undefined) {
      if (!token.startsWith("<")) parent.text += unescaped(token);
    } else if (closing === "/") {
      if (open.length === 1 || parent.name !== name)
        return refuse(`</${name}> closes <${parent.name}>`);
      open.pop();
    } else {
      const namespace = /\sxmlns="([^"]*)"/.exec(attributes)?.[1] ?? null;
      const element: Open = { name, text: "", children: [], namespace };
      parent.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  if (end !== source.length) return refuse(`no XML at character ${end}`);
  const [document] = root.children;
  if (open.length > 1) return refuse(`<${open.at(-1)?.name}> is not closed`);
  if (document === undefined || root.children.length > 1)
    return refuse("there must be one root element");
  return ok(document);
}

const unescaped = (text: string) =>
  text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, named) => {
    if (named !== undefined) return NAMED[named] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });

export const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** `<name>…</name>`, and nothing when there is no text. */
export const textElement = (name: string, text: string | number | boolean | null) =>
  text === null ? "" : `<${name}>${escapeXml(String(text))}</${name}>`;

/** An element as it was read; its namespace is its parent's. */
export const writeElement = ({ name, text, children }: Element): string =>
  `<${name}>${children.length > 0 ? children.map(writeElement).join("") : escapeXml(text)}</${name}>`;

/** The child of that name, or null. */
export const child = (element: Element, name: string): Element | null =>
  element.children.find((one) => one.name === name) ?? null;

export const childText = (element: Element, name: string): string | null =>
  child(element, name)?.text ?? null;
