/** TCP by Node, as the platform's is told in `workers/ports.ts`. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import type { Connection, DialPort } from "../../workers/ports.ts";

export const dialPort: DialPort = async ({ hostname, port }, signal) => {
  signal.throwIfAborted();
  const socket: Socket = connect({ host: hostname, port });
  const abort = () => socket.destroy(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", abort));
  await once(socket, "connect");
  // Nobody may be listening to either stream when it breaks off.
  socket.on("error", () => {});
  return {
    readable: Readable.toWeb(socket) as unknown as Connection["readable"],
    writable: Writable.toWeb(socket) as unknown as Connection["writable"],
    async close() {
      if (socket.closed) return;
      const closed = once(socket, "close").catch(() => {});
      socket.destroy();
      await closed;
    },
  };
};
