export * from './bodies.js';
export * from './configuration-bodies.js';
export * from './event-bodies.js';
export * from './rules.js';
export * from './grant-bodies.js';
export * from './economy-bodies.js';
