/**
 * The product's region object, composed so that an address of this machine may be an endpoint. The bench brings the
 * document straight to the one region that the isolates ask, as ConfigStore would: eight regions would probe the
 * servers eight times as often as a peer does.
 */
import { regionStateClass } from "../../../durable-objects/classes.ts";
import { objectPorts, type StateBindings } from "../../../durable-objects/platform.ts";
import type { Push } from "../../../routing/exchange.ts";
import { type Region, regionObject } from "../../../routing/names.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { RegionObject } from "../../../workers/ports.ts";

export class RegionState extends regionStateClass({
  ports: objectPorts,
  addresses: anyAddresses,
}) {}

interface PushTo {
  readonly region: Region;
  readonly push: Push;
}

export default {
  async fetch(request: Request, env: StateBindings): Promise<Response> {
    const { region, push }: PushTo = await request.json();
    const object = env.REGION_STATE.getByName(regionObject(region)) as unknown as RegionObject;
    if (request.method === "POST") await object.push(push);
    return Response.json(await object.status());
  },
};
