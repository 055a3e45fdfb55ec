import { describe, expect, test } from "vitest";
import { STREAM_MS_MAX, STREAMS_MAX } from "../../../workers/central/api/stream.ts";
import { planet, START_MS } from "./planet.ts";

const STREAM = { accept: "text/event-stream" };
const LOOKS_MAX = 2_000;

const event = (sequence: number, source = "weur") => ({
  sequence,
  at: START_MS + sequence,
  kind: "health" as const,
  source,
  subject: `endpoint ${sequence}`,
  detail: 'two\nlines: "quoted"',
});

/** Reads until the text says what is waited for; the planet's waits end at once, so this never sleeps. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  done: (text: string) => boolean,
) {
  const decoder = new TextDecoder();
  let text = "";
  for (let looks = 0; !done(text) && looks < LOOKS_MAX; looks += 1) {
    const part = await reader.read();
    if (part.done) break;
    text += decoder.decode(part.value, { stream: true });
  }
  return text;
}

const readerOf = (answer: Response) => {
  if (answer.body === null) throw new Error("a stream has a body");
  return answer.body.getReader();
};

const messagesIn = (text: string) =>
  text
    .split("\n\n")
    .filter((block) => block.startsWith("id: "))
    .map((block) => {
      const [id = "", kind = "", data = ""] = block.split("\n");
      return {
        id: id.slice(4),
        kind: kind.slice(7),
        data: JSON.parse(data.slice(6)) as { id: string },
      };
    });

describe("the stream of events", () => {
  test("begins with what there is and goes on with what comes", async () => {
    const { ask, world } = planet();
    const list = [event(1)];
    world.events.set("weur", list);
    const answer = await ask("/v1/events", { headers: STREAM });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reader = readerOf(answer);
    const first = await readUntil(reader, (text) => text.includes("weur:1"));
    expect(messagesIn(first)).toMatchObject([
      { id: "weur.1", kind: "health", data: { id: "weur:1" } },
    ]);
    list.push(event(2), event(3));
    const more = await readUntil(reader, (text) => text.includes("weur:3"));
    expect(messagesIn(more).map(({ data }) => data.id)).toEqual(["weur:2", "weur:3"]);
    await reader.cancel();
  });

  test("resumes after any message with nothing missed and nothing twice", async () => {
    const { ask, world } = planet();
    world.events.set("weur", [event(1), event(3), event(5)]);
    world.events.set("enam", [event(2, "enam"), event(4, "enam")]);
    const whole = readerOf(await ask("/v1/events", { headers: STREAM }));
    const messages = messagesIn(await readUntil(whole, (text) => text.includes('"weur:5"')));
    await whole.cancel();
    expect(messages).toHaveLength(5);
    for (const [at, { id }] of messages.entries()) {
      const reader = readerOf(
        await ask("/v1/events", { headers: { ...STREAM, "last-event-id": id } }),
      );
      world.events.get("weur")?.push(event(10 + at));
      const rest = messagesIn(
        await readUntil(reader, (text) => text.includes(`"weur:${10 + at}"`)),
      );
      await reader.cancel();
      expect(rest.slice(0, 4 - at).map(({ data }) => data.id)).toEqual(
        messages.slice(at + 1).map(({ data }) => data.id),
      );
    }
  });

  test("outlives a source that fails, and says something while nothing happens", async () => {
    const { ask, world } = planet();
    world.brokenRegions.add("weur");
    world.beforeConfig = () => {
      world.nowMs += 1_000;
      return Promise.reject(new Error("gone"));
    };
    const reader = readerOf(await ask("/v1/events", { headers: STREAM }));
    expect(await readUntil(reader, (text) => text.includes(":"))).toContain("retry: 1000");
    expect(await readUntil(reader, (text) => text.includes(": nothing new"))).toContain(
      ": nothing new",
    );
    world.brokenRegions.clear();
    world.events.set("weur", [event(1)]);
    expect(await readUntil(reader, (text) => text.includes("weur:1"))).toContain("weur:1");
    await reader.cancel();
  });

  test("ends by itself after its lifetime", async () => {
    const { ask, world } = planet();
    world.beforeConfig = async () => {
      world.nowMs += 1_000;
    };
    const reader = readerOf(await ask("/v1/events", { headers: STREAM }));
    await readUntil(reader, () => false);
    expect((await reader.read()).done).toBe(true);
    expect(world.nowMs - START_MS).toBe(STREAM_MS_MAX);
  });

  test("is refused when too many are open, and a reader that leaves makes room", async () => {
    const { ask } = planet();
    const open = await Promise.all(
      Array.from({ length: STREAMS_MAX }, () => ask("/v1/events", { headers: STREAM })),
    );
    const refused = await ask("/v1/events", { headers: STREAM });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
    await open[0]?.body?.cancel();
    await open[0]?.body?.cancel();
    expect((await ask("/v1/events", { headers: STREAM })).status).toBe(200);
    expect((await ask("/v1/events", { headers: STREAM })).status).toBe(503);
  });

  test("a reader that leaves while the poller looks for news ends the polling", async () => {
    const { ask, world } = planet();
    let polls = 0;
    world.beforeConfig = async () => {
      polls += 1;
    };
    const turns = async () => {
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
    };
    const reader = readerOf(await ask("/v1/events", { headers: STREAM }));
    await reader.read();
    const waiting = reader.read();
    await turns();
    expect(polls).toBeGreaterThan(2);
    await reader.cancel();
    await waiting;
    await turns();
    const before = polls;
    await turns();
    expect(polls).toBe(before);
  });

  test("HEAD opens none, however often it is asked", async () => {
    const { ask } = planet();
    for (let asked = 0; asked <= STREAMS_MAX; asked += 1) {
      const answer = await ask("/v1/events", { method: "HEAD", headers: STREAM });
      expect([answer.status, answer.body]).toEqual([200, null]);
    }
  });
});
