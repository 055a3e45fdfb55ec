/**
 * Where visitors arrive: hands each request to one of the edge's isolates, chosen at random, as a colo's many machines
 * do. Its own work is part of what is measured.
 */
interface DealingEnv {
  readonly EDGES: number;
  readonly [edge: string]: unknown;
}

export default {
  fetch(request: Request, env: DealingEnv): Promise<Response> {
    const edge = env[`EDGE_${Math.floor(Math.random() * env.EDGES)}`] as Fetcher;
    return edge.fetch(request);
  },
};
