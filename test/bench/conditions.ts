/** Under what a figure was taken: without it a figure says nothing. */
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";

export interface Conditions {
  readonly at: Date;
  readonly commit: string;
  /** Files of the working tree that are not as in the commit. */
  readonly changed: number;
  readonly cores: number;
  readonly model: string;
  readonly node: string;
  /** Of the minute before. */
  readonly load: number;
}

/** Of this moment, on this machine. The document that is written is no change of what is measured. */
export function conditionsNow(): Conditions {
  const git = (...asked: string[]) => execFileSync("git", asked, { encoding: "utf8" }).trim();
  const changes = git("status", "--porcelain")
    .split("\n")
    .filter((line) => line !== "" && !/docs\/(benchmarks|bad-days)\.md$/.test(line));
  const [processor] = cpus();
  return {
    at: new Date(),
    commit: git("rev-parse", "--short", "HEAD"),
    changed: changes.length,
    cores: cpus().length,
    model: processor?.model ?? "unknown",
    node: process.versions.node,
    load: loadavg()[0] ?? Number.NaN,
  };
}

export function sentenceOf(conditions: Conditions): string {
  const { at, commit, changed, cores, model, node, load } = conditions;
  const files = changed === 1 ? "1 changed file" : `${changed} changed files`;
  const tree = changed === 0 ? `commit ${commit}` : `commit ${commit} with ${files}`;
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC, ${tree}, ${cores} cores (${model}), Node ${node}, load average ${load.toFixed(2)} before`;
}
