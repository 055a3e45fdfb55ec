/** The endpoints of pools that answer, with their shares, and the answer that they come to. */
import { type Answer, type AnswerContext, type Answerer, answerOf } from "./answer.ts";
import type { Serving } from "./direct.ts";

/** Together they have `weight`. */
export function answerersOf({ pool, endpoints }: Serving, weight: number): readonly Answerer[] {
  const total = endpoints.reduce((sum, endpoint) => sum + endpoint.weight, 0);
  return endpoints.map((endpoint) => ({
    endpoint,
    pool,
    weight: (weight * endpoint.weight) / total,
  }));
}

export interface Share {
  readonly serving: Serving;
  readonly weight: number;
}

/** What pools answer together, each with its share, and what of it is out. */
export function poolsAnswer(shares: readonly Share[], context: AnswerContext): Answer {
  const answer = answerOf(
    shares.flatMap(({ serving, weight }) => answerersOf(serving, weight)),
    context,
  );
  return {
    ...answer,
    notes: [...answer.notes, ...shares.flatMap(({ serving }) => outNotes(serving))],
  };
}

/** What is published although it is out. */
export const outNotes = ({ pool, isLastResort, lastResorts }: Serving): readonly string[] =>
  isLastResort
    ? [`No pool has enough available, so all of pool ${pool.name} answers.`]
    : lastResorts.map(
        (family) =>
          `Every ${family} endpoint of pool ${pool.name} is out, and they answer all the same: visitors with no other family would get nothing.`,
      );
