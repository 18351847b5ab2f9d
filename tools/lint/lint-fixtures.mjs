/**
 * Lints every fixture as if it stood at the path its first line names, with the rules of the repository, and prints
 * one JSON line for each: `{ name, folder, expected, rules }`. It runs in a process of its own because ESLint loads its
 * configuration with `import()`, which jest's module registry would answer with other instances.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
// The files do not exist where they claim to stand, so no program knows their types.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
});

async function lint(folder, name) {
  const text = readFileSync(join(fixtures, folder, name), 'utf8');
  const [, file, expected] = /^\/\/ file: (\S+)\n\/\/ rule: (\S+)\n/.exec(text) ?? [];
  if (!file) throw new Error(`${folder}/${name} must begin with its "file:" and "rule:" lines`);
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  return { folder, name, expected, rules: result.messages.map((message) => message.ruleId ?? message.message) };
}

for (const folder of ['refused', 'allowed']) {
  for (const name of readdirSync(join(fixtures, folder))) {
    process.stdout.write(`${JSON.stringify(await lint(folder, name))}\n`);
  }
}
