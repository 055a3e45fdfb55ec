/**
 * `npm start`: runs the planet as a process group of its own and answers for it. Whatever ends this process or
 * the planet's ends every process of the group: workerd and the demo origins outlive their parent otherwise.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseStartFlags, START_HELP } from "./flags.ts";

/** The planet ends itself within this time of being asked; then the group is killed. Below the promised 3 s. */
const GRACE_MS = 2_000;
/** npm killed by SIGTERM leaves this process to another parent; nothing else tells. */
const PARENT_CHECK_MS = 250;

const flags = parseStartFlags(process.argv.slice(2));
if (!flags.ok) {
  console.error(`Tradewind: ${flags.error}`);
  process.exit(2);
}
if (flags.value === "help") {
  console.log(START_HELP);
  process.exit(0);
}

const planet = spawn(
  process.execPath,
  [join(import.meta.dirname, "planet.ts"), JSON.stringify(flags.value)],
  { detached: true, stdio: ["pipe", "inherit", "inherit"] },
);

const killGroup = () => {
  if (planet.pid === undefined) return;
  try {
    process.kill(-planet.pid, "SIGKILL");
  } catch {
    // The group is empty: all of it has ended.
  }
};

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  // The end of its input is the planet's word to stop.
  planet.stdin?.end();
  setTimeout(killGroup, GRACE_MS).unref();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);

if (process.env["npm_lifecycle_event"] !== undefined) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), PARENT_CHECK_MS).unref();
}

planet.on("exit", (code, signal) => {
  killGroup();
  if (!ending && signal !== null) console.error(`Tradewind: the planet was ended by ${signal}`);
  process.exit(ending ? 0 : (code ?? 1));
});
