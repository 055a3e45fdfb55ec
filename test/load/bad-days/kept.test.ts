import { expect, test } from "vitest";
import { hashOf } from "../../../routing/hash.ts";
import { type AuditRow, keptOf } from "./kept.ts";

function chain(...versions: readonly number[]): AuditRow[] {
  const rows: AuditRow[] = [];
  for (const [index, version] of versions.entries()) {
    const prev_hash = rows.at(-1)?.hash ?? "0".repeat(64);
    const row = { sequence: index + 1, actor: "operator", action: "propose", version, note: "" };
    const atMs = 1_000 + index;
    const { sequence, actor, action, note } = row;
    const hash = hashOf(JSON.stringify([prev_hash, sequence, atMs, actor, action, version, note]));
    rows.push({ ...row, at: new Date(atMs).toISOString(), prev_hash, hash });
  }
  return rows;
}

test("after a crash it is the version before or the one on its way, and the audit says the same", () => {
  expect(keptOf(2, 2, chain(1, 2))).toBe("old");
  expect(keptOf(2, 3, chain(1, 2, 3))).toBe("new");
});

test("anything else is told", () => {
  expect(keptOf(2, 4, chain(1, 2, 4))).toBe("version 4 after version 2");
  expect(keptOf(2, 3, chain(1, 2))).toBe("version 3, but the audit's last is 2");
  expect(keptOf(2, 2, chain(1, 2, 3))).toBe("version 2, but the audit's last is 3");
});

test("an audit that was changed is told with its row", () => {
  const [first, second] = chain(1, 2);
  if (first === undefined || second === undefined) throw new Error("two rows");
  expect(keptOf(2, 2, [{ ...first, note: "other" }, second])).toContain("audit row 1");
  expect(keptOf(2, 2, [first, { ...second, prev_hash: "f" }])).toContain("audit row 2");
});
