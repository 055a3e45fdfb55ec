/** How an origin misbehaves towards those who come in: told by `/behave?fail=0.3&stall_ms=30000`; without parameters it serves. */
export class Behaviour {
  #failRatio = 0;
  /** Every answer is this late, probes' too. */
  stallMs = 0;
  #owed = 0;

  /** What is not named is well. */
  tell(parameters: URLSearchParams): void {
    this.#failRatio = Number(parameters.get("fail") ?? 0);
    this.stallMs = Number(parameters.get("stall_ms") ?? 0);
    this.#owed = 0;
  }

  /** Whether this visitor gets a 503. Counted and not drawn: of 1,000 visitors it is exactly their share. */
  fails(): boolean {
    this.#owed += this.#failRatio;
    if (this.#owed < 1) return false;
    this.#owed -= 1;
    return true;
  }
}
