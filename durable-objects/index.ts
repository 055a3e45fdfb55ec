/** The state script: it owns the classes, answers no request of its own, and holds no secret. */
import { publicAddresses } from "../routing/table/address.ts";
import { configStoreClass, directoryClass, regionStateClass } from "./classes.ts";
import { objectPorts } from "./platform.ts";

const production = { ports: objectPorts, addresses: publicAddresses };

export class RegionState extends regionStateClass(production) {}
export class ConfigStore extends configStoreClass(production) {}
export class Directory extends directoryClass(production) {}

export default {
  fetch: () =>
    new Response("This script is reached through its Durable Objects only.\n", { status: 404 }),
} satisfies ExportedHandler;
