import { expect, test } from "vitest";
import { deriveColos, readData } from "./derive-colos.ts";

test("the table of colos is what its CSV says", () => {
  expect(readData("colos.ts")).toBe(deriveColos(readData("colos.csv")));
});
