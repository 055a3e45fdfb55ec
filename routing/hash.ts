import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * SHA-256 of the UTF-8 text, 64 lower-case hex characters.
 *
 * A library's and not the platform's, because the platform's is asynchronous: a turn that compares and
 * then writes must not wait in between.
 */
export const hashOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));
