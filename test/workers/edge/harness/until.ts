/** Waits for a fact that another process will tell, with a bound of 5 s. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = Date.now() + 5_000;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error("It did not come true within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
