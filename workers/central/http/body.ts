/** A request's body as text: bounded, of a type that is read here, in UTF-8. */
import { Refusal } from "./problem.ts";

const JSON_TYPES = /^application\/(?:[\w.-]+\+)?json$/;
const YAML_TYPES = /^(?:application|text)\/(?:x-)?yaml$/;

export type BodyType = "json" | "yaml";

/** Errors: throws `Refusal` 415. */
export function bodyType(request: Request): BodyType {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const coding = request.headers.get("content-encoding") ?? "identity";
  if (coding.toLowerCase() === "identity") {
    if (JSON_TYPES.test(type ?? "")) return "json";
    if (YAML_TYPES.test(type ?? "")) return "yaml";
  }
  throw new Refusal(
    "wrong-type",
    `The body is ${type || "of no stated type"} (${coding}). Send it uncompressed as application/json or application/yaml.`,
    { headers: { accept: "application/json, application/yaml" } },
  );
}

/**
 * Reads at most `bytesMax`; the rest of a larger body is not waited for.
 *
 * Errors: throws `Refusal` 413 or 400 (not UTF-8).
 */
export async function readText(request: Request, bytesMax: number): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > bytesMax) throw tooLarge(bytesMax);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  const reader = request.body?.getReader();
  const pieces: string[] = [];
  let bytes = 0;
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      bytes += part.value.byteLength;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      pieces.push(decoder.decode(part.value, { stream: true }));
    }
    pieces.push(decoder.decode());
  } catch (error) {
    // Whoever sends too much may not want to stop: its failure to stop is not news.
    await reader?.cancel().catch(() => undefined);
    if (error instanceof Refusal) throw error;
    throw new Refusal("malformed", "The body is not UTF-8, or it ended early. Send it again.");
  }
  return pieces.join("");
}

const tooLarge = (bytesMax: number) =>
  new Refusal("too-large", `The body is larger than ${bytesMax} bytes. Split it or shorten it.`, {
    members: { bytes_max: bytesMax },
  });
