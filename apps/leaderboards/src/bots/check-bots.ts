import { isConfigurationKey, isLocalized } from '@kraty/contracts/common';
import type { ConfigurationWarning, ProposedChanges, Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import {
  bindingLimits,
  botProblems,
  canonicalBoard,
  unreachableStates,
  type BotConfiguration,
  type IdentityPoolConfiguration,
  type LeaderboardConfiguration,
} from '@kraty/contracts/leaderboards';

/** Keys of bots and pools that the game knows, archived ones too. */
export interface KnownBots {
  bots: ReadonlySet<string>;
  pools: ReadonlySet<string>;
}

/** Every reason why changes of bots, pools and their bindings to boards cannot stand (10 §§1–3, 06 §10). */
export function checkBots({ changes, desired }: ProposedChanges, known: KnownBots): Issue[] {
  const { upserts, archives } = changes;
  return [
    ...(upserts.identityPools ?? []).flatMap(poolIssues),
    ...(upserts.bots ?? []).flatMap((bot) => botIssues(bot, desired)),
    ...(upserts.leaderboards ?? []).flatMap((board) => bindingIssues(board, desired)),
    ...unknownKeys('identityPools', archives.identityPools, known.pools),
    ...unknownKeys('bots', archives.bots, known.bots),
  ];
}

/** What a designer should know of bots that can be kept (10 §10). */
export function botWarnings({ changes }: Pick<ProposedChanges, 'changes'>): ConfigurationWarning[] {
  return (changes.upserts.bots ?? []).flatMap(({ key, behavior }): ConfigurationWarning[] => {
    const path = `bots[${key}].behavior`;
    const [problem] = botProblems(behavior);
    if (problem) {
      const message = `is not valid and cannot be bound: ${problem.path} ${problem.message}`;
      return [{ code: 'bot_invalid', path, message }];
    }
    return unreachableStates(behavior).map((state) => ({
      code: 'state_unreachable',
      path: `${path}.states.${state}`,
      message: 'is a state that no transition leads to',
    }));
  });
}

function poolIssues({ key, name, entries }: IdentityPoolConfiguration): Issue[] {
  const path = `identityPools[${key}]`;
  const seen = new Set<string>();
  const twice = entries.findIndex(({ name: given }) => seen.size === seen.add(given).size);
  return [
    ...commonIssues(path, key, name),
    ...when(twice >= 0, `${path}.entries[${twice}].name`, 'duplicate', 'is used twice'),
  ];
}

function botIssues({ key, name, identityPoolKey }: BotConfiguration, desired: Sections): Issue[] {
  const path = `bots[${key}]`;
  return [...commonIssues(path, key, name), ...poolReference(`${path}.identityPoolKey`, identityPoolKey, desired)];
}

/** Of a board with scores of its own and an end: bots play by its clock and never rank by a balance (06 §10). */
function bindingIssues(board: LeaderboardConfiguration, desired: Sections): Issue[] {
  const bindings = canonicalBoard(board).botBindings ?? [];
  const path = `leaderboards[${board.key}].botBindings`;
  const total = bindings.reduce((sum, { count }) => sum + count, 0);
  const hasBots = bindings.length > 0;
  return [
    ...when(hasBots && board.resetCadence === 'never', path, 'conflict', 'bots need a board that resets'),
    ...when(hasBots && board.rankBy?.type === 'progression', path, 'conflict', 'bots have no progression'),
    ...when(total > bindingLimits.boardMax, path, 'range', `must come to at most ${bindingLimits.boardMax} bots`),
    ...bindings.flatMap(({ botKey, identityPoolKey }, at) => [
      ...botReference(`${path}[${at}].botKey`, botKey, desired),
      ...poolReference(`${path}[${at}].identityPoolKey`, identityPoolKey, desired),
    ]),
  ];
}

function botReference(path: string, botKey: string, { bots }: Sections): Issue[] {
  const bot = bots.find(({ key }) => key === botKey);
  if (!bot) return when(true, path, 'unknown_reference', `there is no bot '${botKey}'`);
  const [problem] = botProblems(bot.behavior);
  const why = problem && `the bot '${botKey}' is not valid: ${problem.path} ${problem.message}`;
  return why === undefined ? [] : when(true, path, 'conflict', why);
}

function poolReference(path: string, poolKey: string | null | undefined, { identityPools }: Sections): Issue[] {
  if (!poolKey || identityPools.some(({ key }) => key === poolKey)) return [];
  return when(true, path, 'unknown_reference', `there is no identity pool '${poolKey}'`);
}

function commonIssues(path: string, key: string, name: unknown): Issue[] {
  return [
    ...when(!isConfigurationKey(key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
  ];
}

function unknownKeys(section: string, keys: readonly string[] = [], known: ReadonlySet<string>): Issue[] {
  return keys.flatMap((key) => when(!known.has(key), `${section}[${key}]`, 'unknown_reference', 'does not exist'));
}

function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}
