import type { ActiveFault, Command, Fault } from "../faults.ts";

/**
 * The faults that are on, as one script of the planet sees them. It is a plain variable of the module, because
 * workerd runs all objects of a script in one isolate: every object sees a fault the moment it is set.
 */
export class Board {
  readonly #faults = new Map<string, ActiveFault>();

  apply(command: Command, nowMs: number): void {
    if (command.do === "inject") this.#inject(command.fault, nowMs);
    else if (command.target === null) this.#faults.clear();
    else this.#faults.delete(command.target);
  }

  #inject(fault: Fault, nowMs: number): void {
    if (fault.mode === "abort" || fault.mode === "recycle") return;
    this.#faults.set(fault.target, { ...fault, sinceMs: nowMs });
  }

  list(): readonly ActiveFault[] {
    return [...this.#faults.values()];
  }

  /** The mode that is on for any of these names of one thing; `null` when all is well. */
  mode(...targets: readonly string[]): string | null {
    for (const target of targets) {
      const fault = this.#faults.get(target);
      if (fault !== undefined) return fault.mode;
    }
    return null;
  }
}
