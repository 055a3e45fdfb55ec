/** Prometheus' text format 0.0.4: families, their samples, and a bound on how many. */
import { invariant } from "../../../routing/result.ts";

/** A scrape stays below about 10 MB, and a store of series below what one product may cost it. */
export const SERIES_MAX = 5_000;

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
}

export interface Sample {
  /** In the order of the family's labels. */
  readonly labels: readonly string[];
  readonly value: number;
}

export interface Measured {
  readonly family: Family;
  readonly samples: readonly Sample[];
}

/**
 * Families without samples are declared all the same, so that a reader knows them from the first scrape.
 * Of a family with more than `SERIES_MAX` samples the first in alphabetical order are told: the same ones
 * every time, so that no counter goes backwards.
 */
export function exposition(measured: readonly Measured[]): {
  readonly text: string;
  readonly dropped: number;
} {
  let dropped = 0;
  const blocks = measured.map(({ family, samples }) => {
    const lines = samples.map((sample) => lineOf(family, sample)).sort();
    dropped += Math.max(0, lines.length - SERIES_MAX);
    return [
      `# HELP ${family.name} ${escaped(family.help)}`,
      `# TYPE ${family.name} ${family.type}`,
      ...lines.slice(0, SERIES_MAX),
    ].join("\n");
  });
  return { text: `${blocks.join("\n")}\n`, dropped };
}

function lineOf({ name, labels }: Family, { labels: values, value }: Sample): string {
  invariant(labels.length === values.length, `a sample of ${name} has every label of its family`);
  if (labels.length === 0) return `${name} ${value}`;
  const pairs = labels.map((label, at) => `${label}="${escaped(values[at] ?? "", true)}"`);
  return `${name}{${pairs.join(",")}} ${value}`;
}

function escaped(text: string, isLabel = false): string {
  const plain = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return isLabel ? plain.replaceAll('"', '\\"') : plain;
}
