/**
 * A peer's configuration from its committed template: `@name@` is replaced (a single `@` is text), and a line with `@server_port@` stands once
 * for every server (`@server_index@` counts them from 0).
 *
 * Errors: throws on a name that it is not given, because a peer would take what is left for text.
 */
export function filled(
  template: string,
  values: Readonly<Record<string, string | number>>,
  serverPorts: readonly number[],
): string {
  return template
    .split("\n")
    .flatMap((line) =>
      line.includes("@server_port@")
        ? serverPorts.map((port, index) =>
            replaced(line, { ...values, server_port: port, server_index: index }),
          )
        : [replaced(line, values)],
    )
    .join("\n");
}

const replaced = (line: string, values: Readonly<Record<string, string | number>>): string =>
  line.replace(/@([a-z_]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing is given for @${name}@ in: ${line}`);
    return String(value);
  });
