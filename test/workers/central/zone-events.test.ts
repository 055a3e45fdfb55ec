import { describe, expect, test } from "vitest";
import { putJson } from "./planet.ts";
import { applied, withZone, ZONE } from "./zone.ts";

describe("events of a zone", () => {
  test("tell each batch, go on after a cursor, and are in the list of everything", async () => {
    const { ask, json } = await applied();
    interface List {
      events: { id: string; kind: string; detail: string }[];
      cursor: string;
    }
    const all = (await json<List>("/events")).body;
    expect(all.events.map(({ detail }) => detail)).toEqual([
      "operator writes 2 sets of version 1",
      expect.stringContaining("4 changes"),
      "in step with version 1",
    ]);
    expect(all.events[0]).toMatchObject({ id: `zone:${ZONE}:1`, kind: "dns" });
    expect((await json<List>(`/events?after=zone:${ZONE}.1`)).body.events).toEqual(
      all.events.slice(1),
    );
    expect((await json<List>(`/events?after=${all.cursor}`)).body).toMatchObject({ events: [] });
    const everything = (await (await ask("/v1/events")).json()) as List;
    expect(everything.events).toEqual(expect.arrayContaining(all.events));
    const rest = (await (await ask(`/v1/events?after=${everything.cursor}`)).json()) as List;
    expect([rest.events, rest.cursor]).toEqual([[], everything.cursor]);
    const noted = putJson({ acknowledged: [{ event: `zone:${ZONE}:3` }] });
    expect((await ask("/v1/desk", noted)).status).toBe(200);
  });

  test("stream while a plan is written, and resume after any message", async () => {
    const { ask, json } = await withZone();
    const open = async (id: string) => {
      const headers = {
        accept: "text/event-stream",
        ...(id === "" ? {} : { "last-event-id": id }),
      };
      const answer = await ask(`/v1/zones/${ZONE}/events`, { headers });
      expect(answer.headers.get("content-type")).toBe("text/event-stream");
      if (answer.body === null) throw new Error("a stream has a body");
      return answer.body.getReader();
    };
    const readTo = async (reader: Awaited<ReturnType<typeof open>>, wanted: string) => {
      let text = "";
      for (let parts = 0; !text.includes(wanted) && parts < 2_000; parts += 1) {
        text += new TextDecoder().decode((await reader.read()).value);
      }
      await reader.cancel();
      return [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "");
    };
    const reader = await open("");
    await reader.read();
    const { checksum } = (await json("/plan")).body;
    await json("/apply", { checksum });
    const ids = await readTo(reader, "in step with");
    expect(ids).toEqual([1, 2, 3].map((sequence) => `zone:${ZONE}.${sequence}`));
    expect(await readTo(await open(ids[0] ?? ""), "in step with")).toEqual(ids.slice(1));
  });
});
