// DTO classes of every context read decorator metadata while they load.
import 'reflect-metadata';

export * from './limits.js';
export * from './scope.js';
export * from './idempotency.js';
export * from './compact.js';
export * from './one-of.js';
export * from './values.js';
export * from './validators.js';
export * from './tree-bounds.js';
export * from './localized.js';
