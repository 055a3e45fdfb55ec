/**
 * A WebSocket that can be closed: the edge takes both ends and hands messages from one to the other, because the runtime
 * gives up one that is passed on as it came, and nobody can send a close frame into it any more (docs/adr/0019).
 *
 * Messages stay what they were, in order; close codes and reasons pass both ways, and each side answers the other's close
 * itself. There is no back pressure: the runtime sends as slowly as the receiver reads and keeps the rest in memory.
 */
import type { Watch } from "./stream-watch.ts";

/** Service Restart (IANA): come back, there are others. */
const SERVICE_RESTART = 1012;
/** Bad Gateway (IANA): the other side went without a close frame, which is a thing that no close frame can say. */
const OTHER_SIDE_LOST = 1014;
/** Never on the wire: there was a close frame without a code; there was none. */
const NO_CODE = 1005;
const ABNORMAL = 1006;

export function relay(answer: Response, far: WebSocket, watch: Watch): Response {
  const { 0: visitor, 1: near } = new WebSocketPair();
  const over = watch(() => {
    for (const end of [near, far])
      close(end, SERVICE_RESTART, "the service moves, please reconnect");
  });
  pass(far, near, over);
  pass(near, far, over);
  for (const end of [far, near]) {
    end.binaryType = "arraybuffer";
    end.accept({ allowHalfOpen: true });
  }
  return new Response(null, { status: 101, headers: answer.headers, webSocket: visitor });
}

function pass(from: WebSocket, to: WebSocket, over: () => void): void {
  from.addEventListener("message", ({ data }) => {
    try {
      to.send(data);
    } catch {
      // It was closed by us or by its own side: what comes later is for nobody.
    }
  });
  from.addEventListener("close", ({ code, reason }) => {
    over();
    close(to, code, reason);
  });
  // Frames that are none: an error comes in the place of a close.
  from.addEventListener("error", () => {
    over();
    close(to, ABNORMAL, "");
  });
}

/** Of one that is closed already nothing comes. */
function close(end: WebSocket, code: number, reason: string): void {
  try {
    if (code === NO_CODE) end.close();
    else if (isSendable(code)) end.close(code, reason);
    else end.close(OTHER_SIDE_LOST);
  } catch {
    // An end that has failed is not there to be told.
  }
}

/** RFC 6455 §7.4: the others must not be sent. */
const isSendable = (code: number): boolean =>
  code >= 1000 && code < 5000 && ![1004, NO_CODE, ABNORMAL, 1015].includes(code);
