export { GroupCommit, type GroupCommitOptions, type Settled } from './group-commit.js';
