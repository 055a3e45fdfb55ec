/** `ETag`, `If-Match` and `If-None-Match` of RFC 9110, 13.1. */
import { Refusal } from "./problem.ts";

export const quoted = (etag: string): string => `"${etag}"`;

/** `any` is the star. Weak tags keep their mark, so that a strong comparison never matches them. */
export type Tags =
  | { readonly any: true }
  | { readonly any: false; readonly tags: readonly string[] };

/** No tag of this API is longer than a few dozen characters. */
const ONE = /^(W\/)?"([\x21\x23-\x7e]{0,200})"$/;

/** `null` when the header is absent. Errors: throws `Refusal` 400. */
export function readTags(request: Request, header: "if-match" | "if-none-match"): Tags | null {
  const text = request.headers.get(header)?.trim();
  if (text === undefined) return null;
  if (text === "*") return { any: true };
  const tags = text.split(",").map((one) => {
    const match = ONE.exec(one.trim());
    if (match === null) {
      throw new Refusal(
        "malformed",
        `The header ${header} is not a list of quoted tags. Copy the ETag of your last GET with its quotes.`,
      );
    }
    return `${match[1] ?? ""}${match[2]}`;
  });
  return { any: false, tags };
}

/** The weak comparison that a GET makes. */
export const matchesWeakly = (tags: Tags, etag: string): boolean =>
  tags.any || tags.tags.some((tag) => tag.replace(/^W\//, "") === etag);

/** The state that a write wants to meet. */
export type Precondition =
  | { readonly wants: "anything" }
  | { readonly wants: "nothing" }
  | { readonly wants: "something" }
  | { readonly wants: "one-of"; readonly tags: readonly string[] };

/** Errors: throws `Refusal` 400. */
export function writePrecondition(request: Request): Precondition {
  const match = readTags(request, "if-match");
  const noneMatch = readTags(request, "if-none-match");
  if (noneMatch !== null && (match !== null || !noneMatch.any)) {
    throw new Refusal(
      "malformed",
      "A write takes If-Match with the ETag of your last GET, or If-None-Match: * to create only.",
    );
  }
  if (noneMatch !== null) return { wants: "nothing" };
  if (match === null) return { wants: "anything" };
  return match.any ? { wants: "something" } : { wants: "one-of", tags: match.tags };
}
