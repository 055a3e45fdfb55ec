/** The objects of the state script, as central's worker and its own objects reach them. */
import {
  configObject,
  directoryObject,
  isRegion,
  previewObject,
  type Region,
  regionObject,
} from "../../routing/names.ts";
import { invariant } from "../../routing/result.ts";
import type { ConfigObject } from "../config-object.ts";
import type { DirectoryObject, Objects, PreviewObject, RegionObject } from "../ports.ts";

export interface StateBindings {
  readonly REGION_STATE: DurableObjectNamespace;
  readonly CONFIG_STORE: DurableObjectNamespace;
  readonly DIRECTORY: DurableObjectNamespace;
}

/** A stub has the methods of the class behind it; the hint counts only for the first caller ever. */
export const stub = <T>(
  namespace: DurableObjectNamespace,
  name: string,
  hint?: DurableObjectLocationHint,
) => namespace.getByName(name, hint === undefined ? {} : { locationHint: hint }) as unknown as T;

export const stateObjects = (bindings: StateBindings): Objects => ({
  region: (region) => {
    invariant(isRegion(region), "central asks only regions of the table of regions");
    const hint = region as DurableObjectLocationHint;
    return stub<RegionObject>(bindings.REGION_STATE, regionObject(region), hint);
  },
  config: (account) => stub<ConfigObject>(bindings.CONFIG_STORE, configObject(account)),
  directory: () => stub<DirectoryObject>(bindings.DIRECTORY, directoryObject),
});

/** Where a region's previews are probed. */
export const previewer = (bindings: StateBindings, region: Region): PreviewObject =>
  stub<PreviewObject>(bindings.REGION_STATE, previewObject(region), region);
