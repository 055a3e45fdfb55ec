import { parentPort, workerData } from "node:worker_threads";
import { runShare, type Share } from "./batch.ts";

parentPort?.postMessage(await runShare(workerData as Share));
