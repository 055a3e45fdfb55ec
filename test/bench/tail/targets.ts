import { peers } from "./peers.ts";
import type { Target } from "./target.ts";
import { tradewind } from "./tradewind.ts";

/** As many as a busy colo's machines give one customer: each knows a twenty-fourth of what is under way. */
const MANY = 24;

/** One isolate that sees everything, and what is true in production. */
const judged = tradewind(MANY);
export const TARGETS: readonly Target[] = [tradewind(1), judged, ...peers];
export const JUDGED = judged.name;
