import type { OperatorAct } from '@kraty/contracts/identity';
import { difference } from './difference.js';

/** Nouns of what a configuration document holds, one for each kind of object. */
const nouns = [
  'item_type',
  'item',
  'currency',
  'reward_bundle',
  'reward_table',
  'identity_pool',
  'bot',
  'leaderboard',
  'event',
];
const verbs = ['create', 'update', 'archive', 'unarchive', 'import'];
const draft = 'draft';

/** Whether the act has made the game's configuration document another one than it was (04 §12). */
export function changesConfiguration({
  action,
  before,
  after,
}: Pick<OperatorAct, 'action' | 'before' | 'after'>): boolean {
  if (action === 'window.override') return true;
  // A document tells drafts from the others; whatever becomes of these is the clock's and the operator's.
  if (action === 'event.transition') return (before?.['status'] === draft) !== (after?.['status'] === draft);
  const [noun = '', verb = ''] = action.split('.');
  if (!nouns.includes(noun) || !verbs.includes(verb)) return false;
  return verb !== 'update' || difference(before, after).length > 0;
}
