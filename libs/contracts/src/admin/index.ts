export * from './bodies.js';
export * from './configuration-bodies.js';
export * from './rules.js';
