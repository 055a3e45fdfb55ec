import { expect, test } from "vitest";
import { openDatabase } from "../helpers/sqlite.ts";

test("a transaction that throws leaves nothing, a nested one only what it is inside of", () => {
  const sql = openDatabase();
  sql.run("CREATE TABLE kept (value TEXT)");
  sql.transaction(() => {
    sql.run("INSERT INTO kept VALUES (?)", "outer");
    expect(() =>
      sql.transaction(() => {
        sql.run("INSERT INTO kept VALUES (?)", "inner");
        throw new Error("no");
      }),
    ).toThrow("no");
  });
  expect(sql.run("SELECT value FROM kept")).toEqual([{ value: "outer" }]);
});

test("what the platform refuses is refused", () => {
  const sql = openDatabase();
  expect(() => sql.run("BEGIN")).toThrow("transaction");
  expect(() => sql.run("SELECT 1", ...Array.from({ length: 101 }, () => 0))).toThrow("100");
  expect(() => sql.transaction(async () => {})).toThrow("synchronous");
});

test("several statements in one text are all run", () => {
  const sql = openDatabase();
  sql.run("CREATE TABLE one (a); CREATE TABLE two (b)");
  expect(sql.run("SELECT count(*) AS tables FROM sqlite_schema")).toEqual([{ tables: 2 }]);
});
