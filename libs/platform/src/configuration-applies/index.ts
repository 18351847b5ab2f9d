export type { ApplyRef } from './applies.store.js';
export { ConfigurationApplies, type WriteChanges } from './configuration-applies.js';
