import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type {
  EventConfiguration,
  EventPreview,
  EventPreviewRequest,
  EventWarning,
  GrantPreview,
} from '@kraty/contracts/events';
import { rollPreview, type GrantedEntry } from '@kraty/contracts/grants';
import type { Operator } from '@kraty/contracts/identity';
import { Clock } from '@kraty/platform/clock';
import { fail, Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { warningsOf } from '../administration/event-view.js';
import { judgedStatement } from '../administration/judge-event.js';
import { NamedKeys } from '../administration/named-keys.service.js';
import { GameReferences } from '../administration/references.service.js';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { eventDefinition } from '../definitions/event-definition.js';
import type { References } from '../definitions/references.js';
import { nextStartMs, occurrences } from '../windows/occurrences.js';
import { previewedAttempt, previewedPayout, unknownMetrics, type PreviewedPayout } from './preview.js';

export interface PreviewCall extends EventPreviewRequest {
  game: GameScope;
  operator: Operator;
  event: string;
}

/** What an attempt would score and earn; persists nothing (05 §18). */
@Injectable()
export class Previews {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messenger: Messenger,
    private readonly events: DefinitionsStore,
    private readonly references: GameReferences,
    private readonly names: NamedKeys,
  ) {}

  async preview(call: PreviewCall): Promise<EventPreview> {
    const event = await this.eventOf(call);
    const definition = eventDefinition(event.configuration, event.revision);
    const unknown = unknownMetrics(definition, call.metrics);
    if (unknown.length > 0) {
      throw fail('invalid_metric', `the event has no metric '${unknown[0]}'`, { metricKeys: unknown });
    }
    const attempt = previewedAttempt(definition, call, this.windowSeconds(event.configuration));
    const payout = previewedPayout(definition.rewardPolicy, attempt, call);
    const rolled = payout === null ? { grants: [], warnings: [] } : await this.roll(call, payout);
    return {
      score: attempt.score,
      completed: attempt.completed,
      grants: rolled.grants,
      metricsRaw: attempt.raw,
      metricsCapped: attempt.capped,
      breakdown: attempt.breakdown,
      milestonesFired: attempt.milestonesFired,
      warnings: [...event.warnings, ...rolled.warnings],
      persisted: false,
    };
  }

  /** The saved statement, or the edits that are not saved yet; these may be incomplete as a draft. */
  private async eventOf(call: PreviewCall): Promise<EventRow & { warnings: EventWarning[] }> {
    // Without bringing windows up to the clock: a preview writes nothing at all.
    const eventId = await this.events.find(this.database, call.game.gameId, call.event);
    const saved = eventId === null ? null : await this.events.one(this.database, eventId);
    if (saved === null) throw fail('not_found', 'there is no such event', { resource: 'event' });
    const references = await this.references.of(call.game, call.operator);
    const draft = await this.names.inKeys(call.game, call.draft);
    const configuration = draft === null ? saved.configuration : draftOf(draft, references, saved);
    const event = { ...saved, configuration };
    return { ...event, warnings: warningsOf(event, references, this.clock.nowMs()) };
  }

  private async roll(
    { game, seed }: PreviewCall,
    { payout, contents }: PreviewedPayout,
  ): Promise<{ grants: GrantPreview[]; warnings: EventWarning[] }> {
    const payoutKey = seed === null ? 'preview' : `preview:${seed}`;
    const { entries, problem } = await this.messenger.request(rollPreview, { game, payoutKey, contents });
    if (problem === null) return { grants: grantsOf(entries, payout), warnings: [] };
    const warning = { code: 'bundle_archived', path: 'rewardPolicy.parameters', message: problem };
    return { grants: [], warnings: [warning] };
  }

  /** Of the window that runs or comes next; null when there is none, or it has no end. */
  private windowSeconds({ availability }: EventConfiguration): number | null {
    if (availability === undefined || availability.mode === 'always_on') return null;
    const nowMs = this.clock.nowMs();
    const untilMs = nextStartMs(availability, nowMs) ?? nowMs;
    const [first] = occurrences(availability, { fromMs: nowMs, untilMs, publishedAtMs: nowMs });
    return first === undefined ? null : (first.endsAtMs - first.startsAtMs) / 1_000;
  }
}

/** @throws config_invalid, whatever is wrong with it (04 §5.5) */
function draftOf(draft: unknown, references: References, { configuration }: EventRow): EventConfiguration {
  try {
    return judgedStatement(draft, 'draft', references, configuration, 'body.draft');
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'validation_failed') throw error;
    throw fail('config_invalid', error.message, error.details);
  }
}

/** One payout's grants in order: all that is no crate in one, then one a crate (07 §5.2). */
function grantsOf(entries: readonly GrantedEntry[], payout: GrantPreview['payout']): GrantPreview[] {
  const plain = entries.filter(({ type }) => type !== 'crate');
  const reward: GrantPreview[] = plain.length > 0 ? [{ kind: 'reward', entries: plain, payout }] : [];
  const crates = entries.flatMap((entry) =>
    entry.type === 'crate' ? Array<GrantedEntry>(entry.quantity).fill({ ...entry, quantity: 1 }) : [],
  );
  return [...reward, ...crates.map((crate): GrantPreview => ({ kind: 'crate', entries: [crate], payout }))];
}
