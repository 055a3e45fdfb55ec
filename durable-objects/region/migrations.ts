import { documentsTable } from "../storage/documents.ts";
import { eventEvidence, eventsTable } from "../storage/events.ts";
import type { Migration } from "../storage/migrations.ts";
import { decisionsTable } from "./recordings.ts";

/** Documents of a region: `table:<account>`, `round`, `estimates`. */
export const regionMigrations: readonly Migration[] = [
  { id: "001_documents", statements: documentsTable },
  { id: "002_events", statements: eventsTable },
  { id: "003_decisions", statements: decisionsTable },
  { id: "004_event_evidence", statements: eventEvidence },
];
