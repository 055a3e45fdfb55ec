/** The product's classes, composed for tests: loopback addresses are allowed, and ports can be made to fail. */
import {
  configStoreClass,
  directoryClass,
  regionStateClass,
} from "../../durable-objects/classes.ts";
import { objectPorts, type StateBindings } from "../../durable-objects/platform.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { faulty } from "./faults.ts";

const composition = {
  ports: (ctx: DurableObjectState, bindings: StateBindings) => faulty(objectPorts(ctx, bindings)),
  addresses: anyAddresses,
};

export class RegionState extends regionStateClass(composition) {}
export class ConfigStore extends configStoreClass(composition) {}
export class Directory extends directoryClass(composition) {}

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler;
