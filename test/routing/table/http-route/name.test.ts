import { expect, test } from "vitest";
import { idOfUid, routeName, uidOfId } from "../../../../routing/table/http-route/name.ts";

test.each([
  [{ name: "a" }, "default/a"],
  [{ name: "a", namespace: "b" }, "b/a"],
  [{ namespace: "b" }, ""],
  [{ name: 7 }, ""],
  [{ name: "a", namespace: 7 }, ""],
])("%j is called %j", (metadata, name) => {
  expect(routeName(metadata)).toBe(name);
});

test("an id is written as a UUID and read back; any other uid is nobody's id here", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(uidOfId(id)).toBe("01234567-89ab-cdef-0123-456789abcdef");
  expect(idOfUid(uidOfId(id))).toBe(id);
  for (const uid of [undefined, 7, "", id, uidOfId(id).toUpperCase()]) {
    expect(idOfUid(uid)).toBeUndefined();
  }
});
