import { expect, test } from "vitest";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { Agenda } from "./agenda.ts";

test("property: what is due comes in the order of its time, of one time in the order of its entry", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const rng = seededRng(seed);
    const agenda = new Agenda(0);
    const planned: (readonly [number, number])[] = [];
    const seen: (readonly [number, number])[] = [];
    const plan = () => {
      const entry = [agenda.nowMs + pickIndex(20, rng), planned.length] as const;
      planned.push(entry);
      agenda.at(entry[0], () => {
        expect(agenda.nowMs).toBe(entry[0]);
        seen.push(entry);
        if (planned.length < 200) plan();
      });
    };
    for (let count = 0; count < 50; count += 1) plan();
    agenda.runUntil(10_000);
    expect(seen).toEqual(planned.toSorted(([a, one], [b, other]) => a - b || one - other));
  }
});
