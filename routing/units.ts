/** Branded numbers and ids: types that must not be mixed up although they are all `number` or `string`. */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A point in time or a duration in milliseconds; points are Unix time. */
export type Ms = number;

/** A position in one account's history of tables: a positive integer, +1 per accepted change. */
export type TableVersion = Brand<number, "TableVersion">;

/** 32 lower-case hex characters, stable over the life of an endpoint, unique in its account. */
export type EndpointId = Brand<string, "EndpointId">;

/** 32 lower-case hex characters, stable over the life of a pool, unique in its account. */
export type PoolId = Brand<string, "PoolId">;

/** Three upper-case letters: an IATA code that names a point of presence, such as `FRA`. */
export type Colo = string;
