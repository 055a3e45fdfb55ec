import { createConnection } from "node:net";

/** Long enough for a busy machine; a complete answer ends the wait at once. */
const PATIENCE_MS = 5_000;

/**
 * Sends exactly these bytes (Latin-1) and reads until `answers` whole answers have come, the other side hangs
 * up, or nothing more comes. Resolves with everything that came.
 */
export function exchangeRaw(port: number, bytes: string, answers = 1): Promise<string> {
  return new Promise((resolve, reject) => {
    let came = "";
    const socket = createConnection({ port, host: "127.0.0.1" }, () =>
      socket.write(bytes, "latin1"),
    );
    const end = () => {
      socket.destroy();
      resolve(came);
    };
    socket.setTimeout(PATIENCE_MS, end);
    socket.on("data", (chunk) => {
      came += chunk.toString("latin1");
      if (statusesOf(came).length >= answers && isWhole(came)) end();
    });
    socket.on("close", end);
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? end() : reject(error),
    );
  });
}

/** Status codes of the final answers in the text, in order; 1xx are not final. */
export const statusesOf = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.[01] (\d{3}) ?[^\r\n]*\r\n/g)]
    .map(([, code]) => Number(code))
    .filter((code) => code >= 200 || code === 101);

/** True when the last answer in the text has its whole body. */
function isWhole(text: string): boolean {
  const head = text.slice(text.lastIndexOf("HTTP/1.1 "));
  const end = head.indexOf("\r\n\r\n");
  if (end < 0) return false;
  if (/^HTTP\/1\.1 (204|304)/.test(head)) return true;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end + 2))?.[1];
  if (length !== undefined) return head.length >= end + 4 + Number(length);
  return /\r\n0\r\n\r\n$/.test(head);
}
