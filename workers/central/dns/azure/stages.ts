/**
 * The order in which the sets of a batch are written one by one, so that what is interrupted leaves as little harm as can be.
 *
 * What is made comes before what is taken away, so no name is empty meanwhile. A TXT is made before other sets and taken away after them: a
 * mark without its set is found and repaired, a set without its mark would be somebody else's. A name that changes between CNAME and other
 * types is a stage of its own, as Azure has a CNAME beside nothing: the name is empty from the answer to the DELETE to the one to the PUT.
 */
import { type Change, changeKey, subjectOf } from "../../../../routing/dns/change.ts";
import { markedBy, markName, readMark } from "../../../../routing/dns/mark.ts";
import { setKey } from "../../../../routing/dns/record.ts";
import type { Refused } from "../provider.ts";

export interface Stage {
  readonly deletes: readonly Change[];
  readonly puts: readonly Change[];
}

export function stagesOf(changes: readonly Change[]): readonly Stage[] {
  const switched = [...new Set(changes.map(nameOf))].filter((name) => isSwitched(changes, name));
  const alone = changes.filter((change) => !switched.includes(nameOf(change)));
  const puts = alone.filter(isPut);
  const deletes = alone.filter((change) => !isPut(change));
  return [
    ...[...puts.filter(isTxt), ...puts.filter((put) => !isTxt(put))].map((put) => ({
      deletes: [],
      puts: [put],
    })),
    ...switched.map((name) => {
      const own = changes.filter((change) => nameOf(change) === name);
      return { deletes: own.filter((change) => !isPut(change)), puts: own.filter(isPut) };
    }),
    ...[...deletes.filter((change) => !isTxt(change)), ...deletes.filter(isTxt)].map((change) => ({
      deletes: [change],
      puts: [],
    })),
  ];
}

/** All of it, for one reason. */
export const refusedWhole = ({ deletes, puts }: Stage, detail: string): readonly Refused[] =>
  [...deletes, ...puts].map((change) => ({ key: changeKey(change), detail }));

/**
 * The key of a refused change that the stage makes no sense without: a set is not made without its mark, where it would be somebody else's, and no mark is
 * taken from a set that stays.
 */
export function companionOf(
  { deletes, puts }: Stage,
  refused: readonly Refused[],
  zone: string,
): string | undefined {
  const marks = puts.map((change) =>
    setKey({ name: markName(zone, subjectOf(change)), type: "TXT" }),
  );
  const marked = deletes
    .map(subjectOf)
    .filter((set) => readMark(set) !== null)
    .flatMap(({ name }) => markedBy(zone, name) ?? [])
    .map(setKey);
  return [...marks, ...marked].find((key) => refused.some((one) => one.key === key));
}

const nameOf = (change: Change): string => subjectOf(change).name;
const isPut = (change: Change): boolean => change.kind !== "delete";
const isTxt = (change: Change): boolean => subjectOf(change).type === "TXT";
const isCname = (change: Change): boolean => subjectOf(change).type === "CNAME";

function isSwitched(changes: readonly Change[], name: string): boolean {
  const own = changes.filter((change) => nameOf(change) === name);
  const deletes = own.filter((change) => change.kind === "delete");
  const creates = own.filter((change) => change.kind === "create");
  return deletes.some((gone) => creates.some((come) => isCname(gone) !== isCname(come)));
}
