/** Production entry of `tradewind-central`: the operators' API and the desk. */
import { createCentral } from "./app.ts";
import type { App } from "./http/routes.ts";
import { type CentralEnv, centralPorts } from "./platform.ts";

export { OperatorDesk } from "./desk/operator-desk.ts";
export { TicketSigner } from "./explain/ticket-signer.ts";

/** One app per isolate: it remembers which streams are open. */
let app: App | undefined;

export default {
  fetch(request: Request, env: CentralEnv): Response | Promise<Response> {
    app ??= createCentral(centralPorts(env));
    return app.fetch(request);
  },
};
