export * from './attempts.js';
export * from './listing.js';
export * from './boards.js';
export * from './event-configuration.js';
export * from './event-limits.js';
export * from './availability-body.js';
export * from './event-configuration-body.js';
