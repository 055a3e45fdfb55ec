/** What an expression computes with: values of the vendor's types, each of which may be missing. */
import type { RequestFacts } from "../match/facts.ts";
import type { Digits } from "./address.ts";
import { STEP, spend } from "./work.ts";

export interface Address {
  /** As the platform wrote it. */
  readonly text: string;
  readonly digits: Digits;
}

/** The vendor's names of types, and what they are here. */
export interface Values {
  readonly String: string;
  readonly Integer: number;
  readonly Boolean: boolean;
  readonly "IP address": Address;
}
export type TypeName = keyof Values;

/** `undefined` = missing: the request has no such header, the platform does not know the country. */
export type Read<T> = (facts: RequestFacts) => T | undefined;

/** One value. */
export interface One<K extends TypeName = TypeName> {
  readonly shape: "one";
  readonly type: K;
  readonly read: Read<Values[K]>;
}

/** An array. */
export interface Many<K extends TypeName = TypeName> {
  readonly shape: "many";
  readonly type: K;
  readonly read: Read<readonly Values[K][]>;
}

/** An array written with `[*]`: what encloses it is done for each element. */
export interface Each<K extends TypeName = TypeName> {
  readonly shape: "each";
  readonly type: K;
  readonly read: Read<readonly Values[K][]>;
}

/** A map of arrays of strings: no field has another. */
export interface Keyed {
  readonly shape: "keyed";
  readonly type: "String";
  readonly find: (facts: RequestFacts, key: string) => readonly string[] | undefined;
}

type OfAny<K extends TypeName> = K extends TypeName ? One<K> | Many<K> | Each<K> : never;
export type Term = OfAny<TypeName> | Keyed;

/** What becomes of a function's or a comparison's value when its first argument is this. */
export type Mapped<K extends TypeName> = One<K> | Many<K>;

/** A type as messages name it. */
export function nameOf(term: Term): string {
  if (term.shape === "one" || term.shape === "each") return term.type;
  return term.shape === "many" ? `Array<${term.type}>` : `Map<Array<${term.type}>>`;
}

/**
 * `apply` to the value, or to each element of a value with `[*]`. A missing value stays missing, except that each of
 * no elements is none: `any` is false and `all` is true of a header that is absent.
 */
export function lift<A extends TypeName, B extends TypeName>(
  term: One<A> | Each<A>,
  type: B,
  apply: (value: Values[A], facts: RequestFacts) => Values[B],
): Mapped<B> {
  if (term.shape === "one") {
    const { read } = term;
    return {
      shape: "one",
      type,
      read: (facts) => {
        const value = read(facts);
        if (value === undefined) return undefined;
        spend(STEP);
        return apply(value, facts);
      },
    };
  }
  const { read } = term;
  return {
    shape: "many",
    type,
    read: (facts) => {
      const values = read(facts) ?? [];
      spend(STEP * values.length);
      return values.map((value) => apply(value, facts));
    },
  };
}
