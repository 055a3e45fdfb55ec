import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sealOf } from "../../../routing/match/seal.ts";
import { isValue, readValue, writeValue } from "../../../routing/match/session-value.ts";
import { endpointId, pool } from "../steer/world.ts";

const NOW = 1_800_000_000_000;
const A = endpointId("a".repeat(32));
const seal = sealOf("f".repeat(32), [pool("p", [A])]);

test("each kind is read as it was written, and not as the other", () => {
  const plain = writeValue(undefined, A, NOW - 5, NOW);
  const sealed = writeValue(seal, A, NOW - 5, NOW);
  expect(readValue(undefined, plain)).toMatchObject({ startedAtMs: NOW - 5, usedAtMs: NOW });
  expect(readValue(seal, sealed)).toMatchObject({
    endpoint: seal.nameOf(A),
    startedAtMs: NOW - 5,
    usedAtMs: NOW - 5,
  });
  expect([readValue(seal, plain), readValue(undefined, sealed)]).toEqual([null, null]);
  expect([isValue(seal, plain), isValue(undefined, sealed)]).toEqual([false, false]);
  expect([isValue(seal, sealed), isValue(undefined, plain)]).toEqual([true, true]);
});

describe("total-eval: any text is read or is none", () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[12]\.[0-9a-zA-Z]{0,13}\.[0-9a-z]{0,11}\.[0-9a-zA-Z_-]{0,18}$/),
  );

  test("and without a signature none is", () => {
    fc.assert(fc.property(text, (one) => readValue(seal, one) === null));
  });

  test("and what is read has the form of a value", () => {
    fc.assert(
      fc.property(text, (one) => readValue(undefined, one) === null || isValue(undefined, one)),
    );
  });
});
