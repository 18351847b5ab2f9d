import { parse } from 'yaml';
import { MEMORY_ARGUMENTS } from '../lib/service-memory.mjs';
import {
  composed,
  compositionVariables,
  type Container,
  type DocumentedVariable,
  type Manifest,
  manifests,
  namesIn,
  read,
  services,
  variablesOf,
} from './deployment-files.js';

/** Read by the image and by Node's libraries, not by a configuration class. */
const ofTheImage = ['SERVICE', 'NODE_ENV'];

const names = (variables: DocumentedVariable[]): string[] => variables.map(({ name }) => name);
const required = (service: string): string[] => names(variablesOf(service).filter((variable) => variable.required));
const secrets = new Set(names(services.flatMap(variablesOf).filter(({ secret }) => secret)));
const everyVariable = new Set(names(services.flatMap(variablesOf)));
const isPinned = (image: string): boolean => /:\d[^:]*$/.test(image);

describe('the image', () => {
  it('gives services the memory that `npm start` and the benchmark give them', () => {
    expect(read('deploy/Dockerfile')).toContain(`exec node ${MEMORY_ARGUMENTS.join(' ')} --import`);
  });
});

describe('docker-compose.yml', () => {
  const environmentOf = (service: string): Record<string, string> => composed()[service]!.environment!;

  it('runs every service of apps/', () => {
    const run = Object.values(composed()).map(({ environment }) => environment?.['SERVICE']);
    expect(run.filter(Boolean).sort()).toEqual(services);
  });

  it.each(services)('hands %s only what it reads, and all that it does not start without', (service) => {
    const handed = Object.keys(environmentOf(service)).filter((name) => !ofTheImage.includes(name));
    expect(names(variablesOf(service))).toEqual(expect.arrayContaining(handed));
    expect(handed).toEqual(expect.arrayContaining(required(service)));
  });

  it('asks its environment for nothing that the two examples do not know', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name!);
    const known = [...compositionVariables(), ...everyVariable];
    expect(known).toEqual(expect.arrayContaining(asked));
    expect(asked).toEqual(expect.arrayContaining(compositionVariables()));
  });

  it('takes secrets from its environment and holds none', () => {
    const handed = services.flatMap((service) => Object.entries(environmentOf(service)));
    const written = handed.filter(([name, value]) => secrets.has(name) && !value.includes('${'));
    const withoutPassword = /^(nats|redis):\/\/\w+:\d+$/;
    expect(written.filter(([, value]) => !withoutPassword.test(value))).toEqual([]);
  });

  it.each(services)('starts %s after the migrations, and gives it time to stop', (service) => {
    const { depends_on: after, stop_grace_period: grace } = composed()[service]!;
    const stopping = variablesOf(service).filter(({ name }) => ['DRAIN_SECONDS', 'STOP_SECONDS'].includes(name));
    const stoppingSeconds = stopping.reduce((total, variable) => total + Number(variable.default), 0);
    expect(after).toHaveProperty('migrations', { condition: 'service_completed_successfully' });
    expect(stopping).toHaveLength(2);
    expect(parseInt(grace!, 10)).toBeGreaterThan(stoppingSeconds);
  });

  it('pins the images of others', () => {
    const images = Object.values(composed()).map(({ image }) => image);
    expect(images.filter((image) => !image.startsWith('kraty') && !isPinned(image))).toEqual([]);
  });
});

describe('deploy/kubernetes', () => {
  const ofKind = (kind: string): Manifest[] => manifests().filter((manifest) => manifest.kind === kind);
  const namesOf = (kind: string): string[] => ofKind(kind).map(({ metadata }) => metadata.name);
  const container = (manifest: Manifest): Container => manifest.spec.template.spec.containers[0];
  const deploymentOf = (service: string): Manifest =>
    ofKind('Deployment').find(({ metadata }) => metadata.name === service)!;
  const settings = ofKind('ConfigMap')[0]!.data!;

  it('has a Deployment and a disruption budget for every service of apps/', () => {
    expect(namesOf('Deployment').sort()).toEqual(services);
    expect(namesOf('PodDisruptionBudget').sort()).toEqual(services);
  });

  it('lists every file in the kustomization', () => {
    const listed = ofKind('Kustomization')[0]!.resources!;
    expect([...listed, 'kustomization.yaml'].sort()).toEqual(namesIn('deploy/kubernetes'));
  });

  it.each(services)('hands %s only what it reads, and all that it does not start without', (service) => {
    const own = container(deploymentOf(service)).env.map(({ name }) => name);
    expect(names(variablesOf(service))).toEqual(
      expect.arrayContaining(own.filter((name) => !ofTheImage.includes(name))),
    );
    expect([...own, ...Object.keys(settings)]).toEqual(expect.arrayContaining(required(service)));
  });

  it('sets nothing for all that no service reads', () => {
    expect([...everyVariable, ...ofTheImage]).toEqual(expect.arrayContaining(Object.keys(settings)));
  });

  it.each(services)('probes the liveness of %s without its dependencies and its readiness with them', (service) => {
    const { startupProbe, readinessProbe, livenessProbe } = container(deploymentOf(service));
    expect(livenessProbe?.httpGet.path).toBe('/healthz');
    expect([startupProbe?.httpGet.path, readinessProbe?.httpGet.path]).toEqual(['/readyz', '/readyz']);
  });

  it.each(services)('runs %s in the pods that its Deployment and its budget select', (service) => {
    const selecting = manifests().filter(
      ({ metadata, spec }) => metadata?.name === service && spec.selector?.matchLabels,
    );
    expect(selecting).toHaveLength(2);
    for (const { spec } of selecting) expect(spec.selector!.matchLabels['app.kubernetes.io/name']).toBe(service);
    expect(container(deploymentOf(service)).env).toContainEqual({ name: 'SERVICE', value: service });
  });

  it.each(services)('waits longer for a stopping pod of %s than it may take', (service) => {
    const stoppingSeconds = Number(settings['DRAIN_SECONDS']) + Number(settings['STOP_SECONDS']);
    expect(deploymentOf(service).spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(stoppingSeconds);
  });

  it('refers to secrets and holds none', () => {
    const handed = [...ofKind('Deployment'), ...ofKind('Job')].flatMap((manifest) => container(manifest).env);
    expect(handed.filter(({ name, value }) => secrets.has(name) && value !== undefined)).toEqual([]);
    expect(Object.keys(settings).filter((name) => secrets.has(name))).toEqual([]);
    expect(namesOf('Secret')).toEqual([]);
  });

  it('scales the leaderboards, by a Deployment that exists', () => {
    const scaled = ofKind('HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef!);
    expect(scaled).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'leaderboards' }]);
  });

  it('pins every image', () => {
    const images = [...ofKind('Deployment'), ...ofKind('Job')].map((manifest) => container(manifest).image);
    expect(images.filter((image) => !isPinned(image))).toEqual([]);
  });
});

describe('deploy/otel-collector.yaml', () => {
  it('leads traces through parts that are all defined', () => {
    const collector = parse(read('deploy/otel-collector.yaml')) as Record<string, Record<string, unknown>> & {
      service: { pipelines: Record<string, Record<string, string[]>> };
    };
    for (const pipeline of Object.values(collector.service.pipelines)) {
      for (const [kind, parts] of Object.entries(pipeline)) {
        expect(Object.keys(collector[kind] ?? {})).toEqual(expect.arrayContaining(parts));
      }
    }
  });
});
