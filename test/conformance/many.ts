/** Requests of statistical cases: how many, and what counts as their share. */
export const MANY = 500;
/** Enough to keep two cores busy; more would only queue. */
const AT_ONCE = 10;

export async function many(request: () => Promise<void>): Promise<void> {
  let left = MANY;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await request();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Within three standard deviations of a binomial draw: 997 of 1,000 correct runs are. */
export const withinSpread = (count: number, ratio: number): boolean =>
  Math.abs(count - MANY * ratio) <= 3 * Math.sqrt(MANY * ratio * (1 - ratio));
