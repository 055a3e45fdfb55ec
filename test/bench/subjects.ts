import { bundle } from "../../local/build.ts";
import { cpuMsOf } from "./cpu.ts";
import { type BenchWorker, type Binding, startWorkerd } from "./workerd.ts";

export interface Subject {
  readonly name: string;
  readonly port: number;
  /** Processor time of its process since it began; 0 where the kernel does not tell. */
  cpuMs(): number;
  stop(): Promise<void>;
}

export const HOST = "www.example";

/** A workerd of its own for one subject: nothing else runs in it but what is named. */
export async function runAlone(
  name: string,
  source: string,
  env: Readonly<Record<string, Binding>>,
  others: readonly BenchWorker[] = [],
): Promise<Subject> {
  const running = await startWorkerd([{ name, source, env, listens: true }, ...others]);
  return {
    name,
    port: running.ports.get(name) ?? 0,
    cpuMs: () => cpuMsOf(running.pid),
    stop: running.stop,
  };
}

export async function reference(originUrl: string): Promise<Subject> {
  const source = await bundle("test/bench/reference-worker.ts");
  const site = JSON.stringify({ host: HOST, endpoints: [originUrl, originUrl, originUrl] });
  return runAlone("reference", source, { SITE: { text: site } });
}

export async function passThrough(originUrl: string): Promise<Subject> {
  const source = await bundle("test/bench/pass-through-worker.ts");
  return runAlone("pass-through", source, { ENDPOINT: { text: originUrl } });
}
