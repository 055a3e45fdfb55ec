/** Bodies that break off, through a real workerd: what the visitor sees of them, and what the region is told. */
import { once } from "node:events";
import { request as send } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Outcomes } from "../../../routing/exchange.ts";
import { RawOrigin } from "../../origins/raw.ts";
import { TestEdge } from "./harness/edge.ts";
import { compile } from "./harness/table.ts";
import { World } from "./harness/world.ts";

const world = new World();
const origin = new RawOrigin();
let edge: TestEdge;

beforeAll(async () => {
  await Promise.all([world.start(), origin.start()]);
  world.writeKv(compile(1, { "a.example": { pools: [[origin.port]] } }));
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), origin.stop()]);
});

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const WHOLE = `${HEAD}Content-Length: 10\r\n\r\n0123456789`;

/** Every body that the region was told of. */
function told(): Outcomes {
  const sum = { successes: 0, failures: 0 };
  for (const { endpoints } of world.reports) {
    for (const { bodies } of Object.values(endpoints)) {
      sum.successes += bodies?.successes ?? 0;
      sum.failures += bodies?.failures ?? 0;
    }
  }
  return sum;
}

const visit = (path = "/") =>
  edge.ask("a.example", { path }).then(
    ({ text, headers }) => ({ text, length: headers["content-length"] }),
    () => "broken" as const,
  );

/** Until the region is told so many; each look is a request, and a beat goes up once a second. */
async function visitUntil(isEnough: () => boolean): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  while (!isEnough()) seen.add(JSON.stringify(await visit()));
  return seen;
}

describe("a body", () => {
  test("that comes whole is the same to the visitor whether it was watched or not, its length too", async () => {
    origin.answer = () => WHOLE;
    const seen = await visitUntil(() => told().successes >= 5);
    expect([...seen]).toEqual([JSON.stringify({ text: "0123456789", length: "10" })]);
    expect(told().failures).toBe(0);
  });

  test.each([
    ["with a length", `${HEAD}Content-Length: 10\r\nConnection: close\r\n\r\n01234`],
    ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n01234\r\n`],
  ])("%s that breaks off breaks off for every visitor, and is counted", async (_name, bytes) => {
    const before = told().failures;
    origin.answer = () => bytes;
    const seen = await visitUntil(() => told().failures >= before + 3);
    expect([...seen]).toEqual([JSON.stringify("broken")]);
  });

  test("whose visitor leaves says nothing of the endpoint, which is watched because of the others", async () => {
    const oneBeat = async () => {
      origin.answer = () => WHOLE;
      const already = told().successes;
      await visitUntil(() => told().successes >= already + 5);
    };
    // What broke off for the visitors above has come up by then.
    await oneBeat();
    const before = told().failures;
    origin.answer = () => `${HEAD}Content-Length: 1000000\r\n\r\n01234`;
    for (let visits = 0; visits < 20; visits += 1) await leave();
    await oneBeat();
    expect(told().failures).toBe(before);
  });
});

/** A visitor who goes after the first bytes. */
async function leave(): Promise<void> {
  const request = send({ host: "127.0.0.1", port: edge.port, headers: { host: "a.example" } });
  request.end();
  const [answer] = await once(request, "response");
  await once(answer, "data");
  request.destroy();
}
