import { limits } from '@kraty/contracts/common';
import type { Sections } from '@kraty/contracts/configuration';
import { catalogLimits, type CurrencyConfiguration, type DerivedFrom } from '@kraty/contracts/economy';
import type { Issue } from '@kraty/contracts/failures';
import { payoutProblems, type RewardContents, type RewardEntry } from '@kraty/contracts/grants';
import { when } from './issues.js';

/** Links between a source and the last that follows it (08 §8). */
const linksMax = 3;

/** Why a progression cannot follow what it says; empty when it can, or follows nothing. */
export function derivedIssues(currency: CurrencyConfiguration, desired: Sections): Issue[] {
  const { derivedFrom } = currency;
  if (!derivedFrom) return [];
  const path = `currencies[${currency.key}].derivedFrom`;
  const { sourceKey } = derivedFrom;
  const source = desired.currencies.find(({ key }) => key === sourceKey);
  const written = currency.clientWritable === true || (currency.initialBalance ?? 0) > 0;
  return [
    ...when(currency.kind !== 'progression', path, 'conflict', 'only a progression may follow another resource'),
    ...when(written, path, 'conflict', 'what follows another resource has no value of its own'),
    ...when(!source, `${path}.sourceKey`, 'unknown_reference', `there is no currency or progression ${sourceKey}`),
    ...chainIssues(currency.key, desired.currencies),
    ...thresholdIssues(derivedFrom, path),
    ...(derivedFrom.levelRewards ?? []).flatMap((reward, at) =>
      rewardIssues(reward, `${path}.levelRewards[${at}]`, desired),
    ),
    ...repeatedLevels(derivedFrom, path),
  ];
}

/** The longest chain the progression is part of; a circle never ends and is too long as well. */
function chainIssues(key: string, currencies: readonly CurrencyConfiguration[]): Issue[] {
  const links = linksAbove(key, currencies) + linksBelow(key, currencies, linksMax + 1);
  const message = `must be one of at most ${linksMax} links, without a circle`;
  return when(links > linksMax, `currencies[${key}].derivedFrom.sourceKey`, 'conflict', message);
}

function linksAbove(key: string, currencies: readonly CurrencyConfiguration[]): number {
  const sourceOf = (of: string) => currencies.find((currency) => currency.key === of)?.derivedFrom?.sourceKey;
  let links = 0;
  for (let at = sourceOf(key); at !== undefined && links <= linksMax; at = sourceOf(at)) links += 1;
  return links;
}

function linksBelow(key: string, currencies: readonly CurrencyConfiguration[], deepest: number): number {
  if (deepest === 0) return 0;
  const followers = currencies.filter(({ derivedFrom }) => derivedFrom?.sourceKey === key);
  return Math.max(0, ...followers.map((follower) => 1 + linksBelow(follower.key, currencies, deepest - 1)));
}

function thresholdIssues({ thresholds, startLevel = 1 }: DerivedFrom, path: string): Issue[] {
  const ascends = thresholds.every(
    (value, at) => isBalance(value) && (at === 0 ? value === 0 : value > thresholds[at - 1]!),
  );
  const counted = thresholds.length >= 1 && thresholds.length <= catalogLimits.thresholdsMax;
  const start = Number.isInteger(startLevel) && startLevel >= 0 && startLevel <= catalogLimits.startLevelMax;
  return [
    ...when(!ascends, `${path}.thresholds`, 'range', `must begin with 0 and ascend to at most ${limits.amountMax}`),
    ...when(!counted, `${path}.thresholds`, 'length', `must have 1 to ${catalogLimits.thresholdsMax} values`),
    ...when(!start, `${path}.startLevel`, 'range', `must be 0 to ${catalogLimits.startLevelMax}`),
  ];
}

function repeatedLevels({ levelRewards = [] }: DerivedFrom, path: string): Issue[] {
  const levels = levelRewards.map(({ level }) => level);
  const repeated = new Set(levels).size < levels.length;
  return when(repeated, `${path}.levelRewards`, 'duplicate', 'a level pays one reward');
}

function rewardIssues(reward: RewardContents, path: string, desired: Sections): Issue[] {
  const { rewardBundleKey, entries } = reward as { rewardBundleKey?: string; entries?: RewardEntry[] };
  if (Boolean(rewardBundleKey) === (entries ?? []).length > 0) {
    return [{ path, code: 'conflict', message: 'must hold a bundle or entries of its own, one of the two' }];
  }
  if (rewardBundleKey) {
    const known = desired.rewardBundles.some(({ key }) => key === rewardBundleKey);
    return when(!known, `${path}.rewardBundleKey`, 'unknown_reference', `there is no bundle ${rewardBundleKey}`);
  }
  const tables = new Map(desired.rewardTables.map((table) => [table.key, table]));
  return [
    ...(entries ?? []).flatMap((entry, at) => entryIssues(entry, `${path}.entries[${at}]`, desired)),
    ...payoutProblems(entries ?? [], tables).map(({ code, message }) => ({ path: `${path}.entries`, code, message })),
  ];
}

/** What an entry refers to and the game does not have, or what it may not pay (07 §1, 08 §6). */
function entryIssues(entry: RewardEntry, path: string, { items, currencies, rewardTables }: Sections): Issue[] {
  switch (entry.type) {
    case 'currency': {
      const currency = currencies.find(({ key }) => key === entry.currencyKey);
      if (!currency) return unknown(`${path}.currencyKey`, `currency ${entry.currencyKey}`);
      const follows = `${entry.currencyKey} follows another resource`;
      return when(Boolean(currency.derivedFrom), `${path}.currencyKey`, 'conflict', follows);
    }
    case 'item':
      return has(items, entry.itemKey) ? [] : unknown(`${path}.itemKey`, `item ${entry.itemKey}`);
    case 'crate': {
      const openable = items.some(({ key, crate }) => key === entry.crateItemKey && crate);
      return openable ? [] : unknown(`${path}.crateItemKey`, `item ${entry.crateItemKey} that can be opened`);
    }
    case 'table':
      return has(rewardTables, entry.tableKey) ? [] : unknown(`${path}.tableKey`, `reward table ${entry.tableKey}`);
  }
}

function has(rows: readonly { key: string }[], wanted: string): boolean {
  return rows.some(({ key }) => key === wanted);
}

function unknown(path: string, what: string): Issue[] {
  return [{ path, code: 'unknown_reference', message: `there is no ${what}` }];
}

function isBalance(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limits.amountMax;
}
