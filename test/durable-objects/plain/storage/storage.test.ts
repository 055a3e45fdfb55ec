import { expect, test } from "vitest";
import { documents, documentsTable } from "../../../../durable-objects/storage/documents.ts";
import { eventEvidence, events, eventsTable } from "../../../../durable-objects/storage/events.ts";
import { migrate } from "../../../../durable-objects/storage/migrations.ts";
import type { EventFilter } from "../../../../routing/event-evidence.ts";
import { EVENTS_KEPT, ROW_CHARACTERS_MAX, SCHEMA } from "../../../../routing/limits.ts";
import { openDatabase } from "../../../helpers/sqlite.ts";

const ONE = { id: "001_one", statements: ["CREATE TABLE one (a INTEGER)"] };
const TWO = { id: "002_two", statements: ["CREATE TABLE two (a INTEGER)"] };

test("migrations run once, in order, and only what is missing", () => {
  const sql = openDatabase();
  migrate(sql, [ONE]);
  migrate(sql, [ONE, TWO]);
  migrate(sql, [ONE, TWO]);
  expect(sql.run("SELECT id FROM migrations ORDER BY id")).toEqual([
    { id: "001_one" },
    { id: "002_two" },
  ]);
});

test("storage of a newer release is left as it is, so that a release can be taken back", () => {
  const sql = openDatabase();
  migrate(sql, [ONE, TWO]);
  expect(() => migrate(sql, [ONE])).not.toThrow();
});

test("a list that was rewritten is refused", () => {
  const sql = openDatabase();
  migrate(sql, [ONE]);
  expect(() => migrate(sql, [TWO])).toThrow("in its order");
});

test("a migration that fails leaves nothing behind", () => {
  const sql = openDatabase();
  const broken = { id: "002_two", statements: [...TWO.statements, "CREATE TABLE one (b INTEGER)"] };
  expect(() => migrate(sql, [ONE, broken])).toThrow();
  expect(sql.run("SELECT id FROM migrations")).toEqual([]);
});

test("a document longer than a row comes back as it was, and a shorter one leaves no rest of it", () => {
  const sql = openDatabase();
  migrate(sql, [{ id: "001", statements: documentsTable }]);
  const stored = documents(sql);
  const long = { text: "ß😀x".repeat(ROW_CHARACTERS_MAX / 4) };
  stored.write("one", long);
  expect(sql.run("SELECT count(*) AS rows FROM documents")[0]?.["rows"]).toBeGreaterThan(3);
  expect(stored.read("one")).toEqual(long);
  stored.write("one", [1]);
  expect(stored.read("one")).toEqual([1]);
  expect(stored.names("o")).toEqual(["one"]);
  stored.remove("one");
  expect(stored.read("one")).toBeNull();
});

test("a document of a release neither this one nor the one before is not read", () => {
  const sql = openDatabase();
  migrate(sql, [{ id: "001", statements: documentsTable }]);
  documents(sql).write("one", 1);
  sql.run("UPDATE documents SET schema = schema + 1");
  expect(documents(sql).read("one")).toBeNull();
});

const EVENTS = [
  { id: "001", statements: eventsTable },
  { id: "002", statements: eventEvidence },
];

test("an event of the release before has no evidence, a new one has its own, and one that is too long goes without", () => {
  const sql = openDatabase();
  migrate(sql, EVENTS.slice(0, 1));
  sql.run(
    `INSERT INTO events (schema, at, kind, subject, detail) VALUES (?, 1, 'health', 'p/a', 'old')`,
    SCHEMA,
  );
  migrate(sql, EVENTS);
  const kept = events(sql, "weur");
  const evidence = { rule: "consecutive_down", numbers: { interval_ms: 5_000 } };
  const event = { kind: "health" as const, subject: "p/a", detail: "new" };
  kept.add({ ...event, evidence }, 2);
  kept.add({ ...event, evidence: { ...evidence, rule: "x".repeat(2_000) } }, 3);
  expect(kept.after(0).map((one) => [one.detail, one.evidence])).toEqual([
    ["old", undefined],
    ["new", evidence],
    ["new", undefined],
  ]);
});

test("events are asked for by kind and subject, and a pool stands for its endpoints", () => {
  const sql = openDatabase();
  migrate(sql, EVENTS);
  const kept = events(sql, "weur");
  const subjects = ["p/a", "p/b", "pp/a", "p"];
  for (const subject of subjects) kept.add({ kind: "health", subject, detail: "" }, 1);
  kept.add({ kind: "push", subject: "p/a", detail: "" }, 2);
  const subjectsOf = (filter: EventFilter) => kept.after(0, filter).map((one) => one.subject);
  expect(subjectsOf({ subject: "p" })).toEqual(["p/a", "p/b", "p", "p/a"]);
  expect(subjectsOf({ subject: "p/a", kind: "health" })).toEqual(["p/a"]);
  expect(subjectsOf({ kind: "push" })).toEqual(["p/a"]);
  expect(subjectsOf({ subject: "%" })).toEqual([]);
});

test("events keep their numbers when the oldest are dropped", () => {
  const sql = openDatabase();
  migrate(sql, EVENTS);
  const kept = events(sql, "weur");
  for (let at = 1; at <= EVENTS_KEPT + 5; at++) {
    kept.add({ kind: "health", subject: "s", detail: String(at) }, at);
  }
  expect(kept.after(0)).toHaveLength(200);
  expect(kept.after(EVENTS_KEPT + 3).map(({ sequence }) => sequence)).toEqual([
    EVENTS_KEPT + 4,
    EVENTS_KEPT + 5,
  ]);
  expect(sql.run("SELECT count(*) AS rows FROM events")).toEqual([{ rows: EVENTS_KEPT }]);
});
