/** A suggestion costs a look at every candidate, so it is the cheap kind: one edit, or another way to write it. */

/** The end of a sentence: `; did you mean "x"?`, or a full stop when nothing is close. */
export function closest(written: string, candidates: Iterable<string>): string {
  const plain = spelling(written);
  for (const candidate of candidates) {
    if (spelling(candidate) === plain || isOneEdit(written, candidate)) {
      return `; did you mean "${candidate}"?`;
    }
  }
  return ".";
}

const spelling = (text: string): string => text.toLowerCase().replace(/[-_. ]/g, "");

/** One letter more, less, other, or two neighbours swapped. Linear in the length. */
function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rest = (text: string, skip: number) => text.slice(at + skip);
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, 2) === rest(b, 2);
  if (a.length === b.length) return swapped || rest(a, 1) === rest(b, 1);
  return a.length > b.length ? rest(a, 1) === rest(b, 0) : rest(a, 0) === rest(b, 1);
}
