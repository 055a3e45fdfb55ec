/**
 * What Route 53 does with health checks that moto does not: a CallerReference makes one check and no second, and a list has pages.
 * Sentences in quotes are the API reference's, CreateHealthCheck and ListHealthChecks.
 */
import { type Answer, errorAnswer, xmlAnswer } from "./answer.ts";
import { askMoto, documentOf } from "./moto-calls.ts";
import { NAMESPACE } from "./record-set.ts";
import { child, childText, parseXml, textElement, writeElement } from "./xml.ts";

/** "Amazon Route 53 returns a maximum of 1000 items." How many without a `maxitems` it does not say: 100, as for zones, tries more. */
const PAGE_MAX = 1_000;
const PAGE = 100;
/** The type HealthCheckNonce. */
const REFERENCE_CHARACTERS_MAX = 64;

interface Made {
  readonly settings: string;
  readonly answer: Answer;
  readonly id: string;
  isDeleted: boolean;
}

export class HealthChecks {
  readonly #endpoint: string;
  readonly #made = new Map<string, Made>();

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** `make` is moto's part. */
  async create(body: string, make: () => Promise<Answer>): Promise<Answer> {
    const request = parseXml(body);
    const reference = request.ok ? childText(request.value, "CallerReference") : null;
    const config = request.ok ? child(request.value, "HealthCheckConfig") : null;
    if (!reference || reference.length > REFERENCE_CHARACTERS_MAX || config === null) {
      return errorAnswer(
        400,
        "InvalidInput",
        "Invalid XML ; CallerReference must have 1 to 64 characters, and HealthCheckConfig be there",
      );
    }
    const settings = writeElement(config);
    const made = this.#made.get(reference);
    if (made !== undefined) {
      // "If you send a CreateHealthCheck request with the same CallerReference as a deleted health check, regardless of the
      // settings, Route 53 returns a HealthCheckAlreadyExists error." The same is said of an existing one with other settings.
      return made.isDeleted || made.settings !== settings
        ? errorAnswer(
            409,
            "HealthCheckAlreadyExists",
            "The health check you're attempting to create already exists.",
          )
        : made.answer;
    }
    const answer = await make();
    const id = /<Id>([^<]+)<\/Id>/.exec(answer.body)?.[1];
    if (id !== undefined) this.#made.set(reference, { settings, answer, id, isDeleted: false });
    return answer;
  }

  deleted(id: string): void {
    for (const made of this.#made.values()) if (made.id === id) made.isDeleted = true;
  }

  async exists(id: string): Promise<boolean> {
    return (await askMoto(this.#endpoint, `/healthcheck/${id}`)).ok;
  }

  async list(query: URLSearchParams): Promise<Answer> {
    const all = child(
      await documentOf(await askMoto(this.#endpoint, "/healthcheck")),
      "HealthChecks",
    );
    const checks = all?.children ?? [];
    const marker = query.get("marker");
    const size = Math.min(Number(query.get("maxitems") ?? PAGE), PAGE_MAX);
    const first = marker === null ? 0 : checks.findIndex((one) => childText(one, "Id") === marker);
    if (first === -1) return errorAnswer(400, "InvalidInput", "The input is not valid");
    const next = checks[first + size];
    return xmlAnswer(
      200,
      [
        `<?xml version="1.0"?>\n<ListHealthChecksResponse xmlns="${NAMESPACE}"><HealthChecks>`,
        ...checks.slice(first, first + size).map(writeElement),
        "</HealthChecks>",
        textElement("Marker", marker ?? ""),
        textElement("IsTruncated", next !== undefined),
        textElement("NextMarker", next === undefined ? null : childText(next, "Id")),
        textElement("MaxItems", size),
        "</ListHealthChecksResponse>",
      ].join(""),
    );
  }
}
