/**
 * A plan as a text to review: GitHub-flavoured Markdown, for a terminal, a ticket or a pull request.
 *
 * Whatever comes from a zone stands in code spans, so that a record cannot write into the review.
 */
import { type Change, changeKey, type Unit } from "./change.ts";
import type { Note } from "./desired.ts";
import type { Drift } from "./drift.ts";
import type { Objection } from "./guard.ts";
import type { Plan } from "./plan.ts";
import { type RecordSet, valuesOf } from "./record.ts";
import { readSetText } from "./set-text.ts";
import type { Held } from "./standing.ts";

export interface PlanReview {
  /** As the operator's document names it. */
  readonly zone: string;
  /** When it was looked at, as text. */
  readonly at: string;
  readonly plan: Plan;
  readonly objections: readonly Objection[];
  readonly held: readonly Held[];
  /** Where the freeze switch stands. */
  readonly frozen: readonly string[];
}

export function planMarkdown(review: PlanReview): string {
  const { zone, at, plan, objections, held, frozen } = review;
  const { units, respected, base } = plan;
  const stamped =
    base === null
      ? "never written by us"
      : `last written from version ${base.version}, batch ${base.sequence}`;
  const blocks = [
    `# Plan for ${zone}, version ${plan.version}`,
    `${countOf(units)} change(s) to ${plan.ours} set(s) of ours; looked at ${at}; ${stamped}.`,
    ...(frozen.length > 0 ? [`**Frozen by ${frozen.join(", ")}: nothing is written.**`] : []),
    ...section("Changes", units.length > 0 ? [changeTable(units)] : []),
    ...section(
      "Objections",
      objections.map(({ rule, subject, detail }) => `- **${rule}** ${code(subject)}: ${detail}`),
    ),
    ...section("Conflicts", notes(plan.conflicts)),
    ...section(
      "Held back",
      held.map(({ rule, detail }) => `- **${rule}**: ${detail}`),
    ),
    ...section("Drift", plan.drift.map(driftLine)),
    ...section(
      "Foreign edits that are respected",
      respected.length > 0 ? [changeTable(respected)] : [],
    ),
    ...section("Waiting", notes(plan.waiting)),
    ...section("Kept as it is", notes(plan.kept)),
    ...section("Notes", notes(plan.notes)),
    "## To apply",
    howToApply(review),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`## ${title}`, lines.join("\n")];

const notes = (list: readonly Note[]): readonly string[] =>
  list.map(({ name, detail }) => `- ${code(name)}: ${detail}`);

const countOf = (units: readonly Unit[]): number =>
  units.reduce((sum, { changes }) => sum + changes.length, 0);

const changeTable = (units: readonly Unit[]): string =>
  [
    "| | set | before | after |",
    "|---|---|---|---|",
    ...units.flatMap(({ changes }) => changes.map(changeRow)),
  ].join("\n");

function changeRow(change: Change): string {
  const before = change.kind === "create" ? "" : setCell(change.before);
  const after = change.kind === "delete" ? "" : setCell(change.after);
  return `| ${change.kind} | ${code(changeKey(change))} | ${before} | ${after} |`;
}

function setCell(set: RecordSet): string {
  const how = set.policy === undefined ? "" : ` by ${set.policy.kind}`;
  return `${valuesOf(set).map(code).join(" ")} (${set.ttl} s${how})`;
}

function driftLine({ wrote, found }: Drift): string {
  const ours = readSetText(wrote);
  const theirs = found === null ? null : readSetText(found);
  const said = (one: typeof ours) => `${one.values.map(code).join(" ")} (${one.ttl} s)`;
  const now = theirs === null ? "it is gone" : `it is ${said(theirs)}`;
  return `- ${code(`${ours.name} ${ours.type}`)}: we wrote ${said(ours)}, ${now}`;
}

function howToApply({ zone, plan, objections, frozen }: PlanReview): string {
  if (plan.units.length === 0 && plan.respected.length === 0) return "Nothing is to be done.";
  const final = objections.filter(({ confirmation }) => confirmation === null);
  if (final.length > 0) {
    const rules = [...new Set(final.map(({ rule }) => rule))].join(", ");
    return `It cannot be applied: no confirmation helps against ${rules}. Change what is wanted.`;
  }
  const confirmations = objections.flatMap(({ confirmation }) => confirmation ?? []);
  const body = {
    checksum: plan.checksum,
    ...(confirmations.length > 0 ? { confirmations } : {}),
    ...(plan.units.length === 0 ? { include_respected: true } : {}),
  };
  return [
    ...(frozen.length > 0 ? ["Thaw it first; then:", ""] : []),
    ...(confirmations.length > 0
      ? ["Each confirmation below takes an objection above on your word.", ""]
      : []),
    "```sh",
    `curl -X POST "$CENTRAL/v1/zones/${zone}/apply" \\`,
    `  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
    "```",
    "",
    `The checksum of this plan is ${code(plan.checksum)}: when the zone or what is wanted changes, so does it, and nothing is written.`,
  ].join("\n");
}

/**
 * A code span that nothing in it can end: the fence is longer than any run of backticks (CommonMark, section 6.1). In a table a bar
 * would end the cell, and a backslash before it is read differently by different readers, so such a text is written as HTML, in entities.
 */
function code(text: string): string {
  if (text === "") return "(empty)";
  const line = text.replace(/[\r\n]+/g, " ");
  if (line.includes("|")) return `<code>${line.replace(/[^A-Za-z0-9 ]/gu, entity)}</code>`;
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

const entity = (character: string): string => `&#${character.codePointAt(0)};`;
