import { expect, test } from "vitest";
import type { Unit } from "../../../routing/dns/change.ts";
import { leftOut, targetsOf } from "../../../routing/dns/pointers.ts";
import { set } from "./fixtures.ts";

const create = (name: string, type: string, values: readonly string[]): Unit => {
  const subject = set(name, type, values);
  return { subject, changes: [{ kind: "create", after: subject }] };
};
const remove = (name: string, type: string, values: readonly string[]): Unit => {
  const subject = set(name, type, values);
  return { subject, changes: [{ kind: "delete", before: subject }] };
};

test.each([
  ["CNAME", "b.shop.test", ["b.shop.test"]],
  ["MX", "10 b.shop.test", ["b.shop.test"]],
  ["SRV", "10 5 443 b.shop.test", ["b.shop.test"]],
  ["HTTPS", '1 b.shop.test alpn="h2"', ["b.shop.test"]],
  ["TXT", "10 b.shop.test", []],
  ["A", "192.0.2.1", []],
])("%s leads where its value says", (type, value, names) => {
  expect(targetsOf(set("a", type, [value]))).toEqual(names);
});

test("a weighted CNAME leads where each member does", () => {
  const members = ["b", "c"].map((id) => ({ id, values: [`${id}.shop.test`], weight: 1 }));
  const weighted = { ...set("a", "CNAME", []), policy: { kind: "weighted" as const, members } };
  expect(targetsOf(weighted)).toEqual(["b.shop.test", "c.shop.test"]);
});

test("what leads to a refused set is left out with all that leads to it, and nothing else", () => {
  const refused = create("host", "A", ["192.0.2.1"]);
  const first = create("b", "CNAME", ["host.shop.test"]);
  const second = create("a", "CNAME", ["b.shop.test"]);
  const other = create("c", "CNAME", ["elsewhere.shop.test"]);
  expect([...leftOut([second, other, first], [refused])]).toEqual([first, second]);
});

test("a name that a refused change would have left is not taken away under it", () => {
  const subject = set("www", "CNAME", ["new.shop.test"]);
  const before = set("www", "CNAME", ["old.shop.test"]);
  const refused: Unit = { subject, changes: [{ kind: "update", before, after: subject }] };
  const old = remove("old", "A", ["192.0.2.1"]);
  const idle = remove("idle", "A", ["192.0.2.1"]);
  expect([...leftOut([old, idle], [refused])]).toEqual([old]);
});

test("names that lead in a circle end", () => {
  const [a, b] = [create("a", "CNAME", ["b.shop.test"]), create("b", "CNAME", ["a.shop.test"])];
  expect([...leftOut([b], [a])]).toEqual([b]);
});
