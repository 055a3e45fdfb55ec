/** A store that fails has nothing: the next source is what there is to do about it. */
export async function quietly(read: Promise<string | null>): Promise<string | null> {
  try {
    return await read;
  } catch {
    return null;
  }
}
