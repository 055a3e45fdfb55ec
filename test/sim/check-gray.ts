/** R2 and outage O20 a: an endpoint that answers probes and fails three visits in ten is out of rotation within half a minute. */
import type { Bench } from "./bench.ts";
import { GRAY_RATIO } from "./origins.ts";
import type { Answer, Visit, Watcher } from "./watcher.ts";

const OUT_WITHIN_MS = 30_000;
/**
 * Of all visits, those that end in an error. R2 asks for 0.5 % at 500 requests a second; to find out takes as many requests
 * whatever the rate is, so at a tenth of the rate they are a larger share: eight seeds had 0.31 to 1.11 %.
 */
const ERRORS_RATIO_MAX = 0.015;
/** Of the tries after that time, those that go to it: it is let in again and found out again, so never none. */
const SHARE_RATIO_MAX = 0.05;

export class CheckGray implements Watcher {
  readonly #bench: Bench;
  #answers = 0;
  #errors = 0;
  #tries = 0;
  #triesOfGray = 0;
  #sinceMs: number | null = null;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  tried(_isolate: string, address: string): void {
    const { kernel, origins } = this.#bench;
    if (!origins.isAnySick) return;
    this.#sinceMs ??= kernel.nowMs;
    if (kernel.nowMs - this.#sinceMs < OUT_WITHIN_MS) return;
    this.#tries += 1;
    if (origins.ailmentOf(address) === "gray") this.#triesOfGray += 1;
  }

  answered(_visit: Visit, { status }: Answer): void {
    this.#answers += 1;
    if (status >= 500) this.#errors += 1;
  }

  end(): void {
    const { timeline, violated } = this.#bench;
    const errors = this.#errors / this.#answers;
    const share = this.#triesOfGray / this.#tries;
    timeline.note("gray", `${percent(errors)} errors, ${percent(share)} of tries after 30 s`);
    if (errors > ERRORS_RATIO_MAX) violated(`${percent(errors)} of all visits ended in an error`);
    if (share > SHARE_RATIO_MAX) {
      violated(`${percent(share)} of tries still go to who fails ${percent(GRAY_RATIO)} of them`);
    }
  }
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;
