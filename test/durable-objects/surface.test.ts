import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { bindings, freshRegion } from "./fixtures.ts";

/** What a caller could name on an instance: its own members and those of every class above, but the platform's. */
function members(instance: object): string[] {
  const names: string[] = [];
  for (
    let at = instance;
    at !== null && at.constructor.name !== "DurableObject" && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  const platform = ["constructor", "ctx", "env"];
  return [...new Set(names)].filter((name) => !platform.includes(name)).toSorted();
}

test("a caller reaches the methods of the interface and nothing else", async () => {
  const store = bindings.CONFIG_STORE.getByName("v1:config:surface");
  const directory = bindings.DIRECTORY.getByName("v1:directory");
  expect(await runInDurableObject(freshRegion(), members)).toEqual([
    "alarm",
    "assign",
    "decisions",
    "events",
    "exchange",
    "preview",
    "probed",
    "push",
    "status",
  ]);
  expect(await runInDurableObject(store, members)).toEqual([
    "alarm",
    "audit",
    "capacity",
    "current",
    "drains",
    "evacuate",
    "evacuations",
    "events",
    "freeze",
    "freezes",
    "intent",
    "preview",
    "previewEvacuation",
    "previewTargets",
    "propose",
    "pushes",
    "restore",
    "snapshot",
    "syncedZones",
    "trust",
    "undoEvacuation",
    "version",
    "versions",
  ]);
  expect(await runInDurableObject(directory, members)).toEqual(["account", "claim", "release"]);
});
