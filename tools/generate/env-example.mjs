/** `.env.example`: every variable that a process reads, made from the configuration classes of the services. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const name = 'env-example';

const HEADER = `# Made by \`npm run generate\` from the configuration classes; change those, not this file.
# What is commented out may be left out and shows its default; the others must be set. Each service has a DATABASE_URL
# of its own: its role reaches its schema alone. The names for docker compose are in deploy/compose.env.example.
`;

export async function produce(root) {
  const { ProcessConfiguration, ServiceConfiguration, describeConfiguration } = await import(
    join(root, 'libs/platform/dist/configuration/index.js')
  );
  const everyProcess = describeConfiguration(ProcessConfiguration);
  const known = describeConfiguration(ServiceConfiguration);
  const services = await definitions(root);
  const sections = [
    section('Every process', everyProcess),
    section('Every process with a schema of its own', without(known, everyProcess)),
    ...services.map((one) => section(one.name, without(describeConfiguration(one.configuration), known))),
  ];
  return new Map([['.env.example', [HEADER, ...sections.filter(Boolean)].join('\n')]]);
}

async function definitions(root) {
  const indexes = readdirSync(join(root, 'apps'))
    .map((app) => join(root, 'apps', app, 'dist/index.js'))
    .filter(existsSync);
  const modules = await Promise.all(indexes.map((index) => import(index)));
  return modules.flatMap((exported) => Object.values(exported).filter(isServiceDefinition));
}

const isServiceDefinition = (exported) => Boolean(exported?.module && exported?.configuration);

const without = (variables, others) => variables.filter(({ name }) => !others.some((other) => other.name === name));

function section(title, variables) {
  if (variables.length === 0) return undefined;
  return [`## ${title}`, '', ...variables.map(entry)].join('\n');
}

function entry({ name, description, optional, secret, default: fallback }) {
  const remarks = [...(optional ? ['optional'] : []), ...(secret ? ['secret'] : [])];
  const remark = remarks.length > 0 ? ` (${remarks.join(', ')})` : '';
  const required = !optional && fallback === undefined;
  return `# ${description}${remark}\n${required ? '' : '# '}${name}=${fallback ?? ''}\n`;
}
