/** `npm run fault -- region weur stop`: injects a fault into the running planet, heals, or lists what is on. */
import { parseArgs } from "node:util";
import { ask } from "./ask.ts";
import { type ActiveFault, parseCommand, USAGE } from "./faults.ts";
import { parsePort } from "./flags.ts";
import { findPlanet } from "./planet-file.ts";

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

function planetAddress(portText: string | undefined): { central: string; token: string } {
  const port = portText === undefined ? null : parsePort("--central-port", portText);
  if (port !== null && !port.ok) return fail(port.error, 2);
  const found = findPlanet(port === null ? null : port.value);
  const central = found?.central ?? `http://127.0.0.1:${port?.value ?? 8788}`;
  const token = process.env["TRADEWIND_API_TOKEN"] ?? found?.token;
  return token === undefined
    ? fail(`no planet is running at ${central}; start one with npm start`, 1)
    : { central, token };
}

const { values, positionals: words } = readArguments();
if (values.help === true || words.length === 0) {
  console.log(USAGE);
  process.exit(words.length === 0 && values.help !== true ? 2 : 0);
}
const listing = words.join(" ") === "list";
const command = listing ? null : parseCommand(words);
if (command !== null && !command.ok) fail(`${command.error}\n${USAGE}`, 2);

const { central, token } = planetAddress(values["central-port"]);
const answer = await ask(`${central}/v1/faults`, {
  headers: { authorization: `Bearer ${token}` },
  ...(listing ? {} : { method: "POST", body: JSON.stringify({ words }) }),
}).catch((error: Error) => fail(`${central} does not answer (${error.message})`, 1));
if (answer.status !== 200) fail(`refused (${answer.status}): ${answer.text.trim()}`, 1);

const { faults } = JSON.parse(answer.text) as { faults: ActiveFault[] };
if (faults.length === 0) console.log("No fault is on.");
for (const { target, mode } of faults) console.log(`${target}: ${mode}`);
