/** Waits for a fact that another process will tell, with a bound. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  limitMs = 5_000,
): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`It did not come true within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
