/** `npm run freeze -- bad deploy`: turns the freeze switch, by the API or, when central is down, by KV. */
import { spawnSync } from "node:child_process";
import { ask } from "./ask.ts";
import { root } from "./deploy/scripts.ts";
import {
  apiRequest,
  keyCommand,
  parseFreeze,
  USAGE,
  type Wanted,
  withoutCentral,
} from "./freeze/arguments.ts";
import { reachPlanet } from "./running.ts";

function fail(reason: string, code: number): never {
  console.error(`Tradewind: ${reason}`);
  process.exit(code);
}

const wanted = parseFreeze(process.argv.slice(2));
if (!wanted.ok) fail(`${wanted.error}\n${USAGE}`, 2);
if (wanted.value === "help") {
  console.log(USAGE);
  process.exit(0);
}
if (wanted.value.by === "kv") byKey(wanted.value);
await byApi(wanted.value);

function byKey(one: Wanted): never {
  const { status } = spawnSync("npx", ["wrangler", ...keyCommand(one)], {
    cwd: root,
    stdio: "inherit",
  });
  if (status === 0 && one.action !== "status") {
    console.log(
      "KV is read a minute late at the most; --status without --by tells what central reads.",
    );
  }
  process.exit(status ?? 1);
}

async function byApi(one: Wanted): Promise<void> {
  const { central, token } = reached(one);
  const { method, path } = apiRequest(one);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await ask(central + path, { method, headers }).catch((error: Error) =>
    fail(`${central} does not answer (${error.message}).\n${withoutCentral(one)}`, 1),
  );
  if (answer.status !== 200) {
    fail(`refused (${answer.status}): ${answer.text.trim()}\n${withoutCentral(one)}`, 1);
  }
  const { frozen, store, thaw } = JSON.parse(answer.text) as {
    frozen: readonly string[];
    store: { reason: string; actor: string; at: string } | null;
    thaw: string | null;
  };
  if (frozen.length === 0) return console.log("Not frozen: changes are taken.");
  console.log(`Frozen by ${frozen.join(", ")}.`);
  if (store !== null) console.log(`  ${store.at} ${store.actor}: ${store.reason}`);
  if (thaw !== null) console.log(`  ${thaw}`);
}

function reached({ central, centralPort }: Wanted) {
  if (central !== undefined) {
    const token = process.env["TRADEWIND_API_TOKEN"];
    if (token === undefined) fail("set TRADEWIND_API_TOKEN to the token of that central", 2);
    return { central: central.replace(/\/$/, ""), token };
  }
  const at = reachPlanet(centralPort);
  if (!at.ok) fail(at.error.reason, at.error.isUsage ? 2 : 1);
  return at.value;
}
