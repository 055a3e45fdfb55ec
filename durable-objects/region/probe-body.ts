import { PROBE_BODY_BYTES_MAX } from "../../routing/limits.ts";
import { until } from "../deadline.ts";

/** `cut`: not in what was read, and there was more. */
export type Finding = "found" | "missing" | "cut";

/**
 * Whether the first `PROBE_BODY_BYTES_MAX` of the body contain the text, whatever the case of its letters.
 *
 * Errors: throws when the body breaks off, or when `signal` aborts. Cost: each byte is looked at once, however small the pieces are in which it comes.
 */
export async function findInBody(
  response: Response,
  expected: string,
  signal: AbortSignal,
): Promise<Finding> {
  const wanted = expected.toLowerCase();
  const reader = response.body?.getReader();
  if (reader === undefined) return "missing";
  const decoder = new TextDecoder();
  // What the text could begin in; the rest has been looked at.
  let tail = "";
  let bytesLeft = PROBE_BODY_BYTES_MAX;
  try {
    while (true) {
      const { done, value } = await until(signal, reader.read());
      if (done) return "missing";
      const chunk = value.subarray(0, bytesLeft);
      bytesLeft -= chunk.byteLength;
      tail += decoder.decode(chunk, { stream: true }).toLowerCase();
      if (tail.includes(wanted)) return "found";
      if (chunk.byteLength < value.byteLength) return "cut";
      tail = tail.slice(Math.max(0, tail.length - wanted.length + 1));
    }
  } finally {
    reader.cancel().catch(() => {
      // It was already over.
    });
  }
}
