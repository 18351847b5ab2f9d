/** Resolves when the part works; any rejection means it does not. */
export type HealthCheck = () => Promise<unknown>;

export interface Readiness {
  status: 'ready' | 'degraded';
  checks: Record<string, 'ok' | 'failed'>;
}

type Phase = 'starting' | 'serving' | 'draining';

/** No probe waits longer for one part (04 §14). */
const CHECK_MS_MAX = 1_000;

/** Whether this service can take work, as told to probes. */
export class Health {
  private phase: Phase = 'starting';
  private readonly checks = new Map<string, HealthCheck>();
  private readonly optional = new Set<string>();

  /**
   * Adds a part to the readiness; a later check of the same name replaces the earlier one. A part that is `optional` is
   * shown and no more: the service works without it, so its absence must not take every instance out of service.
   */
  register(name: string, check: HealthCheck, { optional = false }: { optional?: boolean } = {}): void {
    this.checks.set(name, check);
    if (optional) this.optional.add(name);
    else this.optional.delete(name);
  }

  started(): void {
    if (this.phase === 'starting') this.phase = 'serving';
  }

  /** From now on not ready: whoever sends us work looks for somebody else. */
  drain(): void {
    this.phase = 'draining';
  }

  get draining(): boolean {
    return this.phase === 'draining';
  }

  /** Touches no part while the service is not serving: the answer is known. */
  async readiness(): Promise<Readiness> {
    if (this.phase !== 'serving') return { status: 'degraded', checks: { process: 'failed' } };
    const outcomes = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    const checks = Object.fromEntries(outcomes);
    const fit = outcomes.every(([name, outcome]) => outcome === 'ok' || this.optional.has(name));
    return { status: fit ? 'ready' : 'degraded', checks };
  }
}

/** The readiness of several services that share a process. */
export async function combinedReadiness(parts: readonly Health[]): Promise<Readiness> {
  const all = await Promise.all(parts.map((part) => part.readiness()));
  const checks: Readiness['checks'] = {};
  for (const [name, outcome] of all.flatMap((one) => Object.entries(one.checks))) {
    checks[name] = checks[name] === 'failed' ? 'failed' : outcome;
  }
  return { status: all.every((one) => one.status === 'ready') ? 'ready' : 'degraded', checks };
}

async function outcomeOf(check: HealthCheck): Promise<'ok' | 'failed'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'failed'>((resolve) => {
    timer = setTimeout(() => resolve('failed'), CHECK_MS_MAX);
  });
  try {
    return await Promise.race([check().then(() => 'ok' as const), late]);
  } catch {
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
