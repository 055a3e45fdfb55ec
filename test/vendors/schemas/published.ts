/** The files in `data/`: descriptions that the vendors published, unedited. The README says where each is from. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

export const published = (name: string): string => readFileSync(join(here, "data", name), "utf8");
