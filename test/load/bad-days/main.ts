/** `npm run proof:bad-days`: the days (run.ts), or with `--detect` how long faults take to be seen (detect-main.ts). */
await import(process.argv.includes("--detect") ? "./detect-main.ts" : "./run.ts");

export {};
