export { Findings } from './findings.js';
