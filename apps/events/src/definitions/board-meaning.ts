import {
  configurationText,
  type EventConfiguration,
  type EventDocumentEntryBody,
  type LeaderboardBlock,
} from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { bindingLimits, segmentationProblems } from '@kraty/contracts/leaderboards';
import { axesOf, progressionsOf } from './board-rules.js';
import { issue, unknown } from './issue.js';
import type { References } from './references.js';

/** Contradictions in the board of an event, and bots that cannot play on it. */
export function boardIssues(
  event: EventConfiguration,
  stated: EventDocumentEntryBody,
  references: References,
  standing: EventConfiguration | null,
  path: string,
): Issue[] {
  return [
    ...blockIssues(event.leaderboard, stated.leaderboard, `${path}.leaderboard`),
    ...progressionIssues(event, standing, references, `${path}.leaderboard`),
    ...namingIssues(stated.botBindings, `${path}.botBindings`),
    ...bindingIssues(event, references, boundBots(standing), `${path}.botBindings`),
  ];
}

function boundBots(standing: EventConfiguration | null): ReadonlySet<string> {
  return new Set((standing?.botBindings ?? []).map(({ botKey }) => botKey));
}

function blockIssues(
  block: LeaderboardBlock | undefined,
  stated: EventDocumentEntryBody['leaderboard'],
  path: string,
): Issue[] {
  const mode = block?.mode ?? 'global';
  const issues: Issue[] = [];
  if (mode !== 'grouped' && stated?.grouping) {
    issues.push(issue(`${path}.grouping`, 'conflict', `does not belong to ${mode}`));
  }
  if (mode === 'none' && stated?.progression) {
    issues.push(issue(`${path}.progression`, 'conflict', 'needs a board that ranks'));
  }
  return [...issues, ...splitIssues(mode, block, stated, path)];
}

function splitIssues(
  mode: LeaderboardBlock['mode'],
  block: LeaderboardBlock | undefined,
  stated: EventDocumentEntryBody['leaderboard'],
  path: string,
): Issue[] {
  const at = `${path}.segmentation`;
  if (mode !== 'segmented') {
    return stated?.segmentation ? [issue(at, 'conflict', `does not belong to ${mode}`)] : [];
  }
  const { segmentation, progression } = block ?? {};
  if (segmentation === undefined) return [];
  if (segmentation.type === 'none') return [issue(`${at}.type`, 'conflict', 'segmented needs a way to split')];
  return [
    ...segmentationProblems(segmentation).map(({ path: inside, code, message }) =>
      issue(`${at}${inside}`, code, message),
    ),
    ...divisionIssues(segmentation, progression, path),
  ];
}

/** What splits players and what a ladder moves are progressions. One that is archived since keeps working. */
function progressionIssues(
  { leaderboard }: EventConfiguration,
  standing: EventConfiguration | null,
  { currencies }: References,
  path: string,
): Issue[] {
  const isKept = standing !== null && configurationText(standing.leaderboard) === configurationText(leaderboard);
  if (leaderboard === undefined || isKept) return [];
  return progressionsOf(leaderboard, path)
    .filter(({ key }) => currencies.get(key)?.kind !== 'progression')
    .map(({ key, path: at }) => unknown(at, 'progression', key));
}

/** Overrides of a ladder name divisions there are. */
function divisionIssues(
  segmentation: NonNullable<LeaderboardBlock['segmentation']>,
  ladder: LeaderboardBlock['progression'],
  path: string,
): Issue[] {
  const [axis, ...others] = axesOf(segmentation);
  if (axis?.type !== 'progression' || others.length > 0) return [];
  const known = new Set(axis.divisions.map(({ key }) => key));
  return Object.keys(ladder?.perDivision ?? {})
    .filter((key) => !known.has(key))
    .map((key) => unknown(`${path}.progression.perDivision`, 'division', key));
}

/** One of the two names is needed, and both must mean the same. */
function namingIssues(bindings: EventDocumentEntryBody['botBindings'], path: string): Issue[] {
  return (bindings ?? []).flatMap(({ botKey, botId, identityPoolKey, identityPoolId }, at) => {
    if (!botKey && !botId) return [issue(`${path}[${at}].botKey`, 'required', 'is required')];
    return [
      ...sameIssues(botKey, botId, `${path}[${at}].botId`, 'botKey'),
      ...sameIssues(identityPoolKey, identityPoolId, `${path}[${at}].identityPoolId`, 'identityPoolKey'),
    ];
  });
}

function sameIssues(
  name: string | null | undefined,
  alias: string | null | undefined,
  path: string,
  of: string,
): Issue[] {
  if (!name || !alias || name === alias) return [];
  return [issue(path, 'conflict', `is another name of ${of} and says something else`)];
}

/** A bot that was archived or broken after it was bound stays bound, with a warning; its seats stay empty (10 §2). */
function bindingIssues(
  { botBindings = [], availability }: EventConfiguration,
  { bots, identityPools }: References,
  standing: ReadonlySet<string>,
  path: string,
): Issue[] {
  const issues = botBindings.flatMap(({ botKey, identityPoolKey }, at): Issue[] => {
    if (botKey === '' || (standing.has(botKey) && !bots.get(botKey)?.isValid)) return [];
    const here = `${path}[${at}]`;
    const bot = bots.get(botKey);
    if (bot === undefined) return [unknown(`${here}.botKey`, 'bot', botKey)];
    const isLost = availability?.mode === 'always_on' && bot.behavior === 'state_machine';
    return [
      ...(bot.isValid ? [] : [issue(`${here}.botKey`, 'conflict', `the bot '${botKey}' is not valid`)]),
      ...(isLost ? [issue(`${here}.botKey`, 'conflict', 'a state_machine bot needs a window that ends')] : []),
      ...(identityPoolKey && !identityPools.has(identityPoolKey)
        ? [unknown(`${here}.identityPoolKey`, 'identity pool', identityPoolKey)]
        : []),
    ];
  });
  const seats = botBindings.reduce((sum, { count }) => sum + count, 0);
  if (seats <= bindingLimits.boardMax) return issues;
  return [...issues, issue(path, 'range', `must come to at most ${bindingLimits.boardMax} bots`)];
}
