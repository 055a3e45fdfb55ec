/** The product's classes, composed for tests: 127.0.0.1 is allowed besides public names, and ports can be made to fail. */
import {
  configStoreClass,
  directoryClass,
  regionStateClass,
} from "../../durable-objects/classes.ts";
import { objectPorts, type StateBindings } from "../../durable-objects/platform.ts";
import { type AddressPolicy, publicAddresses } from "../../routing/table/address.ts";
import { faulty } from "./faults.ts";

const addresses: AddressPolicy = (address, pointer) =>
  address === "127.0.0.1" ? null : publicAddresses(address, pointer);

const composition = {
  ports: (ctx: DurableObjectState, bindings: StateBindings) => faulty(objectPorts(ctx, bindings)),
  addresses,
};

export class RegionState extends regionStateClass(composition) {}
export class ConfigStore extends configStoreClass(composition) {}
export class Directory extends directoryClass(composition) {}

export default {
  fetch: () => new Response(null, { status: 404 }),
} satisfies ExportedHandler;
