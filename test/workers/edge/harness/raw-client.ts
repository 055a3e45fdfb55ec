import { connect } from "node:net";

/** Sends exactly these bytes (Latin-1) and returns all that came back until the other side closed, or `until` matched. */
export function rawAsk(port: number, bytes: string, until = /\r\n\r\n/): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy(new Error(`No answer to ${bytes.slice(0, 60)}`)));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (until.test(answer)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
    socket.write(bytes, "latin1");
  });
}

export const statusOf = (answer: string): number => Number(answer.split(" ", 2)[1] ?? 0);
