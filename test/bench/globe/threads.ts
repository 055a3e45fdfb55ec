import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Job } from "./job.ts";
import type { Run } from "./simulate.ts";

/** The runs in the order of the jobs, whichever thread was faster. `told` hears of each as it ends. */
export async function runAll(
  jobs: readonly Job[],
  told: (run: Run) => void,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(join(import.meta.dirname, "job.ts"));
    try {
      for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
        const at = next;
        next += 1;
        const run = await answerOf(worker, job);
        runs[at] = run;
        told(run);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return runs;
}

/** Errors: rejects with what the thread threw. */
const answerOf = (worker: Worker, job: Job): Promise<Run> =>
  new Promise((resolve, reject) => {
    worker.removeAllListeners("error");
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.postMessage(job);
  });
