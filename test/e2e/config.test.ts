import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../local/ask.ts";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { type BrokenDocument, brokenDocuments } from "../routing/table/broken-documents.ts";
import { wholeDocument } from "../routing/table/fixtures.ts";
import { startPlanet } from "./planet.ts";

let planet: SpawnedPlanet;
let stored: Answer;

beforeAll(async () => {
  planet = await startPlanet({ config: wholeDocument() });
  stored = await planet.api("/v1/config");
});
afterAll(() => planet.stop());

const put = (document: unknown) =>
  planet.api("/v1/config", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(document),
  });

/** Text that cannot be read safely is malformed (400); what was read and is wrong is content (422). */
const statusOf = ({ name }: BrokenDocument): number => (name.startsWith("json:") ? 400 : 422);

/** What over HTTP is found while the text is read, before there are numbers to round or places to point to. */
const AS_TEXT: Readonly<Record<string, object>> = {
  "json:unsafe number": { value: "9007199254740992" },
  "json:depth": { pointer: "" },
};

const expected = ({ name, pointer, value, range }: BrokenDocument): object => ({
  pointer,
  range,
  ...(value === undefined ? {} : { value }),
  ...AS_TEXT[name],
});

interface Refusal {
  readonly errors: readonly { pointer: string; value?: unknown; range?: string }[];
}

describe("a broken document is refused with pointer, value and range, and nothing is stored", () => {
  test.each(brokenDocuments())("$name", async (broken) => {
    const answer = await put(broken.document);
    expect([answer.status, answer.headers["content-type"]]).toEqual([
      statusOf(broken),
      "application/problem+json",
    ]);
    const { errors } = JSON.parse(answer.text) as Refusal;
    expect(errors).toContainEqual(expect.objectContaining(expected(broken)));
    const now = await planet.api("/v1/config");
    expect([now.headers.etag, now.text]).toEqual([stored.headers.etag, stored.text]);
  });
});

test("the whole document itself is accepted, so that each refusal is for its one mistake", async () => {
  expect(stored.status).toBe(200);
  expect((await put(wholeDocument())).status).toBe(200);
});
