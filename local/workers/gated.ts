import type { DurableObject } from "cloudflare:workers";
import type { Board } from "./board.ts";
import { held } from "./stores.ts";

type ObjectClass = new (ctx: DurableObjectState, env: never) => DurableObject;
type Method = (...given: unknown[]) => unknown;

/** What the gate adds to an object: a way to lose its memory, for `stop` and `abort`. */
export interface Resettable {
  reset(): Promise<void>;
}

/**
 * The class with every call to it behind the board. The faults stay outside the product: what is inherited is
 * the class that is deployed. Under `stop` its alarm is spent without doing anything, so that only the
 * product's own re-arming brings it back.
 */
export function gated<T extends ObjectClass>(board: Board, Base: T): T {
  const Open = Base as ObjectClass;
  class Gated extends Open {
    reset(): void {
      this.ctx.abort("Fault injected: the object was reset");
    }
  }
  for (const name of Object.getOwnPropertyNames(Base.prototype)) {
    if (name === "constructor") continue;
    const method: Method = Base.prototype[name];
    const value = name === "alarm" ? alarmThrough(board, method) : callThrough(board, method);
    Object.defineProperty(Gated.prototype, name, { value });
  }
  return Gated as unknown as T;
}

const callThrough = (board: Board, method: Method) =>
  async function (this: { readonly ctx: DurableObjectState }, ...given: unknown[]) {
    await held(board, ...targetsOf(this.ctx));
    return method.apply(this, given);
  };

const alarmThrough = (board: Board, method: Method) =>
  async function (this: { readonly ctx: DurableObjectState }) {
    if (board.mode(...targetsOf(this.ctx)) !== "stop") await method.apply(this);
  };

/** `v1:region:weur:cell:0` answers to `region weur` and to `all-objects`; `v1:config:default` to `config`. */
export function targetsOf({ id }: Pick<DurableObjectState, "id">): readonly string[] {
  const [, kind = "", name] = (id.name ?? "").split(":");
  return [kind === "region" ? `region ${name}` : kind, "all-objects"];
}
