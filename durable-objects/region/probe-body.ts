import { PROBE_BODY_BYTES_MAX } from "../../routing/limits.ts";
import { until } from "../deadline.ts";

/**
 * Whether the first `PROBE_BODY_BYTES_MAX` of the body contain the text, whatever the case of its letters.
 *
 * Errors: throws when the body breaks off, or when `signal` aborts.
 */
export async function bodyContains(
  response: Response,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = expected.toLowerCase();
  const reader = response.body?.getReader();
  if (reader === undefined) return false;
  const decoder = new TextDecoder();
  let seen = "";
  let bytesLeft = PROBE_BODY_BYTES_MAX;
  try {
    while (bytesLeft > 0) {
      const { done, value } = await until(signal, reader.read());
      if (done) break;
      const chunk = value.subarray(0, bytesLeft);
      bytesLeft -= chunk.byteLength;
      seen += decoder.decode(chunk, { stream: true });
      if (seen.toLowerCase().includes(wanted)) return true;
    }
    return false;
  } finally {
    reader.cancel().catch(() => {
      // It was already over.
    });
  }
}
