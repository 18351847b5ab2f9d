export * from './evaluate-expression.js';
export * from './expression.js';
export * from './parse-expression.js';
