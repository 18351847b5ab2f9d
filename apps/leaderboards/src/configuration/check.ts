import { isConfigurationKey, isLocalized } from '@kraty/contracts/common';
import type { ProposedChanges, Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import {
  boardLimits,
  segmentationProblems,
  type LeaderboardConfiguration,
  type Segmentation,
} from '@kraty/contracts/leaderboards';
import { definitionOf, isSameRules, type Definition } from '../definitions/definition.js';
import { nextPeriodMs, rulesAt } from '../definitions/period.js';

/** The boards a game can name, and on which of them a score exists. */
export interface KnownBoards {
  definitions: readonly Definition[];
  scored: ReadonlySet<string>;
  nowMs: number;
}

/** Every reason why changes of boards cannot stand; empty when they can (06 §§3–4, §9). */
export function checkBoards(configuration: ProposedChanges, known: KnownBoards): Issue[] {
  const { game, changes, desired } = configuration;
  const own = ownBoards(configuration, known);
  return [
    ...(changes.upserts.leaderboards ?? []).flatMap((board) => [
      ...boardIssues(board, desired),
      ...studioIssues(game.gameId, board, known),
    ]),
    ...frozenBoards(configuration, known),
    ...(changes.archives.leaderboards ?? []).flatMap((key) =>
      when(!own.has(key), `leaderboards[${key}]`, 'unknown_reference', 'does not exist'),
    ),
  ];
}

/** Every change of what never changes once a score exists (04 §6). */
export function frozenBoards(configuration: ProposedChanges, known: KnownBoards): Issue[] {
  const own = ownBoards(configuration, known);
  const boards = configuration.changes.upserts.leaderboards ?? [];
  return boards.flatMap((board) => frozenIssues(board, own.get(board.key), known));
}

function ownBoards({ game }: ProposedChanges, { definitions }: KnownBoards): Map<string, Definition> {
  return new Map(definitions.filter(({ gameId }) => gameId === game.gameId).map((one) => [one.key, one]));
}

function boardIssues(board: LeaderboardConfiguration, { currencies }: Sections): Issue[] {
  const path = `leaderboards[${board.key}]`;
  const progressions = new Set(currencies.filter(({ kind }) => kind === 'progression').map(({ key }) => key));
  const unknown = (at: string, key: string) =>
    when(!progressions.has(key), at, 'unknown_reference', `there is no progression ${key}`);
  return [
    ...when(!isConfigurationKey(board.key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(board.name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
    ...(board.rankBy?.type === 'progression' ? unknown(`${path}.rankBy.economyKey`, board.rankBy.economyKey) : []),
    ...(board.progression ? unknown(`${path}.progression.itemKey`, board.progression.itemKey) : []),
    ...segmentationIssues(board.segmentation ?? { type: 'none' }, `${path}.segmentation`, unknown),
    ...ladderIssues(board, path),
  ];
}

/** What a segmentation must be beyond its shape (06 §4.2). */
function segmentationIssues(
  split: Segmentation,
  path: string,
  unknown: (path: string, economyKey: string) => Issue[],
): Issue[] {
  const axes = split.type === 'combined' ? split.axes : [split];
  const references = axes.flatMap((axis, at) => {
    const within = split.type === 'combined' ? `${path}.axes[${at}]` : path;
    return axis.type === 'progression' ? unknown(`${within}.economyKey`, axis.economyKey) : [];
  });
  return [...references, ...segmentationProblems(split).map((one) => ({ ...one, path: path + one.path }))];
}

function ladderIssues({ progression, segmentation }: LeaderboardConfiguration, path: string): Issue[] {
  if (!progression?.perDivision || segmentation?.type !== 'progression') return [];
  const divisions = new Set(segmentation.divisions.map(({ key }) => key));
  const strangers = Object.keys(progression.perDivision).filter((key) => !divisions.has(key));
  return strangers.map((key) => ({
    path: `${path}.progression.perDivision.${key.slice(0, boardLimits.segmentCharactersMax)}`,
    code: 'unknown_reference',
    message: 'is no division of the segmentation',
  }));
}

/** Boards of a studio share one space of keys. */
function studioIssues(gameId: string, board: LeaderboardConfiguration, { definitions }: KnownBoards): Issue[] {
  const taken = definitions.some(
    (other) => other.scope === 'studio' && other.gameId !== gameId && other.key === board.key,
  );
  const path = `leaderboards[${board.key}].key`;
  return when(board.scope === 'studio' && taken, path, 'duplicate', 'names a board of the studio in another game');
}

function frozenIssues(
  board: LeaderboardConfiguration,
  present: Definition | undefined,
  { scored, nowMs }: KnownBoards,
): Issue[] {
  if (!present || !scored.has(present.leaderboardId)) return [];
  const path = `leaderboards[${board.key}]`;
  const wanted = definitionOf(present, present.leaderboardId, board);
  const frozen = 'cannot change: the board has scores';
  const changesRules = !isSameRules(wanted.rules[0], rulesAt(present.rules, nowMs));
  const endless = nextPeriodMs(present.rules, nowMs) === null;
  return [
    ...when(wanted.scope !== present.scope, `${path}.scope`, 'conflict', frozen),
    ...when(wanted.economyKey !== present.economyKey, `${path}.rankBy`, 'conflict', frozen),
    ...when(
      changesRules && endless,
      `${path}.resetCadence`,
      'conflict',
      'a board that never resets and has scores keeps its cadence, aggregation and segmentation',
    ),
  ];
}

function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}
