/** What the planet does through its own front doors before it says that it is ready. */
import { ok, type Result, refuse } from "../routing/result.ts";
import { type Answer, ask } from "./ask.ts";
import { COLO_NAMES } from "./colos.ts";
import { type ConfigDocument, mergeDocuments } from "./document.ts";
import type { RunningPlanet } from "./planet-file.ts";

const authorization = (at: RunningPlanet) => ({ authorization: `Bearer ${at.token}` });

/** The operator's file replaces what is stored; the demo is laid over either. `null`: leave what is stored. */
export async function documentToApply(
  at: RunningPlanet,
  own: ConfigDocument | null,
  demo: ConfigDocument | null,
): Promise<ConfigDocument | null> {
  if (demo === null) return own;
  return mergeDocuments(own ?? (await storedConfig(at)) ?? {}, demo);
}

/** Answers whether the planet has a configuration now. Refusal: every problem with its pointer. */
export async function applyConfig(
  at: RunningPlanet,
  document: ConfigDocument | null,
): Promise<Result<boolean, string>> {
  if (document !== null) {
    const answer = await ask(`${at.central}/v1/config`, {
      method: "PUT",
      headers: { ...authorization(at), "content-type": "application/json" },
      body: JSON.stringify(document),
    });
    if (answer.status >= 300) return refuse(problemsOf(answer));
  }
  // The network learns from the same call where the endpoints of a stored configuration stand.
  await ask(`${at.central}/v1/rtt`, { headers: authorization(at) });
  return ok((await storedConfig(at)) !== null);
}

async function storedConfig(at: RunningPlanet): Promise<ConfigDocument | null> {
  const answer = await ask(`${at.central}/v1/config`, { headers: authorization(at) });
  return answer.status === 200 ? (JSON.parse(answer.text) as ConfigDocument) : null;
}

interface ProblemBody {
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly { pointer: string; detail: string; value?: unknown; range?: string }[];
}

function problemsOf(answer: Answer): string {
  try {
    const { title, detail, errors = [] } = JSON.parse(answer.text) as ProblemBody;
    const lines = errors.map((error) => {
      const found = error.value === undefined ? "" : `; found ${JSON.stringify(error.value)}`;
      const range = error.range === undefined ? "" : `; allowed: ${error.range}`;
      return `  ${error.pointer}: ${error.detail}${found}${range}`;
    });
    return [`the configuration was refused (${answer.status}): ${detail ?? title}`, ...lines].join(
      "\n",
    );
  } catch {
    return `the configuration was refused (${answer.status}): ${answer.text.slice(0, 500)}`;
  }
}

/** A host that no configuration can hold (RFC 2606): asking for it touches no endpoint. */
const NO_HOST = "ready.invalid";
/** 421 is said by an edge that holds a configuration without this host. */
const MISDIRECTED = 421;
const COLOS_READY_MS = 20_000;

/** Every colo has started, and has read its snapshot when there is one. */
export async function waitForColos(
  at: RunningPlanet,
  configured: boolean,
): Promise<Result<null, string>> {
  const untilMs = Date.now() + COLOS_READY_MS;
  const silent = await Promise.all(
    COLO_NAMES.map(async (colo) => {
      let last = "no answer";
      while (Date.now() < untilMs) {
        const answer = await ask(at.edge, { headers: { host: NO_HOST, "tw-colo": colo } });
        if (!configured || answer.status === MISDIRECTED) return [];
        last = `${answer.status} ${answer.text.trim()}`;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return [`${colo}: ${last}`];
    }),
  );
  const lines = silent.flat();
  if (lines.length === 0) return ok(null);
  return refuse(
    `${lines.length} of ${COLO_NAMES.length} colos are not ready\n  ${lines.join("\n  ")}`,
  );
}
