/**
 * Makes a frozen process a black hole. The kernel goes on accepting for a process that is stopped, until the queue of its
 * listener is full; from then on it drops what wants to connect, and a connection is neither refused nor made.
 */
import { connect, type Socket } from "node:net";

/** Far above what a connection on loopback takes. */
const DROPPED_MS = 250;
/** Above any backlog of an origin that is told one. */
const CONNECTIONS_MAX = 1_000;

/** Resolves when the queue is full. The answer lets all go that fill it. */
export async function fillBacklog(port: number, host: string): Promise<() => void> {
  const filling: Socket[] = [];
  const letGo = () => {
    for (const socket of filling) socket.destroy();
  };
  while (filling.length < CONNECTIONS_MAX) {
    const socket = connect(port, host);
    filling.push(socket);
    if (!(await isMade(socket))) return letGo;
  }
  letGo();
  throw new Error(`${host}:${port} still takes connections after ${CONNECTIONS_MAX}`);
}

const isMade = (socket: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), DROPPED_MS);
    const end = (made: boolean) => () => {
      clearTimeout(timer);
      resolve(made);
    };
    socket.once("connect", end(true));
    // The error of a socket that is let go has nobody to tell.
    socket.on("error", end(false));
  });
