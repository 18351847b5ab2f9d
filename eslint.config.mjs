import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { habits } from './tools/lint/habits.mjs';
import { layers } from './tools/lint/layers.mjs';
import { projects } from './tools/lint/projects.mjs';

// The boundary rule reads Nx's graph from its cache, and without one it warns and lets everything pass.
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync({ exitOnError: true });

const nodeGlobals = Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']));

export default defineConfig(
  { ignores: ['**/dist/', '**/generated/', '.nx/', '.data/', 'coverage/', 'tools/lint/fixtures/'] },
  {
    name: 'kraty/everything',
    linterOptions: { noInlineConfig: true },
    extends: [js.configs.recommended],
    rules: {
      eqeqeq: ['error', 'smart'],
      'no-warning-comments': 'error',
      'max-lines': ['error', { max: 350 }],
      // Four fifths of a hundred lines is a screen and a half; what is longer hides a name that a helper would give.
      'max-lines-per-function': ['error', { max: 80 }],
    },
  },
  { name: 'kraty/tools', files: ['**/*.{js,mjs}'], languageOptions: { globals: nodeGlobals } },
  {
    name: 'kraty/typescript',
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        // With these the import rule leaves classes alone whose type decorators read at run time.
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    name: 'kraty/specs-tell-a-story',
    files: ['**/*.spec.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  ...projects,
  ...layers,
  ...habits,
);
