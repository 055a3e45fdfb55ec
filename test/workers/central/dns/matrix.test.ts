import { expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import { documented, matrix } from "./matrix.ts";

test("the document tells what the providers declare; npm run dns:matrix -- --write brings it up to date", () => {
  expect(documented()).toBe(matrix());
});

test("no provider is left out of it", () => {
  expect(PROVIDERS.filter((kind) => !matrix().includes(`| \`${kind}\` `))).toEqual([]);
});
