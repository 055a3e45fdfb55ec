/** `npm run fault -- region weur stop`: injects a fault into the running planet, heals, or lists what is on. */
import { parseArgs } from "node:util";
import { ask } from "./ask.ts";
import { type ActiveFault, parseCommand, USAGE } from "./faults.ts";
import { reachPlanet } from "./running.ts";

function fail(reason: string, code: number): never {
  console.error(`Tradewind: ${reason}`);
  process.exit(code);
}

const options = { "central-port": { type: "string" }, help: { type: "boolean" } } as const;

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${(error as Error).message.split(/\.\s/)[0]}\n${USAGE}`, 2);
  }
}

const { values, positionals: words } = readArguments();
if (values.help === true || words.length === 0) {
  console.log(USAGE);
  process.exit(words.length === 0 && values.help !== true ? 2 : 0);
}
const listing = words.join(" ") === "list";
const command = listing ? null : parseCommand(words);
if (command !== null && !command.ok) fail(`${command.error}\n${USAGE}`, 2);

const at = reachPlanet(values["central-port"]);
if (!at.ok) fail(at.error.reason, at.error.isUsage ? 2 : 1);
const { central, token } = at.value;
const answer = await ask(`${central}/v1/faults`, {
  headers: { authorization: `Bearer ${token}` },
  ...(listing ? {} : { method: "POST", body: JSON.stringify({ words }) }),
}).catch((error: Error) => fail(`${central} does not answer (${error.message})`, 1));
if (answer.status !== 200) fail(`refused (${answer.status}): ${answer.text.trim()}`, 1);

const { faults } = JSON.parse(answer.text) as { faults: ActiveFault[] };
if (faults.length === 0) console.log("No fault is on.");
for (const { target, mode } of faults) console.log(`${target}: ${mode}`);
