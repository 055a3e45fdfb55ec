/** Production entry of `tradewind-central`: the operators' API, the desk, and the ledgers of zones. */
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import { createCentral } from "./app.ts";
import type { App } from "./http/routes.ts";
import { type CentralEnv, centralPorts } from "./platform.ts";
import { wakeLedgers } from "./sync/wake.ts";
import { lookAtRegions } from "./watch/ask.ts";

export { OperatorDesk } from "./desk/operator-desk.ts";
export { TicketSigner } from "./explain/ticket-signer.ts";
export { SyncLedger } from "./sync/sync-ledger.ts";
export { Watchdog } from "./watch/watchdog-object.ts";

/** One app per isolate: it remembers which streams are open. */
let app: App | undefined;

export default {
  fetch(request: Request, env: CentralEnv): Response | Promise<Response> {
    app ??= createCentral(centralPorts(env));
    return app.fetch(request);
  },
  async scheduled(_controller: ScheduledController, env: CentralEnv): Promise<void> {
    const ports = centralPorts(env);
    await Promise.all([wakeLedgers({ ports, account: DEFAULT_ACCOUNT }), lookAtRegions(ports)]);
  },
};
