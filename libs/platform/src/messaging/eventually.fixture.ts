const stepMs = 20;
const withinMsDefault = 15_000;

/** Repeats an assertion until it holds and answers what it answered; past the bound its last error is thrown. */
export async function eventually<T>(assertion: () => T | Promise<T>, withinMs = withinMsDefault): Promise<T> {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= giveUpAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, stepMs));
    }
  }
}
