/** The edge as it is deployed: one `createEdge` per isolate, with the platform's ports. */
import { type EdgeBindings, edgePorts } from "../platform.ts";
import { baked } from "./baked.ts";
import { createEdge, type Edge } from "./edge.ts";

let edge: Edge | null = null;

export default {
  fetch(request, env, ctx) {
    edge ??= createEdge(edgePorts(env, baked));
    return edge.fetch(request, (work) => ctx.waitUntil(work));
  },
} satisfies ExportedHandler<EdgeBindings>;
