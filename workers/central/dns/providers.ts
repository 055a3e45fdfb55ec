/** Which providers this build has: one line each. */
import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, refuse } from "../../../routing/result.ts";
import type { ProviderMaker } from "../sync/ports.ts";
import type { Provider, ProviderInput, ProviderPorts } from "./provider.ts";

type Makers = {
  readonly [K in ProviderKind]?: (
    input: ProviderInput<SettingsOf<K>, CredentialsOf<K>>,
    ports: ProviderPorts,
  ) => Provider;
};

const MAKERS: Makers = {};

/** Settings and credentials have passed the schemas of their provider: that is what a maker's types say, and the compiler cannot see. */
type AnyMaker = (input: ProviderInput<unknown, unknown>, ports: ProviderPorts) => Provider;

export const makeProvider: ProviderMaker = ({ sync }, credentials, ports) => {
  const make = MAKERS[sync.provider] as AnyMaker | undefined;
  if (make === undefined) {
    const detail = `The provider ${sync.provider} of ${sync.domain} is not in this build: deploy one that has it, or choose another provider.`;
    return refuse({ kind: "rejected", detail });
  }
  const { domain, owner, endpoint, settings } = sync;
  const input = { zone: domain, owner, settings, credentials };
  return ok(make(endpoint === undefined ? input : { ...input, endpoint }, ports));
};
