/**
 * Which project may import which. Every project carries two tags (package.json, `nx.tags`) and an import must satisfy
 * the constraints of both. There is no '*', and a project without a matching tag may import nothing.
 */
const contexts = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];

/** Contexts meet in the contracts and stand on the shared libraries; they never see each other. */
const scopeConstraint = (context) => ({
  sourceTag: `scope:${context}`,
  onlyDependOnLibsWithTags: [`scope:${context}`, 'scope:contracts', 'scope:shared'],
});

const depConstraints = [
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:contracts', 'type:platform', 'type:testing'] },
  {
    sourceTag: 'type:contracts',
    onlyDependOnLibsWithTags: ['type:contracts'],
    allowedExternalImports: ['class-validator', 'class-transformer', 'reflect-metadata'],
  },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:platform', 'type:contracts'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:testing', 'type:platform', 'type:contracts'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:testing', 'type:platform', 'type:contracts'] },
  ...contexts.map(scopeConstraint),
  { sourceTag: 'scope:contracts', onlyDependOnLibsWithTags: ['scope:contracts'] },
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared', 'scope:contracts'] },
  { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['scope:shared', 'scope:contracts'] },
];

const boundaries = (allow) => ({
  '@nx/enforce-module-boundaries': ['error', { allow, banTransitiveDependencies: true, depConstraints }],
});

/** The programs that bring up PostgreSQL, Redis and NATS serve `npm start` too, so they are tools and no project. */
const servers = '^(\\.\\./)+tools/lib/';

export const projects = [
  { name: 'kraty/projects', files: ['**/*.ts'], rules: boundaries([]) },
  { name: 'kraty/harness', files: ['libs/testing/src/**/*.ts'], rules: boundaries([servers]) },
  // The harness stands on the platform, and the platform's own tests need the harness's servers.
  {
    name: 'kraty/platform-specs',
    files: ['libs/platform/src/**/*.{spec,fixture}.ts'],
    rules: boundaries([servers, '@kraty/testing/*']),
  },
  // Contracts stand on nothing; what proves them may throw anything at them.
  { name: 'kraty/contracts-specs', files: ['libs/contracts/src/**/*.spec.ts'], rules: boundaries(['fast-check']) },
  // End to end means the real services, started as they are.
  { name: 'kraty/e2e', files: ['e2e/**/*.ts'], rules: boundaries([servers, '@kraty/**']) },
];
