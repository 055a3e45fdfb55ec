/** Messages over one TCP connection: two bytes of length before each (RFC 1035, section 4.2.2). */
import type { Connection } from "../../../ports.ts";
import { concat, u16 } from "./bytes.ts";

/** Reads whole messages from what comes in pieces of any size. */
export class MessageStream {
  readonly #connection: Connection;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #received: Uint8Array = new Uint8Array();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#reader = connection.readable.getReader();
  }

  async send(message: Uint8Array): Promise<void> {
    const writer = this.#connection.writable.getWriter();
    // In one piece: some servers take the length and the message for two when they come apart.
    await writer.write(concat([u16(message.length), message]));
    writer.releaseLock();
  }

  /** `null`: the other side closed, in the middle of a message or between two. */
  async next(): Promise<Uint8Array | null> {
    const pieces = [this.#received];
    let have = this.#received.length;
    for (;;) {
      if (have >= 2) {
        const all = pieces.length === 1 ? (pieces[0] ?? new Uint8Array()) : concat(pieces);
        const end = 2 + (all[0] ?? 0) * 0x100 + (all[1] ?? 0);
        if (all.length >= end) {
          this.#received = all.subarray(end);
          return all.subarray(2, end);
        }
        pieces.splice(0, pieces.length, all);
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      pieces.push(value);
      have += value.length;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close().catch(() => {
      // The other side was first, or the signal's abort was.
    });
  }
}
