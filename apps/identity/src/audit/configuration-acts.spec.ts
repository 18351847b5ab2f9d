import { changesConfiguration } from './configuration-acts.js';

const states = { before: { name: 'Torch' }, after: { name: 'Flame' } };
const status = (before: string, after: string) => ({ before: { status: before }, after: { status: after } });

it.each([
  ['item.create', { before: null, after: { key: 'torch' } }],
  ['reward_table.update', states],
  ['leaderboard.archive', { before: states.before, after: states.before }],
  ['currency.unarchive', states],
  ['event.transition', status('draft', 'scheduled')],
  ['event.transition', status('scheduled', 'draft')],
  ['event.transition', status('draft', 'live')],
  ['window.override', states],
])('%s makes another document', (action, act) => {
  expect(changesConfiguration({ action, ...act })).toBe(true);
});

it.each([
  ['item.update', { before: states.before, after: states.before }],
  ['event.transition', status('live', 'paused')],
  ['event.finalize', status('live', 'finalized')],
  ['leaderboard.rebuild', states],
  ['leaderboard.entry_remove', states],
  ['grant.create', states],
  ['wallet.manual_credit', states],
  ['event.update_too_late', states],
])('%s leaves the document as it is', (action, act) => {
  expect(changesConfiguration({ action, ...act })).toBe(false);
});
