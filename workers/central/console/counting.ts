/** The part of the page's script that turns counters, which only grow, into what happened between two looks. */
export const COUNTING = `/* ---- counters since the last look ---- */
function countsOf(regions) {
  const counts = new Map();
  const add = (key, amount) => counts.set(key, (counts.get(key) || 0) + amount);
  for (const { region, colos = [] } of regions) {
    for (const { colo, hosts } of colos) {
      for (const [host, seen] of Object.entries(hosts)) {
        const at = [region, colo, host].join(" ");
        add("requests " + at, seen.requests);
        add("errors " + at, seen.statuses["5xx"] || 0);
        for (const [pool, amount] of Object.entries(seen.pools)) add("pool " + at + " " + pool, amount);
      }
    }
  }
  return counts;
}

/** What was added since; a region that was loaded again starts at 0, which is no step back. */
function stepOf(now, before) {
  const step = new Map();
  for (const [key, amount] of now) {
    const was = before.get(key) || 0;
    step.set(key, amount >= was ? amount - was : amount);
  }
  return step;
}

function servedFrom(step) {
  const colos = new Map();
  let requests = 0;
  let errors = 0;
  for (const [key, amount] of step) {
    const [kind, , colo, , pool] = key.split(" ");
    if (kind === "requests") requests += amount;
    if (kind === "errors") errors += amount;
    if (kind !== "pool" || amount === 0) continue;
    const pools = colos.get(colo) || new Map();
    pools.set(pool, (pools.get(pool) || 0) + amount);
    colos.set(colo, pools);
  }
  return { colos, requests, errors };
}
`;
