/** Secrets that a test hands to a planet, and every form in which one of them could show. */
import { randomUUID } from "node:crypto";

/** AWS's forms: 20 characters, and 40. */
export const CANARY = {
  accessKeyId: `AKIA${randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()}`,
  secretAccessKey: `canary/${randomUUID().replaceAll("-", "")}+`,
} as const;

/** Plain, in hex, in a URL, in JSON, and in base64 wherever in the coded text it begins. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The first characters mix with what stands before, the last with what comes after.
    return text.slice(offset === 0 ? 0 : 4, -2);
  });
  return [
    secret,
    bytes.toString("hex"),
    encodeURIComponent(secret),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** The secrets of which a form is in the text; told by their place in the list, because whoever reads of it should not learn it. */
export const foundIn = (text: string, secrets: readonly string[]): readonly number[] =>
  secrets.flatMap((secret, at) =>
    formsOf(secret).some((form) => text.includes(form)) ? [at] : [],
  );
