import { documentsTable } from "../../../durable-objects/storage/documents.ts";
import { eventEvidence, eventsTable } from "../../../durable-objects/storage/events.ts";
import type { Migration } from "../../../durable-objects/storage/migrations.ts";
import { credentialsTable } from "./credential-rows.ts";
import { historyIntent, historyTable } from "./history-tables.ts";
import { leaseTable } from "./lease.ts";

export const ledgerMigrations: readonly Migration[] = [
  { id: "001_documents", statements: documentsTable },
  { id: "002_events", statements: eventsTable },
  { id: "003_lease", statements: leaseTable },
  { id: "004_history", statements: historyTable },
  { id: "005_credentials", statements: credentialsTable },
  { id: "006_history_intent", statements: historyIntent },
  { id: "007_event_evidence", statements: eventEvidence },
];
