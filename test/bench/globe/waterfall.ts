/**
 * Each place's demand to the nearest site with room, what that cannot take to the next; all places at once, so that nobody is
 * first. What fits nowhere is spread by capacity.
 *
 * Returns, per place, the share of each site. Shape: `orders` per place, of all sites; a site of capacity 0 is not there.
 */
export function waterfall(
  demand: readonly number[],
  orders: readonly (readonly number[])[],
  capacity: readonly number[],
  target: number,
): readonly (readonly number[])[] {
  const room = capacity.map((perSecond) => perSecond * target);
  const left = [...demand];
  const given = demand.map(() => capacity.map(() => 0));
  // Each round fills a site or places everything, so there are at most as many as sites and one more.
  for (let round = 0; round <= capacity.length; round += 1) {
    const wishes = orders.map((order) => order.find((site) => (room[site] ?? 0) > 0));
    const wanted = capacity.map(() => 0);
    for (const [place, site] of wishes.entries()) {
      if (site !== undefined) wanted[site] = (wanted[site] ?? 0) + (left[place] ?? 0);
    }
    for (const [place, site] of wishes.entries()) {
      if (site === undefined) continue;
      const scale = Math.min(1, (room[site] ?? 0) / Math.max(wanted[site] ?? 0, Number.EPSILON));
      const taken = (left[place] ?? 0) * scale;
      left[place] = (left[place] ?? 0) - taken;
      add(given[place], site, taken);
    }
    for (const [site, perSecond] of wanted.entries()) {
      const rest = (room[site] ?? 0) - perSecond;
      // What is left of rounding is no room.
      room[site] = rest > 1e-9 ? rest : 0;
    }
  }
  const total = capacity.reduce((sum, perSecond) => sum + perSecond, 0);
  return given.map((sites, place) => {
    for (const [site, perSecond] of capacity.entries()) {
      if (total > 0) add(sites, site, ((left[place] ?? 0) * perSecond) / total);
    }
    return sites;
  });
}

function add(sums: number[] | undefined, at: number, value: number): void {
  if (sums !== undefined) sums[at] = (sums[at] ?? 0) + value;
}
