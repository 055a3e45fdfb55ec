/** Central's ports, made from the platform. */
import {
  configObject,
  deskObject,
  directoryObject,
  isRegion,
  regionObject,
  signerObject,
} from "../../routing/names.ts";
import { invariant } from "../../routing/result.ts";
import { chance, clock, timers } from "../platform.ts";
import type {
  CentralPorts,
  ConfigObject,
  DeskObject,
  DirectoryObject,
  RegionObject,
  SignerObject,
} from "../ports.ts";

export interface CentralEnv {
  readonly REGION_STATE: DurableObjectNamespace;
  readonly CONFIG_STORE: DurableObjectNamespace;
  readonly DIRECTORY: DurableObjectNamespace;
  readonly OPERATOR_DESK: DurableObjectNamespace;
  readonly TICKET_SIGNER: DurableObjectNamespace;
  /** The operators' secret; absent until somebody has set it. */
  readonly TRADEWIND_API_TOKEN?: string;
}

/** A stub has the methods of the class behind it; the class lives in another script, so its type is told here. */
const stub = <T>(
  namespace: DurableObjectNamespace,
  name: string,
  hint?: DurableObjectLocationHint,
) => namespace.getByName(name, hint === undefined ? {} : { locationHint: hint }) as unknown as T;

export function centralPorts(env: CentralEnv): CentralPorts {
  return {
    clock,
    timers,
    chance,
    token: env.TRADEWIND_API_TOKEN ?? "",
    objects: {
      region: (region) => {
        invariant(isRegion(region), "central asks only regions of the table of regions");
        const hint = region as DurableObjectLocationHint;
        return stub<RegionObject>(env.REGION_STATE, regionObject(region), hint);
      },
      config: (account) => stub<ConfigObject>(env.CONFIG_STORE, configObject(account)),
      directory: () => stub<DirectoryObject>(env.DIRECTORY, directoryObject),
      desk: (account) => stub<DeskObject>(env.OPERATOR_DESK, deskObject(account)),
      signer: (account) => stub<SignerObject>(env.TICKET_SIGNER, signerObject(account)),
    },
  };
}
