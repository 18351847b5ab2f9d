export type { ApplyRef } from './applies.store.js';
export { ConfigurationApplies, type WriteChanges } from './configuration-applies.js';
export { configurationHandlerOf, type ConfigurationSaga } from './configuration-handler.js';
export { ConfigurationPart, type Verdict } from './configuration-part.js';
export { foreignSections, type SectionOwner } from './foreign-sections.js';
export { pageByKey, type KeyPage } from './page-by-key.js';
export { SingleWrites, type KeptObject, type ObjectReads, type ObjectWrite } from './single-writes.js';
