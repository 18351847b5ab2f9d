import { boardLimits, type StandingsScope } from '@kraty/contracts/leaderboards';
import { isStorable } from '@kraty/contracts/common';
import { externalPlayerId } from '../access/external-id.js';
import { scopeOf, type FastifyRequest } from '../http/request-context.js';
import {
  boundedInteger,
  flag,
  instant,
  invalid,
  keyList,
  listLimit,
  oneOf,
  single,
  type Query,
} from '../validation/queries.js';
import type { DefinedBoardRead, StandingsRead } from './leaderboards.service.js';

const standingsScopes = ['self_segment', 'mine', 'segment', 'all'] as const satisfies readonly StandingsScope[];

/** 02 §7.3. */
export function definedBoardRead(request: FastifyRequest, key: string, query: Query): DefinedBoardRead {
  const includeSelf = flag(query, 'includeSelf');
  const externalId = externalIdOf(query);
  if (includeSelf && externalId === null) throw invalid('externalId', 'required', 'is required with includeSelf');
  return {
    scope: scopeOf(request),
    key,
    segment: segmentOf(query),
    period: periodOf(query),
    limit: listLimit(query),
    progression: keyList(query, 'progression'),
    includeSelf,
    externalId,
  };
}

/** 02 §7.4. */
export function standingsRead(request: FastifyRequest, key: string, query: Query): StandingsRead {
  const segments = oneOf(query, 'scope', standingsScopes) ?? 'all';
  const externalId = externalIdOf(query);
  if (externalId === null && (segments === 'mine' || segments === 'self_segment')) {
    throw invalid('externalId', 'required', `is required with scope=${segments}`);
  }
  const { segmentsPerReadDefault, segmentsPerReadMax } = boardLimits;
  return {
    scope: scopeOf(request),
    key,
    segments,
    segment: segmentOf(query),
    period: periodOf(query),
    limit: listLimit(query),
    maxSegments: boundedInteger(query, 'maxSegments', segmentsPerReadMax) ?? segmentsPerReadDefault,
    progression: keyList(query, 'progression'),
    externalId,
  };
}

/** `current`, empty and absent are the running period. */
function periodOf(query: Query): string | null {
  return single(query, 'period') === 'current' ? null : (instant(query, 'period') ?? null);
}

function segmentOf(query: Query): string | null {
  const segment = single(query, 'segment');
  if (segment === undefined || segment === '') return null;
  const { segmentCharactersMax: max } = boardLimits;
  if (segment.length > max) throw invalid('segment', 'length', `must have at most ${max} characters`);
  if (!isStorable(segment)) throw invalid('segment', 'format', 'must not contain NUL or half of a surrogate pair');
  return segment;
}

function externalIdOf(query: Query): string | null {
  const id = single(query, 'externalId');
  return id === undefined || id === '' ? null : externalPlayerId(id, 'query.externalId');
}
