import { expect, test } from "vitest";
import { unobeyed } from "../../../routing/table/fields.ts";
import { UNOBEYED } from "../../../routing/table/unobeyed.ts";

test("the fields that are not obeyed are known to the schema, with the range that is accepted", () => {
  const fields = unobeyed("load_balancer");
  expect(Object.keys(fields)).toEqual(Object.keys(UNOBEYED.load_balancer));
  expect(fields["networks"]?.description).toBe(
    'not obeyed by this version: ["cloudflare"] or absent',
  );
});
