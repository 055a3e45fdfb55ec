/** Whether a change may be made: what the guards say of it, and what is left of that when a person overrules them. */
import { type Forecast, forecastOf, type Stage, stageOf } from "../../routing/guard/forecast.ts";
import { NOTHING_MEASURED } from "../../routing/guard/measured.ts";
import { type Loss, nMinusOne } from "../../routing/guard/n-minus-one.ts";
import { type Objection, objectionsTo, objectionText } from "../../routing/guard/objections.ts";
import type { By, ChangeRefusal, Outlook } from "../../routing/guard/orders.ts";
import type { Table } from "../../routing/model.ts";
import { ok, type Result, refuse } from "../../routing/result.ts";

interface Judged {
  readonly before: Forecast | null;
  readonly after: Stage;
  readonly objections: readonly Objection[];
}

/** What a change of `before` (`null`: the first version) into `after` comes to. */
function judged(before: Table | null, after: Table, { guard }: By): Judged {
  const measured = guard?.measured ?? NOTHING_MEASURED;
  const stage = stageOf(after, measured);
  const forecast = before === null ? null : forecastOf(stageOf(before, measured));
  const objections = forecast === null ? [] : objectionsTo(forecast, forecastOf(stage));
  return { before: forecast, after: stage, objections };
}

/** The note that goes into the audit. Nothing is judged without a guard. */
export function allowed(before: Table | null, after: Table, by: By): Result<string, ChangeRefusal> {
  if (by.guard === undefined) return ok(by.note);
  const { objections } = judged(before, after, by);
  if (objections.length === 0) return ok(by.note);
  if (!by.guard.force) return refuse({ reason: "guarded", objections });
  const past = `forced past: ${objections.map(objectionText).join(" ")}`;
  const note = by.note === "" ? past : `${by.note} (${past})`;
  return ok(note.slice(0, NOTE_CHARACTERS_MAX));
}

/** As many as a note may have (`check.ts`): a thousand objections are told by the first. */
const NOTE_CHARACTERS_MAX = 2_000;

export function previewed(
  before: Table | null,
  after: Table,
  by: By,
): Omit<Outlook, "frozen" | "warnings"> {
  const { before: was, after: stage, objections } = judged(before, after, by);
  const { now, losses } = nMinusOne(stage);
  return { before: was, after: now, objections, losses: grave(losses) };
}

/** Those that a pool or a hostname would not survive, and the worst one in any case. */
export const grave = (losses: readonly Loss[]): readonly Loss[] =>
  losses.filter(({ over, stranded }, at) => at === 0 || over.length + stranded.length > 0);
