/** The way back from `setText`, for people: what a set said when only its text is left. */

export interface SetSaid {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly values: readonly string[];
  /** In the text's own form; `null`: every value is an answer. */
  readonly policy: unknown;
}

/** `text` was made by `setText`. */
export function readSetText(text: string): SetSaid {
  const [name, type, ttl, values, policy] = JSON.parse(text) as [
    string,
    string,
    number,
    readonly string[],
    unknown,
  ];
  return { name, type, ttl, values, policy };
}
