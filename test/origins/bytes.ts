import { createHash } from "node:crypto";

/**
 * The body every test origin gives for `(size, seed)`, so that whoever receives it can check it without
 * asking the sender. Bytes repeat with a period of 64 KiB + 1: no power of two, so that a block lost or sent
 * twice changes the hash. Cost: ~1 ms per MB.
 */
export function bytesOf(size: number, seed: number): Buffer {
  const period = Buffer.alloc(Math.min(size, 65_537));
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  for (let index = 0; index < period.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    period[index] = state & 0xff;
  }
  return Buffer.alloc(size, period);
}

/** 64 lower-case hex characters. */
export const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
