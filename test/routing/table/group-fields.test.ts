import { expect, test } from "vitest";
import { toDocument } from "../../../routing/table/document.ts";
import { membersDocument, membersOf } from "../../../routing/table/group-fields.ts";
import { options, tableOf, wholeDocument } from "./fixtures.ts";

const member = { enabled: true, monitoring_only: false, must_be_healthy: true };

test("members name ids in a table and names in a document", () => {
  const fields = { description: "", name: "g", members: [{ ...member, monitor_id: "web" }] };
  const members = membersOf(fields, (name) => `id-of-${name}`);
  expect(members).toEqual([{ ...member, monitor_id: "id-of-web" }]);
  expect(membersDocument(members, new Map([["id-of-web", "web"]]))).toEqual([
    { ...member, monitor_id: "web" },
  ]);
});

test("a document with groups says the same after it has been a table", () => {
  const document = wholeDocument();
  const pool = document.pools["eu"];
  Object.assign(pool ?? {}, { monitor: "", monitor_group: "both" });
  const table = tableOf(document);
  const again = tableOf(toDocument(table), { ...options(), previous: table });
  expect(again).toEqual(table);
  expect(toDocument(table)).toMatchObject({
    monitor_groups: {
      both: {
        members: [
          { monitor_id: "web", enabled: true, must_be_healthy: true },
          { monitor_id: "sql", monitoring_only: false },
        ],
      },
    },
    pools: { eu: { monitor_group: "both" } },
  });
});
