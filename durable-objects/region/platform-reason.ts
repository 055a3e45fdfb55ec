/** What a probe says of an answer that Cloudflare's network gave in the endpoint's place: nobody at the endpoint answered. */
import { faultOf, mayBePlatforms, platformCodeOf } from "../../routing/health/platform-error.ts";
import { until } from "../deadline.ts";

export type PlatformReason = `platform error ${number}`;

/** `null` = it is the endpoint's own answer, whose body may have been read. Errors: none. */
export async function platformReason(
  response: Response,
  signal: AbortSignal,
): Promise<PlatformReason | null> {
  const { status, headers } = response;
  if (!mayBePlatforms(status, (name) => headers.get(name))) return null;
  const line = await until(signal, response.text()).catch(() => "");
  const code = platformCodeOf(line);
  return code === null || faultOf(code) === null ? null : `platform error ${code}`;
}
