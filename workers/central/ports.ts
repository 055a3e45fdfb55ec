/** What central is given: the seam of `workers/ports.ts`, and the objects of its own script. */
import type { Region } from "../../routing/names.ts";
import type {
  Chance,
  Clock,
  DeskObject,
  Objects,
  PreviewObject,
  SignerObject,
  Timers,
} from "../ports.ts";
import type { CredentialsObject, LedgerObject } from "./sync/ports.ts";
import type { WatchdogObject } from "./watch/watch.ts";

/** All that central keeps of a zone that is kept in step, under one name. */
export type ZoneObject = LedgerObject & CredentialsObject;

export interface CentralPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly chance: Chance;
  readonly objects: Objects & {
    previewer(region: Region): PreviewObject;
    desk(account: string): DeskObject;
    signer(account: string): SignerObject;
    /** `zone` as the document names it. */
    ledger(account: string, zone: string): ZoneObject;
    watchdog(): WatchdogObject;
  };
  readonly token: string;
  /** The freeze switch that needs no object: a variable of the script. */
  readonly isFrozen: () => boolean;
  /** Goes on with work that the answer does not wait for. The work must not fail. */
  later(work: Promise<void>): void;
}
