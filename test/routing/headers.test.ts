import { expect, test } from "vitest";
import { isOfTheConnection, isOfTheEdge } from "../../routing/headers.ts";

test.each([
  ["host", true],
  ["content-length", true],
  ["connection", true],
  ["x-forwarded-for", true],
  ["x-forwarded-anything", true],
  ["x_forwarded_for", true],
  ["cf-connecting-ip", true],
  ["traceparent", true],
  ["expect", true],
  ["authorization", false],
  ["x-request-idea", false],
  ["cookie", false],
])("a request's %s is of the edge: %s", (name, is) => {
  expect(isOfTheEdge(name)).toBe(is);
});

test.each([
  ["transfer-encoding", true],
  ["content-length", true],
  ["connection", true],
  ["set-cookie", false],
  ["host", false],
])("an answer's %s is of the connection: %s", (name, is) => {
  expect(isOfTheConnection(name)).toBe(is);
});
