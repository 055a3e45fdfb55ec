import { expect, test } from "vitest";
import { LINE_MS_MAX, Server } from "./server.ts";
import { WORKERS } from "./world.ts";

test("as many as there are workers begin at once, the next waits for the first to be free", () => {
  const server = new Server();
  for (let count = 0; count < WORKERS; count += 1) expect(server.take(1_000, 100)).toBe(1_100);
  expect(server.take(1_010, 50)).toBe(1_150);
});

test("a line that is too long is refused, and takes again once it has drained", () => {
  const server = new Server();
  for (let count = 0; count < WORKERS; count += 1) server.take(0, LINE_MS_MAX + 10);
  expect(server.take(5, 100)).toBeNull();
  expect(server.take(20, 100)).toBe(LINE_MS_MAX + 110);
});

test("after a drop its line is empty", () => {
  const server = new Server();
  for (let count = 0; count < WORKERS; count += 1) server.take(0, 1_000);
  server.drop();
  expect(server.take(10, 100)).toBe(110);
});
