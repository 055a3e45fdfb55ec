import type { SteeringPolicy } from "../../../routing/model.ts";
import { BASELINES } from "./baselines.ts";
import { ours, type Steering } from "./steering.ts";

const OURS: readonly SteeringPolicy[] = [
  "off",
  "geo",
  "proximity",
  "random",
  "least_outstanding_requests",
  "dynamic_latency",
];

/** In the order of the table. */
export const STEERINGS: readonly Steering[] = [...OURS.map(ours), ...BASELINES];
