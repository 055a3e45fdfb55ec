/**
 * Every monitor, pool, load balancer, zone and route of every kept version, each stored once under the hash of its
 * content; and the manifests, which list the objects of a table in their order.
 */
import { hashOf } from "../../routing/hash.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { Table } from "../../routing/model.ts";
import { invariant } from "../../routing/result.ts";
import type { Hash } from "../../routing/snapshot.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Documents } from "../storage/documents.ts";
import type { Migration } from "../storage/migrations.ts";

export const objectsTable: Migration["statements"] = [
  `CREATE TABLE objects (
     hash TEXT PRIMARY KEY, schema INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
     json TEXT NOT NULL
   ) WITHOUT ROWID`,
];

const KINDS = [
  "monitors",
  "monitor_groups",
  "pools",
  "load_balancers",
  "zones",
  "http_routes",
] as const;
type Kind = (typeof KINDS)[number];
type Parts = Pick<Table, Kind>;
/** A kind is absent in what was stored before there was such a kind. */
type Manifest = Readonly<Partial<Record<Kind, readonly Hash[]>>>;

export interface Objects {
  /** Answers the hash of the manifest. Call it inside a transaction. Cost: a row per object that is new. */
  store(table: Parts): Hash;
  /** Errors: a manifest that is not there is a broken invariant. */
  load(manifest: Hash): Parts;
  /** Drops the manifests that are not in `kept`, and every object that only they had. */
  sweep(kept: ReadonlySet<Hash>): void;
}

const PREFIX = "manifest:";

export const objects = (sql: Sql, documents: Documents): Objects => ({
  store(table) {
    const manifest = Object.fromEntries(
      KINDS.map((kind) => [kind, table[kind].map((object) => storeObject(sql, kind, object))]),
    );
    const hash = hashOf(JSON.stringify(manifest));
    documents.write(`${PREFIX}${hash}`, manifest);
    return hash;
  },
  load(hash) {
    const manifest = manifestOf(documents, hash);
    const parts = KINDS.map((kind) => [
      kind,
      (manifest[kind] ?? []).map((one) => loadObject(sql, kind, one)),
    ]);
    return Object.fromEntries(parts) as Parts;
  },
  sweep(kept) {
    const referenced = new Set<Hash>();
    for (const name of documents.names(PREFIX)) {
      const hash = name.slice(PREFIX.length);
      if (!kept.has(hash)) documents.remove(name);
      else for (const one of Object.values(manifestOf(documents, hash)).flat()) referenced.add(one);
    }
    for (const { hash } of sql.run("SELECT hash FROM objects")) {
      if (!referenced.has(String(hash)))
        sql.run("DELETE FROM objects WHERE hash = ?", hash ?? null);
    }
  },
});

function storeObject(sql: Sql, kind: Kind, object: Parts[Kind][number]): Hash {
  const json = JSON.stringify(object);
  const hash = hashOf(`${kind}\n${json}`);
  sql.run(
    "INSERT OR IGNORE INTO objects (hash, schema, kind, id, json) VALUES (?, ?, ?, ?, ?)",
    hash,
    SCHEMA,
    kind,
    object.id,
    json,
  );
  return hash;
}

/** What an object that was stored before these fields existed has in their place. */
const NEWER_FIELDS: Readonly<Partial<Record<Kind, object>>> = { load_balancers: { rules: [] } };

function loadObject(sql: Sql, kind: Kind, hash: Hash): unknown {
  const row = sql.run("SELECT json FROM objects WHERE hash = ?", hash)[0];
  invariant(row !== undefined, `an object that a kept manifest names is stored: ${hash}`);
  return { ...NEWER_FIELDS[kind], ...JSON.parse(String(row["json"])) };
}

function manifestOf(documents: Documents, hash: Hash): Manifest {
  const manifest = documents.read(`${PREFIX}${hash}`) as Manifest | null;
  invariant(manifest !== null, `the manifest of a kept version is stored: ${hash}`);
  return manifest;
}
