/** Central's ports, made from the platform. */
import { waitUntil } from "cloudflare:workers";
import { isFreeze } from "../../routing/guard/freeze.ts";
import { deskObject, ledgerObject, signerObject, watchdogObject } from "../../routing/names.ts";
import { chance, clock, timers } from "../platform.ts";
import type { DeskObject, SignerObject } from "../ports.ts";
import { previewer, type StateBindings, stateObjects, stub } from "./objects.ts";
import type { CentralPorts, ZoneObject } from "./ports.ts";
import type { WatchdogObject } from "./watch/watch.ts";

export interface CentralEnv extends StateBindings {
  readonly OPERATOR_DESK: DurableObjectNamespace;
  readonly TICKET_SIGNER: DurableObjectNamespace;
  readonly SYNC_LEDGER: DurableObjectNamespace;
  readonly WATCHDOG: DurableObjectNamespace;
  /** The operators' secret; absent until somebody has set it. */
  readonly TRADEWIND_API_TOKEN?: string;
  /** The freeze switch that needs no object, for zones and the configuration alike. */
  readonly TW_FREEZE?: string;
}

export function centralPorts(env: CentralEnv): CentralPorts {
  return {
    clock,
    timers,
    chance,
    token: env.TRADEWIND_API_TOKEN ?? "",
    later: waitUntil,
    isFrozen: () => isFreeze(env.TW_FREEZE),
    objects: {
      ...stateObjects(env),
      previewer: (region) => previewer(env, region),
      desk: (account) => stub<DeskObject>(env.OPERATOR_DESK, deskObject(account)),
      signer: (account) => stub<SignerObject>(env.TICKET_SIGNER, signerObject(account)),
      ledger: (account, zone) => stub<ZoneObject>(env.SYNC_LEDGER, ledgerObject(account, zone)),
      watchdog: () => stub<WatchdogObject>(env.WATCHDOG, watchdogObject),
    },
  };
}
