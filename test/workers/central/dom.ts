/** As much of a browser as the page's script uses. What would read text as HTML throws. */
import { runInNewContext } from "node:vm";
import { PAGE } from "../../../workers/central/console/page.ts";
import { SCRIPT } from "../../../workers/central/console/script.ts";

type Listener = (event: { preventDefault(): void }) => void;

export class FakeElement {
  readonly tag: string;
  readonly dataset: Record<string, string> = {};
  readonly style: Record<string, unknown> = {};
  readonly attributes: Record<string, string> = {};
  readonly listeners = new Map<string, Listener>();
  nodes: (FakeElement | string)[] = [];
  parent: FakeElement | null = null;
  className = "";
  hidden = false;
  value = "";

  constructor(tag: string) {
    this.tag = tag;
    for (const trap of ["innerHTML", "outerHTML", "insertAdjacentHTML"]) {
      const refuse = () => {
        throw new Error(`the script used ${trap}`);
      };
      Object.defineProperty(this, trap, { get: refuse, set: refuse });
    }
  }

  get children(): FakeElement[] {
    return this.nodes.filter((node) => typeof node !== "string");
  }
  get lastElementChild(): FakeElement | null {
    return this.children.at(-1) ?? null;
  }
  get textContent(): string {
    return this.nodes.map((node) => (typeof node === "string" ? node : node.textContent)).join("");
  }
  set textContent(text: string) {
    this.nodes = [text];
  }
  append(...nodes: (FakeElement | string)[]): void {
    for (const node of nodes) if (typeof node !== "string") node.parent = this;
    this.nodes.push(...nodes);
  }
  prepend(node: FakeElement): void {
    node.parent = this;
    this.nodes.unshift(node);
  }
  replaceChildren(...nodes: FakeElement[]): void {
    this.nodes = [];
    this.append(...nodes);
  }
  replaceWith(other: FakeElement): void {
    const siblings = this.parent?.nodes ?? [];
    siblings[siblings.indexOf(this)] = other;
  }
  remove(): void {
    this.parent?.nodes.splice(this.parent.nodes.indexOf(this), 1);
  }
  querySelector(tag: string): FakeElement | null {
    return this.all(tag)[0] ?? null;
  }
  all(tag: string): FakeElement[] {
    return this.children.flatMap((child) => [
      ...(child.tag === tag ? [child] : []),
      ...child.all(tag),
    ]);
  }
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }
  addEventListener(kind: string, listener: Listener): void {
    this.listeners.set(kind, listener);
  }
  fire(kind: string): void {
    this.listeners.get(kind)?.({ preventDefault: () => undefined });
  }
  focus(): void {}
}

export interface Tab {
  byId(id: string): FakeElement;
  /** Runs the timer that is set: the next look. Resolves when the page has settled. */
  look(): Promise<void>;
  settle(): Promise<void>;
  readonly stored: Map<string, string>;
  readonly address: { hash: string };
  readonly clock: { ms: number };
}

/** Opens the page in a tab that asks `answer`. */
export async function openTab(
  answer: (path: string, init: RequestInit) => Promise<Response>,
  hash = "",
): Promise<Tab> {
  const elements = new Map(
    [...PAGE.matchAll(/<(\w+)[^>]* id="([^"]+)"([^>]*)>/g)].map(([, tag = "", id = "", rest]) => {
      const element = new FakeElement(tag);
      element.hidden = / hidden\b/.test(rest ?? "");
      return [id, element] as const;
    }),
  );
  const byId = (id: string) => {
    const element = elements.get(id);
    if (element === undefined) throw new Error(`the page has no #${id}`);
    return element;
  };
  const stored = new Map<string, string>();
  const address = { hash, pathname: "/" };
  const clock = { ms: 0 };
  let timer: (() => unknown) | null = null;
  let open = 0;
  const context = {
    document: {
      hidden: false,
      getElementById: byId,
      createElement: (tag: string) => new FakeElement(tag),
      addEventListener: () => undefined,
    },
    sessionStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    },
    location: address,
    history: {
      replaceState: () => {
        address.hash = "";
      },
    },
    performance: { now: () => clock.ms },
    setTimeout: (run: () => unknown) => {
      timer = run;
      return 1;
    },
    clearTimeout: () => undefined,
    addEventListener: () => undefined,
    fetch: async (path: string, init: RequestInit) => {
      open += 1;
      try {
        return await answer(path, init);
      } finally {
        open -= 1;
      }
    },
    URLSearchParams,
  };
  const settle = async () => {
    for (let quiet = 0; quiet < 5; quiet = open === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  runInNewContext(SCRIPT, context);
  await settle();
  const look = async () => {
    const run = timer;
    timer = null;
    run?.();
    await settle();
  };
  return { byId, look, settle, stored, address, clock };
}
