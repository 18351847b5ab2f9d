import type { Context } from '@kraty/contracts/common';
import type { AppliedNotice } from '@kraty/contracts/messages';
import type { CourtesyCircuit } from './circuit.js';

/** Callers waiting at once; above it a caller is answered without waiting. */
const waitsMax = 10_000;

/** Who had applied the facts when the caller was answered. */
export interface CarryReport {
  applied: Context[];
  late: Context[];
}

/** Which envelopes a context is to report. */
export type Awaited = ReadonlyMap<Context, readonly string[]>;

/** The callers that wait, for a short time, until other contexts have applied what they committed. */
export class AppliedWaits {
  private readonly byEnvelope = new Map<string, Wait>();
  private waiting = 0;

  constructor(private readonly circuit: CourtesyCircuit) {}

  wait(awaited: Awaited, withinMs: number): Promise<CarryReport> {
    if (this.waiting >= waitsMax) return Promise.resolve({ applied: [], late: [...awaited.keys()] });
    return new Promise((resolve) => {
      const wait = new Wait(awaited, (report) => resolve(this.finished(wait, report)));
      this.waiting += 1;
      for (const id of wait.envelopeIds) this.byEnvelope.set(id, wait);
      wait.begin((context) => this.circuit.waitMs(context, withinMs));
    });
  }

  notice({ context, envelopeIds }: AppliedNotice): void {
    for (const id of envelopeIds) this.byEnvelope.get(id)?.heard(context, id);
  }

  private finished(wait: Wait, report: CarryReport): CarryReport {
    this.waiting -= 1;
    for (const id of wait.envelopeIds) this.byEnvelope.delete(id);
    for (const context of report.applied) this.circuit.inTime(context);
    for (const context of report.late) this.circuit.late(context);
    return report;
  }
}

/** One caller's wait: done when every context has reported or has had its time. */
class Wait {
  readonly envelopeIds: ReadonlySet<string>;
  private readonly missing: Map<Context, Set<string>>;
  private readonly report: CarryReport = { applied: [], late: [] };
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    awaited: Awaited,
    private readonly finish: (report: CarryReport) => void,
  ) {
    this.missing = new Map([...awaited].map(([context, ids]) => [context, new Set(ids)]));
    this.envelopeIds = new Set([...awaited.values()].flat());
  }

  begin(waitMsOf: (context: Context) => number): void {
    const byTime = new Map<number, Context[]>();
    for (const context of this.missing.keys()) {
      const waitMs = waitMsOf(context);
      byTime.set(waitMs, [...(byTime.get(waitMs) ?? []), context]);
    }
    for (const [waitMs, contexts] of byTime) this.timers.push(setTimeout(() => this.giveUp(contexts), waitMs));
  }

  heard(context: Context, envelopeId: string): void {
    const ids = this.missing.get(context);
    if (ids === undefined) return;
    ids.delete(envelopeId);
    if (ids.size > 0) return;
    this.missing.delete(context);
    this.report.applied.push(context);
    this.finishIfDone();
  }

  private giveUp(contexts: Context[]): void {
    for (const context of contexts) if (this.missing.delete(context)) this.report.late.push(context);
    this.finishIfDone();
  }

  private finishIfDone(): void {
    if (this.missing.size > 0) return;
    for (const timer of this.timers) clearTimeout(timer);
    this.finish(this.report);
  }
}
