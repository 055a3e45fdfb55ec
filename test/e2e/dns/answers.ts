/** What the API answers, as far as these tests look at it. */

export interface ZoneRow {
  readonly in_step: boolean | null;
  readonly changes: number;
  readonly frozen: readonly string[];
  readonly failure: { readonly kind: string; readonly detail: string } | null;
}

export interface ZoneList {
  readonly zones: readonly ZoneRow[];
}

interface Side {
  readonly ttl: number;
}

export interface PlanAnswer {
  readonly checksum: string;
  readonly changes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly before: Side | null;
    readonly after: Side | null;
  }[];
}

export interface EventList {
  readonly events: readonly { readonly detail: string }[];
}
