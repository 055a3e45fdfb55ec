/**
 * `node test/routing/expression/fuzz.ts [--count 100000] [--seed 1]`: expressions by chance, each against three
 * requests by chance. Prints one line; ends with 1, and the expression, when one throws or contradicts itself.
 */
import { parseArgs } from "node:util";
import { compileExpression } from "../../../routing/expression/compile.ts";
import { refillWork } from "../../../routing/expression/work.ts";
import { seededRng } from "../../../routing/rng.ts";
import { compilePattern } from "../../../routing/table/pattern/pattern.ts";
import { anyExpression, anyRequest } from "./generate.ts";

export interface FuzzSummary {
  readonly accepted: number;
  readonly refused: number;
  readonly evaluated: number;
  readonly positive: number;
  readonly slowestMs: number;
}

const REQUESTS_PER_EXPRESSION = 3;

/** Errors: throws at the first expression that throws, with the expression. */
export function fuzz(count: number, seed: number): FuzzSummary {
  const rng = seededRng(seed);
  let [accepted, refused, evaluated, positive, slowestMs] = [0, 0, 0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const expression = anyExpression(rng);
    const requests = Array.from({ length: REQUESTS_PER_EXPRESSION }, () => anyRequest(rng));
    const startedMs = performance.now();
    const answers = tried(expression, requests);
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (answers === undefined) refused += 1;
    else {
      accepted += 1;
      evaluated += answers.length;
      positive += answers.filter((answer) => answer).length;
    }
  }
  return { accepted, refused, evaluated, positive, slowestMs };
}

function tried(
  expression: string,
  requests: readonly ReturnType<typeof anyRequest>[],
): readonly boolean[] | undefined {
  try {
    const compiled = compileExpression(expression, compilePattern);
    if (!compiled.ok) {
      for (const { position, length, detail } of compiled.error) {
        const isInside = position >= 0 && length >= 0 && position + length <= expression.length;
        if (!isInside || detail.length < 10) throw new Error(`bad problem: ${detail}`);
      }
      if (compiled.error.length === 0) throw new Error("refused without a reason");
      return undefined;
    }
    const answer = (request: (typeof requests)[number]) => {
      refillWork();
      return compiled.value(request);
    };
    const answers = requests.map(answer);
    if (answers.some((given, index) => answer(requests[index] as never) !== given)) {
      throw new Error("two answers for one request");
    }
    if (answers.some((given) => typeof given !== "boolean")) throw new Error("no boolean");
    return answers;
  } catch (error) {
    throw new Error(`${JSON.stringify(expression)}: ${String(error)}`, { cause: error });
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
    },
  });
  const count = Number(values.count);
  const found = fuzz(count, Number(values.seed));
  console.log(
    `${count} expressions from seed ${values.seed}: ${found.accepted} accepted, ${found.refused} refused; ` +
      `${found.evaluated} evaluations, ${found.positive} true; the slowest took ${found.slowestMs.toFixed(1)} ms`,
  );
}
