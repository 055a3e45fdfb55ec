/** `npm run replay -- --from FILE|URL --policy X`: recorded decisions made again, and what another policy would have done. */
import { readFile } from "node:fs/promises";
import { compare } from "../routing/replay/comparison.ts";
import { ask } from "./ask.ts";
import { parseReplay, USAGE, type Wanted } from "./replay/arguments.ts";
import { printed } from "./replay/print.ts";
import { readRecording } from "./replay/recording-file.ts";
import { reachPlanet } from "./running.ts";

function fail(reason: string, code: number): never {
  console.error(`Tradewind: ${reason}`);
  process.exit(code);
}

const textFrom = ({ from, centralPort }: Wanted): Promise<string> =>
  /^https?:\/\//.test(from) ? textAt(from, centralPort) : textIn(from);

const textIn = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((error: Error) =>
    fail(`${path} cannot be read (${error.message})`, 1),
  );

async function textAt(url: string, centralPort: string | undefined): Promise<string> {
  const at = reachPlanet(centralPort);
  if (!at.ok) return fail(at.error.reason, at.error.isUsage ? 2 : 1);
  const headers = { authorization: `Bearer ${at.value.token}` };
  const answer = await ask(url, { headers }).catch((error: Error) =>
    fail(`${url} does not answer (${error.message})`, 1),
  );
  return answer.status === 200
    ? answer.text
    : fail(`${url} answers ${answer.status}: ${answer.text.trim()}`, 1);
}

const wanted = parseReplay(process.argv.slice(2));
if (!wanted.ok) fail(`${wanted.error}\n${USAGE}`, 2);
else if (wanted.value === "help") console.log(USAGE);
else {
  const { from, change } = wanted.value;
  const recording = readRecording(await textFrom(wanted.value));
  if (!recording.ok) fail(`${from} cannot be replayed: ${recording.error}`, 1);
  const { host, records, shards } = recording.value;
  const found = compare(records, (name) => shards.get(name) ?? null, change);
  console.log(printed(host, found, change));
  process.exitCode = found.disagreed.length === 0 ? 0 : 1;
}
