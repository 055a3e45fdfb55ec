/** What a real server answers, in the canonical values of `routing/dns/record.ts`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readQuotedTxt } from "../../../../../routing/dns/txt.ts";
import { ask } from "../../../../servers/dig.ts";
import { needPrograms } from "../../../../servers/programs.ts";

const run = promisify(execFile);

export const asked =
  (port: number) =>
  async (name: string, type: string): Promise<readonly string[]> => {
    const data = type === "HTTPS" || type === "SVCB" ? await service(port, name, type) : null;
    if (data !== null) return data.sort();
    const { answers } = await ask({ port, name, type: type as "A", tcp: true });
    return answers
      .filter((answer) => answer.type === type)
      .map((answer) => (type === "TXT" ? joined(answer.data) : answer.data))
      .sort();
  };

function joined(data: string): string {
  const read = readQuotedTxt(data);
  return read.ok ? read.value : data;
}

/** By BIND's own reader of these types, which quotes only what must be. */
async function service(port: number, name: string, type: string): Promise<string[]> {
  const flags = ["@127.0.0.1", "-p", `${port}`, name, type, "+short", "+tcp"];
  const { stdout } = await run(needPrograms("dig").dig, flags);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) =>
      line.replace(/ ([a-z0-9-]+)=([^" ]+)/g, ' $1="$2"').replace(/^(\d+ [^ ]+)\.(?= |$)/, "$1"),
    )
    .map((line) => line.replace(/^(\d+) (?= |$)/, "$1 . "));
}
