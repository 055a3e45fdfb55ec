import { documentsTable } from "../storage/documents.ts";
import { eventEvidence, eventsTable } from "../storage/events.ts";
import type { Migration } from "../storage/migrations.ts";
import { auditTable } from "./audit.ts";
import { followersTable } from "./followers.ts";
import { objectsTable } from "./objects.ts";
import { versionsTable } from "./versions.ts";

/** Documents of a ConfigStore: `manifest:<hash>`, `kv`, `explain-keys`, `freeze`, `evacuation:<id>`. */
export const configMigrations: readonly Migration[] = [
  { id: "001_documents", statements: documentsTable },
  { id: "002_events", statements: eventsTable },
  { id: "003_objects", statements: objectsTable },
  { id: "004_versions", statements: versionsTable },
  { id: "005_audit", statements: auditTable },
  { id: "006_followers", statements: followersTable },
  { id: "007_event_evidence", statements: eventEvidence },
];
