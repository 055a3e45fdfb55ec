/**
 * The three Durable Object classes: thin wrappers over the plain ones. Only the methods of their interface
 * are callable from outside, because everything else of the plain class is behind `#core`.
 *
 * They are made by functions that take how an instance is composed, so that production and the local planet
 * differ by what they compose and by nothing else. An instance reads its storage in its constructor, before
 * any event reaches it.
 */
import { DurableObject } from "cloudflare:workers";
import { isFreeze } from "../routing/guard/freeze.ts";
import { accountOfObject, proberOfObject, regionOfObject } from "../routing/names.ts";
import { invariant } from "../routing/result.ts";
import type { AddressPolicy } from "../routing/table/address.ts";
import type { ConfigObject } from "../workers/config-object.ts";
import type {
  DirectoryObject,
  ObjectPorts,
  PreviewObject,
  ProberObject,
  RegionObject,
} from "../workers/ports.ts";
import { Config } from "./config/config.ts";
import { HostnameDirectory } from "./directory/directory.ts";
import type { StateBindings } from "./platform.ts";
import { Previews } from "./region/preview.ts";
import { Region } from "./region/region.ts";
import { ShareProber } from "./region/share-prober.ts";

export interface Composition {
  ports(ctx: DurableObjectState, bindings: StateBindings): ObjectPorts;
  readonly addresses: AddressPolicy;
}

type Arguments<T, K extends keyof T> = T[K] extends (...given: infer A) => unknown ? A : never;

/** A region's object, or one of its further probers: the name says which. */
export const regionStateClass = ({ ports, addresses }: Composition) =>
  class RegionState
    extends DurableObject<StateBindings>
    implements RegionObject, PreviewObject, ProberObject
  {
    readonly #core: Region | ShareProber;
    readonly #previews: Previews;

    constructor(ctx: DurableObjectState, bindings: StateBindings) {
      super(ctx, bindings);
      const name = nameOf(ctx);
      const region = regionOfObject(name);
      const prober = proberOfObject(name);
      const all = ports(ctx, bindings);
      this.#core =
        prober === null
          ? new Region(all, { region, addresses })
          : new ShareProber(all, { region, prober, addresses });
      this.#previews = new Previews({ ports: all, addresses, region });
    }

    get #region(): Region {
      invariant(this.#core instanceof Region, "a further prober is only told what to probe");
      return this.#core;
    }

    exchange(...given: Arguments<RegionObject, "exchange">) {
      return this.#region.exchange(...given);
    }
    push(...given: Arguments<RegionObject, "push">) {
      return this.#region.push(...given);
    }
    probed(...given: Arguments<RegionObject, "probed">) {
      return this.#region.probed(...given);
    }
    status() {
      return this.#region.status();
    }
    events(...given: Arguments<RegionObject, "events">) {
      return this.#region.events(...given);
    }
    preview(...given: Arguments<PreviewObject, "preview">) {
      return this.#previews.run(...given);
    }
    decisions(...given: Arguments<RegionObject, "decisions">) {
      return this.#region.decisions(...given);
    }
    assign(...given: Arguments<ProberObject, "assign">) {
      invariant(this.#core instanceof ShareProber, "a region's object divides its targets itself");
      return this.#core.assign(...given);
    }
    override alarm() {
      return this.#core.alarm();
    }
  };

export const configStoreClass = ({ ports, addresses }: Composition) =>
  class ConfigStore extends DurableObject<StateBindings> implements ConfigObject {
    readonly #core: Config;

    constructor(ctx: DurableObjectState, bindings: StateBindings) {
      super(ctx, bindings);
      const account = accountOfObject(nameOf(ctx));
      const isFrozen = () => isFreeze(bindings.TW_FREEZE);
      this.#core = new Config(ports(ctx, bindings), { account, addresses, isFrozen });
    }

    current() {
      return this.#core.current();
    }
    propose(...given: Arguments<ConfigObject, "propose">) {
      return this.#core.propose(...given);
    }
    versions() {
      return this.#core.versions();
    }
    version(...given: Arguments<ConfigObject, "version">) {
      return this.#core.version(...given);
    }
    restore(...given: Arguments<ConfigObject, "restore">) {
      return this.#core.restore(...given);
    }
    snapshot(...given: Arguments<ConfigObject, "snapshot">) {
      return this.#core.snapshot(...given);
    }
    trust(...given: Arguments<ConfigObject, "trust">) {
      return this.#core.trust(...given);
    }
    audit(...given: Arguments<ConfigObject, "audit">) {
      return this.#core.audit(...given);
    }
    previewTargets(...given: Arguments<ConfigObject, "previewTargets">) {
      return this.#core.previewTargets(...given);
    }
    intent(...given: Arguments<ConfigObject, "intent">) {
      return this.#core.intent(...given);
    }
    syncedZones() {
      return this.#core.syncedZones();
    }
    pushes() {
      return this.#core.pushes();
    }
    preview(...given: Arguments<ConfigObject, "preview">) {
      return this.#core.preview(...given);
    }
    capacity(...given: Arguments<ConfigObject, "capacity">) {
      return this.#core.capacity(...given);
    }
    drains() {
      return this.#core.drains();
    }
    freezes() {
      return this.#core.freezes();
    }
    freeze(...given: Arguments<ConfigObject, "freeze">) {
      return this.#core.freeze(...given);
    }
    evacuate(...given: Arguments<ConfigObject, "evacuate">) {
      return this.#core.evacuate(...given);
    }
    previewEvacuation(...given: Arguments<ConfigObject, "previewEvacuation">) {
      return this.#core.previewEvacuation(...given);
    }
    evacuations() {
      return this.#core.evacuations();
    }
    undoEvacuation(...given: Arguments<ConfigObject, "undoEvacuation">) {
      return this.#core.undoEvacuation(...given);
    }
    events(...given: Arguments<ConfigObject, "events">) {
      return this.#core.events(...given);
    }
    override alarm() {
      return this.#core.alarm();
    }
  };

export const directoryClass = ({ ports }: Composition) =>
  class Directory extends DurableObject<StateBindings> implements DirectoryObject {
    readonly #core: HostnameDirectory;

    constructor(ctx: DurableObjectState, bindings: StateBindings) {
      super(ctx, bindings);
      this.#core = new HostnameDirectory(ports(ctx, bindings));
    }

    claim(...given: Arguments<DirectoryObject, "claim">) {
      return this.#core.claim(...given);
    }
    release(...given: Arguments<DirectoryObject, "release">) {
      return this.#core.release(...given);
    }
    account(...given: Arguments<DirectoryObject, "account">) {
      return this.#core.account(...given);
    }
  };

function nameOf({ id }: DurableObjectState): string {
  invariant(id.name !== undefined, "an object is found by name only");
  return id.name;
}
