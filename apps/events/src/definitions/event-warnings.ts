import type { ConfigurationWarning } from '@kraty/contracts/configuration';
import type { Availability, Condition, ConditionLeaf, EventConfiguration } from '@kraty/contracts/events';
import type { WinnerPredicate } from '@kraty/contracts/grants';
import { isOver, overlapsItself } from '../windows/occurrences.js';
import { progressionsOf } from './board-rules.js';
import { leavesOf, untakable } from './condition-meaning.js';
import type { References } from './references.js';
import { bundlesOf } from './reward-meaning.js';

/** Answers of `overlaps`, the slow one of the looks: every plan asks again about every event. */
const overlapsMax = 5_000;
const knownOverlaps = new Map<string, boolean>();

/** What is saved but probably not meant (05 §1.2). */
export function eventWarnings(
  event: EventConfiguration,
  references: References,
  nowMs: number,
  path: string,
): ConfigurationWarning[] {
  const { availability } = event;
  return [
    ...bundlesOf(event, path)
      .filter(({ key }) => !references.bundles.has(key))
      .map(({ key, path: at }) => warning('bundle_archived', at, `the reward bundle '${key}' is archived`, key)),
    ...contributionWarnings(event.contributesTo ?? [], references, `${path}.contributesTo`),
    ...botWarnings(event, references, `${path}.botBindings`),
    ...conditionWarnings(event.unlockCondition, references, `${path}.unlockCondition`),
    ...conditionWarnings(event.entryRequirement, references, `${path}.entryRequirement`),
    ...costWarnings(event.entryCost, references, `${path}.entryCost`),
    ...progressionWarnings(event.leaderboard, references, `${path}.leaderboard`),
    ...targetWarnings(event, `${path}.rewardPolicy.parameters.winnerPredicate`),
    ...(availability ? availabilityWarnings(availability, nowMs, `${path}.availability`) : []),
  ];
}

function warning(code: string, path: string, message: string, value?: unknown): ConfigurationWarning {
  return { code, path, message, ...(value !== undefined && { value }) };
}

function contributionWarnings(
  keys: readonly string[],
  { boards, archivedBoards }: References,
  path: string,
): ConfigurationWarning[] {
  return keys.flatMap((key, at): ConfigurationWarning[] => {
    const here = `${path}[${at}]`;
    const board = boards.get(key);
    if (board?.isScorable) return [];
    if (board !== undefined) {
      return [warning('contributes_to_not_scorable', here, `the board '${key}' ranks by a progression`, key)];
    }
    if (archivedBoards.has(key)) {
      return [warning('contributes_to_archived', here, `the board '${key}' is archived`, key)];
    }
    return [warning('contributes_to_unknown', here, `there is no board '${key}'`, key)];
  });
}

/** Seats of a bot that is gone or broken stay empty. */
function botWarnings({ botBindings = [] }: EventConfiguration, { bots }: References, path: string) {
  return botBindings.flatMap(({ botKey }, at) =>
    bots.get(botKey)?.isValid
      ? []
      : [warning('bot_archived', `${path}[${at}].botKey`, `the bot '${botKey}' is archived or invalid`, botKey)],
  );
}

function conditionWarnings(
  condition: Condition | null | undefined,
  references: References,
  path: string,
): ConfigurationWarning[] {
  return condition ? leavesOf(condition, path).flatMap(({ leaf, path: at }) => leafWarnings(leaf, references, at)) : [];
}

function leafWarnings(leaf: ConditionLeaf, references: References, path: string): ConfigurationWarning[] {
  switch (leaf.type) {
    case 'completed_event_at_least_once':
    case 'completed_event_times_at_least':
      if (references.events.has(leaf.eventKey)) return [];
      return [warning('event_unknown', `${path}.eventKey`, `there is no event '${leaf.eventKey}'`, leaf.eventKey)];
    case 'has_item':
      return itemWarnings(leaf.itemKey, references, `${path}.itemKey`);
    case 'currency_at_least':
      return currencyWarnings(leaf.currencyKey, references, `${path}.currencyKey`);
    case 'progression_at_least':
      return currencyWarnings(leaf.economyKey, references, `${path}.economyKey`);
    default:
      return [];
  }
}

function costWarnings(
  cost: EventConfiguration['entryCost'],
  references: References,
  path: string,
): ConfigurationWarning[] {
  if (!cost) return [];
  const { currencies = [], items = [] } = cost;
  return [
    // Refused when an event is saved with it; the game around the event may come to it later.
    ...untakable(cost, references, path).map((found) => ({ code: 'entry_cost_not_takable', ...found })),
    ...currencies.flatMap(({ key }, at) => currencyWarnings(key, references, `${path}.currencies[${at}].key`)),
    ...items.flatMap(({ key }, at) => itemWarnings(key, references, `${path}.items[${at}].key`)),
  ];
}

function progressionWarnings(
  block: EventConfiguration['leaderboard'],
  references: References,
  path: string,
): ConfigurationWarning[] {
  const named = block ? progressionsOf(block, path) : [];
  return named.flatMap(({ key, path: at }) => currencyWarnings(key, references, at));
}

function itemWarnings(key: string, { items }: References, path: string): ConfigurationWarning[] {
  return items.has(key) ? [] : [warning('item_unknown', path, `there is no item '${key}'`, key)];
}

function currencyWarnings(key: string, { currencies }: References, path: string): ConfigurationWarning[] {
  return currencies.has(key) ? [] : [warning('currency_unknown', path, `there is no currency '${key}'`, key)];
}

/** A share that nobody can win: the predicate looks at capped values (04 §5.1). */
function targetWarnings({ rewardPolicy, metrics = [] }: EventConfiguration, path: string): ConfigurationWarning[] {
  if (rewardPolicy?.type !== 'shared_pool') return [];
  const caps = new Map(metrics.map((metric) => [metric.key, capOf(metric)]));
  return thresholdsOf(rewardPolicy.parameters.winnerPredicate, path)
    .filter(({ metricKey, threshold }) => threshold > (caps.get(metricKey) ?? Infinity))
    .map(({ metricKey, threshold, path: at }) =>
      warning('unreachable_target', `${at}.threshold`, `'${metricKey}' is capped below ${threshold}`, threshold),
    );
}

function capOf({ cap, capAtTarget, target }: NonNullable<EventConfiguration['metrics']>[number]): number {
  return Math.min(cap ?? Infinity, capAtTarget ? (target ?? Infinity) : Infinity);
}

interface Threshold {
  metricKey: string;
  threshold: number;
  path: string;
}

/** Below a `not` a threshold that cannot be reached is always met. */
function thresholdsOf(predicate: WinnerPredicate, path: string): Threshold[] {
  if (predicate.type === 'metric_at_least') {
    return [{ metricKey: predicate.metricKey, threshold: predicate.threshold, path }];
  }
  if (predicate.type !== 'and' && predicate.type !== 'or') return [];
  return predicate.conditions.flatMap((member, at) => thresholdsOf(member, `${path}.conditions[${at}]`));
}

function availabilityWarnings(availability: Availability, nowMs: number, path: string): ConfigurationWarning[] {
  const warnings: ConfigurationWarning[] = [];
  if (overlaps(availability)) {
    warnings.push(
      warning('window_overlap', path, 'some windows are longer than the time to the next start; they are cut there'),
    );
  }
  if (isOver(availability, nowMs)) {
    warnings.push(warning('no_upcoming_window', path, 'no window is open or will open'));
  }
  return warnings;
}

/** Follows from the rules alone, and most events of a game share a few of them. */
function overlaps(availability: Availability): boolean {
  if (availability.mode !== 'recurring_windows') return false;
  const rules = JSON.stringify(availability.windows);
  const known = knownOverlaps.get(rules);
  if (known !== undefined) return known;
  if (knownOverlaps.size >= overlapsMax) knownOverlaps.clear();
  const found = overlapsItself(availability);
  knownOverlaps.set(rules, found);
  return found;
}
