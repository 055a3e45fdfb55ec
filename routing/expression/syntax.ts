/** What the parser makes of the text: shapes with their positions, and no types yet. */
import type { AddressRange } from "./address.ts";
import type { Span } from "./problem.ts";

export const COMPARATORS = [
  "eq",
  "ne",
  "le",
  "ge",
  "lt",
  "gt",
  "contains",
  "matches",
  "wildcard",
  "strict wildcard",
  "in",
] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type LogicOperator = "or" | "xor" | "and";

export type Literal =
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  /** `origins[i]` is where in the expression the character `i` of the pattern is written. */
  | {
      readonly kind: "pattern";
      readonly value: string;
      readonly origins: readonly number[];
      readonly span: Span;
    }
  /** A single number has equal bounds and `single`. */
  | {
      readonly kind: "integers";
      readonly low: number;
      readonly high: number;
      readonly single: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "addresses";
      readonly range: AddressRange;
      readonly single: boolean;
      readonly span: Span;
    }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span };

/** What stands right of an operator. */
export type Right =
  | Literal
  | { readonly kind: "list"; readonly items: readonly Literal[]; readonly span: Span };

/** A text is a key of a map, a number an index of an array, `*` every element. */
export interface Index {
  readonly at: string | number;
  readonly every: boolean;
  readonly span: Span;
}

export type Node =
  | {
      readonly kind: "logic";
      readonly operator: LogicOperator;
      readonly operands: readonly Node[];
      readonly span: Span;
    }
  | { readonly kind: "not"; readonly operand: Node; readonly span: Span }
  | {
      readonly kind: "comparison";
      readonly left: Node;
      readonly comparator: Comparator;
      /** Of the operator alone. */
      readonly sign: Span;
      readonly right: Right;
      readonly span: Span;
    }
  | { readonly kind: "field"; readonly name: string; readonly span: Span }
  | {
      readonly kind: "call";
      readonly name: string;
      /** Of the name alone. */
      readonly head: Span;
      readonly parameters: readonly (Node | Literal)[];
      readonly span: Span;
    }
  | { readonly kind: "element"; readonly of: Node; readonly index: Index; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span };
