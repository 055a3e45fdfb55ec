const markers = (name: string) => [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`] as const;

/** What stands in a section; `null` when there is none. */
export function sectionIn(text: string, name: string): string | null {
  const [begin, end] = markers(name);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  return from < 0 || to < from ? null : text.slice(from + begin.length, to).trim();
}

/** Replaces one generated section of a Markdown file and leaves the others alone; a new one goes to the end. */
export function withSection(text: string, name: string, body: string): string {
  const [begin, end] = markers(name);
  const section = `${begin}\n${body.trim()}\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${section}\n`;
  return text.slice(0, from) + section + text.slice(to + end.length);
}
