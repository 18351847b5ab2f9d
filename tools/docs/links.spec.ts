import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the documents name must be there: links, anchors, paths in code spans, scripts of package.json. */
const root = fileURLToPath(new URL('../..', import.meta.url));

const packages = ['apps', 'libs'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(kind, name)));
const documents = [
  ...readdirSync(root),
  ...['docs', '.github'].flatMap((folder) => below(folder)),
  ...packages.map((folder) => join(folder, 'README.md')),
  'e2e/README.md',
].filter((path) => path.endsWith('.md'));

/** Places of the repository that git keeps; what is built or made at run time lies elsewhere. */
const repositoryPath = /^(?:apps|libs|prisma|deploy|tools|docs|e2e|\.ci|\.github)\/[\w./@-]+$/;
const madeLater = /\/(?:dist|generated)\b/;

function below(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, String(name)));
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function proseOf(path: string): string {
  return textOf(path).replace(/^(`{3,})[\s\S]*?^\1\s*$/gm, '');
}

function linksIn(path: string): string[] {
  const withoutCode = proseOf(path).replace(/`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

function pathsIn(path: string): string[] {
  const spans = [...proseOf(path).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return spans.filter((span) => repositoryPath.test(span) && !madeLater.test(span));
}

/** As GitHub names the heading in an address. */
function anchorOf(heading: string): string {
  const letters = heading.replace(/^#+\s*/, '').toLowerCase();
  return letters.replace(/[^\p{Letter}\p{Number}\s_-]/gu, '').replace(/\s/g, '-');
}

function leadsSomewhere(from: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true;
  const [file = '', anchor] = target.split('#', 2);
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(root, path))) return false;
  if (anchor === undefined) return true;
  const headings = proseOf(path).match(/^#+ .*$/gm) ?? [];
  return headings.map(anchorOf).includes(anchor);
}

describe.each(documents)('%s', (document) => {
  it('links to what is there', () => {
    expect(linksIn(document).filter((target) => !leadsSomewhere(document, target))).toEqual([]);
  });

  it('names paths that exist', () => {
    expect(pathsIn(document).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...textOf(document).matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

const parts = ['Owns', 'Publishes', 'Calls', 'What can go wrong', 'Running it'];

it.each(packages.filter((folder) => folder.startsWith('apps/')))(
  '%s/README.md has the parts of a service',
  (folder) => {
    const headings = (proseOf(join(folder, 'README.md')).match(/^## .*$/gm) ?? []).map((heading) => heading.slice(3));
    expect(parts.filter((part) => !headings.includes(part))).toEqual([]);
  },
);
