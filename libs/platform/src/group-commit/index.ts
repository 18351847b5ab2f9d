export { GroupCommit, settled, type GroupCommitOptions, type Settled } from './group-commit.js';
