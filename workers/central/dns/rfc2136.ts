/**
 * Any primary server that speaks DNS: it lists a zone by a transfer (AXFR, RFC 5936) and writes with a dynamic update (RFC 2136), both over
 * TCP and signed with TSIG (RFC 8945). docs/dns-providers/rfc2136.md tells what it can.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Batch } from "../../../routing/dns/change.ts";
import { RECORD_TYPES } from "../../../routing/dns/record.ts";
import type { CredentialsOf, SettingsOf } from "../../../routing/dns/settings.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { reasonOf, sentenceOf } from "./failure.ts";
import type {
  Failure,
  FailureKind,
  Listing,
  Provider,
  ProviderInput,
  ProviderPorts,
} from "./provider.ts";
import { complaintMeaning, meaningOf } from "./rfc2136/failure.ts";
import { MESSAGE_BYTES_MAX, type Message, messageBytes, readMessage } from "./rfc2136/message.ts";
import { whyNotValue } from "./rfc2136/rdata.ts";
import { MessageStream } from "./rfc2136/stream.ts";
import { Transfer } from "./rfc2136/transfer.ts";
import { type TsigKey, TsigSession } from "./rfc2136/tsig.ts";
import { CLASS_IN, OPCODE_QUERY, OPCODE_UPDATE, TYPE_AXFR } from "./rfc2136/types.ts";
import { updateOf } from "./rfc2136/update.ts";
import { whyNotSent } from "./wellformed.ts";

export const RFC2136_ABILITIES: Abilities = {
  types: RECORD_TYPES,
  policies: [],
  checks: false,
  // "UPDATE is atomic, i.e., all prerequisites must be satisfied or else no update operations will take place" (RFC 2136).
  atomic: "batch",
  fence: "provider",
  apexCname: false,
  // "a TTL value is an unsigned number, with a minimum value of 0, and a maximum value of 2147483647" (RFC 2181, section 8).
  ttl: { min: 0, max: 2_147_483_647 },
  /**
   * A message over TCP has 65,535 bytes. Of a batch of these limits the names and prerequisites of 50 changes and the stamp take at most 17,000, and
   * a value at most 4.7 bytes for each of its characters (an AAAA: 28 bytes for 6 characters and more), so 10,000 characters fit. Shorter
   * values than any public address has are many more bytes; the message is measured before it is sent.
   */
  batch: { changesMax: 50, charactersMax: 10_000, updateCountsTwice: true },
  valuesMax: 200,
};

/** DNS over TCP (RFC 7766). */
const PORT = 53;
/** Bytes of a whole transfer: 180,000 addresses in their shortest form, which as sets keep 35 MB (Node 24) of a worker's 128. */
const TRANSFER_BYTES_MAX = 4 * 1024 * 1024;

type Settings = SettingsOf<"rfc2136">;
type Credentials = CredentialsOf<"rfc2136">;

export const rfc2136Provider = (
  input: ProviderInput<Settings, Credentials>,
  ports: ProviderPorts,
): Provider => new Rfc2136Provider(input, ports);

/** How far a call came decides what its failure means for a write. */
type Stage = "not sent" | "sent";

class Rfc2136Provider implements Provider {
  readonly abilities = RFC2136_ABILITIES;
  readonly #zone: string;
  readonly #server: { readonly hostname: string; readonly port: number } | null;
  readonly #endpoint: string;
  readonly #key: TsigKey;
  readonly #ports: ProviderPorts;
  #calls = 0;

  constructor(
    { zone, endpoint = "", settings, credentials }: ProviderInput<Settings, Credentials>,
    ports: ProviderPorts,
  ) {
    this.#zone = zone;
    this.#endpoint = endpoint;
    this.#server = serverOf(endpoint);
    this.#key = {
      name: settings.tsig_key_name.toLowerCase().replace(/\.$/, ""),
      algorithm: settings.tsig_algorithm,
      secret: credentials.tsig_secret,
    };
    this.#ports = ports;
  }

  get calls(): number {
    return this.#calls;
  }

  async populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const question = { name: this.#zone, type: TYPE_AXFR, class: CLASS_IN };
    const sections = { questions: [question], answers: [], authorities: [] };
    const transfer = new Transfer(this.#zone);
    let bytes = 0;
    const taken = await this.#converse(OPCODE_QUERY, sections, signal, (message, length) => {
      bytes += length;
      if (bytes > TRANSFER_BYTES_MAX) {
        return this.#failure(
          "rejected",
          `has more than ${TRANSFER_BYTES_MAX} bytes in this zone, which is more than is kept in step.`,
        );
      }
      const why = transfer.add(message);
      if (why !== null) return this.#failure("unreachable", `gives a transfer that ${why}.`);
      return transfer.isComplete ? "done" : "more";
    });
    return taken.ok ? ok({ sets: transfer.sets(), complete: true }) : taken;
  }

  async write(batch: Batch, signal: AbortSignal): Promise<Result<null, Failure>> {
    const { fence, changes } = batch;
    // What must be there is said with all its values, and no set with a policy can be.
    const besides = { whyNotValue, sendsBefore: true, replaces: [] } as const;
    const why = whyNotSent([fence, ...changes], this.#zone, this.abilities, besides);
    if (why !== null) {
      return refuse(this.#failure("rejected", `was sent nothing: ${why}. Correct the record.`));
    }
    return await this.#converse(OPCODE_UPDATE, updateOf(this.#zone, batch), signal, () => "done");
  }

  /** One connection: one request, and as many answers as `take` wants more. */
  async #converse(
    opcode: number,
    sections: Parameters<typeof messageBytes>[2],
    signal: AbortSignal,
    take: (message: Message, length: number) => "more" | "done" | Failure,
  ): Promise<Result<null, Failure>> {
    if (this.#server === null) {
      return refuse(
        this.#failure(
          "rejected",
          "is not known: the endpoint of the zone must be host:port of its primary.",
        ),
      );
    }
    this.#calls += 1;
    const id = this.#calls % 0x1_0000;
    let stage: Stage = "not sent";
    try {
      signal.throwIfAborted();
      const session = new TsigSession(this.#key, () => this.#ports.clock.nowMs());
      const request = await session.sign(messageBytes(id, opcode, sections));
      if (request.length > MESSAGE_BYTES_MAX) {
        return refuse(
          this.#failure(
            "rejected",
            `was sent nothing: the batch has ${request.length} bytes as a message, of ${MESSAGE_BYTES_MAX}. Publish fewer or longer-named records at once.`,
          ),
        );
      }
      const stream = new MessageStream(await this.#ports.dial(this.#server, signal));
      try {
        stage = "sent";
        await stream.send(request);
        return await this.#answers(stream, session, { id, opcode }, take);
      } finally {
        await stream.close();
      }
    } catch (thrown) {
      return refuse(this.#lost(opcode, stage, `cannot be spoken to: ${reasonOf(thrown)}.`));
    }
  }

  async #answers(
    stream: MessageStream,
    session: TsigSession,
    { id, opcode }: { readonly id: number; readonly opcode: number },
    take: (message: Message, length: number) => "more" | "done" | Failure,
  ): Promise<Result<null, Failure>> {
    let isVouched = false;
    let isDone = false;
    while (!(isDone && isVouched)) {
      const bytes = await stream.next();
      if (bytes === null)
        return refuse(this.#lost(opcode, "sent", "closed in the middle of its answer."));
      const read = readMessage(bytes);
      if (!read.ok) return refuse(this.#lost(opcode, "sent", `answers with what ${read.error}.`));
      const message = read.value;
      if (message.id !== id || !message.isAnswer || message.opcode !== opcode) {
        return refuse(this.#lost(opcode, "sent", "answers to another request."));
      }
      const signed = await session.take(bytes, message);
      if (!signed.ok) return refuse(this.#distrusted(opcode, signed.error));
      isVouched = signed.value;
      if (message.rcode !== 0) {
        const { kind, reason } = meaningOf(message.rcode);
        return refuse(
          isVouched
            ? this.#failure(kind, reason)
            : this.#lost(opcode, "sent", `${reason} The answer is not signed.`, kind),
        );
      }
      if (isDone) return refuse(this.#lost(opcode, "sent", "goes on after the end."));
      const taken = take(message, bytes.length);
      if (typeof taken === "object") return refuse(taken);
      isDone = taken === "done";
    }
    return ok(null);
  }

  #distrusted(opcode: number, why: string | Parameters<typeof complaintMeaning>[0]): Failure {
    if (typeof why === "string") {
      return this.#lost(
        opcode,
        "sent",
        `answers with what ${why}. Somebody else may have answered.`,
      );
    }
    const ourTimeS = Math.floor(this.#ports.clock.nowMs() / 1_000);
    const { kind, reason } = complaintMeaning(why, this.#key.name, ourTimeS);
    return this.#failure(kind, reason);
  }

  /** A listing that is lost is asked for again; a write may have been done, and nobody who can be believed says so. */
  #lost(opcode: number, stage: Stage, reason: string, kind: FailureKind = "unreachable"): Failure {
    const isUnknown = opcode === OPCODE_UPDATE && stage === "sent";
    return this.#failure(isUnknown ? "unknown" : kind, reason);
  }

  #failure(kind: FailureKind, reason: string): Failure {
    const sentence = `rfc2136, zone ${this.#zone}: the server ${this.#endpoint} ${reason}`;
    return { kind, detail: sentenceOf(sentence, [this.#key.secret]) };
  }
}

/** `host`, `host:port` or `[address]:port`. */
function serverOf(endpoint: string): { hostname: string; port: number } | null {
  const [, bracketed, bare, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(endpoint) ?? [];
  const hostname = bracketed ?? bare;
  const port = Number(digits ?? PORT);
  return hostname === undefined || port < 1 || port > 65_535 ? null : { hostname, port };
}
