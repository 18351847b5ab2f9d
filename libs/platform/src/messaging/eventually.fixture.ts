const stepMs = 20;
/** Far longer than it takes, also on a machine that is slow, busy and stalls now and then. */
const withinMsDefault = 30_000;

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
