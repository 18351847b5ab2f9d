/**
 * Records of another context kept for a short time: one question for many callers, bounded in number,
 * and never holding an answer that was on its way while the record was dropped.
 */
export class RecordCache<T> {
  private readonly entries = new Map<string, { record: T | null; fetchedAtMs: number }>();
  private readonly asking = new Map<string, { answer: Promise<T | null>; stale: boolean }>();

  constructor(
    private readonly fetch: (key: string) => Promise<T | null>,
    private readonly nowMs: () => number,
    private readonly bounds: { entriesMax: number; keepMs: number; keepAbsentMs: number },
  ) {}

  /** The record, at most `keepMs` old (`keepAbsentMs` when there is none). */
  get(key: string): T | null | Promise<T | null> {
    const entry = this.entries.get(key);
    if (entry && this.nowMs() - entry.fetchedAtMs < this.keepMsOf(entry.record)) return entry.record;
    return this.refresh(key);
  }

  /** The record as its owner has it now; used when the kept one does not fit and is older than `olderThanMs`. */
  async renew(key: string, olderThanMs: number): Promise<T | null> {
    const entry = this.entries.get(key);
    if (entry && this.nowMs() - entry.fetchedAtMs < olderThanMs) return entry.record;
    return this.refresh(key);
  }

  drop(key: string): void {
    this.entries.delete(key);
    const running = this.asking.get(key);
    if (!running) return;
    running.stale = true;
    this.asking.delete(key);
  }

  clear(): void {
    this.entries.clear();
    for (const running of this.asking.values()) running.stale = true;
    this.asking.clear();
  }

  private keepMsOf(record: T | null): number {
    return record === null ? this.bounds.keepAbsentMs : this.bounds.keepMs;
  }

  private refresh(key: string): Promise<T | null> {
    const running = this.asking.get(key);
    if (running) return running.answer;
    const question = { answer: this.ask(key), stale: false };
    this.asking.set(key, question);
    question.answer.then(
      (record) => this.settle(key, question, record),
      () => this.forget(key, question),
    );
    return question.answer;
  }

  private async ask(key: string): Promise<T | null> {
    return this.fetch(key);
  }

  private settle(key: string, question: { stale: boolean; answer: Promise<T | null> }, record: T | null): void {
    this.forget(key, question);
    if (question.stale) return;
    if (this.entries.size >= this.bounds.entriesMax) this.evictOldest();
    this.entries.delete(key);
    this.entries.set(key, { record, fetchedAtMs: this.nowMs() });
  }

  private forget(key: string, question: { answer: Promise<T | null> }): void {
    if (this.asking.get(key)?.answer === question.answer) this.asking.delete(key);
  }

  /** Maps keep insertion order, so the first key is the one fetched longest ago. */
  private evictOldest(): void {
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }
}
