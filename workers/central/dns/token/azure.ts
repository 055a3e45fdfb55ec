/**
 * A token for an application in Microsoft Entra ID (Azure AD), for the Resource Manager.
 *
 * Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, "First case: Access token request with a shared secret".
 */
import type { SettingsOf } from "../../../../routing/dns/settings.ts";
import type { Clock } from "../../../ports.ts";
import { DEFAULTS } from "../origins.ts";
import { type Exchange, exchangeForm } from "./bearer.ts";
import type { Http } from "./http.ts";

const SCOPE = "https://management.azure.com/.default";

export function azureExchange(
  http: Http,
  clock: Clock,
  {
    tenant_id,
    client_id,
    authority = DEFAULTS.azure.authority,
  }: Pick<SettingsOf<"azure">, "tenant_id" | "client_id" | "authority">,
  clientSecret: string,
): Exchange {
  const uri = `${authority.replace(/\/+$/, "")}/${encodeURIComponent(tenant_id)}/oauth2/v2.0/token`;
  return (signal) =>
    exchangeForm(
      http,
      clock,
      uri,
      { grant_type: "client_credentials", client_id, client_secret: clientSecret, scope: SCOPE },
      signal,
    );
}
