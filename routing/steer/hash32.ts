/**
 * 32 bits of a text, evenly spread: FNV-1a with MurmurHash3's finaliser. Not for secrets: a visitor who wants to can
 * choose an endpoint, and gains nothing by it.
 *
 * Cost: about 1 ns a character.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mixed(hash);
}

/** A hash as a number in (0, 1). Half a step off both ends: the logarithm of 0 and of 1 would make weights meaningless. */
export const uniformOf = (hash: number): number => (hash + 0.5) / 2 ** 32;

/** Two hashes made one; changing either changes about half of the bits. */
export const joined = (a: number, b: number): number => mixed(Math.imul(a, 0x9e3779b1) ^ b);

function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
