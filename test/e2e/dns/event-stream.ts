/** A reader of server-sent events that keeps everything that it was told. */
import type { RunningPlanet } from "../../../local/planet-file.ts";

export class EventStream {
  text = "";
  readonly #gone = new AbortController();

  /** Errors: rejects unless the answer is a stream. */
  static async open({ central, token }: RunningPlanet, path: string): Promise<EventStream> {
    const stream = new EventStream();
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const answer = await fetch(central + path, { headers, signal: stream.#gone.signal });
    if (!answer.ok || answer.body === null) throw new Error(`${path}: ${answer.status}`);
    void stream.#read(answer.body);
    return stream;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (!this.#gone.signal.aborted) this.text += `\nbroken off: ${String(error)}\n`;
    }
  }

  close(): void {
    this.#gone.abort();
  }
}
