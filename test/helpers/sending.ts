import type { FetchPort, SendPort } from "../../workers/ports.ts";

/** What an edge sends, as the request that an endpoint gets. */
export const sending =
  (fetch: FetchPort): SendPort =>
  async (to, outgoing) =>
    fetch(new Request(to, { ...outgoing, duplex: "half" } as RequestInit));
