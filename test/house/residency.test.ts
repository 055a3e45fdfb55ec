/**
 * No way round a residency (docs/adr/0018): whoever makes candidates of a pool's endpoints asks who is inside. A new file
 * that reads them is asked here what it does with them.
 */
import { expect, test } from "vitest";
import { codeOf, sourceFiles } from "./source.ts";

const serving = sourceFiles("routing/steer", "routing/match", "routing/attempt", "workers/edge");
const text = (path: string) => codeOf(serving.find((file) => file.path === path)?.text ?? "");

/** Who sees a pool's endpoints as they are written, and why that sends nothing outside. */
const READERS: Readonly<Record<string, string>> = {
  "routing/match/seal.ts": "names them, so that a signature can be checked",
  "routing/match/session-home.ts": "finds where a session leads, and asks isOutside",
  "routing/steer/in-flight.ts": "counts requests that are under way",
  "routing/steer/plan.ts": "takes those inside",
  "routing/steer/static-order.ts": "asks isOutside",
  "routing/steer/stream-drain.ts": "asks whether an open stream's endpoint is still named",
  "workers/edge/learned.ts": "counts them",
};

test("a pool's endpoints are read by these alone on the path of a request", () => {
  const readers = serving.filter((file) => /\borigins\b/.test(codeOf(file.text)));
  expect(readers.map(({ path }) => path).sort()).toEqual(Object.keys(READERS));
});

test.each([
  "routing/match/session-home.ts",
  "routing/steer/plan.ts",
  "routing/steer/static-order.ts",
])("%s asks the one law", (path) => {
  expect(text(path)).toMatch(/\b(inside|isOutside)\(/);
  expect(text(path)).not.toMatch(/\.residency\b/);
});
