import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { GameConfigurationDocumentBody, type GameConfigurationDocument } from '@kraty/contracts/configuration';
import { eventTreeIssues } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { issuesOf } from '@kraty/platform/errors';
import { settingIssues } from '../games/game-settings.js';
import { readDocument } from './document-text.js';

export type ShapedDocument = { document: GameConfigurationDocument } | { issues: Issue[] };

/**
 * A document of the right shape, or everything that is wrong with it: unknown fields and sections, wrong types, bounds.
 *
 * @param root where the document stands in the request: `body` or `body.document`
 */
export function shapedDocument(input: unknown, root: string): ShapedDocument {
  const read = readDocument(input);
  if ('issues' in read) return { issues: read.issues.map((issue) => ({ ...issue, path: root })) };
  const { document } = read;
  const trees = treeIssues(document['events'], `${root}.events`);
  if (trees.length > 0) return { issues: trees };
  const body = plainToInstance(GameConfigurationDocumentBody, document);
  const errors = validateSync(body, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  const issues = [...issuesOf(errors, root), ...settingsIssues(document['settings'], root)];
  if (issues.length > 0) return { issues };
  // The document itself goes on, not the instance, which has a class's fields and order.
  return { document: document as unknown as GameConfigurationDocument };
}

function treeIssues(events: unknown, path: string): Issue[] {
  if (!Array.isArray(events)) return [];
  return events.flatMap((event, at) => eventTreeIssues(event, `${path}[${at}]`));
}

/** The slug names the game outside of its settings, so here it is no setting. */
function settingsIssues(settings: unknown, root: string): Issue[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return [];
  const path = `${root}.settings`;
  const { slug, ...others } = settings as Record<string, unknown>;
  const misplaced: Issue[] =
    slug === undefined ? [] : [{ path: `${path}.slug`, code: 'unknown_field', message: 'belongs to game.slug' }];
  return [...misplaced, ...settingIssues(others, path)];
}
