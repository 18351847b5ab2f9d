import type { EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import {
  payoutProblems,
  type RankTier,
  type RewardContents,
  type RewardContentsBody,
  type RewardEntry,
  type RewardPolicy,
  type SharedPoolPolicy,
  type WinnerPredicate,
} from '@kraty/contracts/grants';
import { duplicates, issue, unknown } from './issue.js';
import type { References } from './references.js';

/** A part of an event that pays something. */
interface Payment {
  contents: RewardContents;
  path: string;
}

/** Everything an event pays by a bundle or by entries of its own, with its place. */
function paymentsOf({ rewardPolicy, milestoneRewards }: EventConfiguration, path: string): Payment[] {
  const milestones = (milestoneRewards ?? []).map((contents, at) => ({
    contents,
    path: `${path}.milestoneRewards[${at}]`,
  }));
  return [...policyPayments(rewardPolicy, `${path}.rewardPolicy.parameters`), ...milestones];
}

function policyPayments(policy: RewardPolicy | undefined, path: string): Payment[] {
  if (policy?.type === 'fixed_bundle') return [{ contents: policy.parameters, path }];
  if (policy?.type !== 'rank_scaled') return [];
  return policy.parameters.tiers.map((contents, at) => ({ contents, path: `${path}.tiers[${at}]` }));
}

/** Keys of the bundles an event pays, each with the place that names it. */
export function bundlesOf(event: EventConfiguration, path = ''): { key: string; path: string }[] {
  return paymentsOf(event, path).flatMap(({ contents, path: at }) =>
    'rewardBundleKey' in contents ? [{ key: contents.rewardBundleKey, path: `${at}.rewardBundleKey` }] : [],
  );
}

/** Rewards that contradict themselves or lead nowhere (07 §1). Bundles may be missing in a draft. */
export function rewardIssues(
  event: EventConfiguration,
  stated: EventConfiguration,
  references: References,
  path: string,
): Issue[] {
  const metricKeys = new Set((event.metrics ?? []).map(({ key }) => key));
  const { rewardPolicy } = event;
  return [
    ...paymentsOf(stated, path).flatMap((payment) => contentsIssues(payment, references)),
    ...milestoneIssues(event.milestoneRewards ?? [], metricKeys, `${path}.milestoneRewards`),
    ...(rewardPolicy?.type === 'rank_scaled' ? tierIssues(statedTiers(stated), `${path}.rewardPolicy.parameters`) : []),
    ...(rewardPolicy?.type === 'shared_pool' ? poolIssues(rewardPolicy, metricKeys, references, path) : []),
  ];
}

/** In the order of the statement: the canonical form sorts them. */
function statedTiers({ rewardPolicy }: EventConfiguration): RankTier[] {
  return rewardPolicy?.type === 'rank_scaled' ? rewardPolicy.parameters.tiers : [];
}

function contentsIssues({ contents, path }: Payment, references: References): Issue[] {
  const { rewardBundleKey, rewardBundleId, entries } = contents as RewardContentsBody;
  if (rewardBundleKey && rewardBundleId && rewardBundleKey !== rewardBundleId) {
    return [issue(`${path}.rewardBundleId`, 'conflict', 'is another name of rewardBundleKey and says something else')];
  }
  if (Boolean(rewardBundleKey ?? rewardBundleId) === Boolean(entries)) {
    return [issue(path, 'conflict', 'takes either rewardBundleKey or entries')];
  }
  const at = `${path}.entries`;
  const list = (entries ?? []) as RewardEntry[];
  return [
    ...list.flatMap((entry, index) => entryIssues(entry, references, `${at}[${index}]`)),
    ...payoutProblems(list, references.tables).map(({ code, message }) => issue(at, code, message)),
  ];
}

function entryIssues(entry: RewardEntry, { currencies, items, tables }: References, path: string): Issue[] {
  switch (entry.type) {
    case 'currency':
      return payableIssues(entry.currencyKey, currencies, `${path}.currencyKey`);
    case 'item':
      return items.has(entry.itemKey) ? [] : [unknown(`${path}.itemKey`, 'item', entry.itemKey)];
    case 'crate':
      if (items.get(entry.crateItemKey)?.isCrate) return [];
      return [unknown(`${path}.crateItemKey`, 'item that is a crate', entry.crateItemKey)];
    case 'table':
      return tables.has(entry.tableKey) ? [] : [unknown(`${path}.tableKey`, 'reward table', entry.tableKey)];
  }
}

function payableIssues(key: string, currencies: References['currencies'], path: string): Issue[] {
  const currency = currencies.get(key);
  if (currency === undefined) return [unknown(path, 'currency', key)];
  if (!currency.isDerived) return [];
  return [issue(path, 'conflict', `'${key}' follows another balance and cannot be paid`)];
}

function milestoneIssues(
  milestones: NonNullable<EventConfiguration['milestoneRewards']>,
  metricKeys: ReadonlySet<string>,
  path: string,
): Issue[] {
  const keys = milestones.map(({ key }) => key);
  return [
    ...duplicates(keys, (at) => `${path}[${at}].key`),
    ...milestones.flatMap(({ metricKey }, at) =>
      metricKeys.has(metricKey) ? [] : [unknown(`${path}[${at}].metricKey`, 'metric', metricKey)],
    ),
  ];
}

function tierIssues(tiers: readonly RankTier[], path: string): Issue[] {
  return tiers.flatMap(({ fromRank, toRank }, at) => {
    const here = `${path}.tiers[${at}]`;
    if (toRank < fromRank) return [issue(`${here}.toRank`, 'range', 'must not be less than fromRank')];
    const isTaken = tiers.slice(0, at).some((other) => other.fromRank <= toRank && fromRank <= other.toRank);
    return isTaken ? [issue(`${here}.fromRank`, 'conflict', 'ranks of another tier are in it')] : [];
  });
}

function poolIssues(
  { parameters }: SharedPoolPolicy,
  metricKeys: ReadonlySet<string>,
  { currencies }: References,
  path: string,
): Issue[] {
  const at = `${path}.rewardPolicy.parameters`;
  return [
    ...payableIssues(parameters.currencyKey, currencies, `${at}.currencyKey`),
    ...predicateIssues(parameters.winnerPredicate, metricKeys, `${at}.winnerPredicate`),
  ];
}

function predicateIssues(predicate: WinnerPredicate, metricKeys: ReadonlySet<string>, path: string): Issue[] {
  switch (predicate.type) {
    case 'metric_at_least':
      return metricKeys.has(predicate.metricKey) ? [] : [unknown(`${path}.metricKey`, 'metric', predicate.metricKey)];
    case 'not':
      return predicateIssues(predicate.condition, metricKeys, `${path}.condition`);
    case 'and':
    case 'or':
      return predicate.conditions.flatMap((member, at) =>
        predicateIssues(member, metricKeys, `${path}.conditions[${at}]`),
      );
    default:
      return [];
  }
}
