import { parentPort, workerData } from "node:worker_threads";
import { runShare, type Share } from "./batch.ts";

// A stack for each of thousands of aborted waits is dear, and `--seed N` has them.
Error.stackTraceLimit = 0;
parentPort?.postMessage(await runShare(workerData as Share));
