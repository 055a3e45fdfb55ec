/** The doors by which a decision could read what nobody hands it, watched while something runs. */
const DOORS = [
  [Date, "now"],
  [Math, "random"],
  [performance, "now"],
  [crypto, "getRandomValues"],
] as const satisfies readonly (readonly [object, string])[];

export function ambientLooks<T>(run: () => T): { readonly result: T; readonly looks: number } {
  let looks = 0;
  const before = DOORS.map(([owner, name]) => {
    const door: unknown = Reflect.get(owner, name);
    const watched = (...given: unknown[]) => {
      looks += 1;
      return Reflect.apply(door as () => unknown, owner, given);
    };
    Reflect.set(owner, name, watched);
    return [owner, name, door] as const;
  });
  try {
    const result = run();
    return { result, looks };
  } finally {
    for (const [owner, name, door] of before) Reflect.set(owner, name, door);
  }
}
