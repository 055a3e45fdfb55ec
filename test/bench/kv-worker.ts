/** What a KV binding of workerd asks, answered from memory: `GET` and `PUT` of one key. */
const kept = new Map<string, string>();

export default {
  async fetch(request: Request): Promise<Response> {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (request.method === "PUT") {
      kept.set(key, await request.text());
      return new Response();
    }
    const value = kept.get(key);
    return value === undefined ? new Response("", { status: 404 }) : new Response(value);
  },
};
