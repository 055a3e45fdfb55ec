/** Tickets to be told where each try of a request went (docs/explain.md): the host's, renewed before they run out. */
import { TICKET_HEADER, TICKET_MS } from "../../../routing/explain/ticket.ts";
import { HOST, type Stage } from "../stage.ts";

/** A region hears of the key of tickets with its next push, isolates with their next beat after it. */
const LEARNT_MS = 3_000;

export class Tickets {
  readonly #stage: Stage;
  #ticket = "";
  #issuedAtMs = 0;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Resolves when edges know the key. Errors: rejects when none is issued. */
  static async open(stage: Stage): Promise<Tickets> {
    const tickets = new Tickets(stage);
    await tickets.renew();
    await new Promise((resolve) => setTimeout(resolve, LEARNT_MS));
    return tickets;
  }

  /** The header of a request. */
  get shown(): Readonly<{ [name: string]: string }> {
    return { [TICKET_HEADER]: this.#ticket };
  }

  /** Does nothing while more than half of its time is left. */
  async renew(): Promise<void> {
    if (Date.now() < this.#issuedAtMs + TICKET_MS / 2) return;
    const answer = await this.#stage.planet.api("/v1/explain/tickets", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ hostname: HOST }),
    });
    // What it said may be a ticket, which is nobody's to print.
    if (answer.status !== 201) throw new Error(`no ticket was issued: ${answer.status}`);
    this.#ticket = (JSON.parse(answer.text) as { ticket: string }).ticket;
    this.#issuedAtMs = Date.now();
  }
}
