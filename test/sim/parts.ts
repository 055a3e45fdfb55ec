/** The product, as the planet is composed of it. A planted bug replaces one part by a wrapper around it. */
import { Config } from "../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../durable-objects/directory/directory.ts";
import { Region } from "../../durable-objects/region/region.ts";
import type { Region as RegionName } from "../../routing/names.ts";
import { publicAddresses } from "../../routing/table/address.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import { createEdge } from "../../workers/edge/edge.ts";
import type { DirectoryObject, EdgePorts, ObjectPorts, RegionObject } from "../../workers/ports.ts";

export interface Edge {
  fetch(request: Request, waitUntil: (work: Promise<unknown>) => void): Promise<Response>;
}

export interface Alarmed {
  alarm(): Promise<void>;
}

export interface Parts {
  edge(ports: EdgePorts): Edge;
  region(ports: ObjectPorts, region: RegionName): RegionObject & Alarmed;
  config(ports: ObjectPorts, account: string): ConfigObject & Alarmed;
  directory(ports: ObjectPorts): DirectoryObject;
}

export const shipped: Parts = {
  edge: createEdge,
  region: (ports, region) => new Region(ports, { region, addresses: publicAddresses }),
  config: (ports, account) => new Config(ports, { account, addresses: publicAddresses }),
  directory: (ports) => new HostnameDirectory(ports),
};
