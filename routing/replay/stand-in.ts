/**
 * A text that has a given `hash32`. Decisions use the key of a client as its hash and in no other way, so a
 * record keeps the hash, and a replay is given a text that has it and tells nobody who the client was.
 */
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The factor that undoes a multiplication modulo 2³². Source: Newton's iteration; each turn doubles the bits that are right. */
function undoing(factor: number): number {
  let inverse = factor;
  for (let turn = 0; turn < 5; turn += 1) {
    inverse = Math.imul(inverse, 2 - Math.imul(factor, inverse));
  }
  return inverse;
}

const PRIME_UNDONE = undoing(FNV_PRIME);

/** The state of FNV-1a from which the finaliser makes the hash: `mixed` of `hash32`, step by step back. */
function unmixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, undoing(0xc2b2ae35));
  bits ^= (bits >>> 13) ^ (bits >>> 26);
  bits = Math.imul(bits, undoing(0x85ebca6b));
  return (bits ^ (bits >>> 16)) >>> 0;
}

const CHARACTERS = 2 ** 16;

/** Each first character fails one time in three, and there are 65,536. */
const impossible = (): never => {
  throw new Error("every hash has a text of three characters");
};

/**
 * Not empty, three characters: the last one settles the lower half of the state, so the one before is tried until the upper half
 * fits, which about two of three first characters allow.
 *
 * Cost: about 0.1 ms.
 */
export function keyWithHash(hash: number): string {
  const before = Math.imul(unmixed(hash), PRIME_UNDONE);
  for (let first = 0; first < CHARACTERS; first += 1) {
    const start = Math.imul(FNV_START ^ first, FNV_PRIME);
    for (let second = 0; second < CHARACTERS; second += 1) {
      const last = Math.imul(start ^ second, FNV_PRIME) ^ before;
      if (last >>> 16 !== 0) continue;
      return String.fromCharCode(first, second, last);
    }
  }
  return impossible();
}
