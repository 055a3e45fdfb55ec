/** The least a proxy worker can do: the price of the runtime itself, and of nothing else. */
interface Env {
  readonly ENDPOINT: string;
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const target = request.url.slice(request.url.indexOf("/", request.url.indexOf("://") + 3));
    return fetch(env.ENDPOINT + target, request);
  },
};
