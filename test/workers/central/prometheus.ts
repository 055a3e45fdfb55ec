/** A strict reader of Prometheus' text format 0.0.4: what it does not know it refuses. */
export interface Parsed {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const HEADER = /^# (HELP|TYPE) ([a-z][a-z0-9_]*) (.+)$/;
const SAMPLE = /^([a-z][a-z0-9_]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const LABEL = /^([a-z][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/;

/** Throws with the line that breaks the format. */
export function parseExposition(text: string): ReadonlyMap<string, Parsed> {
  if (!text.endsWith("\n") || text.endsWith("\n\n"))
    throw new Error("the text ends with one line feed");
  const families = new Map<
    string,
    { type: string; help: string; samples: Parsed["samples"][number][] }
  >();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const header = HEADER.exec(line);
    if (header !== null) {
      const [, word, name = "", rest = ""] = header;
      if (word === "HELP") {
        if (families.has(name)) throw new Error(`twice: ${line}`);
        families.set(name, { type: "", help: rest, samples: [] });
        current = name;
        continue;
      }
      const family = families.get(name);
      if (
        family === undefined ||
        name !== current ||
        family.type !== "" ||
        !/^(counter|gauge)$/.test(rest)
      ) {
        throw new Error(`out of place: ${line}`);
      }
      family.type = rest;
      continue;
    }
    const sample = SAMPLE.exec(line);
    const [, name = "", labels, value] = sample ?? [];
    const family = families.get(name);
    if (family === undefined || name !== current || family.type === "")
      throw new Error(`not a sample: ${line}`);
    const key = `${name}{${labels ?? ""}}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    family.samples.push({ labels: readLabels(labels ?? "", line), value: Number(value) });
  }
  return families;
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const found = LABEL.exec(rest);
    const [all = "", name = "", value = "", comma] = found ?? [];
    if (found === null || Object.hasOwn(labels, name)) throw new Error(`bad labels: ${line}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) =>
      escaped === "n" ? "\n" : escaped,
    );
    rest = rest.slice(all.length);
    if (comma === "," && rest === "") throw new Error(`a comma too many: ${line}`);
  }
  return labels;
}
