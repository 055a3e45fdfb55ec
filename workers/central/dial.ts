/** TCP from the central worker: what a provider's `dial` is in production. */
import { connect } from "cloudflare:sockets";
import type { DialPort } from "../ports.ts";

export const dialPort: DialPort = async (target, signal) => {
  signal.throwIfAborted();
  const socket = connect(target);
  const abort = () => {
    socket.close().catch(() => {
      // It was never open, or is closed already.
    });
  };
  // The promise of the closing rejects too when the opening fails; it says nothing that `opened` and the streams do not.
  socket.closed.catch(() => {}).finally(() => signal.removeEventListener("abort", abort));
  signal.addEventListener("abort", abort, { once: true });
  await socket.opened;
  return {
    readable: socket.readable,
    writable: socket.writable,
    close: () => socket.close(),
  };
};
