/**
 * Candidates by their path, one node per path element: what a request costs follows the depth of its path and not the
 * number of routes.
 *
 * ```
 * (root) ── "shop" ── "cart" ── ""          prefixes of "/shop" stand at shop, the exact path "/shop/cart/" at the
 *       └── ""                              empty element below cart, the exact path "/" below the root
 * ```
 * A tree never changes once its edit is over. An edit copies the nodes from the root to what it changes, each once,
 * and shares the rest: `owner` tells the nodes that the edit made itself, which it may change, from those it found.
 */
import { type Candidate, withoutSlash } from "./candidate.ts";
import { compareCandidates } from "./precedence.ts";

export interface TreeNode {
  readonly owner: object;
  /** Candidates whose whole path ends here, by precedence. */
  readonly exact: readonly Candidate[];
  /** Candidates whose prefix ends here, by precedence. */
  readonly prefixes: readonly Candidate[];
  readonly children: ReadonlyMap<string, TreeNode>;
}

/** Where a candidate stands in a tree. */
export interface Place {
  readonly list: "exact" | "prefixes";
  readonly elements: readonly string[];
}

/** The Gateway API's limit of a path, and the depth to which a walk may recurse. */
export const PATH_CHARACTERS_MAX = 1024;

const NO_CHILDREN: ReadonlyMap<string, TreeNode> = new Map();
const NO_CANDIDATES: readonly Candidate[] = [];

export const EMPTY_NODE: TreeNode = {
  owner: {},
  exact: NO_CANDIDATES,
  prefixes: NO_CANDIDATES,
  children: NO_CHILDREN,
};

/** `null` for a path that no request can have, and for a type that stands in no tree. */
export function placeOf({ type, value }: Candidate["match"]["path"]): Place | null {
  if (!value.startsWith("/") || value.length > PATH_CHARACTERS_MAX) return null;
  if (type === "Exact") return { list: "exact", elements: value.slice(1).split("/") };
  if (type !== "PathPrefix") return null;
  const prefix = withoutSlash(value);
  return { list: "prefixes", elements: prefix === "" ? [] : prefix.slice(1).split("/") };
}

type Draft = { -readonly [Field in keyof TreeNode]: TreeNode[Field] } & {
  children: Map<string, TreeNode>;
};

export function addTo(
  node: TreeNode,
  candidate: Candidate,
  place: Place,
  owner: object,
  depth = 0,
): TreeNode {
  const mine = owned(node, owner);
  const element = place.elements[depth];
  if (element === undefined) {
    mine[place.list] = withCandidate(mine[place.list], candidate);
    return mine;
  }
  const child = addTo(mine.children.get(element) ?? EMPTY_NODE, candidate, place, owner, depth + 1);
  if (mine.children === NO_CHILDREN) mine.children = new Map();
  mine.children.set(element, child);
  return mine;
}

/** Takes away every candidate of the route from one place; nodes that hold nothing any more go too. */
export function removeFrom(
  node: TreeNode,
  key: string,
  place: Place,
  owner: object,
  depth = 0,
): TreeNode {
  const element = place.elements[depth];
  const child = element === undefined ? undefined : node.children.get(element);
  if (element !== undefined && child === undefined) return node;
  const mine = owned(node, owner);
  if (element === undefined || child === undefined) {
    mine[place.list] = withoutRoute(mine[place.list], key);
    return mine;
  }
  const left = removeFrom(child, key, place, owner, depth + 1);
  if (isEmpty(left)) mine.children.delete(element);
  else mine.children.set(element, left);
  return mine;
}

/** A new list with the candidate in its place by precedence. */
export function withCandidate(
  candidates: readonly Candidate[],
  candidate: Candidate,
): readonly Candidate[] {
  let low = 0;
  for (let high = candidates.length; low < high; ) {
    const middle = (low + high) >> 1;
    const other = candidates[middle];
    if (other !== undefined && compareCandidates(other, candidate) <= 0) low = middle + 1;
    else high = middle;
  }
  return candidates.toSpliced(low, 0, candidate);
}

export function withoutRoute(candidates: readonly Candidate[], key: string): readonly Candidate[] {
  const left = candidates.filter((candidate) => candidate.key !== key);
  return left.length === 0 ? NO_CANDIDATES : left;
}

/** The node itself when this edit made it, else a copy that it may change. */
function owned(node: TreeNode, owner: object): Draft {
  if (node.owner === owner) return node as Draft;
  const { exact, prefixes, children } = node;
  const copied = children.size === 0 ? NO_CHILDREN : new Map(children);
  return { owner, exact, prefixes, children: copied as Map<string, TreeNode> };
}

const isEmpty = ({ exact, prefixes, children }: TreeNode): boolean =>
  exact.length === 0 && prefixes.length === 0 && children.size === 0;
